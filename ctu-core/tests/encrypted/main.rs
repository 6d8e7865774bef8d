//! Encrypted caches as their users meet them, and as those who have the store do.

#![allow(unreachable_pub)] // modules of a test

#[path = "../support/mod.rs"]
mod support;

mod attacks;
mod discreet;
mod envelopes;
mod failures;
mod garbage;
mod lifetimes;
mod log;
mod python;
mod rotation;
mod shelf;
mod stacked;
mod storm;
mod vectors;

use std::time::Duration;

use bytes::Bytes;
use ctu_core::{Encrypt, EncryptedCache, Keyring, ManualClock, MasterKey};
use shelf::Shelf;

/// When the tests begin, in milliseconds since the epoch.
const START: u64 = 1_700_000_000_000;

/// The master key of the vectors, plus `n` in its last byte.
fn master(n: u8) -> MasterKey {
    let mut secret = std::array::from_fn(|i| u8::try_from(i).unwrap());
    secret[31] += n;
    MasterKey::try_from(secret).unwrap()
}

fn clock() -> ManualClock {
    let clock = ManualClock::new();
    clock.advance(Duration::from_millis(START));
    clock
}

/// A sealer with the master key and the scope of the vectors, at the time where the tests begin.
fn encrypt() -> Encrypt {
    Encrypt::new(Keyring::new(master(0)), "app").clock(&clock())
}

/// The same over a store.
fn cache() -> EncryptedCache<Shelf> {
    EncryptedCache::new(encrypt(), Shelf::default())
}

fn bytes(value: impl Into<Vec<u8>>) -> Bytes {
    Bytes::from(value.into())
}
