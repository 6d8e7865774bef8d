//! When entries expire, and when a store should look for those that did.

use std::num::NonZero;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use ctu_core::{Clock, Entry, Nanos, Ttl};

/// When an entry expires. Never at the clock's origin, so that an entry that may not be there takes no more room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Expiry(NonZero<Nanos>);

impl Expiry {
    /// Of an entry that does not expire.
    pub(crate) const NEVER: Self = Self(NonZero::<Nanos>::MAX);

    /// When a value stored now with this ttl expires; `None`: it has already.
    pub(crate) fn of(ttl: Ttl, default: Option<Duration>, clock: &Clock) -> Option<Self> {
        match ttl.or(default) {
            None => Some(Self::NEVER),
            Some(Duration::ZERO) => None,
            Some(ttl) => NonZero::new(clock.deadline(ttl)).map(Self),
        }
    }

    /// Whether it has come. Reads the clock only if it ever does.
    #[inline]
    pub(crate) fn is_past(self, clock: &Clock) -> bool {
        self != Self::NEVER && clock.is_past(self.0.get())
    }

    /// Whether it had come by `now`.
    pub(crate) const fn is_by(self, now: Nanos) -> bool {
        self.0.get() <= now
    }
}

/// A value as the stores in memory hold it.
#[derive(Clone)]
pub(crate) struct Held<V> {
    pub(crate) value: V,
    pub(crate) expiry: Expiry,
}

impl<V> Held<V> {
    /// The value with what is left of its lifetime; nothing if that is over.
    pub(crate) fn entry(self, clock: &Clock) -> Option<Entry<V>> {
        let Self { value, expiry } = self;
        if expiry == Expiry::NEVER {
            return Some(Entry { value, ttl: None });
        }
        let left = clock.until(expiry.0.get());
        (!left.is_zero()).then_some(Entry { value, ttl: Some(left) })
    }
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
            earliest: AtomicU64::new(Nanos::MAX),
            countdown: AtomicUsize::new(LEAST_INTERVAL),
            interval: AtomicUsize::new(LEAST_INTERVAL),
        }
    }

    /// Takes note of an entry that was inserted, and tells whether to sweep now.
    ///
    /// To be called after the insertion: then a sweep at the same time either sees the entry or is over its reset of
    /// `earliest`.
    pub(crate) fn inserted(&self, expiry: Expiry, clock: &Clock) -> bool {
        let expiry = expiry.0.get();
        let mut earliest = self.earliest.load(Ordering::Relaxed);
        if expiry < earliest {
            earliest = self.earliest.fetch_min(expiry, Ordering::Relaxed).min(expiry);
        }
        // Below one it wraps, while another thread is between its one and the restart.
        if earliest == Nanos::MAX || self.countdown.fetch_sub(1, Ordering::Relaxed) != 1 {
            return false;
        }
        self.countdown.store(self.interval.load(Ordering::Relaxed), Ordering::Relaxed);
        clock.is_past(earliest)
    }

    /// To be called before a sweep looks at the entries.
    pub(crate) fn begin(&self) {
        self.earliest.store(Nanos::MAX, Ordering::Relaxed);
    }

    /// To be called after it, with the earliest expiry left and the number of places it had to look at.
    pub(crate) fn end(&self, earliest: Expiry, places: usize) {
        self.earliest.fetch_min(earliest.0.get(), Ordering::Relaxed);
        let interval = (places / PLACES_PER_INSERTION).max(LEAST_INTERVAL);
        self.interval.store(interval, Ordering::Relaxed);
        self.countdown.store(interval, Ordering::Relaxed);
    }
}
