use ctu::{MemoryCache, cached};
use std::sync::LazyLock;

static CACHE: LazyLock<MemoryCache<String, u64>> = LazyLock::new(|| MemoryCache::new(10));

#[cached(capacity = 0)]
fn none(n: u64) -> u64 {
    n
}

#[cached(cache = CACHE, capacity = 10)]
fn of_another(n: u64) -> u64 {
    n
}

fn main() {}
