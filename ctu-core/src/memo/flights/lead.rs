//! The one who computes.

use std::future::Future;
use std::sync::Arc;

use super::flight::{Flight, Help, How, Landing, Shared};
use super::{Flights, graph};
use crate::Watch;

/// The one who computes. Dropped before its [`end`](Self::end), by a panic or with its future, it frees those who wait.
pub(in crate::memo) struct Lead<'f> {
    flights: &'f Flights,
    flight: Arc<Flight>,
    help: Option<Help>,
    has_ended: bool,
}

impl<'f> Lead<'f> {
    pub(super) const fn new(flights: &'f Flights, flight: Arc<Flight>) -> Self {
        Self { flights, flight, help: None, has_ended: false }
    }

    pub(super) fn helping(mut self, help: Help) -> Self {
        self.help = Some(help);
        self
    }
}

impl Lead<'_> {
    /// What tells its key, by its hash, and its store from others.
    pub(in crate::memo) fn slot(&self) -> u64 {
        self.flight.spot.slot
    }

    /// Those who come when this watch is over do not wait for the result.
    pub(in crate::memo) fn watched(&self, watch: &Watch) {
        self.flight.watched(watch.sight());
    }

    /// Computes.
    pub(in crate::memo) fn run<R>(&self, compute: impl FnOnce() -> R) -> R {
        let _entered = graph::enter(&self.flight);
        compute()
    }

    /// Computes, whenever it is polled.
    pub(in crate::memo) async fn run_async<R>(&self, compute: impl Future<Output = R>) -> R {
        let mut compute = std::pin::pin!(compute);
        std::future::poll_fn(|context| {
            let _entered = graph::enter(&self.flight);
            compute.as_mut().poll(context)
        })
        .await
    }

    /// There is a result, and `wants_store`: it may be stored.
    pub(in crate::memo) fn land(&self, wants_store: bool) -> Landing {
        let landing = self.flight.land(wants_store);
        Landing { is_awaited: landing.is_awaited || self.help.is_some(), ..landing }
    }

    /// Hands the result to those who wait.
    pub(in crate::memo) fn publish(&self, shared: &Shared) {
        self.flight.publish(Arc::clone(shared));
        if let Some(help) = &self.help {
            help.publish(Arc::clone(shared));
        }
    }

    /// Whether the value just stored has to be removed again.
    pub(in crate::memo) fn is_abandoned(&self) -> bool {
        self.flight.is_abandoned()
    }

    pub(in crate::memo) fn end(mut self, how: How) {
        self.has_ended = true;
        self.flights.close(&self.flight, how == How::Stored);
        // Out of the table nobody finds it any more: if nobody holds it now, nobody waits for it.
        if Arc::get_mut(&mut self.flight).is_none() {
            self.flight.end(how);
        }
    }
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        if !self.has_ended {
            self.flights.close(&self.flight, false);
            self.flight.end(How::Lost);
        }
    }
}
