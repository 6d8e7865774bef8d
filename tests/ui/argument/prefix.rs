use ctu::{MemoryCache, cached};
use std::sync::LazyLock;

static CACHE: LazyLock<MemoryCache<String, u64>> = LazyLock::new(|| MemoryCache::new(10));

#[cached(prefix = "f.")]
fn own_store(n: u64) -> u64 {
    n
}

#[cached(cache = CACHE, prefix = "f.", version = 2)]
fn with_version(n: u64) -> u64 {
    n
}

#[cached(cache = CACHE, key = typed, prefix = "f.")]
fn typed(n: u64) -> u64 {
    n
}

fn main() {}
