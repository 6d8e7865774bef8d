//! The computations under way of one function: who computes, who waits, and whose result is too old to be stored.
//!
//! A computation lasts from the lookup that missed to the end of storing its value. As long as nobody else asks for its
//! key, it has a [`Berth`] only. Otherwise it is a [`Flight`](flight::Flight), which the table finds by the hash of its key.
//! Callers of the same key wait for it; an evict, a prime or a refresh takes it out, after which it is nobody's but those
//! who waited already, and its value is not stored.
//!
//! Some flights are *strays*: nobody waits for them, but an evict reaches them all the same. A caller goes astray when it
//! would wait for itself, when it has waited too long, when another key has the same hash, or when the function does not
//! coalesce and the berth is taken.
//!
//! No user's code runs under a lock of the table or of a flight: neither `Clone` nor `Eq` of keys and results, nor their
//! `Drop`, nor wakers.

mod berth;
mod closings;
mod flight;
mod graph;
mod key;
mod lead;
mod locked;
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

use berth::Berth;
use closings::Closings;
pub(super) use flight::{Detached, Ended, Help, How, Shared};
#[cfg(all(test, ctu_shuttle))]
pub(super) use graph::is_empty as nobody_waits;
pub(super) use key::FlightKey;
use key::Lent;
pub(super) use lead::Lead;
use locked::{Entry, Locked};
use shard::Shard;
pub(super) use wait::Wait;
#[cfg(all(test, ctu_shuttle))]
pub(super) use watch::{is_running as is_watch_running, look_at_the_clock};

use super::sync::{AtomicUsize, Mutex, RandomState};

/// Flights of different shards do not share a lock.
const SHARDS: usize = 8;
/// Computations of different berths do not meet: enough for those of many threads, in half a kilobyte.
const BERTHS: usize = 64;
const BERTHS_OF_SHARD: usize = BERTHS / SHARDS;
/// Where in a hash the number of its berth begins.
const BERTH_SHIFT: u32 = 32;
/// How often a caller lets others go first whose results it can't share: then it computes itself, so that those who call
/// a function that fails slowly do not queue up.
const TURNS: u32 = 2;

/// Keys are hashed with secret keys of the process: nobody can choose arguments that collide.
#[cfg_attr(not(debug_assertions), inline)]
fn hasher() -> &'static RandomState {
    static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::default);
    &HASHER
}

pub(super) struct Flights {
    closings: Closings,
    /// The address of the store that the function was used with; [`SEVERAL`], of those.
    store: AtomicUsize,
    berths: [Berth; BERTHS],
    shards: [Mutex<Shard>; SHARDS],
}

/// No address.
const NONE: usize = 0;
/// No address either, as it is odd and at the very beginning.
const SEVERAL: usize = 1;

/// Where a flight is in the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    /// That of the key.
    hash: u64,
    /// That of the key and the store: one function may be used with several, such as a method with that of its object,
    /// and what is in one is no answer for another.
    slot: u64,
}

/// A caller's part in the computation of a key.
pub(super) enum Place {
    /// It leads. `is_late`: since it looked into the store, a flight of this key may have ended.
    Lead { is_late: bool },
    /// It waits for another.
    Wait(Wait),
}

impl Flights {
    pub(super) const fn new() -> Self {
        Self {
            closings: Closings::new(),
            store: AtomicUsize::new(NONE),
            berths: [const { Berth::new() }; BERTHS],
            shards: [const { Mutex::new(Shard::new()) }; SHARDS],
        }
    }

    /// To be read before the store, and handed to [`join`](Self::join) if that misses.
    #[inline]
    pub(super) fn closings(&self) -> u64 {
        self.closings.next()
    }

    /// Where the flights of `key` are, and notes with what store.
    fn spot<K: Hash + ?Sized, C: ?Sized>(&self, key: &K, store: &C) -> Spot {
        self.spot_at(key, address(store))
    }

    /// The same with the store at this [`address`].
    #[inline]
    fn spot_at<K: Hash + ?Sized>(&self, key: &K, store: usize) -> Spot {
        self.noted(hasher().hash_one(key), store)
    }

    #[cfg_attr(not(debug_assertions), inline)]
    fn noted(&self, hash: u64, store: usize) -> Spot {
        let store = store.max(SEVERAL);
        let known = self.store.load(Ordering::Relaxed);
        if known != store && known != SEVERAL {
            let first = self.store.compare_exchange(NONE, store, Ordering::Relaxed, Ordering::Relaxed);
            if first.is_err_and(|known| known != store) {
                self.store.store(SEVERAL, Ordering::Relaxed);
            }
        }
        // Multiplied, as addresses differ in few bits, and these are to reach the upper ones.
        Spot { hash, slot: hash ^ (store as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) }
    }

    /// What tells `key`, by its hash, and its store from others.
    pub(super) fn slot<K: Hash + ?Sized, C: ?Sized>(&self, key: &K, store: &C) -> u64 {
        self.spot(key, store).slot
    }

    #[inline]
    fn berth(&self, spot: Spot) -> &Berth {
        &self.berths[berth_of(spot)]
    }

    fn locked(&self, spot: Spot) -> Locked<'_> {
        let berth = berth_of(spot);
        // Nothing in a shard's critical sections panics half-way.
        let shard = self.shards[berth % SHARDS].lock().unwrap_or_else(PoisonError::into_inner);
        Locked { spot, closings: &self.closings, berth: &self.berths[berth], index: berth / SHARDS, shard }
    }

    /// The lead of nothing, to [`join`](Self::join) with.
    #[inline]
    pub(super) const fn lead(&self) -> Lead<'_> {
        Lead::new(self)
    }

    /// Finds the flight of `key`, which is here, or begins one, which `lead` leads then. `turns`: for how many in vain the
    /// caller has waited.
    #[inline]
    pub(super) fn join<'f, K: FlightKey + ?Sized>(
        &'f self,
        lead: &mut Lead<'f>,
        (key, spot): (&K, Spot),
        since: u64,
        turns: u32,
    ) -> Place {
        if turns < TURNS
            && let Some(before) = lead.take_berth(spot)
        {
            return Place::Lead { is_late: before.is_late(since) && self.closings.may_be_of(spot, since) };
        }
        self.meet(lead, &Lent(key), spot, since, turns)
    }

    /// The same for those who find that others are there.
    #[inline(never)]
    fn meet<'f>(&'f self, lead: &mut Lead<'f>, key: &dyn FlightKey, spot: Spot, since: u64, turns: u32) -> Place {
        if turns >= TURNS {
            return self.stray(lead, spot);
        }
        let mut own = key.flight(spot);
        loop {
            let entry = self.locked(spot).enter(&mut own, since);
            let other = match entry {
                Entry::Begun { is_late } => {
                    lead.take_flight(own);
                    return Place::Lead { is_late };
                }
                Entry::Found(other) => other,
            };
            if !key.is_of(&other) {
                break;
            }
            if !other.is_over() {
                match graph::edges(&other) {
                    Some(edges) => return Place::Wait(Wait::new(other, edges)),
                    None => break,
                }
            }
            let retired = self.locked(spot).retire(&other);
            drop(retired);
            if Arc::ptr_eq(&own, &other) {
                own = key.flight(spot);
            }
        }
        self.stray(lead, spot)
    }

    /// Begins a flight of `key`, unless there is one, or the caller is in one; and tells whether it is late, as in
    /// [`Place::Lead`].
    pub(super) fn begin<K, C>(&self, key: &K, store: &C, since: u64) -> Option<(Lead<'_>, bool)>
    where
        K: FlightKey + Hash + ?Sized,
        C: ?Sized,
    {
        let spot = self.spot(key, store);
        // First without a flight of one's own, as mostly there is one.
        if self.locked(spot).is_taken() {
            return None;
        }
        let mut lead = self.lead();
        match self.join(&mut lead, (key, spot), since, 0) {
            Place::Lead { is_late } => Some((lead, is_late)),
            Place::Wait(_) => None,
        }
    }

    /// Begins a flight that nobody waits for, but who waits for the one that takes too long.
    pub(super) fn help<'f>(&'f self, lead: &mut Lead<'f>, spot: Spot, help: Help) {
        self.stray(lead, spot);
        lead.help(help);
    }

    /// Begins a flight that nobody waits for.
    #[inline]
    pub(super) fn astray<'f>(&'f self, lead: &mut Lead<'f>, spot: Spot) -> Place {
        match lead.take_berth(spot) {
            Some(_) => Place::Lead { is_late: false },
            None => self.stray(lead, spot),
        }
    }

    #[inline(never)]
    fn stray<'f>(&'f self, lead: &mut Lead<'f>, spot: Spot) -> Place {
        let flight = spare::stray(spot);
        self.locked(spot).insert_stray(&flight);
        lead.take_flight(flight);
        Place::Lead { is_late: false }
    }

    /// Makes all flights of `key` stale: they are not found any more, and don't store any more, but for those that are
    /// at it and are returned.
    pub(super) fn detach<K: Hash + ?Sized, C: ?Sized>(&self, key: &K, store: &C) -> Detached {
        let (detached, dropped) = self.locked(self.spot(key, store)).take(self.is_several());
        drop(dropped);
        detached
    }

    /// As [`detach`](Self::detach), of all keys.
    pub(super) fn detach_all(&self) -> Detached {
        let mut detached = Detached::default();
        for number in 0..SHARDS {
            let spot = Spot { hash: (number as u64) << BERTH_SHIFT, slot: 0 };
            let berths = self.berths.iter().skip(number).step_by(SHARDS);
            let dropped = self.locked(spot).take_all(berths, &mut detached);
            drop(dropped);
        }
        detached
    }

    /// Whether there are flights of other stores. Whoever put one there has left word before, and the lock is taken after
    /// that.
    fn is_several(&self) -> bool {
        self.store.load(Ordering::Relaxed) == SEVERAL
    }

    /// As [`detach`](Self::detach), and begins a flight in their place.
    pub(super) fn replace<K, C>(&self, key: &K, store: &C) -> (Lead<'_>, Detached)
    where
        K: FlightKey + Hash + ?Sized,
        C: ?Sized,
    {
        self.replace_at(&Lent(key), self.spot(key, store))
    }

    fn replace_at(&self, key: &dyn FlightKey, spot: Spot) -> (Lead<'_>, Detached) {
        let own = key.flight(spot);
        let mut locked = self.locked(spot);
        let (detached, dropped) = locked.take(self.is_several());
        locked.insert(&own);
        drop(dropped);
        let mut lead = self.lead();
        lead.take_flight(own);
        (lead, detached)
    }

    /// For models: which berth a key has.
    #[cfg(all(test, ctu_shuttle))]
    pub(super) fn berth_number<K: Hash + ?Sized>(&self, key: &K) -> usize {
        berth_of(self.spot(key, &()))
    }

    /// Flights under way.
    pub(super) fn len(&self) -> usize {
        let shard = |(number, shard): (usize, &Mutex<Shard>)| {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            let unknown = (0..BERTHS_OF_SHARD).filter(|index| self.berths[number + index * SHARDS].word().is_unknown());
            shard.flights.len() + shard.strays.len() + unknown.count()
        };
        self.shards.iter().enumerate().map(shard).sum()
    }
}

/// What tells a store from others.
#[inline]
pub(super) fn address<C: ?Sized>(store: &C) -> usize {
    std::ptr::from_ref(store).cast::<()>().addr()
}

/// That of the key with this hash, whichever the store. The lower bits: the table of the flights goes by them, too.
const fn berth_of(spot: Spot) -> usize {
    (spot.hash >> BERTH_SHIFT) as usize % BERTHS
}

/// Shows nothing of the keys.
impl fmt::Debug for Flights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flights(..)")
    }
}
