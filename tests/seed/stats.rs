//! Layers that look on: statistics and logs.

use std::io;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use ctu::prelude::*;
use ctu::{DebugCache, DictCache, MemoryCache, StatsCache};
use tracing::Level;

use crate::{run_cached, setgetdel};

#[test]
fn test_stats_ct() -> ctu::Result<()> {
    static CACHE: LazyLock<StatsCache<MemoryCache<String, i64>>> = LazyLock::new(|| {
        let c0 = MemoryCache::builder().capacity(100).ttl(Duration::from_secs(100)).build();
        c0.with_stats()
    });
    run_cached!(CACHE);
    assert_eq!(CACHE.len()?, 50);
    assert_eq!(CACHE.get(r#"[4,"a",true]"#)?, Some(114));
    assert_eq!(CACHE.get("[0,null,false]")?, Some(-20));
    assert!(CACHE.hit_rate() > 0.8);
    let stats = CACHE.stats()?;
    assert_eq!((stats.reads, stats.hits, stats.writes, stats.entries), (1_002, 902, 100, Some(50)));
    CACHE.clear()?;
    setgetdel(CACHE.inner(), &65_536)?;
    setgetdel(&*CACHE, &65_536)
}

/// A place for log lines.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// What was logged by this test's cache since the last time: others log into it, too.
    fn take(&self) -> String {
        let all = String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap();
        all.split_inclusive('\n').filter(|line| line.contains("cache=\"test_debug\"")).collect()
    }
}

impl io::Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(line)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn test_debug() -> ctu::Result<()> {
    type Debugged = DebugCache<StatsCache<DictCache<String, i64>>>;
    static CACHE: LazyLock<Debugged> = LazyLock::new(|| DictCache::new().with_stats().debug("test_debug"));
    let log = Log::default();
    let writer = log.clone();
    // For all threads: with a subscriber for this one, what another test's thread meets first would be off for all.
    tracing_subscriber::fmt().with_max_level(Level::DEBUG).with_ansi(false).with_writer(move || writer.clone()).init();
    tracing::callsite::rebuild_interest_cache();

    run_cached!(CACHE);
    let lines = log.take();
    let count = |outcome: &str| lines.matches(&format!("outcome=\"{outcome}\"")).count();
    assert_eq!((count("hit"), count("miss"), count("stored")), (900, 100, 100));
    assert!(!lines.contains("ccc"), "no key is logged unless asked for");

    CACHE.set("Hello", &1)?;
    assert!(CACHE.contains("Hello")?);
    assert!(!CACHE.is_empty()?);
    assert!(CACHE.inner().hit_rate() > 0.0);
    assert_eq!(CACHE.stats()?.entries, Some(51));
    assert!(CACHE.remove("Hello")?);
    assert!(!CACHE.contains("Hello")?);
    let lines = log.take();
    for said in ["put", "contains", "is_empty", "stats", "remove"] {
        assert!(lines.contains(&format!("operation=\"{said}\"")), "{said}: {lines}");
    }
    Ok(())
}
