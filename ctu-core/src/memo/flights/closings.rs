//! The numbers of the flights that ended with a value in the store, and whose they were: who has looked into the store before
//! such an end has to look again, if it was one of its key, and only then, as the store may be far away.

use std::sync::atomic::Ordering;

use super::Spot;
use crate::memo::sync::AtomicU64;

/// How many ended flights are remembered: about as many as may end, of one function, while one of its callers waits for a
/// server's answer.
const REMEMBERED: usize = 64;

pub(super) struct Closings {
    next: Next,
    /// Of each, half of its number and half of its slot, in the place of its number.
    ended: [AtomicU64; REMEMBERED],
}

/// The number of the next one; the first is 1. On a cache line of its own, as every call reads it.
#[repr(align(64))]
struct Next(AtomicU64);

/// The part of a slot that is remembered.
const OF_SLOT: u64 = !0 << 32;

impl Closings {
    pub(super) const fn new() -> Self {
        Self { next: Next(AtomicU64::new(1)), ended: [const { AtomicU64::new(0) }; REMEMBERED] }
    }

    #[inline]
    pub(super) fn next(&self) -> u64 {
        // Acquire: the store is read after it. A flight that stores after the lookup has missed closes later still.
        self.next.0.load(Ordering::Acquire)
    }

    /// The number of a flight whose value is in the store, to be taken before it is out of the table. Not less than the one
    /// that any caller reads who finds the value missing: the lookups came before.
    #[inline]
    pub(super) fn take(&self, spot: Spot) -> u64 {
        let closing = self.next.0.fetch_add(1, Ordering::AcqRel);
        self.ended(closing).store(spot.slot & OF_SLOT | closing & !OF_SLOT, Ordering::Release);
        closing
    }

    /// Whether one of those that have ended since `since`, and are out of the table, may be of this key and store.
    pub(super) fn may_be_of(&self, spot: Spot, since: u64) -> bool {
        let next = self.next();
        // One whose place says another number has not got to it, or its place was taken by a later one.
        let may_be = |closing: u64| {
            let ended = self.ended(closing).load(Ordering::Acquire);
            ended & !OF_SLOT != closing & !OF_SLOT || ended & OF_SLOT == spot.slot & OF_SLOT
        };
        next - since > REMEMBERED as u64 || (since..next).any(may_be)
    }

    #[inline]
    #[allow(clippy::cast_possible_truncation)] // of the lower bits
    fn ended(&self, closing: u64) -> &AtomicU64 {
        &self.ended[closing as usize % REMEMBERED]
    }
}

#[cfg(all(test, not(ctu_shuttle)))]
mod tests {
    use super::*;

    fn spot(n: u64) -> Spot {
        Spot { hash: n, slot: n << 32 }
    }

    #[test]
    fn an_end_is_one_of_its_own_key_until_it_is_forgotten_when_it_may_be_one_of_any() {
        let closings = Closings::new();
        let since = closings.next();
        assert!(!closings.may_be_of(spot(1), since));
        assert_eq!((closings.take(spot(1)), closings.take(spot(2))), (since, since + 1));
        let is_of = |n| closings.may_be_of(spot(n), since);
        assert_eq!((is_of(1), is_of(2), is_of(3)), (true, true, false));
        assert!(!closings.may_be_of(spot(1), since + 1));
        for _ in 2..REMEMBERED {
            closings.take(spot(2));
        }
        assert_eq!((is_of(1), is_of(2), is_of(3)), (true, true, false));
        closings.take(spot(2));
        assert_eq!((is_of(1), is_of(2), is_of(3)), (true, true, true));
        assert!(!closings.may_be_of(spot(1), since + 1));
    }

    #[test]
    fn an_end_that_is_not_written_yet_may_be_one_of_any_key() {
        let closings = Closings::new();
        let since = closings.next();
        closings.next.0.fetch_add(1, Ordering::AcqRel);
        assert!(closings.may_be_of(spot(3), since));
    }
}
