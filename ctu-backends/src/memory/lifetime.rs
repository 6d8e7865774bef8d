//! When entries expire, and when a store should look for those that did.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use ctu_core::{Clock, Nanos, Ttl};

/// The expiry of an entry without one.
pub(crate) const NEVER: Nanos = Nanos::MAX;

/// When a value stored now with this ttl expires; `None`: it has already.
pub(crate) fn expiry(ttl: Ttl, default: Option<Duration>, clock: &Clock) -> Option<Nanos> {
    match ttl.or(default) {
        None => Some(NEVER),
        Some(Duration::ZERO) => None,
        Some(ttl) => Some(clock.deadline(ttl)),
    }
}

/// What is left until `expiry`, for an `Entry`; `None`: nothing, it has expired.
#[allow(clippy::option_option)]
pub(crate) fn left(expiry: Nanos, clock: &Clock) -> Option<Option<Duration>> {
    if expiry == NEVER {
        return Some(None);
    }
    let left = clock.until(expiry);
    (!left.is_zero()).then_some(Some(left))
}

/// The least number of insertions between two sweeps.
const LEAST_INTERVAL: usize = 64;
/// How many places of its table a sweep may look at per insertion since the last: a few nanoseconds each.
const PLACES_PER_INSERTION: usize = 8;

/// Decides when an insertion should sweep: seldom enough to cost a constant per insertion, and only if something has
/// expired. A store without expiring entries pays one load.
#[derive(Debug)]
pub(crate) struct Sweeper {
    /// No entry expires before this.
    earliest: AtomicU64,
    countdown: AtomicUsize,
    interval: AtomicUsize,
}

impl Sweeper {
    pub(crate) const fn new() -> Self {
        Self {
            earliest: AtomicU64::new(NEVER),
            countdown: AtomicUsize::new(LEAST_INTERVAL),
            interval: AtomicUsize::new(LEAST_INTERVAL),
        }
    }

    /// Takes note of an entry that was inserted, and tells whether to sweep now.
    ///
    /// To be called after the insertion: then a sweep at the same time either sees the entry or is over its reset of
    /// `earliest`.
    pub(crate) fn inserted(&self, expiry: Nanos, clock: &Clock) -> bool {
        let mut earliest = self.earliest.load(Ordering::Relaxed);
        if expiry < earliest {
            earliest = self.earliest.fetch_min(expiry, Ordering::Relaxed).min(expiry);
        }
        // Below one it wraps, while another thread is between its one and the restart.
        if earliest == NEVER || self.countdown.fetch_sub(1, Ordering::Relaxed) != 1 {
            return false;
        }
        self.countdown.store(self.interval.load(Ordering::Relaxed), Ordering::Relaxed);
        clock.is_past(earliest)
    }

    /// To be called before a sweep looks at the entries.
    pub(crate) fn begin(&self) {
        self.earliest.store(NEVER, Ordering::Relaxed);
    }

    /// To be called after it, with the earliest expiry left and the number of places it had to look at.
    pub(crate) fn end(&self, earliest: Nanos, places: usize) {
        self.earliest.fetch_min(earliest, Ordering::Relaxed);
        let interval = (places / PLACES_PER_INSERTION).max(LEAST_INTERVAL);
        self.interval.store(interval, Ordering::Relaxed);
        self.countdown.store(interval, Ordering::Relaxed);
    }
}
