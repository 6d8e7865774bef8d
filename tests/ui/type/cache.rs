use std::sync::LazyLock;

use ctu::{MemoryCache, cached};

static NUMBERS: LazyLock<MemoryCache<String, u64>> = LazyLock::new(|| MemoryCache::new(10));

#[cached(cache = NUMBERS)]
fn other_value(s: &str) -> String {
    s.to_owned()
}

#[cached(cache = NUMBERS, key = typed)]
fn other_key(n: u64) -> u64 {
    n
}

static NO_CACHE: u64 = 7;

#[cached(cache = NO_CACHE)]
fn no_cache(n: u64) -> u64 {
    n
}

#[cached(cache = &NO_CACHE)]
async fn no_async_cache(n: u64) -> u64 {
    n
}

#[cached(cache = MISSING)]
fn missing(n: u64) -> u64 {
    n
}

fn main() {}
