//! What `#[cached]` without `cache = ..` keeps in a static: the function's site, and its store, made at first use.

use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::OnceLock;

use ctu_core::memo::{Borrowed, CachedValue, ErasedCell, Finding, Held, Lookup, ShareAll, Site};
use ctu_core::{CacheKey, Result, Stats, Store};

use crate::{MemoryCache, SharedMemory};

/// A store that is made for so many entries.
pub trait OwnStore {
    #[allow(missing_docs)]
    fn with_capacity(capacity: usize) -> Self;
    #[allow(missing_docs)]
    fn entries(&self) -> Option<u64>;
}

impl<K: Eq + Hash, V: Clone> OwnStore for MemoryCache<K, V> {
    fn with_capacity(capacity: usize) -> Self {
        Self::builder().capacity(capacity).stats(false).private().build()
    }

    fn entries(&self) -> Option<u64> {
        self.len().ok().map(|entries| entries as u64)
    }
}

impl OwnStore for SharedMemory {
    fn with_capacity(capacity: usize) -> Self {
        Self::builder().capacity(capacity).stats(false).private().build()
    }

    fn entries(&self) -> Option<u64> {
        self.len().ok().map(|entries| entries as u64)
    }
}

/// A memoized function with a store of its own.
pub struct Own<S> {
    site: Site,
    capacity: Capacity,
    store: OnceLock<S>,
}

enum Capacity {
    Known(usize),
    Asked(fn() -> usize),
}

impl<S> Own<S> {
    /// With room for so many entries.
    pub const fn new(site: Site, capacity: usize) -> Self {
        Self { site, capacity: Capacity::Known(capacity), store: OnceLock::new() }
    }

    /// With room for as many entries as `capacity` says at first use.
    pub const fn asked(site: Site, capacity: fn() -> usize) -> Self {
        Self { site, capacity: Capacity::Asked(capacity), store: OnceLock::new() }
    }
}

impl<S> Deref for Own<S> {
    type Target = Site;

    #[inline]
    fn deref(&self) -> &Site {
        &self.site
    }
}

/// A function's own store at hand.
#[derive(Debug)]
pub struct OwnHeld<S: 'static>(&'static Own<S>);

impl<S> OwnHeld<S> {
    /// What a store in memory takes can be shared.
    #[inline]
    pub const fn share(&self) -> ShareAll {
        ShareAll
    }
}

impl<K: ?Sized, S: OwnStore> Held<K> for OwnHeld<S> {
    type Cache = S;

    #[inline]
    fn cache(&self) -> &S {
        self.0.store()
    }
}

impl<S: OwnStore> Own<S> {
    #[inline]
    fn store(&self) -> &S {
        self.store.get_or_init(|| self.made())
    }

    #[cold]
    fn made(&self) -> S {
        S::with_capacity(match self.capacity {
            Capacity::Known(capacity) => capacity,
            Capacity::Asked(capacity) => capacity(),
        })
    }

    /// What was counted of the function's calls, and how many entries there are.
    pub fn stats(&self) -> Stats {
        let mut stats = self.site.stats();
        stats.entries = self.store().entries();
        stats
    }
}

/// The values of a function with a store of its own.
#[derive(Debug)]
pub struct Values<V>(PhantomData<fn() -> V>);

/// Values of this type, if they will do.
#[inline]
pub fn values<V: CachedValue<Is>, Is: Finding>() -> Is::Same<Values<V>> {
    Is::same(Values(PhantomData))
}

impl<V: Clone + Send + Sync + 'static> Values<V> {
    /// The function's own store at hand.
    #[inline]
    pub const fn in_memory<S>(self, own: &'static Own<S>) -> OwnHeld<S> {
        OwnHeld(own)
    }

    /// The store in `cell`, made at first use for the keys of the call at hand.
    #[allow(clippy::unused_self)]
    pub fn in_memory_of<L>(
        self,
        cell: &'static ErasedCell,
        _: &Result<L>,
        capacity: fn() -> usize,
    ) -> Borrowed<'static, MemoryCache<<L::Key as CacheKey>::Owned, V>>
    where
        L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static>>,
    {
        Borrowed(cell.get_or_init(|| MemoryCache::with_capacity(capacity())))
    }
}

/// Shows nothing of the entries.
impl<S> fmt::Debug for Own<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Own(..)")
    }
}
