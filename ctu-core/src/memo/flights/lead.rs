//! The one who computes.

use std::future::Future;
use std::mem::replace;
use std::sync::Arc;

use super::berth::Word;
use super::flight::{Flight, Help, How, Landing, Shared};
use super::key::{FlightKey, Lent};
use super::{Flights, Spot, graph, spare};
use crate::Watch;

/// The one who computes. Dropped before its [`end`](Self::end), by a panic or with its future, it frees those who wait.
///
/// It is made where it stays, and lent: what is written in parts and then moved as a whole, in wider loads, is what
/// processors are slow at.
pub(in crate::memo) struct Lead<'f> {
    flights: &'f Flights,
    spot: Spot,
    /// What the berth that it leads from said before; and what it says now, unless it is guarded. [`NONE`](Word::NONE): it
    /// leads from none, or has left it.
    before: Word,
    now: Word,
    /// There until the end. To one who leads from a berth it comes when it is needed.
    flight: Option<Arc<Flight>>,
    help: Option<Help>,
}

impl<'f> Lead<'f> {
    #[inline]
    pub(super) const fn new(flights: &'f Flights) -> Self {
        let spot = Spot { hash: 0, slot: 0 };
        Self { flights, spot, before: Word::NONE, now: Word::NONE, flight: None, help: None }
    }

    /// Leads from its berth from now on, if that is free, and tells what that said before.
    #[inline]
    pub(super) fn take_berth(&mut self, spot: Spot) -> Option<Word> {
        let (before, now) = self.flights.berth(spot).take(spot)?;
        (self.spot, self.before, self.now) = (spot, before, now);
        Some(before)
    }

    /// Leads this flight from now on.
    pub(super) fn take_flight(&mut self, flight: Arc<Flight>) {
        self.spot = flight.spot();
        self.flight = Some(flight);
    }

    pub(super) fn help(&mut self, help: Help) {
        self.help = Some(help);
    }
}

impl Lead<'_> {
    /// What tells its key, by its hash, and its store from others.
    pub(in crate::memo) const fn slot(&self) -> u64 {
        self.spot.slot
    }

    #[inline]
    fn id(&self) -> u64 {
        match &self.flight {
            Some(flight) => flight.id(),
            None => self.flights.berth(self.spot).id(self.now),
        }
    }

    /// Those who come when this watch is over do not wait for the result.
    pub(in crate::memo) fn watched(&self, watch: &Watch) {
        match &self.flight {
            Some(flight) => flight.watched(watch.sight()),
            None => self.flights.locked(self.spot).watch(watch.sight()),
        }
    }

    /// Whether a value of the key is known to have been stored after the closing `since`.
    pub(in crate::memo) fn is_replaced(&self, since: u64) -> bool {
        self.flights.locked(self.spot).shard.recent.is_known(self.spot.slot, since)
    }

    /// Computes.
    #[inline]
    pub(in crate::memo) fn run<R>(&self, compute: impl FnOnce() -> R) -> R {
        let _entered = graph::enter(self.id());
        compute()
    }

    /// Computes, whenever it is polled.
    pub(in crate::memo) async fn run_async<R>(&self, compute: impl Future<Output = R>) -> R {
        let mut compute = std::pin::pin!(compute);
        std::future::poll_fn(|context| {
            let _entered = graph::enter(self.id());
            compute.as_mut().poll(context)
        })
        .await
    }

    /// There is a result for `key`, and `wants_store`: it may be stored.
    #[inline]
    pub(in crate::memo) fn land<K: FlightKey + ?Sized>(&mut self, key: &K, wants_store: bool) -> Landing {
        if self.flight.is_none() {
            let berth = self.flights.berth(self.spot);
            let is_alone = if wants_store {
                let next = self.now.storing();
                berth.exchange(replace(&mut self.now, next), next)
            } else {
                !berth.word().is_guarded()
            };
            if is_alone {
                return Landing { is_to_store: wants_store, is_awaited: false };
            }
        }
        self.land_guarded(&Lent(key), wants_store)
    }

    #[inline(never)]
    fn land_guarded(&mut self, key: &dyn FlightKey, wants_store: bool) -> Landing {
        let mut is_own = true;
        if self.flight.is_none() {
            self.flight = self.flights.locked(self.spot).land(wants_store);
            // Made by others, who did not know which key it is.
            is_own =
                self.flight.as_ref().is_some_and(|flight| flight.spot().slot == self.spot.slot && key.is_of(flight));
        }
        match &self.flight {
            None => Landing { is_to_store: wants_store, is_awaited: false },
            Some(flight) => {
                let landing = flight.land(wants_store);
                Landing { is_awaited: landing.is_awaited && is_own || self.help.is_some(), ..landing }
            }
        }
    }

    /// Hands the result to those who wait. Only where it [is awaited](Landing::is_awaited).
    pub(in crate::memo) fn publish(&self, shared: &Shared) {
        if let Some(flight) = &self.flight {
            flight.publish(Arc::clone(shared));
        }
        if let Some(help) = &self.help {
            help.publish(Arc::clone(shared));
        }
    }

    /// Whether the value just stored has to be removed again: if an evict has given up waiting for that, it has made the
    /// flight known before.
    #[inline]
    pub(in crate::memo) fn is_abandoned(&self) -> bool {
        match &self.flight {
            Some(flight) => flight.is_abandoned(),
            None => self.flights.berth(self.spot).word().is_known() && self.is_abandoned_guarded(),
        }
    }

    #[inline(never)]
    fn is_abandoned_guarded(&self) -> bool {
        let locked = self.flights.locked(self.spot);
        locked.shard.flight_of(locked.index).is_some_and(|flight| flight.is_abandoned())
    }

    pub(in crate::memo) fn end(mut self, how: How) {
        self.close(how);
    }

    /// As [`end`](Self::end), where moving it takes longer.
    #[inline]
    pub(in crate::memo) fn close(&mut self, how: How) {
        let closing = (how == How::Stored).then(|| self.flights.closings.take(self.spot));
        if self.flight.is_none() {
            let now = replace(&mut self.now, Word::NONE);
            debug_assert!(now.is_led(), "it ends once");
            let next = closing.map_or(self.before, |closing| self.before.closed(closing));
            if self.flights.berth(self.spot).exchange(now, next) {
                return;
            }
            return self.close_guarded(true, closing, how);
        }
        self.close_guarded(self.now.is_led(), closing, how);
    }

    #[inline(never)]
    fn close_guarded(&mut self, is_berthed: bool, closing: Option<u64>, how: How) {
        let locked = self.flights.locked(self.spot);
        let mut own = self.flight.take();
        self.now = Word::NONE;
        if is_berthed {
            own = locked.leave(closing);
        } else if let Some(flight) = &own {
            locked.close(flight, closing);
        }
        let Some(mut flight) = own else { return };
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
        if self.now.is_led() || self.flight.is_some() {
            self.close(How::Lost);
        }
    }
}
