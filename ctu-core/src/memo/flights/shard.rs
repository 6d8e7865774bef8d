//! A part of the table, behind one lock.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use super::BERTHS_OF_SHARD;
use super::flight::Flight;
use crate::lease::Sight;

/// How many ended flights a shard remembers, for refreshes over which others have come.
const REMEMBERED: usize = 4;

pub(super) struct Shard {
    pub(super) flights: Table,
    pub(super) strays: Vec<Arc<Flight>>,
    pub(super) recent: Recent,
    /// Those who lead from the shard's berths, as far as others know of them.
    pub(super) known: Vec<(usize, Known)>,
    /// How many of the leads that are of each berth, by their hashes, are not led from it, and have a flight.
    pub(super) aside: [u32; BERTHS_OF_SHARD],
}

/// What there is to know of who leads from a berth.
pub(super) enum Known {
    /// The store keeps watch over its key.
    Watch(Sight),
    /// Somebody waits for it, or has made it stale. The flight's key is that of the one who waits: only the leader can
    /// tell whether it is its own.
    Flight(Arc<Flight>),
}

impl Shard {
    pub(super) const fn new() -> Self {
        let recent = Recent { ring: [(0, 0); REMEMBERED], next: 0 };
        Self { flights: Table::new(), strays: Vec::new(), recent, known: Vec::new(), aside: [0; BERTHS_OF_SHARD] }
    }

    /// The flight by which the leader of this berth is known.
    pub(super) fn flight_of(&self, berth: usize) -> Option<&Arc<Flight>> {
        self.known.iter().find_map(|(at, known)| match known {
            Known::Flight(flight) if *at == berth => Some(flight),
            _ => None,
        })
    }

    /// What was known of it, which is no longer.
    pub(super) fn forget(&mut self, berth: usize) -> Option<Known> {
        let place = self.known.iter().position(|(at, _)| *at == berth)?;
        Some(self.known.swap_remove(place).1)
    }

    /// Takes this flight out.
    pub(super) fn remove(&mut self, flight: &Arc<Flight>) -> Option<Arc<Flight>> {
        self.flights.remove_this(flight.spot().slot, flight).or_else(|| {
            let place = self.strays.iter().position(|stray| Arc::ptr_eq(stray, flight))?;
            Some(self.strays.swap_remove(place))
        })
    }
}

/// How many flights of a shard are looked through, one by one.
pub(super) const FEW: usize = 8;

/// Flights by their slots. Most often there are none or a few, for which a list is quicker than a hash table.
pub(super) struct Table {
    few: Vec<(u64, Arc<Flight>)>,
    /// Those for which there was no room in the list.
    many: HashMap<u64, Arc<Flight>, BuildHasherDefault<Identity>>,
}

impl Table {
    const fn new() -> Self {
        Self { few: Vec::new(), many: HashMap::with_hasher(BuildHasherDefault::new()) }
    }

    #[inline]
    fn place(&self, slot: u64) -> Option<usize> {
        self.few.iter().position(|(held, _)| *held == slot)
    }

    #[inline]
    pub(super) fn get(&self, slot: u64) -> Option<&Arc<Flight>> {
        match self.place(slot) {
            Some(place) => Some(&self.few[place].1),
            None if self.many.is_empty() => None,
            None => self.many.get(&slot),
        }
    }

    /// Only where there is none in the slot.
    #[inline]
    pub(super) fn insert(&mut self, slot: u64, flight: Arc<Flight>) {
        if self.few.len() < FEW {
            self.few.push((slot, flight));
        } else {
            self.many.insert(slot, flight);
        }
    }

    pub(super) fn remove(&mut self, slot: u64) -> Option<Arc<Flight>> {
        match self.place(slot) {
            Some(place) => Some(self.few.swap_remove(place).1),
            None if self.many.is_empty() => None,
            None => self.many.remove(&slot),
        }
    }

    /// Removes this flight, if it is here.
    pub(super) fn remove_this(&mut self, slot: u64, flight: &Arc<Flight>) -> Option<Arc<Flight>> {
        if let Some(place) = self.few.iter().position(|(_, held)| Arc::ptr_eq(held, flight)) {
            return Some(self.few.swap_remove(place).1);
        }
        let is_found = !self.many.is_empty() && self.many.get(&slot).is_some_and(|held| Arc::ptr_eq(held, flight));
        if is_found { self.many.remove(&slot) } else { None }
    }

    /// Removes those that are `wanted`.
    pub(super) fn extract(&mut self, wanted: impl Fn(&Flight) -> bool) -> Vec<Arc<Flight>> {
        let few = self.few.extract_if(.., |(_, flight)| wanted(flight));
        let many = self.many.extract_if(|_, flight| wanted(flight));
        few.chain(many).map(|(_, flight)| flight).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.few.len() + self.many.len()
    }
}

/// The flights with a place in the shard that ended last with a value in the store.
pub(super) struct Recent {
    /// The slot, and the number of the closing.
    ring: [(u64, u64); REMEMBERED],
    next: usize,
}

impl Recent {
    pub(super) const fn push(&mut self, slot: u64, closing: u64) {
        self.ring[self.next] = (slot, closing);
        self.next = (self.next + 1) % REMEMBERED;
    }

    /// Whether a flight in this slot has ended after the closing `since`, and was not forgotten.
    pub(super) fn is_known(&self, slot: u64, since: u64) -> bool {
        self.ring.iter().any(|recent| recent.0 == slot && recent.1 > since)
    }
}

/// The hash of a hash.
#[derive(Default)]
pub(super) struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, bytes: &[u8]) {
        // Not called for a `u64`.
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
}
