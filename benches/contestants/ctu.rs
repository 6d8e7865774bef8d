//! ctu: by attribute, and by hand.

use std::sync::LazyLock;

use ctu::{Args, Cache, MemoryCache, Ttl, cached};

use super::CAPACITY;
use crate::compute;

#[cached]
pub fn number(n: u64) -> u64 {
    compute(n)
}

#[cached]
pub fn text(_s: &str, n: u64) -> u64 {
    compute(n)
}

#[cached(ttl = "1h")]
pub fn number_for_an_hour(n: u64) -> u64 {
    compute(n)
}

static COUNTED: LazyLock<MemoryCache<u64, u64>> = LazyLock::new(|| MemoryCache::new(CAPACITY));

pub fn number_by_hand(n: u64) -> u64 {
    by_hand(&*COUNTED, &n, n)
}

static UNCOUNTED: LazyLock<MemoryCache<u64, u64>> =
    LazyLock::new(|| MemoryCache::builder().capacity(CAPACITY).stats(false).build());

pub fn number_by_hand_uncounted(n: u64) -> u64 {
    by_hand(&*UNCOUNTED, &n, n)
}

static TEXT_COUNTED: LazyLock<MemoryCache<(String, u64), u64>> = LazyLock::new(|| MemoryCache::new(CAPACITY));

pub fn text_by_hand(s: &str, n: u64) -> u64 {
    by_hand(&*TEXT_COUNTED, &Args((s, &n)), n)
}

static TEXT_UNCOUNTED: LazyLock<MemoryCache<(String, u64), u64>> =
    LazyLock::new(|| MemoryCache::builder().capacity(CAPACITY).stats(false).build());

pub fn text_by_hand_uncounted(s: &str, n: u64) -> u64 {
    by_hand(&*TEXT_UNCOUNTED, &Args((s, &n)), n)
}

fn by_hand<K>(cache: &impl Cache<K, u64>, key: &K, n: u64) -> u64 {
    if let Ok(Some(value)) = cache.get(key) {
        return value;
    }
    let value = compute(n);
    // Not stored, it would be found out as a miss.
    let _ = cache.put(key, &value, Ttl::Default);
    value
}
