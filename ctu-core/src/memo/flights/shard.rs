//! A part of the table, behind one lock.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use super::flight::Flight;

/// How many ended flights a shard remembers.
pub(super) const REMEMBERED: usize = 8;
pub(super) struct Shard {
    /// By their slots.
    pub(super) flights: HashMap<u64, Arc<Flight>, BuildHasherDefault<Identity>>,
    pub(super) strays: Vec<Arc<Flight>>,
    pub(super) recent: Recent,
}

impl Shard {
    pub(super) const fn new() -> Self {
        let recent = Recent { ring: [(0, 0); REMEMBERED], next: 0, last: 0 };
        Self { flights: HashMap::with_hasher(BuildHasherDefault::new()), strays: Vec::new(), recent }
    }
}

/// The flights that ended last with a value in the store: those who missed before and look for the flight after its end
/// have to look into the store again, and nobody else.
pub(super) struct Recent {
    /// The slot, and the number of the closing.
    ring: [(u64, u64); REMEMBERED],
    next: usize,
    /// The number of the newest.
    last: u64,
}

impl Recent {
    pub(super) const fn push(&mut self, slot: u64, closing: u64) {
        self.ring[self.next] = (slot, closing);
        self.last = closing;
        self.next = (self.next + 1) % REMEMBERED;
    }

    /// Whether a flight in this slot may have ended after the closing `since`.
    pub(super) fn has(&self, slot: u64, since: u64) -> bool {
        // Most often there is nothing new.
        if self.last <= since {
            return false;
        }
        // The oldest is overwritten next: if it is newer than `since`, others that were may be forgotten already.
        self.ring[self.next].1 > since || self.ring.iter().any(|recent| recent.0 == slot && recent.1 > since)
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
