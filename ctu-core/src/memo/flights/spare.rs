//! Flights that are over, to be used again by the next computations of their thread: a miss need not allocate one.

use std::any::Any;
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
    if let Some(mut spare) = taken(Flight::has_place::<K>)
        && let Some(own) = Arc::get_mut(&mut spare)
    {
        own.begin(spot);
        own.set_key(key);
        return spare;
    }
    let mut flight = Flight::new(spot);
    flight.set_key(key);
    Arc::new(flight)
}

/// A flight without a key.
pub(super) fn stray(spot: Spot) -> Arc<Flight> {
    if let Some(mut spare) = taken(|_| true)
        && let Some(own) = Arc::get_mut(&mut spare)
    {
        own.begin(spot);
        return spare;
    }
    Arc::new(Flight::new(spot))
}

/// One of the kept flights, and one that is `wanted` if there is any.
fn taken(wanted: impl Fn(&Flight) -> bool) -> Option<Arc<Flight>> {
    let taken = SPARE.try_with(|spare| {
        let mut spare = spare.borrow_mut();
        let place = spare.iter().rposition(|flight| wanted(flight));
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
