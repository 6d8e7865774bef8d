//! Flights that are over, to be used again by the next computations of their thread: a miss need not allocate one.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::sync::Arc;

use super::Spot;
use super::flight::Flight;
use crate::memo::sync::thread_local;

/// How many a thread keeps: for computations that call others, and for keys of several types.
pub(super) const KEPT: usize = 4;

thread_local! {
    static SPARE: RefCell<Vec<Arc<Flight>>> = const { RefCell::new(Vec::new()) };
}

/// A flight of `key`.
pub(super) fn flight<K: Any + Send + Sync>(spot: Spot, key: K) -> Arc<Flight> {
    let mut flight = begun(spot, Some(Flight::place_of::<K>()));
    if let Some(own) = Arc::get_mut(&mut flight) {
        own.set_key(key);
    }
    flight
}

/// A flight without a key.
pub(super) fn stray(spot: Spot) -> Arc<Flight> {
    begun(spot, None)
}

/// A flight that nobody else holds, and one with this place for a key if there is any.
// Not generic, as most of what is done for the key of a flight.
fn begun(spot: Spot, place: Option<TypeId>) -> Arc<Flight> {
    if let Some(mut spare) = taken(place)
        && let Some(own) = Arc::get_mut(&mut spare)
    {
        own.begin(spot);
        return spare;
    }
    Arc::new(Flight::new(spot))
}

/// One of the kept flights.
fn taken(wanted: Option<TypeId>) -> Option<Arc<Flight>> {
    let taken = SPARE.try_with(|spare| {
        let mut spare = spare.borrow_mut();
        let place = spare.iter().rposition(|flight| wanted.is_none_or(|wanted| flight.place() == Some(wanted)));
        place.map(|place| spare.swap_remove(place)).or_else(|| spare.pop())
    });
    // Fails while the thread's locals are being destroyed.
    taken.ok().flatten()
}

/// Keeps a flight that nobody else holds and that has been [cleared](Flight::clear), if there is room.
pub(super) fn keep(flight: Arc<Flight>) {
    let _ = SPARE.try_with(|spare| {
        let mut spare = spare.borrow_mut();
        if spare.len() < KEPT {
            spare.push(flight);
        }
    });
}

/// How many this thread keeps.
#[cfg(all(test, not(ctu_shuttle)))]
pub(super) fn len() -> usize {
    SPARE.with_borrow(Vec::len)
}
