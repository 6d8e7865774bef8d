//! A bounded cache in memory. Eviction is `quick_cache`'s; lifetimes, weights and lookup by borrowed keys are added here.

mod builder;
pub(crate) mod change;
pub(crate) mod keyed;
pub(crate) mod lifetime;
pub(crate) mod near;
pub(crate) mod traits;
pub(crate) mod versions;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::hash::Hash;
use std::mem::needs_drop;
use std::sync::Arc;
use std::time::Duration;

use ctu_core::{CacheKey, Clock, Count, Counters, Entry, Error, ErrorKind, Nanos, Result, Stats, Ttl};

pub use self::builder::MemoryCacheBuilder;
use self::builder::Weigher;
use self::change::{By, Change};
use self::keyed::{Candidate, Keyed, Known, Lookup, Seed, pass_on, spread};
use self::lifetime::{Expiry, Held, Sweeper};
use self::traits::{in_memory, never_waits};
use self::versions::Versions;

/// A bounded cache in memory, with typed keys and values.
///
/// What is used seldom makes room for what is new (S3-FIFO, as in the `quick_cache` crate). Entries may have a lifetime,
/// per cache ([`builder`](Self::builder)) or per entry ([`Ttl`]), and weights. A store that owns `(String, u64)` is
/// looked up with `Args((&str, &u64))`: a hit copies nothing but the value, takes a shared lock only, and reads the clock
/// only if the entry expires. Values that are costly to clone belong in an `Arc`.
///
/// All operations are O(1), amortized for [`put`](ctu_core::Cache::put), but `clear`, [`sweep`](Self::sweep) and, in the
/// number of shards, `len`.
///
/// # Bounds
///
/// There are never more entries than the capacity. It is divided among shards, which are locked apart; a cache of less
/// than 512 entries has one shard and holds exactly as many entries as its capacity says, a larger one may evict a
/// little before it is full, as keys are not spread evenly. Expired entries are never served; insertions sweep them out,
/// at a constant cost each on average.
///
/// # Threads
///
/// A hit takes the shared lock of one shard, by two writes to the lock's memory. Processors hand that memory to each
/// other, so hits on several processors slow each other down, by one key as by several. The feature `sharded-lock` gives
/// each lock memory of its own for each of eight groups of threads: then they do not, a hit on one thread and an
/// insertion take a little longer, and a shard takes 1 kB more. It is a feature of `quick_cache`, and for the whole
/// program.
///
/// The store that a function has for itself, by `#[cached]` without `cache = ..`, is one of these with a table for each
/// thread in front of it, if values own nothing: what a thread has found lately it finds there, without a lock.
///
/// # Hashing
///
/// Keys are hashed by foldhash, with a secret per process and per cache from the system's random numbers. That
/// withstands floods of colliding keys made without knowledge of the secret. foldhash is not cryptographic and promises
/// nothing against an attacker who learns about the secret by measuring, precisely, how long many lookups take.
///
/// # Keys and values with code of their own
///
/// `Hash`, `ToOwned`, `Drop` and the weigher run outside of all locks. `Clone` of a value and, on lookups, `Eq` of a key
/// run under a shared lock; on insertion, removal and `contains` `Eq` runs under an exclusive one. They must not use the
/// cache they are in, which could deadlock. If one of them panics, the operation panics and the cache goes on.
///
/// # Examples
///
/// ```
/// use ctu_backends::MemoryCache;
/// use ctu_core::{Args, Cache, Ttl};
///
/// let cache: MemoryCache<(String, u64), String> = MemoryCache::new(1_000);
/// cache.put(&Args(("aa", &2)), &"aaaa".to_owned(), Ttl::Default)?;
/// assert_eq!(cache.get(&Args(("aa", &2)))?.as_deref(), Some("aaaa"));
/// assert_eq!(cache.get(&Args(("aa", &3)))?, None);
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub struct MemoryCache<K, V> {
    entries: Entries<K, V>,
    change: Change,
    /// Of those entries of which others keep copies.
    versions: Option<Arc<Versions>>,
    seed: Seed,
    clock: Clock,
    ttl: Option<Duration>,
    weigher: Option<Weigher<K, V>>,
    /// The most that one entry may weigh; 0: nothing is stored.
    heaviest: u32,
    sweeper: Sweeper,
    counters: Option<Box<Counters>>,
}

type Entries<K, V> = quick_cache::sync::Cache<Keyed<K>, Held<V>, KnownWeight, Known, DropLater>;

impl<K: Eq + Hash, V: Clone> MemoryCache<K, V> {
    /// A cache of at most `capacity` entries, without expiry. With a capacity of 0 it stores nothing: a cache switched
    /// off.
    pub fn new(capacity: usize) -> Self {
        Self::builder().capacity(capacity).build()
    }

    /// A cache with more settings than a capacity.
    pub fn builder() -> MemoryCacheBuilder<K, V> {
        MemoryCacheBuilder::new()
    }

    /// The weight of all entries: their number, unless there is a weigher.
    pub fn weight(&self) -> u64 {
        self.entries.weight()
    }

    /// Drops the expired entries now, and tells how many.
    ///
    /// Seldom needed, as they are never served and insertions drop them too. Takes time in proportion to the capacity in
    /// use, and locks one shard at a time.
    pub fn sweep(&self) -> usize {
        let now = self.clock.now();
        let earliest = Cell::new(Expiry::NEVER);
        self.sweeper.begin();
        let expired = self.hashes(&|held| {
            let is_expired = held.expiry.is_by(now);
            if !is_expired {
                earliest.set(earliest.get().min(held.expiry));
            }
            is_expired
        });
        let mut dropped = 0;
        // Not counted by an iterator, of which there would be one for each type.
        for hash in expired {
            dropped += usize::from(self.drop_expired(hash, now));
        }
        // A place in the table takes 5 bytes.
        self.sweeper.end(earliest.get(), self.entries.memory_used().map / 5);
        dropped
    }

    /// The hashes of the entries that are `wanted`, to be dropped one by one: not here, under the locks.
    fn hashes(&self, wanted: &dyn Fn(&Held<V>) -> bool) -> Vec<u32> {
        let hashes = RefCell::new(Vec::new());
        self.entries.retain(|keyed, held| {
            if wanted(held) {
                hashes.borrow_mut().push(keyed.hash);
            }
            true
        });
        hashes.into_inner()
    }

    /// Drops an entry with this hash that had expired by `now`, and tells whether there was one.
    fn drop_expired(&self, hash: u32, now: Nanos) -> bool {
        let mut passed = 0_usize;
        loop {
            let (to_pass, is_found) = (Cell::new(passed), Cell::new(false));
            let is_next = |keyed: &Keyed<K>| {
                if keyed.hash != hash {
                    return false;
                }
                let left = to_pass.get();
                is_found.set(left == 0);
                to_pass.set(left.saturating_sub(1));
                left == 0
            };
            if self.remove_if(hash, &is_next, &mut |held| held.expiry.is_by(now)).is_some() {
                return true;
            }
            if !is_found.get() {
                return false;
            }
            passed += 1;
        }
    }

    /// Removes what `is` the entry that is looked for, under this hash, if it `may` be removed.
    // By one type of either, so that it is compiled once for a type of store.
    fn remove_if(
        &self,
        hash: u32,
        is: &dyn Fn(&Keyed<K>) -> bool,
        may: &mut dyn FnMut(&Held<V>) -> bool,
    ) -> Option<(Keyed<K>, Held<V>)> {
        self.entries.remove_if(&Candidate { hash, is }, may)
    }

    fn lookup<'a, Q: ?Sized + CacheKey<Owned = K>>(&self, key: &'a Q) -> Lookup<'a, Q> {
        Lookup { hash: self.seed.hash(key), key }
    }

    #[allow(clippy::inline_always)] // measured, as in `traits`
    #[inline(always)]
    #[allow(clippy::manual_map)] // a closure would be two more functions for each type
    fn find<Q: ?Sized + CacheKey<Owned = K>>(&self, key: &Q) -> Option<V> {
        match self.live(key, self.seed.hash(key)) {
            Some(held) => Some(held.value),
            None => None,
        }
    }

    /// What is held under `key`, which hashes to `hash`, and has not expired.
    #[allow(clippy::inline_always)] // measured, as in `traits`
    #[cfg_attr(debug_assertions, inline)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn live<Q: ?Sized + CacheKey<Owned = K>>(&self, key: &Q, hash: u32) -> Option<Held<V>> {
        match self.entries.get(&Lookup { hash, key }) {
            Some(held) if !held.expiry.is_past(&self.clock) => Some(held),
            _ => None,
        }
    }

    fn find_entry<Q: ?Sized + CacheKey<Owned = K>>(&self, key: &Q) -> Option<Entry<V>> {
        self.entries.get(&self.lookup(key))?.entry(&self.clock)
    }

    fn holds<Q: ?Sized + CacheKey<Owned = K>>(&self, key: &Q) -> bool {
        let expiry = if needs_drop::<V>() { self.expiry(key) } else { self.peeked(key) };
        expiry.is_some_and(|expiry| !expiry.is_past(&self.clock))
    }

    /// The expiry of the entry under `key`, by a copy of its value.
    fn peeked<Q: ?Sized + CacheKey<Owned = K>>(&self, key: &Q) -> Option<Expiry> {
        self.entries.peek(&self.lookup(key)).map(|held| held.expiry)
    }

    /// The expiry of the entry under `key`, without a copy of its value, which may be costly: `quick_cache` shows one to
    /// those only who may remove it, under an exclusive lock.
    fn expiry<Q: ?Sized + CacheKey<Owned = K>>(&self, key: &Q) -> Option<Expiry> {
        let (hash, mut expiry) = (self.seed.hash(key), None);
        self.remove_if(hash, &|keyed| keyed.is_unpoisoned(hash, key), &mut |held| {
            expiry = Some(held.expiry);
            false
        });
        pass_on();
        expiry
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
            let taken = self.remove_if(hash, &|keyed| keyed.is_unpoisoned(hash, key), &mut |_| self.tell(hash));
            pass_on();
            taken
        })
    }

    /// Whether the value is stored now: not if it has expired at once, or the cache is switched off. `None`: it may not be
    /// stored.
    fn insert<Q: ?Sized + CacheKey<Owned = K>>(
        &self,
        key: &Q,
        value: &V,
        ttl: Ttl,
        by: &mut By,
    ) -> Result<Option<bool>> {
        if self.heaviest == 0 {
            return Ok(Some(false));
        }
        let hash = self.seed.hash(key);
        let Some(expiry) = Expiry::of(ttl, self.ttl, &self.clock) else {
            return Ok(self.take_by(key, hash, by).is_some().then_some(false));
        };
        let owned = key.to_key();
        let Some(weight) = self.weigh(&owned, value) else {
            return if self.take_by(key, hash, by).is_some() { Err(too_heavy()) } else { Ok(None) };
        };
        let value = value.clone();
        // What it evicts is dropped when all locks are free again.
        let mut evicted = (None, Vec::new());
        let insert = || {
            // Made where it is handed over: it would be stored in parts and moved as a whole.
            let (keyed, held) = (Keyed { hash, key: owned, weight }, Held { value, expiry });
            self.entries.insert_with_lifecycle(keyed, held, &mut evicted);
            pass_on();
        };
        if self.change.of(hash, by, &self.clock, insert).is_none() {
            return Ok(None);
        }
        drop(evicted);
        if self.sweeper.inserted(expiry, &self.clock) {
            self.sweep();
        }
        Ok(Some(true))
    }

    /// `None`: too heavy. An entry that weighs nothing would never be evicted, so it weighs 1.
    fn weigh(&self, key: &K, value: &V) -> Option<u32> {
        match &self.weigher {
            Some(weigher) => up_to(self.heaviest, weigher(key, value).max(1)),
            None => up_to(self.heaviest, 1),
        }
    }

    fn count(&self) -> usize {
        self.entries.len()
    }

    /// One by one, so that each is dropped outside of the lock.
    fn discard(&self) {
        self.entries.drain().for_each(drop);
    }

    /// The same where others keep copies.
    fn discard_copied(&self) {
        for hash in self.hashes(&|_| true) {
            drop(self.remove_if(hash, &|keyed| keyed.hash == hash, &mut |_| self.tell(hash)));
        }
    }

    /// Tells those who keep copies of entries with this hash that one is to be removed, while nobody can look it up.
    fn tell(&self, hash: u32) -> bool {
        if let Some(versions) = &self.versions {
            versions.changed(spread(hash));
        }
        true
    }
}

fn up_to(heaviest: u32, weight: u64) -> Option<u32> {
    u32::try_from(weight).ok().filter(|weight| *weight <= heaviest)
}

#[cold]
fn too_heavy() -> Error {
    Error::new(
        ErrorKind::Limit,
        "the entry weighs more than fits in one shard of this store, and was not stored: give the store a larger \
         `capacity` or fewer `shards`",
    )
}

in_memory!(MemoryCache);

/// Figures only.
impl<K, V> fmt::Debug for MemoryCache<K, V>
where
    K: Eq + Hash,
    V: Clone,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryCache")
            .field("entries", &self.entries.len())
            .field("weight", &self.entries.weight())
            .field("capacity", &self.entries.capacity())
            .field("shards", &self.entries.num_shards())
            .field("ttl", &self.ttl)
            .finish_non_exhaustive()
    }
}

/// The weight that was found before the entry was stored: the user's weigher does not run under a lock.
#[derive(Clone)]
struct KnownWeight;

impl<K, V> quick_cache::Weighter<Keyed<K>, Held<V>> for KnownWeight {
    #[inline]
    fn weight(&self, keyed: &Keyed<K>, _: &Held<V>) -> u64 {
        u64::from(keyed.weight)
    }
}

/// Keeps what an insertion evicts, or replaces, until the lock is free again: `quick_cache`'s own does so for two entries
/// only. And tells those who have copies of it, before.
#[derive(Clone)]
struct DropLater(Option<Arc<Versions>>);

impl<K, V> quick_cache::Lifecycle<Keyed<K>, Held<V>> for DropLater {
    /// The first, as there is seldom a second, and the others.
    type RequestState = (Option<(Keyed<K>, Held<V>)>, Vec<(Keyed<K>, Held<V>)>);

    fn on_evict(&self, (first, others): &mut Self::RequestState, key: Keyed<K>, value: Held<V>) {
        if let Some(versions) = &self.0 {
            versions.evicted(spread(key.hash));
        }
        if !needs_drop::<(K, V)>() {
        } else if first.is_none() {
            *first = Some((key, value));
        } else {
            others.push((key, value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn law6_bounded_an_entry_has_a_place_of_at_most_8_bytes_more_than_in_quick_cache() {
        let plain = quick_cache::sync::Cache::<u64, u64>::new(1_000);
        let cache = MemoryCache::<u64, u64>::builder().capacity(1_000).build();
        // So few that neither evicts any.
        for n in 0..100 {
            plain.insert(n, n);
            assert_eq!(cache.insert(&n, &n, Ttl::Default, &mut By::Anybody).unwrap(), Some(true));
        }
        assert_eq!((plain.len(), cache.count()), (100, 100));
        let (plain, ours) = (plain.memory_used().entries, cache.entries.memory_used().entries);
        assert!(plain > 0);
        assert!(ours <= plain + 100 * 8, "{ours} bytes for 100 entries, and {plain} in quick_cache");
    }
}
