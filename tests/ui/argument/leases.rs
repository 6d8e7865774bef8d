use ctu::{MemoryCache, cached};
use std::sync::LazyLock;

static CACHE: LazyLock<MemoryCache<String, u64>> = LazyLock::new(|| MemoryCache::new(100));

#[cached(invalidation = "strict")]
fn own_store(n: u64) -> u64 {
    n
}

#[cached(coalesce = cluster)]
fn own_store_of_all(n: u64) -> u64 {
    n
}

#[cached(cache = CACHE, lease = "5s")]
fn no_lease(n: u64) -> u64 {
    n
}

#[cached(cache = CACHE, invalidation = "lax")]
fn lax(n: u64) -> u64 {
    n
}

#[cached(cache = CACHE, coalesce = everywhere)]
fn everywhere(n: u64) -> u64 {
    n
}

#[cached(cache = CACHE, coalesce = cluster, lease = 5)]
fn number(n: u64) -> u64 {
    n
}

fn main() {}
