//! An unbounded map as a cache.

use std::fmt;
use std::hash::Hash;
use std::mem;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use ctu_core::{CacheKey, Clock, Count, Counters, Entry, Result, Stats, Ttl};
use hashbrown::HashTable;
use hashbrown::hash_table::Entry::{Occupied, Vacant};

use crate::memory::change::{By, Change};
use crate::memory::keyed::{Keyed, Seed, spread};
use crate::memory::lifetime::{Expiry, Held, Sweeper};
use crate::memory::traits::{in_memory, never_waits};

/// An unbounded cache in memory: a map behind a lock.
///
/// For tests, and for a set of keys that is known to be small. It never evicts, so what is asked with ever new keys
/// grows without end: use [`MemoryCache`](crate::MemoryCache) there. Entries may have a lifetime; expired ones are never
/// served, and insertions drop them at a constant cost each on average.
///
/// Keys are looked up borrowed and hashed as in [`MemoryCache`](crate::MemoryCache). `Clone` of a value and `Eq` of a key
/// run under the lock and must not use the cache they are in; if one panics, the operation panics and the cache goes on.
///
/// # Examples
///
/// ```
/// use ctu_backends::DictCache;
/// use ctu_core::{Cache, Ttl};
///
/// let cache = DictCache::<String, u64>::new();
/// cache.put("one", &1, Ttl::Default)?;
/// assert_eq!(cache.get("one")?, Some(1));
/// assert!(cache.remove("one")?);
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub struct DictCache<K, V> {
    entries: RwLock<Entries<K, V>>,
    change: Change,
    seed: Seed,
    clock: Clock,
    ttl: Option<Duration>,
    sweeper: Sweeper,
    counters: Option<Box<Counters>>,
}

type Entries<K, V> = HashTable<(Keyed<K>, Held<V>)>;

impl<K: Eq + Hash, V: Clone> DictCache<K, V> {
    /// A cache without entries, whose entries do not expire unless they are stored with a lifetime.
    pub fn new() -> Self {
        Self {
            entries: RwLock::default(),
            change: Change::watched(),
            seed: Seed::default(),
            clock: Clock::system(),
            ttl: None,
            sweeper: Sweeper::new(),
            counters: Some(Box::default()),
        }
    }

    /// The same cache, with this lifetime for entries that are stored with [`Ttl::Default`].
    #[must_use]
    pub const fn with_ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// The same cache, with lifetimes told by this clock.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Into<Clock>) -> Self {
        self.clock = clock.into();
        self
    }

    /// Drops the expired entries now, and tells how many.
    ///
    /// Seldom needed, as they are never served and insertions drop them too. Takes time in proportion to the number of
    /// entries, and locks the cache meanwhile.
    pub fn sweep(&self) -> usize {
        let now = self.clock.now();
        let mut earliest = Expiry::NEVER;
        self.sweeper.begin();
        let mut entries = self.write();
        let expired: Vec<_> = entries
            .extract_if(|(_, held)| {
                let expired = held.expiry.is_by(now);
                if !expired {
                    earliest = earliest.min(held.expiry);
                }
                expired
            })
            .collect();
        // An outgrown table is given back, so that it isn't searched through for ever; its double leaves room to grow.
        if entries.len() < entries.capacity() / 4 {
            let room = entries.len() * 2;
            entries.shrink_to(room, |(keyed, _)| spread(keyed.hash));
        }
        let places = entries.num_buckets();
        drop(entries); // before the values, whose code must not run under the lock
        self.sweeper.end(earliest, places);
        expired.len()
    }

    /// A poisoned lock is as good as any: user code under it, `Eq` and `Clone`, runs while the table is only searched,
    /// so a panic leaves it whole.
    fn read(&self) -> RwLockReadGuard<'_, Entries<K, V>> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Entries<K, V>> {
        self.entries.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// What `then` makes of the live entry under `key`.
    #[inline]
    fn live<Q: ?Sized + CacheKey<Owned = K>, R>(&self, key: &Q, then: impl FnOnce(&Held<V>) -> R) -> Option<R> {
        let hash = self.seed.hash(key);
        let entries = self.read();
        let (_, held) = entries.find(spread(hash), |(keyed, _)| keyed.is(hash, key))?;
        (!held.expiry.is_past(&self.clock)).then(|| then(held))
    }

    fn find<Q: ?Sized + CacheKey<Owned = K>>(&self, key: &Q) -> Option<V> {
        self.live(key, |held| held.value.clone())
    }

    fn find_entry<Q: ?Sized + CacheKey<Owned = K>>(&self, key: &Q) -> Option<Entry<V>> {
        self.live(key, Held::clone)?.entry(&self.clock)
    }

    fn holds<Q: ?Sized + CacheKey<Owned = K>>(&self, key: &Q) -> bool {
        self.live(key, |_| ()).is_some()
    }

    /// `None`: it may not be changed.
    #[allow(clippy::option_option)] // within: what was there
    fn take_by<Q: ?Sized + CacheKey<Owned = K>>(
        &self,
        key: &Q,
        hash: u32,
        by: &mut By,
    ) -> Option<Option<(Keyed<K>, Held<V>)>> {
        self.change.of(hash, by, &self.clock, || {
            let mut entries = self.write();
            let entry = entries.find_entry(spread(hash), |(keyed, _)| keyed.is(hash, key));
            entry.ok().map(|entry| entry.remove().0)
        })
    }

    #[allow(clippy::unnecessary_wraps)] // as `MemoryCache::insert`, which can fail
    fn insert<Q: ?Sized + CacheKey<Owned = K>>(
        &self,
        key: &Q,
        value: &V,
        ttl: Ttl,
        by: &mut By,
    ) -> Result<Option<bool>> {
        let hash = self.seed.hash(key);
        let Some(expiry) = Expiry::of(ttl, self.ttl, &self.clock) else {
            return Ok(self.take_by(key, hash, by).map(|_| false));
        };
        let new = (Keyed { hash, key: key.to_key(), weight: 1 }, Held { value: value.clone(), expiry });
        let old = self.change.of(hash, by, &self.clock, || {
            let mut entries = self.write();
            match entries.entry(spread(hash), |(keyed, _)| keyed.is(hash, key), |(keyed, _)| spread(keyed.hash)) {
                Occupied(entry) => Some(mem::replace(entry.into_mut(), new)),
                Vacant(place) => {
                    place.insert(new);
                    None
                }
            }
        });
        if old.is_none() {
            return Ok(None);
        }
        drop(old); // outside of the locks
        if self.sweeper.inserted(expiry, &self.clock) {
            self.sweep();
        }
        Ok(Some(true))
    }

    fn count(&self) -> usize {
        self.read().len()
    }

    fn discard(&self) {
        let entries = mem::take(&mut *self.write());
        drop(entries); // outside of the lock
    }
}

in_memory!(DictCache);

impl<K: Eq + Hash, V: Clone> Default for DictCache<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

/// Figures only.
impl<K: Eq + Hash, V: Clone> fmt::Debug for DictCache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DictCache").field("entries", &self.count()).field("ttl", &self.ttl).finish_non_exhaustive()
    }
}
