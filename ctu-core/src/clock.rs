//! Time for lifetimes: exact to the nanosecond, a few nanoseconds to ask, and movable by hand in tests.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

/// A moment on a [`Clock`], in nanoseconds since its origin.
pub type Nanos = u64;

/// What stores ask for the time.
///
/// The system's monotonic clock, unless a [`ManualClock`] stands in for it.
///
/// # Examples
///
/// ```
/// use ctu_core::{Clock, ManualClock};
/// use std::time::Duration;
///
/// let hand = ManualClock::new();
/// let clock = Clock::from(&hand);
/// let deadline = clock.deadline(Duration::from_secs(60));
/// hand.advance(Duration::from_secs(59));
/// assert!(!clock.is_past(deadline));
/// hand.advance(Duration::from_secs(1));
/// assert!(clock.is_past(deadline));
/// ```
#[derive(Clone, Default)]
pub struct Clock(Option<Arc<AtomicU64>>);

/// A clock that stands still until it is moved: for tests of lifetimes that do not sleep.
#[derive(Debug, Clone, Default)]
pub struct ManualClock(Arc<AtomicU64>);

impl Clock {
    /// The system's monotonic clock.
    pub const fn system() -> Self {
        Self(None)
    }

    /// The time.
    pub fn now(&self) -> Nanos {
        match &self.0 {
            None => system_nanos(),
            Some(hand) => hand.load(Ordering::Relaxed),
        }
    }

    /// The time in whole milliseconds since the Unix epoch, for what other machines compare with theirs. A
    /// [`ManualClock`] has its origin there.
    #[cfg(feature = "encryption")]
    pub(crate) fn unix_millis(&self) -> u64 {
        use std::time::UNIX_EPOCH;

        match &self.0 {
            None => UNIX_EPOCH.elapsed().map_or(0, |elapsed| u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)),
            Some(hand) => hand.load(Ordering::Relaxed) / 1_000_000,
        }
    }

    /// The moment this long from now; one too far to be told is the end of time.
    pub fn deadline(&self, ttl: Duration) -> Nanos {
        self.now().saturating_add(nanos(ttl))
    }

    /// Whether `deadline` has come. Cheaper than comparing with [`now`](Self::now), and as exact.
    // Never inlined: a lookup of what has no deadline is not to set up what only this needs.
    #[inline(never)]
    pub fn is_past(&self, deadline: Nanos) -> bool {
        match &self.0 {
            None => system_is_past(deadline),
            Some(hand) => deadline <= hand.load(Ordering::Relaxed),
        }
    }

    /// How long it is until `deadline`; zero when it has come.
    pub fn until(&self, deadline: Nanos) -> Duration {
        Duration::from_nanos(deadline.saturating_sub(self.now()))
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Clock(manual)" } else { "Clock(system)" })
    }
}

impl ManualClock {
    /// A clock that stands at its origin.
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(nanos(by), Ordering::Relaxed);
    }
}

impl From<&ManualClock> for Clock {
    fn from(hand: &ManualClock) -> Self {
        Self(Some(Arc::clone(&hand.0)))
    }
}

/// A duration in whole nanoseconds; 584 years where it is longer.
pub(crate) fn nanos(duration: Duration) -> Nanos {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

pub(crate) fn system_nanos() -> Nanos {
    /// A moment, and what the system clock calls it.
    static ORIGIN: LazyLock<(Instant, Nanos)> = LazyLock::new(|| (Instant::now(), coarse::now()));
    let (origin, name) = &*ORIGIN;
    name.saturating_add(nanos(origin.elapsed()))
}

#[inline]
fn system_is_past(deadline: Nanos) -> bool {
    let now = coarse::now();
    if now.abs_diff(deadline) > coarse::SLACK { now > deadline } else { deadline <= system_nanos() }
}

/// On Linux the kernel keeps a copy of the monotonic clock, a tick or so old, that costs a quarter of the exact one.
/// It decides for every deadline that is not within a few ticks; the exact clock decides for those.
#[cfg(target_os = "linux")]
mod coarse {
    use super::Nanos;

    /// The kernel's tick is 1 to 10 ms, and both readings of a comparison may be one tick old.
    pub(super) const SLACK: Nanos = 25_000_000;

    #[inline]
    pub(super) fn now() -> Nanos {
        let ticks = coarsetime::Instant::now_without_cache_update().as_ticks(); // of 2^-32 s
        #[allow(clippy::cast_possible_truncation)] // below 2^32 s in nanoseconds
        let nanos = ((u128::from(ticks) * 1_000_000_000) >> 32) as Nanos;
        nanos
    }
}

/// Elsewhere there is no such copy, and the exact clock decides always.
#[cfg(not(target_os = "linux"))]
mod coarse {
    use super::Nanos;

    pub(super) const SLACK: Nanos = Nanos::MAX;

    pub(super) const fn now() -> Nanos {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cheap_and_the_exact_clock_agree_around_a_deadline() {
        let clock = Clock::system();
        let ttl = Duration::from_millis(60);
        let deadline = clock.deadline(ttl);
        loop {
            let before = clock.now();
            let past = clock.is_past(deadline);
            let after = clock.now();
            assert!(past || before < deadline, "served {} ns past the deadline", before - deadline);
            assert!(!past || after >= deadline, "expired {} ns before the deadline", deadline - after);
            if before > deadline + nanos(ttl) {
                break;
            }
        }
    }

    #[test]
    fn a_deadline_out_of_range_never_comes() {
        let clock = Clock::system();
        assert!(!clock.is_past(clock.deadline(Duration::MAX)));
        assert!(clock.is_past(0));
    }
}
