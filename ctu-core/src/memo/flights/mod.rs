//! The computations under way of one function: who computes, who waits, and whose result is too old to be stored.
//!
//! A [`Flight`] is a computation from the lookup that missed to the end of storing its value. The table finds it by the
//! hash of its key. Callers of the same key wait for it; an evict, a prime or a refresh takes it out, after which it is
//! nobody's but those who waited already, and its value is not stored.
//!
//! Some computations are *strays*: nobody waits for them, but an evict reaches them all the same. A caller goes astray
//! when the function does not coalesce, when it would wait for itself, when it has waited too long, or when another key
//! has the same hash.
//!
//! No user's code runs under a lock of the table or of a flight: neither `Clone` nor `Eq` of keys and results, nor their
//! `Drop`, nor wakers.

mod flight;
mod graph;
mod lead;
mod shard;
mod spare;
#[cfg(all(test, not(ctu_shuttle)))]
mod tests;
mod wait;
mod watch;

use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::sync::atomic::Ordering;
use std::sync::{Arc, LazyLock, PoisonError};

use flight::Flight;
pub(super) use flight::{Detached, Ended, Help, How, Shared};
#[cfg(all(test, ctu_shuttle))]
pub(super) use graph::is_empty as nobody_waits;
pub(super) use lead::Lead;
use shard::Shard;
pub(super) use wait::Wait;
#[cfg(all(test, ctu_shuttle))]
pub(super) use watch::{is_running as is_watch_running, look_at_the_clock};

use super::sync::{AtomicU64, AtomicUsize, Mutex, MutexGuard, RandomState};
use crate::CacheKey;

/// Flights of different shards do not share a lock.
const SHARDS: usize = 8;
/// How often a caller lets others go first whose results it can't share: then it computes itself, so that those who call
/// a function that fails slowly do not queue up.
const TURNS: u32 = 2;

/// Keys are hashed with secret keys of the process: nobody can choose arguments that collide.
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::default);

pub(super) struct Flights {
    closings: Closings,
    /// The address of the store that the function was used with; [`SEVERAL`], of those.
    store: AtomicUsize,
    shards: [Mutex<Shard>; SHARDS],
}

/// No address.
const NONE: usize = 0;
/// No address either, as it is odd and at the very beginning.
const SEVERAL: usize = 1;

/// The number of flights that ended with a value in the store. On a cache line of its own, as every call reads it.
#[repr(align(64))]
struct Closings(AtomicU64);

/// Where a flight is in the table.
#[derive(Debug, Clone, Copy)]
struct Spot {
    /// That of the key.
    hash: u64,
    /// That of the key and the store: one function may be used with several, such as a method with that of its object,
    /// and what is in one is no answer for another.
    slot: u64,
}

/// A caller's part in the computation of a key.
pub(super) enum Place<'f> {
    /// It computes. `is_late`: since it looked into the store, a flight of this key may have ended.
    Lead { lead: Lead<'f>, is_late: bool },
    /// It waits for another.
    Wait(Wait),
}

/// What came of looking for a place in the table.
enum Entry {
    Begun { is_late: bool },
    Found(Arc<Flight>),
}

impl Flights {
    pub(super) const fn new() -> Self {
        Self {
            closings: Closings(AtomicU64::new(0)),
            store: AtomicUsize::new(NONE),
            shards: [const { Mutex::new(Shard::new()) }; SHARDS],
        }
    }

    /// To be read before the store, and handed to [`join`](Self::join) if that misses.
    #[inline]
    pub(super) fn closings(&self) -> u64 {
        // Acquire: the store is read after it. A flight that stores after the lookup has missed closes later still.
        self.closings.0.load(Ordering::Acquire)
    }

    /// Where the flights of `key` are, and notes with what store.
    fn spot<K: Hash + ?Sized, C: ?Sized>(&self, key: &K, store: &C) -> Spot {
        let store = std::ptr::from_ref(store).cast::<()>().addr().max(SEVERAL);
        let known = self.store.load(Ordering::Relaxed);
        if known != store && known != SEVERAL {
            let first = self.store.compare_exchange(NONE, store, Ordering::Relaxed, Ordering::Relaxed);
            if first.is_err_and(|known| known != store) {
                self.store.store(SEVERAL, Ordering::Relaxed);
            }
        }
        let hash = HASHER.hash_one(key);
        // Multiplied, as addresses differ in few bits, and these are to reach the upper ones.
        Spot { hash, slot: hash ^ (store as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) }
    }

    /// What tells `key`, by its hash, and its store from others.
    pub(super) fn slot<K: Hash + ?Sized, C: ?Sized>(&self, key: &K, store: &C) -> u64 {
        self.spot(key, store).slot
    }

    fn shard(&self, spot: Spot) -> MutexGuard<'_, Shard> {
        // The upper bits: the tables go by the lower ones. Nothing in a shard's critical sections panics half-way.
        self.shards[(spot.hash >> 32) as usize % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds the flight of `key`, or begins one. `turns`: for how many in vain the caller has waited.
    // Inlined, as what it returns would be stored in parts and loaded as a whole, which processors are slow at.
    #[inline]
    pub(super) fn join<K, C>(&self, key: &K, store: &C, since: u64, turns: u32) -> Place<'_>
    where
        K: CacheKey<Owned: Send + Sync + 'static> + ?Sized,
        C: ?Sized,
    {
        let spot = self.spot(key, store);
        if turns >= TURNS {
            return Place::Lead { lead: self.stray(spot), is_late: false };
        }
        let own = spare::flight(spot, key.to_key());
        let mut was_over = false;
        loop {
            let other = match self.enter(&own, since) {
                Entry::Begun { is_late } => {
                    return Place::Lead { lead: Lead::new(self, own), is_late: is_late || was_over };
                }
                Entry::Found(other) => other,
            };
            if !other.is_of(key) {
                break;
            }
            if !other.is_over() {
                match graph::edges(&other) {
                    Some(edges) => return Place::Wait(Wait::new(other, edges)),
                    None => break,
                }
            }
            self.retire(&other);
            was_over = true;
        }
        Place::Lead { lead: self.stray(spot), is_late: false }
    }

    /// Takes a flight out of the table whose key was changed by hand meanwhile, unless it has gone already.
    fn retire(&self, flight: &Arc<Flight>) {
        let spot = flight.spot();
        let mut shard = self.shard(spot);
        let removed = shard.flights.remove_this(spot.slot, flight);
        // An evict has to wait for one that is being stored.
        if removed.is_some() && !flight.detach() {
            shard.strays.push(Arc::clone(flight));
        }
        drop(shard);
        drop(removed);
    }

    /// Puts `own` in the table, unless there is one in its place.
    fn enter(&self, own: &Arc<Flight>, since: u64) -> Entry {
        let spot = own.spot();
        let mut shard = self.shard(spot);
        if let Some(other) = shard.flights.get(spot.slot) {
            return Entry::Found(Arc::clone(other));
        }
        shard.flights.insert(spot.slot, Arc::clone(own));
        Entry::Begun { is_late: shard.recent.has(spot.slot, since) }
    }

    /// Begins a flight of `key`, unless there is one, or the caller is in one; and tells whether it is late, as in
    /// [`Place::Lead`].
    pub(super) fn begin<K, C>(&self, key: &K, store: &C, since: u64) -> Option<(Lead<'_>, bool)>
    where
        K: CacheKey<Owned: Send + Sync + 'static> + ?Sized,
        C: ?Sized,
    {
        let spot = self.spot(key, store);
        // First without a flight of one's own, as mostly there is one.
        if self.shard(spot).flights.get(spot.slot).is_some() {
            return None;
        }
        match self.join(key, store, since, 0) {
            Place::Lead { lead, is_late } => Some((lead, is_late)),
            Place::Wait(_) => None,
        }
    }

    /// Begins a flight that nobody waits for, but who waits for the one that takes too long.
    pub(super) fn helping<K: Hash + ?Sized, C: ?Sized>(&self, key: &K, store: &C, help: Help) -> Lead<'_> {
        self.astray(key, store).helping(help)
    }

    /// Begins a flight that nobody waits for.
    pub(super) fn astray<K: Hash + ?Sized, C: ?Sized>(&self, key: &K, store: &C) -> Lead<'_> {
        self.stray(self.spot(key, store))
    }

    fn stray(&self, spot: Spot) -> Lead<'_> {
        let flight = spare::stray(spot);
        self.shard(spot).strays.push(Arc::clone(&flight));
        Lead::new(self, flight)
    }

    /// Makes all flights of `key` stale: they are not found any more, and don't store any more, but for those that are
    /// at it and are returned.
    pub(super) fn detach<K: Hash + ?Sized, C: ?Sized>(&self, key: &K, store: &C) -> Detached {
        let spot = self.spot(key, store);
        // The lock goes first, then what was dropped from the table, which owns a key.
        let (detached, dropped) = self.take(&mut self.shard(spot), spot);
        drop(dropped);
        detached
    }

    /// As [`detach`](Self::detach), and begins a flight in their place.
    pub(super) fn replace<K, C>(&self, key: &K, store: &C) -> (Lead<'_>, Detached)
    where
        K: CacheKey<Owned: Send + Sync + 'static> + ?Sized,
        C: ?Sized,
    {
        let spot = self.spot(key, store);
        let own = spare::flight(spot, key.to_key());
        let mut shard = self.shard(spot);
        let (detached, dropped) = self.take(&mut shard, spot);
        shard.flights.insert(spot.slot, Arc::clone(&own));
        drop(shard);
        drop(dropped);
        (Lead::new(self, own), detached)
    }

    /// Takes the flights of a key out of the table: those of all stores, as two may be handles of one.
    ///
    /// Those that are being stored become strays: whoever comes next has to wait for their end as well.
    fn take(&self, shard: &mut Shard, spot: Spot) -> (Detached, Vec<Arc<Flight>>) {
        let found = shard.flights.remove(spot.slot);
        let mut others = Vec::new();
        // Whoever put one there has left word before, and the lock is taken after that.
        if self.store.load(Ordering::Relaxed) == SEVERAL {
            others = shard.flights.extract(|flight| flight.spot().hash == spot.hash);
        }
        if !shard.strays.is_empty() {
            others.extend(shard.strays.extract_if(.., |stray| stray.spot().hash == spot.hash));
        }
        let (mut detached, mut dropped) = (Detached::default(), Vec::new());
        for flight in found.into_iter().chain(others) {
            if flight.detach() {
                dropped.push(flight);
            } else {
                shard.strays.push(Arc::clone(&flight));
                detached.add(flight);
            }
        }
        (detached, dropped)
    }

    /// Takes `flight` out of the table. `has_stored`: there is a new value in the store.
    fn close(&self, flight: &Arc<Flight>, has_stored: bool) {
        let spot = flight.spot();
        let mut shard = self.shard(spot);
        if has_stored {
            // Not less than the number that any caller reads who finds the value missing: the lookups came before.
            let closing = self.closings.0.fetch_add(1, Ordering::AcqRel) + 1;
            shard.recent.push(spot.slot, closing);
        }
        let removed = shard.flights.remove_this(spot.slot, flight).or_else(|| {
            let place = shard.strays.iter().position(|stray| Arc::ptr_eq(stray, flight));
            place.map(|place| shard.strays.swap_remove(place))
        });
        drop(shard);
        drop(removed);
    }

    /// Flights under way.
    pub(super) fn len(&self) -> usize {
        let len = |shard: &Mutex<Shard>| {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.flights.len() + shard.strays.len()
        };
        self.shards.iter().map(len).sum()
    }
}

/// Shows nothing of the keys.
impl fmt::Debug for Flights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flights(..)")
    }
}
