//! Counters for hot paths: a hit is counted in about a nanosecond, on any number of threads, and none is lost.
//!
//! Up to [`OWNED`] threads each have a stripe of their own, a cache line that no other thread writes: counting is a
//! plain load, add and store. Further threads share the remaining stripes and pay for an atomic addition.

use std::cell::Cell;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::Stats;

/// Stripes with one writer at a time.
const OWNED: usize = 16;
/// Stripes for the threads beyond those.
const SHARED: usize = 4;
const KINDS: usize = 8;

/// What a cache counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// A lookup that found a value.
    Hit,
    /// A lookup that did not.
    Miss,
    /// A lookup that did not, but was served by another caller's computation: beside its `Miss`.
    Coalesced,
    /// A value stored.
    Write,
    /// A removal asked for.
    Del,
    /// A question whether a key is there.
    Test,
    /// An operation that failed.
    Error,
    /// An entry, a key or a value that could not be made sense of.
    Rejected,
}

/// Counters of one cache, for stores and layers that keep [`Stats`]. About 1.4 kB.
///
/// # Examples
///
/// ```
/// use ctu_core::{Count, Counters};
///
/// static COUNTERS: Counters = Counters::new();
/// COUNTERS.add(Count::Hit);
/// COUNTERS.add(Count::Miss);
/// assert_eq!(COUNTERS.stats().reads, 2);
/// COUNTERS.reset();
/// assert_eq!(COUNTERS.stats().reads, 0);
/// ```
pub struct Counters {
    stripes: [Stripe; OWNED + SHARED],
    /// The sums at the last reset: a stripe is written by its owner only.
    base: [AtomicU64; KINDS],
}

#[repr(align(64))]
struct Stripe([AtomicU64; KINDS]);

impl Counters {
    /// Counters that stand at zero.
    pub const fn new() -> Self {
        Self {
            stripes: [const { Stripe([const { AtomicU64::new(0) }; KINDS]) }; OWNED + SHARED],
            base: [const { AtomicU64::new(0) }; KINDS],
        }
    }

    /// Counts one.
    #[inline]
    pub fn add(&self, count: Count) {
        let slot = SLOT.get();
        if slot < OWNED {
            let counter = &self.stripes[slot].0[count as usize];
            // No other thread writes here: see `Slots`.
            counter.store(counter.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
        } else {
            self.add_slowly(count, slot);
        }
    }

    #[cold]
    fn add_slowly(&self, count: Count, slot: usize) {
        let slot = if slot == UNCLAIMED { claim_slot() } else { slot };
        if slot < OWNED {
            return self.add(count);
        }
        self.stripes[slot].0[count as usize].fetch_add(1, Ordering::Relaxed);
    }

    fn total(&self, kind: usize) -> u64 {
        self.stripes.iter().fold(0, |sum, stripe| sum.wrapping_add(stripe.0[kind].load(Ordering::Relaxed)))
    }

    /// How many were counted since the last reset.
    pub fn get(&self, count: Count) -> u64 {
        let base = self.base[count as usize].load(Ordering::Relaxed);
        self.total(count as usize).wrapping_sub(base)
    }

    /// The figures as [`Stats`]; what only a store knows is left at its default.
    pub fn stats(&self) -> Stats {
        let hits = self.get(Count::Hit);
        Stats {
            reads: hits + self.get(Count::Miss),
            hits,
            coalesced: self.get(Count::Coalesced),
            writes: self.get(Count::Write),
            dels: self.get(Count::Del),
            tests: self.get(Count::Test),
            errors: self.get(Count::Error),
            rejected: self.get(Count::Rejected),
            ..Stats::default()
        }
    }

    /// Starts from zero again.
    pub fn reset(&self) {
        for (kind, base) in self.base.iter().enumerate() {
            base.store(self.total(kind), Ordering::Relaxed);
        }
    }
}

impl Default for Counters {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.stats().fmt(f)
    }
}

const UNCLAIMED: usize = usize::MAX;

thread_local! {
    /// The stripe of this thread, in every `Counters`.
    static SLOT: Cell<usize> = const { Cell::new(UNCLAIMED) };
    static CLAIM: Claim = const { Claim };
}

/// Which of the owned stripes have a living owner, a bit each.
static CLAIMED: AtomicUsize = AtomicUsize::new(0);
/// Spreads the other threads over the shared stripes.
static NEXT_SHARED: AtomicUsize = AtomicUsize::new(0);

/// Gives the stripe back when its thread ends.
struct Claim;

impl Drop for Claim {
    fn drop(&mut self) {
        let slot = SLOT.get();
        // Destructors of other thread-locals may still count.
        SLOT.set(shared_slot());
        if slot < OWNED {
            // Release, and acquire in the claim: the next owner goes on from this one's last store.
            CLAIMED.fetch_and(!(1 << slot), Ordering::Release);
        }
    }
}

fn shared_slot() -> usize {
    OWNED + NEXT_SHARED.fetch_add(1, Ordering::Relaxed) % SHARED
}

#[cold]
fn claim_slot() -> usize {
    // Registers the destructor; fails while the thread's locals are being destroyed.
    let slot = if CLAIM.try_with(|_| ()).is_ok() { claim_owned().unwrap_or_else(shared_slot) } else { shared_slot() };
    SLOT.set(slot);
    slot
}

fn claim_owned() -> Option<usize> {
    let claim = |claimed: usize| {
        let slot = claimed.trailing_ones() as usize;
        (slot < OWNED).then_some(claimed | 1 << slot)
    };
    let before = CLAIMED.fetch_update(Ordering::Acquire, Ordering::Relaxed, claim).ok()?;
    Some(before.trailing_ones() as usize)
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn no_count_is_lost_between_more_threads_than_stripes() {
        let counters = Counters::new();
        for _round in 0..4 {
            thread::scope(|scope| {
                for _ in 0..OWNED * 2 {
                    scope.spawn(|| (0..1_000).for_each(|_| counters.add(Count::Hit)));
                }
            });
        }
        assert_eq!(counters.get(Count::Hit), 4 * 2 * OWNED as u64 * 1_000);
        counters.reset();
        counters.add(Count::Hit);
        assert_eq!((counters.get(Count::Hit), counters.get(Count::Miss)), (1, 0));
    }
}
