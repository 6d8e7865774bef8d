//! Bounded logging: an outage or a flood of bad entries is a line now and then with a count, not a line each.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::clock;

/// The least time between two lines through one gate.
const INTERVAL: Duration = Duration::from_secs(10);

/// Lets one event pass per [`INTERVAL`], and counts those in between.
#[derive(Debug)]
pub(crate) struct LogGate {
    /// When the next may pass, in nanoseconds of the system clock; 0: at once.
    next: AtomicU64,
    muted: AtomicU64,
}

impl LogGate {
    pub(crate) const fn new() -> Self {
        Self { next: AtomicU64::new(0), muted: AtomicU64::new(0) }
    }

    /// `Some(muted)` if an event may be logged now, with how many were not since the last.
    pub(crate) fn pass(&self) -> Option<u64> {
        self.pass_at(clock::system_nanos())
    }

    fn pass_at(&self, now: u64) -> Option<u64> {
        let next = self.next.load(Ordering::Relaxed);
        let later = now.saturating_add(clock::nanos(INTERVAL)).max(1);
        if now < next || self.next.compare_exchange(next, later, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            self.muted.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        Some(self.muted.swap(0, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn law6_bounded_one_line_passes_per_interval_and_the_rest_is_counted() {
        let gate = LogGate::new();
        assert_eq!(gate.pass_at(0), Some(0));
        assert_eq!(gate.pass_at(1), None);
        assert_eq!(gate.pass_at(clock::nanos(INTERVAL) - 1), None);
        assert_eq!(gate.pass_at(clock::nanos(INTERVAL)), Some(2));
        assert_eq!(gate.pass_at(clock::nanos(INTERVAL) * 3), Some(0));
    }
}
