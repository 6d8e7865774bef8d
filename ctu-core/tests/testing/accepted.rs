//! Right stores of many kinds, which the suite has to accept.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bytes::Bytes;
use ctu_core::testing::{Conformance, Flaky, ManualClock, ModelStore, Recorder, Slow, block_on};
use ctu_core::{Layer, Map, Mapped, Reject, Result, Ttl};

use crate::right::{Forgetful, Shared, Strict};

#[test]
fn the_model_is_accepted_with_many_types_of_keys_and_values() {
    let hand = ManualClock::new();
    let clock = &hand;
    Conformance::<str, String>::clock(clock).check(|| ModelStore::<String, _>::new().clock(clock));
    Conformance::<[u8], Bytes>::clock(clock).check(|| ModelStore::<Vec<u8>, _>::new().clock(clock));
    Conformance::<String, Vec<u8>>::clock(clock).check(|| ModelStore::<String, _>::new().clock(clock));
    Conformance::<Vec<u8>, i64>::clock(clock).check(|| ModelStore::<Vec<u8>, _>::new().clock(clock));
    Conformance::<u64, Option<u64>>::clock(clock).check(|| ModelStore::<u64, _>::new().clock(clock));
    Conformance::<(String, u64), (String, u64)>::clock(clock)
        .check(|| ModelStore::<(String, u64), _>::new().clock(clock));
}

#[test]
fn the_model_is_accepted_with_a_default_lifetime() {
    let hand = ManualClock::new();
    let ttl = Duration::from_millis(1500);
    Conformance::<str, String>::clock(&hand).check(|| ModelStore::<String, _>::new().clock(&hand).default_ttl(ttl));
}

#[test]
fn the_model_is_accepted_async_and_the_suite_can_be_spawned() {
    fn is_send<T: Send>(future: T) -> T {
        future
    }
    let hand = ManualClock::new();
    let make = || ModelStore::<Vec<u8>, Bytes>::new().clock(&hand);
    block_on(is_send(Conformance::<[u8], Bytes>::clock(&hand).check_async(make)));
}

#[test]
fn the_model_is_accepted_in_real_time() {
    // Lifetimes of the system's clock can only be waited for; the unit leaves a busy machine time to answer.
    let unit = Duration::from_millis(300);
    Conformance::<str, String>::real_time(unit).check(ModelStore::<String, _>::new);
}

#[test]
fn any_seed_accepts_the_model() {
    for seed in 0..20 {
        let hand = ManualClock::new();
        let suite =
            Conformance::<str, u64>::clock(&hand).only([ctu_core::testing::Check::Random]).seed(seed).steps(500);
        suite.check(|| ModelStore::<String, _>::new().clock(&hand));
    }
}

#[test]
fn pointers_and_wrappers_are_accepted() {
    let hand = ManualClock::new();
    let model = || ModelStore::<String, String>::new().clock(&hand);
    let suite = || Conformance::<str, String>::clock(&hand);
    suite().check(|| Arc::new(model()));
    suite().check(|| LazyLock::new(model));
    suite().check(|| Recorder::new(Flaky::every(0, model())));
    suite().check(|| Slow::new(Duration::ZERO, model()));
    block_on(suite().check_async(|| Box::new(Slow::new(Duration::ZERO, Recorder::new(Flaky::every(0, model()))))));
}

#[test]
fn a_slow_async_store_is_accepted() {
    let hand = ManualClock::new();
    let make = || Slow::new(Duration::from_micros(1), ModelStore::<String, u64>::new().clock(&hand));
    block_on(Conformance::<str, u64>::clock(&hand).steps(100).check_async(make));
}

#[test]
fn a_store_that_forgets_everything_is_accepted_as_lossy() {
    Conformance::<str, String>::no_ttl().lossy().check(|| Forgetful);
}

#[test]
fn a_store_that_can_not_clear_nor_count_is_accepted() {
    Conformance::<str, String>::no_ttl().check(Shared::default);
}

#[test]
fn a_store_that_refuses_odd_keys_and_values_is_accepted_where_told() {
    Conformance::<str, String>::no_ttl().may_refuse().max_value_bytes(1000).check(Strict::default);
}

/// Values backwards under prefixed keys.
struct Backwards;

impl Layer for Backwards {}

impl Map<str, String> for Backwards {
    type Key = str;
    type Stored = String;

    fn key<'k>(&self, key: &'k str) -> Result<Cow<'k, str>> {
        Ok(Cow::Owned(format!("prefix.{key}")))
    }
    fn encode<'v>(&self, _key: &str, value: &'v String, _ttl: Ttl) -> Result<Cow<'v, String>> {
        Ok(Cow::Owned(value.chars().rev().collect()))
    }
    fn decode(&self, _key: &str, stored: String) -> Result<String, Reject> {
        Ok(stored.chars().rev().collect())
    }
}

#[test]
fn a_layer_is_accepted_sync_and_async() {
    let hand = ManualClock::new();
    let make = || Mapped::new(Backwards, ModelStore::<String, String>::new().clock(&hand));
    Conformance::<str, String>::clock(&hand).check(make);
    block_on(Conformance::<str, String>::clock(&hand).check_async(make));
}
