//! `MemoryCache` through its public API.

mod contract;

use std::hash::Hash;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::time::Duration;

use ctu_backends::MemoryCache;
use ctu_core::{Cache, Clock, ErrorKind, ManualClock, Store, Ttl};

use contract::support::{Random, Reentrant, SECOND};

/// With room for all the entries of the suite.
fn memory<K: Eq + Hash, V: Clone>(clock: Clock, ttl: Option<Duration>) -> MemoryCache<K, V> {
    let builder = MemoryCache::builder().capacity(15_000).clock(clock);
    match ttl {
        Some(ttl) => builder.ttl(ttl).build(),
        None => builder.build(),
    }
}

contract::contract!(memory);

fn held<K: Eq + Hash + Clone, V: Clone>(cache: &MemoryCache<K, V>, keys: impl Iterator<Item = K>) -> usize {
    keys.filter(|key| Cache::contains(cache, key).unwrap()).count()
}

#[test]
fn a_small_cache_holds_exactly_as_many_entries_as_its_capacity() {
    for capacity in [1, 2, 3, 10, 31, 100, 511] {
        let cache = MemoryCache::<usize, usize>::new(capacity);
        (0..capacity).for_each(|n| Cache::put(&cache, &n, &n, Ttl::Default).unwrap());
        assert_eq!(held(&cache, 0..capacity), capacity);
        (0..capacity * 3).for_each(|n| Cache::put(&cache, &n, &n, Ttl::Default).unwrap());
        assert_eq!(Store::len(&cache).unwrap(), capacity);
    }
}

#[test]
fn law6_bounded_whatever_the_capacity_and_the_shards() {
    for capacity in [1, 7, 511, 512, 1_001, 5_003] {
        for shards in [1, 2, 3, 8, 64, 1_000_000] {
            let cache = MemoryCache::<usize, usize>::builder().capacity(capacity).shards(shards).build();
            // So many that none of 256 shards is left without any.
            (0..capacity * 16).for_each(|n| Cache::put(&cache, &n, &n, Ttl::Default).unwrap());
            let len = Store::len(&cache).unwrap();
            assert!(len <= capacity, "{len} of {capacity} in {shards} shards");
            assert!(len * 2 >= capacity, "{len} of {capacity} in {shards} shards");
        }
    }
}

#[test]
fn law6_bounded_ten_million_distinct_keys_never_pass_the_capacity() {
    const CAPACITY: usize = 10_000;
    let cache = MemoryCache::<u64, u64>::new(CAPACITY);
    for n in 0..10_000_000 {
        Cache::put(&cache, &n, &n, Ttl::Default).unwrap();
        if n % 1_024 == 0 {
            let len = Store::len(&cache).unwrap();
            assert!(len <= CAPACITY, "{len} entries after {n} keys");
        }
    }
    assert!(Store::len(&cache).unwrap() > CAPACITY * 9 / 10);
}

#[test]
fn what_is_used_outlives_a_scan() {
    let cache = MemoryCache::<u64, u64>::new(100);
    for round in 0..1_000_u64 {
        for hot in 0..10 {
            if Cache::get(&cache, &hot).unwrap().is_none() {
                assert!(round < 100, "a hot entry was evicted");
                Cache::put(&cache, &hot, &hot, Ttl::Default).unwrap();
            }
        }
        (0..20).for_each(|n| Cache::put(&cache, &(1_000 + round * 20 + n), &0, Ttl::Default).unwrap());
    }
}

#[test]
fn a_capacity_of_zero_switches_the_cache_off() {
    let weighed = MemoryCache::<u64, u64>::builder().capacity(0).weigher(|_, _| 5).shards(8).build();
    for cache in [MemoryCache::<u64, u64>::new(0), weighed] {
        Cache::put(&cache, &1, &1, Ttl::Default).unwrap();
        assert_eq!(Cache::get(&cache, &1).unwrap(), None);
        assert!(!Cache::remove(&cache, &1).unwrap());
        let stats = Store::stats(&cache).unwrap();
        assert_eq!((stats.writes, stats.errors, stats.entries), (0, 0, Some(0)));
    }
}

#[test]
fn a_capacity_without_end_is_taken() {
    let cache = MemoryCache::<u64, u64>::new(usize::MAX);
    Cache::put(&cache, &1, &1, Ttl::Default).unwrap();
    assert_eq!(Cache::get(&cache, &1).unwrap(), Some(1));
    let cache = MemoryCache::<u64, u64>::builder().capacity(usize::MAX).weigher(|_, _| u64::from(u32::MAX)).build();
    Cache::put(&cache, &1, &1, Ttl::Default).unwrap();
    assert_eq!(cache.weight(), u64::from(u32::MAX));
}

#[test]
fn law6_bounded_the_total_weight_never_passes_the_capacity() {
    const CAPACITY: usize = 100_003;
    let cache = MemoryCache::<u64, u64>::builder().capacity(CAPACITY).weigher(|_, weight| *weight).build();
    let mut random = Random(1);
    for _ in 0..100_000 {
        let weight = 1 + random.below(2_000);
        Cache::put(&cache, &random.below(500), &weight, Ttl::Default).unwrap();
        assert!(cache.weight() <= CAPACITY as u64);
    }
    let sum: u64 = (0..500).filter_map(|key| Cache::get(&cache, &key).unwrap()).sum();
    assert_eq!(cache.weight(), sum);
    assert!(sum > CAPACITY as u64 / 2);
}

#[test]
fn an_entry_heavier_than_a_shard_is_refused_and_drops_the_older_value() {
    let cache = MemoryCache::<u64, u64>::builder().capacity(1_000).shards(1).weigher(|_, weight| *weight).build();
    for heavy in [971, 1_001, u64::from(u32::MAX) + 1, u64::MAX] {
        Cache::put(&cache, &1, &970, Ttl::Default).unwrap();
        assert_eq!(Cache::get(&cache, &1).unwrap(), Some(970));
        let error = Cache::put(&cache, &1, &heavy, Ttl::Default).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert!(error.to_string().contains("`capacity`"), "no cure: {error}");
        assert_eq!((Cache::get(&cache, &1).unwrap(), cache.weight()), (None, 0));
    }
    assert_eq!(Store::stats(&cache).unwrap().errors, 4);
}

#[test]
fn law6_bounded_an_entry_without_weight_weighs_one() {
    let cache = MemoryCache::<u64, u64>::builder().capacity(100).weigher(|_, _| 0).build();
    (0..1_000).for_each(|n| Cache::put(&cache, &n, &n, Ttl::Default).unwrap());
    assert_eq!((Store::len(&cache).unwrap(), cache.weight()), (100, 100));
}

#[test]
fn law2_harmless_a_panic_of_the_weigher_changes_nothing() {
    let weigher = |_: &u64, value: &u64| if *value == 13 { panic!("weigher panics") } else { 1 };
    let cache = MemoryCache::<u64, u64>::builder().capacity(100).weigher(weigher).build();
    Cache::put(&cache, &1, &1, Ttl::Default).unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| Cache::put(&cache, &1, &13, Ttl::Default))).is_err());
    assert_eq!(Cache::get(&cache, &1).unwrap(), Some(1));
    Cache::put(&cache, &1, &2, Ttl::Default).unwrap();
    assert_eq!(Cache::get(&cache, &1).unwrap(), Some(2));
}

#[test]
fn evicted_values_are_dropped_outside_of_the_lock() {
    let (weak, drops) = (Arc::new(OnceLock::new()), Arc::new(AtomicUsize::new(0)));
    let value = Reentrant { call: Arc::clone(&weak), drops: Arc::clone(&drops) };
    // Heavy entries evict many light ones at once.
    let weigher = |key: &u64, _: &Reentrant| if *key == 1_000 { 90 } else { 1 };
    let cache = Arc::new(MemoryCache::builder().capacity(100).weigher(weigher).build());
    let user = Arc::downgrade(&cache);
    let call: Arc<dyn Fn() + Send + Sync> = Arc::new(move || {
        if let Some(cache) = user.upgrade() {
            Cache::remove(&*cache, &u64::MAX).unwrap();
        }
    });
    weak.set(Arc::downgrade(&call)).ok().unwrap();
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        (0..100).for_each(|n| Cache::put(&*cache, &n, &value, Ttl::Default).unwrap());
        Cache::put(&*cache, &1_000, &value, Ttl::Default).unwrap();
        send.send(drops.load(Ordering::Relaxed)).unwrap();
        drop(call);
    });
    assert!(receive.recv_timeout(SECOND * 60).expect("no deadlock") >= 90);
}

#[test]
fn without_stats_only_the_entries_are_told() {
    let cache = MemoryCache::<u64, u64>::builder().stats(false).build();
    Cache::put(&cache, &1, &1, Ttl::Default).unwrap();
    Cache::get(&cache, &1).unwrap();
    cache.reset_stats();
    let stats = Store::stats(&cache).unwrap();
    assert_eq!((stats.reads, stats.writes, stats.entries), (0, 0, Some(1)));
}

#[test]
fn law6_bounded_expired_entries_do_not_pile_up_in_a_churn() {
    let hand = ManualClock::new();
    let cache = memory::<u64, u64>(Clock::from(&hand), Some(Duration::from_millis(1)));
    let mut most = 0;
    for n in 0..1_000_000_u64 {
        Cache::put(&cache, &n, &n, Ttl::Default).unwrap();
        hand.advance(Duration::from_micros(1));
        if n % 1_000 == 0 {
            most = most.max(Store::len(&cache).unwrap());
        }
    }
    // 1,000 are live at a time, and there is room for 15,000.
    assert!(most < 4_000, "{most} entries held");
}
