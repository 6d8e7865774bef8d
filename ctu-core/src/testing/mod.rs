//! Tests for caches: a suite that checks a store against the whole contract, and stores that misbehave on demand.
//!
//! Behind the cargo feature `testing`, meant for `[dev-dependencies]`.
//!
//! [`Conformance`] checks everything that [`Cache`](crate::Cache), [`Store`](crate::Store) and their async forms
//! promise, one [`Check`] after the other, in three lines:
//!
//! ```
//! use ctu_core::testing::{Conformance, ManualClock, ModelStore};
//!
//! let hand = ManualClock::new();
//! let make = || ModelStore::<String, String>::new().clock(&hand); // here goes your store
//! Conformance::<str, String>::clock(&hand).check(make);
//! ```
//!
//! Stores to test other code with:
//!
//! | store | what it does |
//! |---|---|
//! | [`ModelStore`] | everything right, nothing fast |
//! | [`Broken`] | fails, always |
//! | [`Flaky`] | fails as planned |
//! | [`Slow`] | takes its time |
//! | [`Recorder`] | remembers which operations it was asked for |
//!
//! [`ManualClock`] moves time without waiting for it, and [`block_on`] runs a future without a runtime.

mod broken;
mod conformance;
mod flaky;
mod futures;
mod model;
mod odd_samples;
mod ready;
mod recorder;
mod sample;
mod sleep;
mod slow;
mod wrapper;

pub use broken::Broken;
pub use conformance::{Check, Conformance};
pub use flaky::Flaky;
pub use futures::block_on;
pub use model::ModelStore;
pub use recorder::{Operation, Recorder};
pub use sample::{SampleKey, SampleValue};
pub use slow::Slow;

pub use crate::ManualClock;
