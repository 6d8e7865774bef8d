//! Memoized methods.

use std::time::Duration;

use ctu::prelude::*;
use ctu::{MemoryCache, StatsCache, cache_methods};

/// An object with methods to cache, and the cache.
struct Stuff {
    cache: StatsCache<MemoryCache<String, i64>>,
}

impl Stuff {
    /// With the seed's `TTLCache(1024, ttl=60)`, with statistics.
    fn new() -> Self {
        let cache = MemoryCache::builder().capacity(1_024).ttl(Duration::from_secs(60)).build();
        Self { cache: cache.with_stats() }
    }
}

#[cache_methods(cache = self.cache)]
impl Stuff {
    #[cached(prefix = "2.")]
    fn sum_n2(&self, n: i64) -> i64 {
        if n < 1 { 0 } else { n * n + self.sum_n2(n - 1) }
    }

    #[cached(prefix = "1.")]
    fn sum_n1(&self, n: i64) -> i64 {
        if n < 0 { 0 } else { n + self.sum_n1(n - 1) }
    }
}

#[test]
fn test_methods() -> ctu::Result<()> {
    let s = Stuff::new();
    let (n2, n1) = (s.sum_n2(128), s.sum_n1(128));
    assert_eq!((n2, n1), (128 * 129 * 257 / 6, 128 * 129 / 2));
    for i in 1..128 {
        let once = s.sum_n2(i) + s.sum_n1(i);
        assert_eq!(s.sum_n2(i) + s.sum_n1(i), once);
    }
    assert_eq!(s.cache.len()?, 259);
    assert!(s.cache.hit_rate() > 0.6);
    assert!(s.cache.contains("1.[-1]")? && s.cache.contains("2.[0]")?);
    Ok(())
}
