//! The time that lifetimes are checked by.

use std::time::Duration;

use crate::testing::ManualClock;
use crate::testing::sleep::sleep;
use crate::{Clock, Nanos};

/// Where time comes from.
#[derive(Debug, Clone)]
pub(super) enum Time {
    /// It is moved.
    Hand(ManualClock),
    /// It is waited for; lifetimes are exact to this much.
    Real(Duration),
    /// The store has no lifetimes.
    NoTtl,
}

impl Time {
    /// A lifetime fit for this time: odd with a movable clock, so that rounding shows; `units` short ones otherwise.
    pub(super) fn units(&self, units: u32) -> Duration {
        match self {
            Self::Real(unit) => *unit * units,
            _ => Duration::from_millis(61_503) * units,
        }
    }

    /// How far from its end a lifetime has to be judged right.
    pub(super) fn slack(&self) -> Duration {
        match self {
            Self::Real(unit) => *unit,
            _ => Duration::from_millis(1),
        }
    }

    /// When a lifetime of `ttl` has to be over.
    pub(super) fn over(&self, ttl: Duration) -> Duration {
        match self {
            Self::Real(unit) => ttl + *unit,
            _ => ttl,
        }
    }

    pub(super) const fn is_movable(&self) -> bool {
        matches!(self, Self::Hand(_))
    }

    /// Starts to measure.
    pub(super) fn watch(&self) -> Watch<'_> {
        let clock = match self {
            Self::Hand(hand) => Clock::from(hand),
            _ => Clock::system(),
        };
        Watch { start: clock.now(), clock, time: self }
    }
}

/// A stopwatch.
pub(super) struct Watch<'t> {
    time: &'t Time,
    clock: Clock,
    start: Nanos,
}

impl Watch<'_> {
    /// How long it runs.
    pub(super) fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.clock.now() - self.start)
    }

    /// Lets time pass until it shows `until`.
    pub(super) async fn reach(&self, until: Duration) {
        let left = until.saturating_sub(self.elapsed());
        match self.time {
            Time::Hand(hand) => hand.advance(left),
            _ => sleep(left).await,
        }
    }
}
