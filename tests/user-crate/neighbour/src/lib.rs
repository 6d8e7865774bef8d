//! A crate whose functions are called as others are elsewhere, and share a store with them.

use std::sync::LazyLock;

use ctu::{MemoryCache, Scoped};

/// Used by several crates, under text keys.
pub static TEXTS: LazyLock<MemoryCache<String, u64>> = LazyLock::new(|| MemoryCache::new(1_000));

/// Used by several crates, under typed keys.
pub static TYPED: LazyLock<MemoryCache<Scoped<(u64,)>, u64>> = LazyLock::new(|| MemoryCache::new(1_000));

/// There is a module of this name elsewhere.
pub mod prices {
    use super::{TEXTS, TYPED};

    /// There is a function of this name and these types elsewhere.
    #[ctu::cached(cache = TEXTS)]
    pub fn total(n: u64) -> u64 {
        n + 100
    }

    /// The same with a typed key.
    #[ctu::cached(cache = TYPED, key = typed)]
    pub fn typed(n: u64) -> u64 {
        n + 100
    }

    /// The same with a hashed key.
    #[ctu::cached(cache = TEXTS, key = hash)]
    pub fn hashed(n: u64) -> u64 {
        n + 100
    }
}
