//! What is kept per memoized function besides its entries.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::about::About;
use super::flights::{FlightKey, Flights, Lead, Place, Spot};
use super::names;
use crate::clock;
use crate::log_gate::LogGate;
use crate::{Count, Counters, Error, Result, Stats};

/// A memoized function: its name in keys and logs, and what was counted.
#[derive(Debug)]
pub struct Site {
    about: About,
    whole: OnceLock<String>,
    counters: Counters,
    refused: LogGate,
    failed: LogGate,
    panicked: LogGate,
    /// What a computation takes, on average, in nanoseconds; 0: not known.
    cost: AtomicU64,
    flights: Flights,
    /// Whether it is no other's, once that was asked for.
    is_alone: OnceLock<bool>,
}

impl Site {
    /// The function of this name, which is also the prefix of its keys in a store that others use too.
    pub const fn new(name: &'static str) -> Self {
        Self::of(About::prefixed(name))
    }

    /// The function that this is about.
    pub const fn of(about: About) -> Self {
        Self {
            about,
            whole: OnceLock::new(),
            counters: Counters::new(),
            refused: LogGate::new(),
            failed: LogGate::new(),
            panicked: LogGate::new(),
            cost: AtomicU64::new(0),
            flights: Flights::new(),
            is_alone: OnceLock::new(),
        }
    }

    /// The prefix of the function's keys in a store that others use too.
    ///
    /// # Errors
    ///
    /// `Config` when another function of this process has the same: its entries would be taken for this one's.
    #[inline]
    pub fn prefix(&'static self) -> Result<&'static str> {
        if !self.about.is_path || *self.is_alone.get_or_init(|| names::claim(self.name(), self)) {
            return Ok(self.name());
        }
        Err(names::taken())
    }

    /// Computations under way.
    pub fn in_flight(&self) -> usize {
        self.flights.len()
    }

    #[inline]
    pub(super) const fn flights(&self) -> &Flights {
        &self.flights
    }

    /// What a caller does who missed: compute, as `lead`, or wait for another who does.
    #[inline]
    pub(super) fn join<'s, K: FlightKey + ?Sized>(
        &'s self,
        lead: &mut Lead<'s>,
        at: (&K, Spot),
        since: u64,
        turns: u32,
    ) -> Place {
        if self.about.is_coalescing {
            self.flights.join(lead, at, since, turns)
        } else {
            self.flights.astray(lead, at.1)
        }
    }

    /// The function's name, and the prefix of its keys.
    pub fn name(&self) -> &str {
        match self.about.path {
            None => self.about.name,
            Some(path) => self.whole.get_or_init(|| format!("{}{}", path(), self.about.name)),
        }
    }

    /// What was counted: a read per call, a test per `in_cache`, a del per `evict`, a write per stored value, an error
    /// per failed operation of the cache, a rejected per call whose arguments or value have no exact form.
    pub fn stats(&self) -> Stats {
        self.counters.stats()
    }

    /// Counts a lookup that found a value.
    #[inline]
    pub(super) fn hit(&self) {
        self.counters.add(Count::Hit);
    }

    /// Counts a lookup that found none, or failed, and tells whether to store what is computed instead: not in a store
    /// that failed, so that an outage costs one deadline and not two.
    #[inline]
    pub(super) fn missed(&self, failure: Option<Error>) -> bool {
        self.counters.add(Count::Miss);
        match failure {
            None => true,
            Some(error) => {
                self.failed(&error);
                false
            }
        }
    }

    /// Counts a lookup that failed, and the call with it.
    pub(super) fn failed_to_look(&self, error: &Error) {
        self.counters.add(Count::Miss);
        self.failed(error);
    }

    pub(super) fn count(&self, count: Count) {
        self.counters.add(count);
    }

    /// Counts the outcome of storing, and tells whether it worked.
    pub(super) fn stored(&self, outcome: &Result<()>) -> bool {
        match outcome {
            Ok(()) => self.counters.add(Count::Write),
            Err(error) => self.failed(error),
        }
        outcome.is_ok()
    }

    /// Counts the outcome of a `put` that may be refused, and tells it; `None`: the store failed, and may have it or not.
    #[inline]
    pub(super) fn stored_if(&self, outcome: &Result<bool>) -> Option<bool> {
        match outcome {
            Ok(is_stored) => {
                if *is_stored {
                    self.counters.add(Count::Write);
                }
                Some(*is_stored)
            }
            Err(error) => {
                self.failed(error);
                None
            }
        }
    }

    /// What a computation takes, on average: a moving one, of about the last eight that were measured.
    pub(super) fn cost(&self) -> Duration {
        Duration::from_nanos(self.cost.load(Ordering::Relaxed))
    }

    /// A computation took this long. One that is measured at the same time as another may be lost: it is an average.
    pub(super) fn took(&self, cost: Duration) {
        let cost = clock::nanos(cost).max(1);
        let average = match self.cost.load(Ordering::Relaxed) {
            0 => cost,
            average => average - average / 8 + cost / 8,
        };
        self.cost.store(average.max(1), Ordering::Relaxed);
    }

    /// Logs a computation that nobody waits for, and that panicked.
    #[cold]
    pub(super) fn panicked(&self) {
        if let Some(muted) = self.panicked.pass() {
            tracing::warn!(target: "ctu", function = self.name(), muted, "a computation in the background panicked");
        }
    }

    /// Counts the outcome of a removal that nobody asked for.
    pub(super) fn removed(&self, outcome: &Result<bool>) {
        if let Err(error) = outcome {
            self.failed(error);
        }
    }

    /// Counts a failure; a value without an exact form is no failure of the store, and counted apart.
    #[cold]
    pub(super) fn failed(&self, error: &Error) {
        if error.kind() == crate::ErrorKind::Codec {
            return self.refused(error);
        }
        self.counters.add(Count::Error);
        if let Some(muted) = self.failed.pass() {
            tracing::warn!(
                target: "ctu", function = self.name(), kind = error.kind().name(), muted, %error,
                "the cache failed; the function goes on without it"
            );
        }
    }

    /// Counts a call that goes uncached because its arguments or its value have no exact form in the cache's format.
    #[cold]
    pub(super) fn refused(&self, error: &Error) {
        self.counters.add(Count::Rejected);
        if let Some(muted) = self.refused.pass() {
            tracing::warn!(target: "ctu", function = self.name(), muted, %error, "a call goes uncached");
        }
    }
}
