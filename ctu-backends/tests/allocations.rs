//! What a hit allocates. A test binary of its own, as it counts with a global allocator.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use allocation_counter::measure;
use ctu_backends::{DictCache, MemoryCache, SharedMemory};
use ctu_core::{Args, AsyncCache, Cache, Ttl};

type Key = (String, u64);

const NAME: &str = "a name that is long enough not to fit anywhere inline";

fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a store in memory never waits"),
    }
}

/// Bytes and blocks allocated by 100 hits, sync and async, and by a question.
fn allocated_by_hits<C>(cache: &C, ttl: Ttl) -> (u64, u64)
where
    C: for<'a> Cache<Args<(&'a str, &'a u64)>, u64> + for<'a> AsyncCache<Args<(&'a str, &'a u64)>, u64>,
{
    let n = 7;
    let key = Args((NAME, &n));
    Cache::put(cache, &key, &42, ttl).unwrap();
    let hit = || {
        assert_eq!(Cache::get(cache, &key).unwrap(), Some(42));
        assert_eq!(Cache::get_entry(cache, &key).unwrap().map(|entry| entry.value), Some(42));
        assert!(Cache::contains(cache, &key).unwrap());
        assert_eq!(ready(AsyncCache::get(cache, &key)).unwrap(), Some(42));
        assert_eq!(ready(AsyncCache::get_entry(cache, &key)).unwrap().map(|entry| entry.value), Some(42));
        assert!(ready(AsyncCache::contains(cache, &key)).unwrap());
    };
    hit(); // the thread's place in the counters, the clock's origin
    let allocations = measure(|| (0..100).for_each(|_| hit()));
    (allocations.bytes_total, allocations.count_total)
}

#[test]
fn law8_free_a_typed_hit_allocates_nothing() {
    let ttl = Ttl::After(Duration::from_secs(600));
    assert_eq!(allocated_by_hits(&MemoryCache::<Key, u64>::new(100), Ttl::Never), (0, 0));
    assert_eq!(allocated_by_hits(&MemoryCache::<Key, u64>::new(100), ttl), (0, 0));
    assert_eq!(allocated_by_hits(&DictCache::<Key, u64>::new(), Ttl::Never), (0, 0));
    assert_eq!(allocated_by_hits(&DictCache::<Key, u64>::new(), ttl), (0, 0));
    assert_eq!(allocated_by_hits(&SharedMemory::new(100), Ttl::Never), (0, 0));
    assert_eq!(allocated_by_hits(&SharedMemory::new(100), ttl), (0, 0));
    assert_eq!(allocated_by_hits(&SharedMemory::builder().capacity_bytes(10_000).build(), ttl), (0, 0));
}

/// Bytes that are held per entry by a store for `entries` entries, after twice as many were stored in it.
fn bytes_per_entry<C>(entries: u64, store: impl FnOnce() -> C, put: impl Fn(&C, u64)) -> f64 {
    let mut filled = None;
    let held = measure(|| {
        let store = store();
        (0..2 * entries).for_each(|n| put(&store, n));
        filled = Some(store);
    });
    #[allow(clippy::cast_precision_loss)] // millions
    let per_entry = held.bytes_current as f64 / entries as f64;
    per_entry
}

#[test]
fn law6_bounded_an_entry_takes_at_most_16_bytes_more_than_in_quick_cache() {
    // From just over a power of two to just below the next.
    for entries in [10_000, 90_000, 110_000, 130_000, 150_000, 170_000] {
        let capacity = usize::try_from(entries).unwrap();
        let ours = bytes_per_entry(
            entries,
            || MemoryCache::<u64, u64>::new(capacity),
            |cache, n| Cache::put(cache, &n, &n, Ttl::Default).unwrap(),
        );
        let bare = bytes_per_entry(
            entries,
            || quick_cache::sync::Cache::<u64, u64>::new(capacity),
            |cache, n| cache.insert(n, n),
        );
        println!("{entries}: {ours:.1}, {bare:.1}");
        assert!(bare > 40.0);
        assert!(ours <= bare + 16.0, "{ours} bytes per entry of {entries}, and {bare} in quick_cache");
    }
}

#[test]
fn the_counter_of_these_tests_counts() {
    assert!(measure(|| drop(std::hint::black_box(NAME.to_owned()))).bytes_total >= NAME.len() as u64);
}

#[test]
fn law8_free_a_miss_allocates_nothing() {
    let cache = MemoryCache::<Key, u64>::new(100);
    let miss = || assert_eq!(Cache::get(&cache, &Args((NAME, &8))).unwrap(), None);
    miss();
    assert_eq!(measure(miss).bytes_total, 0);
    let shared = SharedMemory::new(100);
    let miss = || assert_eq!(Cache::<_, u64>::get(&shared, &Args((NAME, &8))).unwrap(), None);
    miss();
    assert_eq!(measure(miss).bytes_total, 0);
}

#[test]
fn law6_bounded_a_capacity_in_bytes_is_about_what_the_allocator_gives() {
    const CAPACITY: i64 = 4_000_000;
    for size in [0, 100, 10_000] {
        let mut cache = None;
        let used = measure(|| {
            let filled = SharedMemory::builder().capacity_bytes(4_000_000).build();
            for n in 0..60_000_u64 {
                let key = Args((NAME, &n));
                if size == 10_000 && n > 2_000 {
                    break;
                }
                Cache::put(&filled, &key, &"x".repeat(size), Ttl::Default).unwrap();
            }
            cache = Some(filled);
        });
        assert!(used.bytes_current > CAPACITY * 5 / 10, "{} bytes with values of {size}", used.bytes_current);
        assert!(used.bytes_current < CAPACITY * 11 / 10, "{} bytes with values of {size}", used.bytes_current);
    }
}
