//! How much longer a value lives than its copy in the first level.
//!
//! Where the first level keeps a value for less than its lifetime, what is left there says nothing about what is left of
//! the whole. Who goes by that, such as a function with `stale`, would take a new value for an old one. So what comes
//! after the copy's end is noted. It is a difference of two lifetimes that run down together: there is no clock in this.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Locked apart, so that threads seldom wait for each other.
const STRIPES: u64 = 16;

/// A stripe with more keys forgets them all; they are then asked of the second level, and noted anew.
const MOST_KEYS: usize = 4_096;

/// What comes after the end of a copy; `None`: the value does not expire.
type Beyond = Option<Duration>;

/// By the hash of the key, which is made with a secret: nobody can choose two keys of one hash.
pub(super) struct Lifetimes(Box<[Mutex<HashMap<u64, Beyond>>]>);

impl Lifetimes {
    /// Takes no memory for keys before there are some.
    pub(super) fn new() -> Self {
        Self((0..STRIPES).map(|_| Mutex::default()).collect())
    }

    pub(super) fn note(&self, hash: u64, beyond: Beyond) {
        let mut noted = self.stripe(hash);
        if noted.len() >= MOST_KEYS && !noted.contains_key(&hash) {
            noted.clear();
        }
        noted.insert(hash, beyond);
    }

    pub(super) fn forget(&self, hash: u64) {
        self.stripe(hash).remove(&hash);
    }

    /// `None`: not known.
    pub(super) fn beyond(&self, hash: u64) -> Option<Beyond> {
        self.stripe(hash).get(&hash).copied()
    }

    fn stripe(&self, hash: u64) -> std::sync::MutexGuard<'_, HashMap<u64, Beyond>> {
        #[allow(clippy::cast_possible_truncation)] // below `STRIPES`
        let stripe = (hash % STRIPES) as usize;
        // No change to the map can be left half done by a panic of ours.
        self.0[stripe].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn law6_bounded_no_more_keys_are_noted_than_allowed() {
        let lifetimes = Lifetimes::new();
        let most = MOST_KEYS as u64 * STRIPES;
        for hash in 0..most {
            lifetimes.note(hash, None);
        }
        assert_eq!(lifetimes.beyond(0), Some(None), "so many are");
        lifetimes.note(most, None);
        assert_eq!((lifetimes.beyond(most), lifetimes.beyond(0)), (Some(None), None));
        assert_eq!(lifetimes.beyond(1), Some(None), "another stripe");
    }
}
