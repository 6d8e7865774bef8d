//! By what those who keep copies of a cache's entries know whether these have changed.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// How many entries share a version, so few that a change costs the others little.
const ENTRIES_PER_PART: usize = 8;
/// 8 kB, which stay near a processor.
const MOST_PARTS: usize = 1_024;
/// Whenever a cache has evicted this part of its capacity, all copies are over. It evicts by what it is asked for, and is to
/// be asked again for all that is in use before much of that is its turn.
const EVICTED_PART: usize = 128;

/// The versions of a cache's entries, several of which share one.
///
/// Whoever changes or removes an entry tells of it while nobody can look the entry up. Whoever keeps a copy reads the
/// version before the lookup, and may use the copy for as long as the version is the same: then nobody has seen anything
/// else under that key before. A version does not come round in the life of a machine.
#[derive(Debug)]
pub(super) struct Versions {
    capacity: usize,
    /// A power of two. There from the first copy on.
    parts: OnceLock<Box<[AtomicU64]>>,
    /// How many there are who keep copies: while there is none, nobody has to be told anything.
    keepers: AtomicUsize,
    /// How many times all copies were over, and how many evictions there were since.
    rounds: AtomicU64,
    evicted: AtomicUsize,
}

impl Versions {
    /// Of a cache with this capacity.
    pub(super) const fn new(capacity: usize) -> Self {
        Self {
            capacity,
            parts: OnceLock::new(),
            keepers: AtomicUsize::new(0),
            rounds: AtomicU64::new(0),
            evicted: AtomicUsize::new(0),
        }
    }

    pub(super) const fn capacity(&self) -> usize {
        self.capacity
    }

    /// Somebody will keep copies of what is looked up from now on.
    // Relaxed: the lock of that lookup passes it on to whoever changes what was found.
    pub(super) fn begin(&self) {
        let parts = (self.capacity / ENTRIES_PER_PART).clamp(1, MOST_PARTS).next_power_of_two();
        self.parts.get_or_init(|| (0..parts).map(|_| AtomicU64::new(0)).collect());
        self.keepers.fetch_add(1, Ordering::Relaxed);
    }

    /// Somebody has dropped all copies.
    pub(super) fn end(&self) {
        self.keepers.fetch_sub(1, Ordering::Relaxed);
    }

    #[inline]
    #[allow(clippy::cast_possible_truncation)] // a few bits are asked for
    fn part(&self, spread: u64) -> Option<&AtomicU64> {
        let parts = self.parts.get()?;
        parts.get((spread >> 32) as usize & parts.len().wrapping_sub(1))
    }

    /// That of the entries whose keys' hashes [spread](super::keyed::spread) to this.
    // Neither of both is ever less than it was, so that their sum is the same only if both are.
    #[inline]
    pub(super) fn of(&self, spread: u64) -> u64 {
        let part = self.part(spread).map_or(0, |part| part.load(Ordering::Acquire));
        part.wrapping_add(self.rounds.load(Ordering::Acquire))
    }

    /// The entry is changed, or removed.
    pub(super) fn changed(&self, spread: u64) {
        if self.keepers() > 0
            && let Some(part) = self.part(spread)
        {
            part.fetch_add(1, Ordering::Release);
        }
    }

    /// The entry is evicted, or replaced.
    pub(super) fn evicted(&self, spread: u64) {
        if self.keepers() == 0 {
            return;
        }
        // Of two at the same time one may be forgotten: it need not be exact, and comes with most insertions.
        let evicted = self.evicted.load(Ordering::Relaxed) + 1;
        if evicted * EVICTED_PART < self.capacity {
            self.evicted.store(evicted, Ordering::Relaxed);
            self.changed(spread);
        } else {
            self.evicted.store(0, Ordering::Relaxed);
            self.rounds.fetch_add(1, Ordering::Release);
        }
    }

    pub(super) fn keepers(&self) -> usize {
        self.keepers.load(Ordering::Relaxed)
    }
}
