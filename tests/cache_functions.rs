//! `#[cache_functions]` on a module.

#![cfg(feature = "memory")]

use std::sync::LazyLock;
use std::time::Duration;

use ctu::prelude::*;
use ctu::{ManualClock, MemoryCache, cache_functions};

static CLOCK: LazyLock<ManualClock> = LazyLock::new(ManualClock::new);
static CACHE: LazyLock<MemoryCache<String, u64>> =
    LazyLock::new(|| MemoryCache::builder().capacity(100).clock(&*CLOCK).build());

/// Doc comments and inner attributes stay where they are.
#[cache_functions(cache = CACHE, ttl = "1m")]
mod numbers {
    #![allow(clippy::unnecessary_wraps)]

    use super::CACHE;

    const FACTOR: u64 = 2;

    pub(super) struct Untouched(pub(super) u64);

    pub(super) fn double(n: u64) -> u64 {
        n * FACTOR
    }

    #[ctu::cached(ttl = "1h", prefix = "t.")]
    pub(super) fn triple(n: u64) -> u64 {
        n + double(n)
    }

    #[cached(capacity = 5)]
    pub(super) fn own_store(n: u64) -> u64 {
        n
    }

    #[uncached]
    pub(super) fn plain(n: &mut u64) -> u64 {
        *n += 1;
        *n
    }

    pub(super) async fn later(n: u64) -> Result<u64, String> {
        std::future::ready(()).await;
        Ok(n)
    }
}

#[test]
fn every_function_of_the_module_is_cached_but_those_left_out() -> ctu::Result<()> {
    assert_eq!(numbers::triple(7), 21);
    assert!(numbers::double::in_cache(7)?);
    assert_eq!(numbers::triple::key(7)?, "t.[7]");
    let left = |key: String| Cache::<str, u64>::get_entry(&CACHE, &key).map(|entry| entry.and_then(|entry| entry.ttl));
    assert_eq!(left(numbers::double::key(7)?)?, Some(Duration::from_secs(60)));
    assert_eq!(left(numbers::triple::key(7)?)?, Some(Duration::from_secs(3_600)));

    assert_eq!(numbers::own_store(7), 7);
    assert_eq!(numbers::own_store::stats().entries, Some(1));

    let mut n = numbers::Untouched(1).0;
    assert_eq!((numbers::plain(&mut n), numbers::plain(&mut n)), (2, 3));

    pollster::block_on(async {
        assert_eq!(numbers::later(7).await, Ok(7));
        assert!(numbers::later::evict(7).await?);
        Ok(())
    })
}
