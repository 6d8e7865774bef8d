//! The stores in memory keep the whole contract of a cache, alone and under every layer.

use std::time::Duration;

use bytes::Bytes;
use ctu_backends::{DictCache, MemoryCache, SharedMemory};
use ctu_core::testing::{Conformance, ManualClock, SampleKey, SampleValue, block_on};
use ctu_core::{AsyncCache, AsyncLease, AsyncStore, Cache, Flagged, Lease, StackExt, Store};

/// Checks a store or a stack in its sync and in its async form.
fn check<K, V, C>(hand: &ManualClock, make: impl Fn() -> C)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: Cache<K, V> + Store + AsyncCache<K, V> + AsyncStore,
{
    Conformance::<K, V>::clock(hand).check(&make);
    block_on(Conformance::<K, V>::clock(hand).check_async(&make));
}

/// As [`check`], for a layer with values that it has no exact form for.
fn check_layer<K, V, C>(hand: &ManualClock, make: impl Fn() -> C)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: Cache<K, V> + Store + AsyncCache<K, V> + AsyncStore,
{
    let suite = || Conformance::<K, V>::clock(hand).may_refuse().max_value_bytes(100_000);
    suite().check(&make);
    block_on(suite().check_async(&make));
}

macro_rules! stores {
    ($($name:ident: |$hand:ident| $memory:expr, $key:ty => $value:ty;)*) => {$(
        #[test]
        fn $name() {
            let $hand = ManualClock::new();
            check::<$key, $value, _>(&$hand, || $memory);
        }
    )*};
}

stores! {
    memory_of_text: |hand| MemoryCache::<String, String>::builder().clock(&hand).build(), str => String;
    memory_of_bytes: |hand| MemoryCache::<Vec<u8>, Bytes>::builder().clock(&hand).build(), [u8] => Bytes;
    memory_of_numbers: |hand| MemoryCache::<u64, Option<i64>>::builder().clock(&hand).build(), u64 => Option<i64>;
    dict_of_text: |hand| DictCache::<String, String>::new().with_clock(&hand), str => String;
    dict_of_bytes: |hand| DictCache::<Vec<u8>, Bytes>::new().with_clock(&hand), [u8] => Bytes;
    dict_of_pairs: |hand| DictCache::<(String, u64), u64>::new().with_clock(&hand), (String, u64) => u64;
    shared_of_text: |hand| SharedMemory::builder().clock(&hand).build(), str => String;
    shared_of_bytes: |hand| SharedMemory::builder().clock(&hand).build(), [u8] => Bytes;
    shared_of_pairs: |hand| SharedMemory::builder().clock(&hand).build(), (String, u64) => Option<i64>;
    shared_in_bytes: |hand| SharedMemory::builder().clock(&hand).capacity_bytes(100 << 20).build(), str => String;
}

#[test]
fn memory_that_expires_by_default() {
    let hand = ManualClock::new();
    let ttl = Duration::from_secs(10);
    check::<str, u64, _>(&hand, || MemoryCache::<String, u64>::builder().clock(&hand).ttl(ttl).build());
    check::<str, u64, _>(&hand, || DictCache::<String, u64>::new().with_clock(&hand).with_ttl(ttl));
    check::<str, u64, _>(&hand, || SharedMemory::builder().clock(&hand).ttl(ttl).build());
}

#[test]
fn law6_bounded_memory_too_small_for_the_suite_is_right_in_what_it_finds() {
    let hand = ManualClock::new();
    Conformance::<str, u64>::clock(&hand)
        .lossy()
        .check(|| MemoryCache::<String, u64>::builder().clock(&hand).capacity(5).build());
    Conformance::<str, u64>::clock(&hand).lossy().check(|| SharedMemory::builder().clock(&hand).capacity(5).build());
}

macro_rules! layers {
    ($($name:ident: <$key:ty, $value:ty> over <$owned:ty, $stored:ty>, |$store:ident| $stack:expr;)*) => {$(
        #[test]
        fn $name() {
            let hand = ManualClock::new();
            check_layer::<$key, $value, _>(&hand, || {
                let $store = || MemoryCache::<$owned, $stored>::builder().clock(&hand).build();
                $stack
            });
            check_layer::<$key, $value, _>(&hand, || {
                let $store = || SharedMemory::builder().clock(&hand).build();
                $stack
            });
        }
    )*};
}

layers! {
    prefixed: <[u8], Bytes> over <Vec<u8>, Bytes>, |store| store().prefixed("p.");
    json: <str, Option<u64>> over <Vec<u8>, Bytes>, |store| store().json();
    to_bytes: <(String, u64), (String, i64)> over <Vec<u8>, Bytes>, |store| store().to_bytes();
    msgpack: <str, (String, Option<u64>)> over <Vec<u8>, Bytes>, |store| store().msgpack();
    json_serde: <str, String> over <Vec<u8>, Flagged>, |store| store().json_serde();
    compressed: <[u8], Bytes> over <Vec<u8>, Bytes>, |store| store().compressed();
    two_level: <(String, u64), u64> over <(String, u64), u64>, |store| store().two_level(store());
    seven_layers: <str, (String, Option<u64>)> over <String, String>, |store| {
        store().debug("far").bytes_as_text().two_level(store().bytes_as_text()).compressed().prefixed("p.").json()
            .with_stats()
    };
}

fn check_leases<K, V, C>(hand: &ManualClock, make: impl Fn() -> C)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: Lease<K, V> + Store + AsyncLease<K, V> + AsyncStore,
{
    Conformance::<K, V>::clock(hand).may_refuse().check_leases(make());
    block_on(Conformance::<K, V>::clock(hand).may_refuse().check_leases_async(make()));
}

#[test]
fn stores_in_memory_have_leases() {
    let hand = ManualClock::new();
    let memory = || MemoryCache::<Vec<u8>, Bytes>::builder().clock(&hand).build();
    check_leases::<[u8], Bytes, _>(&hand, memory);
    check_leases::<str, Option<u64>, _>(&hand, || memory().prefixed("p.").json().with_stats());
    check_leases::<[u8], Bytes, _>(&hand, || memory().two_level(memory()));
    check_leases::<str, u64, _>(&hand, || DictCache::<String, u64>::new().with_clock(&hand));
    check_leases::<(String, u64), u64, _>(&hand, || SharedMemory::builder().clock(&hand).build());
    check_leases::<str, String, _>(&hand, || SharedMemory::builder().clock(&hand).capacity_bytes(10 << 20).build());
}
