//! Every layer and wrapper keeps the whole contract of a cache, over a store that does.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use ctu_core::testing::{Conformance, ManualClock, ModelStore, SampleKey, SampleValue, Slow, block_on};
use ctu_core::{AsyncCache, AsyncStore, Cache, Flagged, LockedCache, StackExt, Store};

/// Checks a stack in its sync and in its async form.
fn check<K, V, C>(hand: &ManualClock, make: impl Fn() -> C)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: Cache<K, V> + Store + AsyncCache<K, V> + AsyncStore,
{
    let suite = || Conformance::<K, V>::clock(hand).may_refuse().max_value_bytes(100_000);
    suite().check(&make);
    block_on(suite().check_async(&make));
}

macro_rules! conformance {
    ($($name:ident: <$key:ty, $value:ty> over <$owned:ty, $stored:ty>, |$store:ident| $stack:expr;)*) => {$(
        #[test]
        fn $name() {
            let hand = ManualClock::new();
            check::<$key, $value, _>(&hand, || {
                let $store = || ModelStore::<$owned, $stored>::new().clock(&hand);
                $stack
            });
        }
    )*};
}

conformance! {
    prefixed_text: <str, String> over <String, String>, |store| store().prefixed("p.");
    prefixed_bytes: <[u8], Bytes> over <Vec<u8>, Bytes>, |store| store().prefixed("p.");
    auto_prefixed: <str, u64> over <String, u64>, |store| store().auto_prefixed();
    json: <str, String> over <Vec<u8>, Bytes>, |store| store().json();
    json_of_options: <str, Option<u64>> over <Vec<u8>, Bytes>, |store| store().json();
    to_bytes: <(String, u64), (String, i64)> over <Vec<u8>, Bytes>, |store| store().to_bytes();
    to_bytes_of_text: <str, Vec<u8>> over <Vec<u8>, Bytes>, |store| store().to_bytes();
    msgpack: <str, (String, Option<u64>)> over <Vec<u8>, Bytes>, |store| store().msgpack();
    json_serde_of_text: <str, String> over <String, Flagged>, |store| store().json_serde();
    json_serde_of_numbers: <[u8], i64> over <Vec<u8>, Flagged>, |store| store().json_serde();
    bytes_as_text: <[u8], Bytes> over <String, String>, |store| store().bytes_as_text();
    compressed: <[u8], Bytes> over <Vec<u8>, Bytes>, |store| store().compressed();
    with_stats: <str, String> over <String, String>, |store| store().with_stats();
    debug: <str, String> over <String, String>, |store| store().debug("d").show_keys(true).show_values(true);
    two_level: <str, String> over <String, String>, |store| store().two_level(store());
    two_level_with_a_default_lifetime: <str, String> over <String, String>, |store| {
        let store = || store().default_ttl(Duration::from_secs(10));
        store().two_level(store()).resilient(true).promote_batches_for(Duration::ZERO)
    };
    two_level_of_types: <(String, u64), u64> over <(String, u64), u64>, |store| store().two_level(store());
    seven_layers: <str, (String, Option<u64>)> over <String, String>, |store| {
        store().debug("far").bytes_as_text().two_level(store().bytes_as_text()).compressed().prefixed("p.").json()
            .with_stats()
    };
}

#[test]
fn locked() {
    let make = LockedCache::<HashMap<String, String>>::default;
    Conformance::<str, String>::no_ttl().check(make);
    block_on(Conformance::<str, String>::no_ttl().check_async(make));
    Conformance::<(String, u64), u64>::no_ttl().check(LockedCache::<HashMap<(String, u64), u64>>::default);
    let lru = || LockedCache::new(lru::LruCache::<String, u64>::unbounded());
    Conformance::<str, u64>::no_ttl().check(lru);
    let small = || LockedCache::new(lru::LruCache::<String, u64>::new(3.try_into().unwrap()));
    Conformance::<str, u64>::no_ttl().lossy().check(small);
}

#[test]
fn two_levels_that_are_waited_for() {
    let hand = ManualClock::new();
    let store = || Slow::new(Duration::ZERO, ModelStore::<String, u64>::new().clock(&hand));
    block_on(Conformance::<str, u64>::clock(&hand).check_async(|| store().two_level(store())));
}
