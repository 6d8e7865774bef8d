//! What is done under the lock of a shard, for one key: by those who find its berth taken, and by its leader if they came.

use std::sync::Arc;

use super::berth::{Berth, Word};
use super::flight::{Detached, Flight};
use super::shard::{Known, Shard};
use super::{Closings, Spot};
use crate::lease::Sight;
use crate::memo::sync::MutexGuard;

pub(super) struct Locked<'f> {
    pub(super) spot: Spot,
    pub(super) closings: &'f Closings,
    pub(super) berth: &'f Berth,
    /// Which of the shard's berths it is.
    pub(super) index: usize,
    pub(super) shard: MutexGuard<'f, Shard>,
}

/// What came of looking for a place in the table.
pub(super) enum Entry {
    Begun { is_late: bool },
    Found(Arc<Flight>),
}

impl<'f> Locked<'f> {
    /// Puts `own` in the table, unless there is one in its place; or to wait for the leader in the berth, if that may have
    /// the same key.
    pub(super) fn enter(mut self, own: &mut Arc<Flight>, since: u64) -> Entry {
        if let Some(other) = self.shard.flights.get(self.spot.slot) {
            return Entry::Found(Arc::clone(other));
        }
        let word = self.berth.guard();
        let is_met = word.may_be_of(self.spot);
        if is_met {
            self.lend(own, word);
        } else {
            self.shard.aside[self.index] += 1;
        }
        self.shard.flights.insert(self.spot.slot, Arc::clone(own));
        if is_met {
            return Entry::Found(Arc::clone(own));
        }
        Entry::Begun { is_late: word.is_late(since) && self.closings.may_be_of(self.spot, since) }
    }

    /// Makes `flight`, which nobody else has, the one by which the leader of the berth is known.
    fn lend(&mut self, flight: &mut Arc<Flight>, word: Word) {
        if let Some(flight) = Arc::get_mut(flight) {
            flight.lend(self.berth.id(word), word.is_storing());
        }
        if let Some(Known::Watch(sight)) = self.shard.forget(self.index) {
            flight.watched(sight);
        }
        self.shard.known.push((self.index, Known::Flight(Arc::clone(flight))));
        self.berth.set(word.known());
    }

    /// Whether who comes now would wait for another.
    pub(super) fn is_taken(&self) -> bool {
        self.shard.flights.get(self.spot.slot).is_some() || self.berth.word().may_be_of(self.spot)
    }

    /// Puts a flight in the table, from which others were [taken](Self::take).
    pub(super) fn insert(mut self, own: &Arc<Flight>) {
        self.berth.guard();
        self.shard.aside[self.index] += 1;
        self.shard.flights.insert(self.spot.slot, Arc::clone(own));
    }

    pub(super) fn insert_stray(mut self, own: &Arc<Flight>) {
        self.berth.guard();
        self.shard.aside[self.index] += 1;
        self.shard.strays.push(Arc::clone(own));
    }

    /// Takes a flight out of the table that [is over](Flight::is_over), unless it has gone already.
    pub(super) fn retire(mut self, flight: &Arc<Flight>) -> Option<Arc<Flight>> {
        let removed = self.shard.flights.remove_this(self.spot.slot, flight)?;
        // Its value may be in the store, though it is not at its end: who has missed there before looks again.
        let closing = self.closings.take(self.spot);
        self.berth.set(self.closed(closing));
        // An evict has to wait for one that is being stored.
        if !flight.detach() {
            self.shard.strays.push(Arc::clone(flight));
        }
        Some(removed)
    }

    /// Takes the flights of a key out of the table: those of all stores, as two may be handles of one. `is_several`: there
    /// are some of other stores. What is dropped from the table, which owns a key, is to be dropped when the lock is free.
    ///
    /// Those that are being stored become strays: whoever comes next has to wait for their end as well.
    pub(super) fn take(&mut self, is_several: bool) -> (Detached, Vec<Arc<Flight>>) {
        let (spot, shard) = (self.spot, &mut *self.shard);
        let found = shard.flights.remove(spot.slot);
        let mut others = Vec::new();
        if is_several {
            others = shard.flights.extract(|flight| flight.spot().hash == spot.hash);
        }
        if !shard.strays.is_empty() {
            others.extend(shard.strays.extract_if(.., |stray| stray.spot().hash == spot.hash));
        }
        others.extend(self.meet(|word| word.may_have_key_of(spot)));
        let (mut detached, mut dropped) = (Detached::default(), Vec::new());
        self.detach(found.into_iter().chain(others), &mut detached, &mut dropped);
        (detached, dropped)
    }

    /// The same of all keys of the shard, to which these berths belong.
    pub(super) fn take_all(
        mut self,
        berths: impl Iterator<Item = &'f Berth>,
        detached: &mut Detached,
    ) -> Vec<Arc<Flight>> {
        let mut flights = self.shard.flights.extract(|_| true);
        flights.append(&mut self.shard.strays);
        for (index, berth) in berths.enumerate() {
            (self.berth, self.index) = (berth, index);
            flights.extend(self.meet(Word::is_unknown));
        }
        let mut dropped = Vec::new();
        self.detach(flights, detached, &mut dropped);
        dropped
    }

    fn detach(
        &mut self,
        flights: impl IntoIterator<Item = Arc<Flight>>,
        detached: &mut Detached,
        dropped: &mut Vec<Arc<Flight>>,
    ) {
        for flight in flights {
            if flight.detach() {
                dropped.push(flight);
            } else {
                self.shard.strays.push(Arc::clone(&flight));
                detached.add(flight);
            }
        }
    }

    /// A flight for the leader in the berth, if that may be one of those who are `wanted`, and is not known by one.
    fn meet(&mut self, wanted: impl Fn(Word) -> bool) -> Option<Arc<Flight>> {
        // Whoever takes the berth after this look computes after it, too.
        if !wanted(self.berth.seen()) {
            return None;
        }
        let word = self.berth.guard();
        if !wanted(word) {
            self.unguard(word);
            return None;
        }
        let mut flight = Arc::new(Flight::new(self.spot));
        self.lend(&mut flight, word);
        Some(flight)
    }

    /// The store keeps watch over the key of the leader in the berth.
    pub(super) fn watch(mut self, sight: Sight) {
        self.berth.guard();
        match self.shard.flight_of(self.index) {
            Some(flight) => flight.watched(sight),
            None => self.shard.known.push((self.index, Known::Watch(sight))),
        }
    }

    /// The leader in the berth, which is guarded, has a result. The flight by which it is known; without one, `wants_store`
    /// is all that counts.
    pub(super) fn land(self, wants_store: bool) -> Option<Arc<Flight>> {
        let flight = self.shard.flight_of(self.index).cloned();
        if flight.is_none() && wants_store {
            self.berth.set(self.berth.word().storing());
        }
        flight
    }

    /// The leader leaves the berth, which is guarded. `closing`: its value is in the store. The flight by which it was
    /// known.
    pub(super) fn leave(mut self, closing: Option<u64>) -> Option<Arc<Flight>> {
        let flight = match self.shard.forget(self.index) {
            Some(Known::Flight(flight)) => Some(flight),
            _ => None,
        };
        let removed = flight.as_ref().and_then(|flight| self.shard.remove(flight));
        self.note(closing);
        // Of flights that ended meanwhile beside it, the number is not known; but that it is not the next one.
        self.unguard(self.berth.word().free().closed(self.closings.next() - 1));
        drop(self);
        drop(removed);
        flight
    }

    /// Takes out a flight that is not led from the berth. `closing`: its value is in the store.
    pub(super) fn close(mut self, flight: &Arc<Flight>, closing: Option<u64>) {
        let removed = self.shard.remove(flight);
        self.note(closing);
        self.shard.aside[self.index] -= 1;
        self.unguard(closing.map_or_else(|| self.berth.word(), |closing| self.closed(closing)));
        drop(self);
        drop(removed);
    }

    /// What the berth says when a flight has ended beside it.
    fn closed(&self, closing: u64) -> Word {
        let word = self.berth.word();
        if word.is_led() { word } else { word.closed(closing) }
    }

    fn note(&mut self, closing: Option<u64>) {
        if let Some(closing) = closing {
            // One more than any caller has read who found the value missing.
            self.shard.recent.push(self.spot.slot, closing + 1);
        }
    }

    /// Sets the word, which is guarded, and no longer guards it if nobody needs that.
    fn unguard(&self, word: Word) {
        let is_needed = word.is_led() || self.shard.aside[self.index] > 0;
        self.berth.set(if is_needed { word } else { word.unguarded() });
    }
}
