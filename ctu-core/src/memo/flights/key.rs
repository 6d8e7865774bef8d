//! A key, as those need it who meet at it.
//!
//! They are few, and what they do takes much code: so it is not generic, and compiled once for all types of keys.

use std::sync::Arc;

use super::flight::Flight;
use super::{Flights, Spot, spare};
use crate::CacheKey;

/// A key of whose computation there may be a flight.
pub(in crate::memo) trait FlightKey {
    /// Where its flights are, with the store at this [address](super::address).
    fn spot(&self, flights: &Flights, store: usize) -> Spot;

    /// Whether this is the flight of the key, and not of another with the same hash.
    fn is_of(&self, flight: &Flight) -> bool;

    /// A flight of the key.
    fn flight(&self, spot: Spot) -> Arc<Flight>;
}

impl<K: CacheKey<Owned: Send + Sync + 'static> + ?Sized> FlightKey for K {
    #[inline]
    fn spot(&self, flights: &Flights, store: usize) -> Spot {
        flights.spot_at(self, store)
    }

    fn is_of(&self, flight: &Flight) -> bool {
        flight.is_of(self)
    }

    fn flight(&self, spot: Spot) -> Arc<Flight> {
        spare::flight(spot, self.to_key())
    }
}

/// A key that may be of no known size, such as a `str`.
pub(super) struct Lent<'k, K: ?Sized>(pub(super) &'k K);

impl<K: FlightKey + ?Sized> FlightKey for Lent<'_, K> {
    fn spot(&self, flights: &Flights, store: usize) -> Spot {
        self.0.spot(flights, store)
    }

    fn is_of(&self, flight: &Flight) -> bool {
        self.0.is_of(flight)
    }

    fn flight(&self, spot: Spot) -> Arc<Flight> {
        self.0.flight(spot)
    }
}
