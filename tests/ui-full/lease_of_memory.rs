use ctu::{MemoryCache, cached};
use std::sync::LazyLock;

static CACHE: LazyLock<MemoryCache<String, u64>> = LazyLock::new(|| MemoryCache::new(100));

#[cached(cache = CACHE, invalidation = "strict")]
fn repeat(n: u64) -> u64 {
    n
}

fn main() {}
