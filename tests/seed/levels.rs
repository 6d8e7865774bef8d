//! Two levels.

use std::collections::HashMap;
use std::num::NonZero;
use std::sync::LazyLock;
use std::time::Duration;

use ctu::prelude::*;
use ctu::{LockedCache, MemoryCache, StatsCache, TwoLevelCache};
use lru::LruCache;

use crate::{KEY, run_cached, setgetdel};

type Memory = StatsCache<MemoryCache<String, i64>>;
type Lru = StatsCache<LockedCache<LruCache<String, i64>>>;

fn lru(entries: usize) -> Lru {
    LockedCache::new(LruCache::new(NonZero::new(entries).unwrap())).with_stats()
}

#[test]
fn test_two_level_small() -> ctu::Result<()> {
    static C0S: LazyLock<Memory> = LazyLock::new(|| {
        let c0 = MemoryCache::builder().capacity(100).ttl(Duration::from_secs(60)).build();
        c0.with_stats()
    });
    static C1S: LazyLock<Lru> = LazyLock::new(|| lru(10));
    static C2: LazyLock<TwoLevelCache<&Lru, &Memory>> = LazyLock::new(|| (&*C1S).two_level(&*C0S));
    run_cached!(C2);
    assert_eq!(C1S.len()?, 10);
    assert_eq!(C0S.len()?, 50);
    assert_eq!((C1S.stats()?.reads, C0S.stats()?.reads), (500, 500));
    assert_eq!(C1S.stats()?.hits, 0, "too small: always asks the second level");
    assert!(C0S.hit_rate() > 0.8);
    assert!(C2.stats()?.hit_rate() > 0.0);
    C2.clear()?;
    setgetdel(C0S.inner(), &65_536)?;
    setgetdel(C1S.inner(), &65_536)?;
    setgetdel(&*C0S, &65_536)?;
    setgetdel(&*C1S, &65_536)?;
    setgetdel(&*C2, &65_536)
}

#[test]
fn test_two_level_ok() -> ctu::Result<()> {
    static C0S: LazyLock<Lru> = LazyLock::new(|| lru(200));
    static C1S: LazyLock<Memory> = LazyLock::new(|| MemoryCache::new(100).with_stats());
    static C2: LazyLock<TwoLevelCache<&Memory, &Lru>> = LazyLock::new(|| (&*C1S).two_level(&*C0S));
    run_cached!(C2);
    assert_eq!(C1S.len()?, 50);
    assert_eq!(C0S.len()?, 50);
    let (near, far) = (C1S.stats()?, C0S.stats()?);
    assert_eq!((near.reads, near.hits), (500, 450), "hits of 0.9");
    assert_eq!((far.reads, far.hits, far.writes), (50, 50, 0), "hits of 1.0");
    assert!(C2.stats()?.hit_rate() > 0.0);
    C2.clear()?;
    setgetdel(C0S.inner(), &65_536)?;
    setgetdel(C1S.inner(), &65_536)?;
    setgetdel(&*C0S, &65_536)?;
    setgetdel(&*C1S, &65_536)?;
    setgetdel(&*C2, &65_536)?;
    // Missing in the second level only.
    C2.set(KEY, &65_536)?;
    assert!(C0S.remove(KEY)?);
    assert!(C2.remove(KEY)?);
    assert!(!C2.contains(KEY)?);
    Ok(())
}

#[test]
fn test_twolevel_bad_stats() -> ctu::Result<()> {
    let level = || LockedCache::new(HashMap::<String, i64>::new());
    let c2 = level().two_level(level());
    assert_eq!(c2.get(KEY)?, None);
    let stats = c2.stats()?;
    assert_eq!((stats.reads, stats.hits), (1, 0));
    assert_eq!(stats.levels.len(), 2);
    assert!(stats.levels.iter().all(|level| level.reads == 0), "the levels themselves count nothing");
    Ok(())
}
