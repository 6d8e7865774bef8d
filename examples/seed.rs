//! Several functions over one stack of caches: the example of the Python library `CacheToolsUtils`, in Rust.
//!
//! The store at the bottom holds bytes, as a server's does, so that one stack serves functions of any types. Each function
//! has a prefix of its own there, the same in every process.

use std::sync::LazyLock;

use bytes::Bytes;
use ctu::prelude::*;
use ctu::{JsonCache, MemoryCache, PrefixedCache, StatsCache, cached};

type Stack = StatsCache<JsonCache<PrefixedCache<MemoryCache<Vec<u8>, Bytes>>>>;

pub(crate) static CACHE: LazyLock<Stack> =
    LazyLock::new(|| MemoryCache::new(1_000).prefixed("app.").json().with_stats());

#[cached(cache = CACHE, ttl = "2m")]
pub(crate) fn repeat(s: &str, n: usize) -> String {
    s.repeat(n)
}

#[cached(cache = CACHE, ttl = "2m")]
pub(crate) fn banged(s: &str, n: usize) -> String {
    repeat(s, n) + "!"
}

#[cached(cache = CACHE, ttl = "2m")]
pub(crate) fn question(s: &str, n: usize) -> String {
    repeat(s, n) + "?"
}

fn main() -> ctu::Result<()> {
    println!("{}", banged("aa", 3)); // adds 2 entries
    println!("{}", question("aa", 3)); // adds 1 entry, 1 hit
    println!("{}", repeat("aa", 3)); // a hit
    println!("{}", banged("aa", 3)); // a hit

    assert!(CACHE.hit_rate() > 0.0);
    println!("{} entries, {:.0} % hits", CACHE.len()?, CACHE.hit_rate() * 100.0);
    Ok(())
}
