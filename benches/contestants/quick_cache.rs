//! The bare `quick_cache` crate, which ctu's store is built on, with its own hasher.

use std::sync::LazyLock;

use quick_cache::Equivalent;
use quick_cache::sync::Cache;

use super::CAPACITY;
use crate::compute;

static NUMBERS: LazyLock<Cache<u64, u64>> = LazyLock::new(|| Cache::new(CAPACITY));

pub fn number(n: u64) -> u64 {
    NUMBERS.get(&n).unwrap_or_else(|| {
        let value = compute(n);
        NUMBERS.insert(n, value);
        value
    })
}

/// Hashes as its owned form does.
#[derive(Hash)]
struct Borrowed<'s>(&'s str, u64);

impl Equivalent<(String, u64)> for Borrowed<'_> {
    fn equivalent(&self, key: &(String, u64)) -> bool {
        self.1 == key.1 && self.0 == key.0
    }
}

static TEXTS: LazyLock<Cache<(String, u64), u64>> = LazyLock::new(|| Cache::new(CAPACITY));

pub fn text(s: &str, n: u64) -> u64 {
    TEXTS.get(&Borrowed(s, n)).unwrap_or_else(|| {
        let value = compute(n);
        TEXTS.insert((s.to_owned(), n), value);
        value
    })
}
