//! The one who computes.

use std::future::Future;
use std::sync::Arc;

use super::flight::{Flight, Help, How, Landing, Shared};
use super::{Flights, graph, spare};
use crate::Watch;

/// The one who computes. Dropped before its [`end`](Self::end), by a panic or with its future, it frees those who wait.
pub(in crate::memo) struct Lead<'f> {
    flights: &'f Flights,
    /// There until the end.
    flight: Option<Arc<Flight>>,
    help: Option<Help>,
}

impl<'f> Lead<'f> {
    pub(super) const fn new(flights: &'f Flights, flight: Arc<Flight>) -> Self {
        Self { flights, flight: Some(flight), help: None }
    }

    pub(super) fn helping(mut self, help: Help) -> Self {
        self.help = Some(help);
        self
    }
}

impl Lead<'_> {
    fn flight(&self) -> &Arc<Flight> {
        self.flight.as_ref().expect("only `end` and `drop` take it")
    }

    /// What tells its key, by its hash, and its store from others.
    pub(in crate::memo) fn slot(&self) -> u64 {
        self.flight().spot().slot
    }

    /// Those who come when this watch is over do not wait for the result.
    pub(in crate::memo) fn watched(&self, watch: &Watch) {
        self.flight().watched(watch.sight());
    }

    /// Whether a value of the key is known to have been stored after the closing `since`.
    pub(in crate::memo) fn is_replaced(&self, since: u64) -> bool {
        let spot = self.flight().spot();
        self.flights.shard(spot).recent.is_known(spot.slot, since)
    }

    /// Computes.
    pub(in crate::memo) fn run<R>(&self, compute: impl FnOnce() -> R) -> R {
        let _entered = graph::enter(self.flight());
        compute()
    }

    /// Computes, whenever it is polled.
    pub(in crate::memo) async fn run_async<R>(&self, compute: impl Future<Output = R>) -> R {
        let mut compute = std::pin::pin!(compute);
        std::future::poll_fn(|context| {
            let _entered = graph::enter(self.flight());
            compute.as_mut().poll(context)
        })
        .await
    }

    /// There is a result, and `wants_store`: it may be stored.
    pub(in crate::memo) fn land(&self, wants_store: bool) -> Landing {
        let landing = self.flight().land(wants_store);
        Landing { is_awaited: landing.is_awaited || self.help.is_some(), ..landing }
    }

    /// Hands the result to those who wait.
    pub(in crate::memo) fn publish(&self, shared: &Shared) {
        self.flight().publish(Arc::clone(shared));
        if let Some(help) = &self.help {
            help.publish(Arc::clone(shared));
        }
    }

    /// Whether the value just stored has to be removed again.
    pub(in crate::memo) fn is_abandoned(&self) -> bool {
        self.flight().is_abandoned()
    }

    pub(in crate::memo) fn end(mut self, how: How) {
        self.close(how);
    }

    /// As [`end`](Self::end), where moving it takes longer.
    pub(in crate::memo) fn close(&mut self, how: How) {
        let Some(mut flight) = self.flight.take() else { return };
        self.flights.close(&flight, how == How::Stored);
        // Out of the table nobody finds it any more: if nobody holds it now, nobody waits for it.
        match Arc::get_mut(&mut flight).map(Flight::clear) {
            None => flight.end(how),
            Some(true) if self.help.is_none() => spare::keep(flight),
            Some(_) => {}
        }
    }
}

impl Drop for Lead<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.flight.is_some() {
            self.close(How::Lost);
        }
    }
}
