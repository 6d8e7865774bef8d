//! `SharedMemory` through its public API.

mod contract;
mod typed;

use std::hash::Hash;
use std::time::Duration;

use ctu_backends::SharedMemory;
use ctu_core::{Args, Cache, CacheKey, Clock, ErrorKind, Store, Ttl};

use contract::support::{Random, SECOND};

use typed::View;

/// With room for all the entries of the suite.
fn shared<K, V>(clock: Clock, ttl: Option<Duration>) -> View<K, V> {
    let builder = SharedMemory::builder().capacity(15_000).clock(clock);
    View::new(match ttl {
        Some(ttl) => builder.ttl(ttl).build(),
        None => builder.build(),
    })
}

contract::contract!(shared);

fn get<Q, V>(cache: &SharedMemory, key: &Q) -> Option<V>
where
    Q: ?Sized + CacheKey<Owned: Send + Sync + 'static>,
    V: Clone + Send + Sync + 'static,
{
    Cache::get(cache, key).unwrap()
}

#[test]
fn law5_apart_equal_keys_of_different_types_never_meet() {
    #[derive(Clone, PartialEq, Eq)]
    struct Name(String);

    /// As the text in it.
    impl Hash for Name {
        fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
            self.0.hash(state);
        }
    }

    let cache = SharedMemory::new(100);
    Cache::put(&cache, "a", &1_u64, Ttl::Default).unwrap();
    Cache::put(&cache, &Name("a".to_owned()), &2_u64, Ttl::Default).unwrap();
    Cache::put(&cache, &Args(("a",)), &3_u64, Ttl::Default).unwrap();
    Cache::put(&cache, &7_u32, &4_u64, Ttl::Default).unwrap();
    Cache::put(&cache, &7_i32, &5_u64, Ttl::Default).unwrap();
    Cache::put(&cache, &(7_u32,), &6_u64, Ttl::Default).unwrap();
    assert_eq!(Store::len(&cache).unwrap(), 6);
    assert_eq!(get(&cache, "a"), Some(1_u64));
    assert_eq!(get(&cache, &"a".to_owned()), Some(1_u64), "text is one key, borrowed or not");
    assert_eq!(get(&cache, &Name("a".to_owned())), Some(2_u64));
    assert_eq!(get(&cache, &Args(("a",))), Some(3_u64));
    assert_eq!((get(&cache, &7_u32), get(&cache, &7_i32)), (Some(4_u64), Some(5_u64)));
    assert_eq!(get(&cache, &Args((&7_u32,))), Some(6_u64));
    assert!(Cache::<u32, u64>::remove(&cache, &7).unwrap());
    assert_eq!((get::<_, u64>(&cache, &7_u32), get(&cache, &7_i32)), (None, Some(5_u64)));
}

#[test]
fn law5_apart_values_of_different_types_under_one_key_never_meet() {
    let cache = SharedMemory::new(100);
    Cache::put(&cache, "a", &1_u64, Ttl::Default).unwrap();
    assert_eq!((get::<_, i64>(&cache, "a"), get::<_, [u8; 8]>(&cache, "a")), (None, None));
    assert!(!Cache::<str, i64>::contains(&cache, "a").unwrap());
    assert!(!Cache::<str, i64>::remove(&cache, "a").unwrap());
    Cache::put(&cache, "a", &2_i64, Ttl::After(SECOND)).unwrap();
    Cache::put(&cache, "a", &Some(3_u64), Ttl::Default).unwrap();
    assert_eq!((get(&cache, "a"), get(&cache, "a"), get(&cache, "a")), (Some(1_u64), Some(2_i64), Some(Some(3_u64))));
    Cache::put(&cache, "a", &4_u64, Ttl::Default).unwrap();
    assert_eq!((get(&cache, "a"), get(&cache, "a"), Store::len(&cache).unwrap()), (Some(4_u64), Some(2_i64), 3));
}

#[test]
fn law6_bounded_one_capacity_for_all_types_together() {
    for capacity in [0, 1, 100, 1_000] {
        let cache = SharedMemory::new(capacity);
        for n in 0..5_000_u64 {
            Cache::put(&cache, &n, &n, Ttl::Default).unwrap();
            Cache::put(&cache, &n, &n.to_string(), Ttl::Default).unwrap();
            Cache::put(&cache, &n.to_string(), &n, Ttl::Default).unwrap();
            Cache::put(&cache, &Args((&n, "b")), &vec![n], Ttl::Default).unwrap();
            assert!(Store::len(&cache).unwrap() <= capacity);
        }
        assert!(Store::len(&cache).unwrap() >= capacity * 9 / 10);
        assert_eq!(cache.weight(), Store::len(&cache).unwrap() as u64);
    }
}

#[test]
fn law1_exact_functions_of_different_types_share_a_small_store_from_many_threads() {
    let cache = SharedMemory::new(300);
    std::thread::scope(|scope| {
        for seed in 0..4 {
            let cache = &cache;
            scope.spawn(move || {
                let mut random = Random(seed);
                for _ in 0..20_000 {
                    let n = random.below(200);
                    match random.below(6) {
                        0 => Cache::put(cache, &n, &(n * 2), Ttl::Default).unwrap(),
                        1 => assert!(get(cache, &n).is_none_or(|found: u64| found == n * 2)),
                        2 => Cache::put(cache, &n, &n.to_string(), Ttl::Default).unwrap(),
                        3 => assert!(get(cache, &n).is_none_or(|found: String| found == n.to_string())),
                        4 => Cache::put(cache, n.to_string().as_str(), &n, Ttl::Default).unwrap(),
                        _ => assert!(get(cache, n.to_string().as_str()).is_none_or(|found: u64| found == n)),
                    }
                }
            });
        }
    });
    assert!(Store::len(&cache).unwrap() <= 300);
    assert!(Store::stats(&cache).unwrap().hits > 1_000);
}

#[test]
fn law6_bounded_a_capacity_in_bytes_is_one_for_all_types() {
    const CAPACITY: usize = 200_000;
    let cache = SharedMemory::builder().capacity_bytes(CAPACITY).weigh(|list: &Vec<u64>| list.capacity() * 8).build();
    for n in 0..2_000_u64 {
        let size = usize::try_from(n % 500).unwrap();
        Cache::put(&cache, &n, &"x".repeat(size), Ttl::Default).unwrap();
        Cache::put(&cache, &n, &vec![n; size], Ttl::Default).unwrap();
        Cache::put(&cache, &*"k".repeat(size), &n, Ttl::Default).unwrap();
        assert!(cache.weight() <= CAPACITY as u64);
    }
    assert!(cache.weight() > CAPACITY as u64 / 2);
}

#[test]
fn keys_and_values_are_weighed_by_what_they_own() {
    let weight = |put: &dyn Fn(&SharedMemory)| {
        let cache = SharedMemory::builder().capacity_bytes(1_000_000).build();
        put(&cache);
        cache.weight()
    };
    let text = |key: usize, value: usize| {
        weight(&|cache| Cache::put(cache, &*"k".repeat(key), &"v".repeat(value), Ttl::Default).unwrap())
    };
    assert_eq!(text(10, 1_000) - text(10, 0), 1_000);
    assert_eq!(text(1_000, 10) - text(0, 10), 1_000);
    assert!(text(0, 0) < 200);
    assert!(weight(&|cache| Cache::put(cache, &1_u64, &[0_u64; 100], Ttl::Default).unwrap()) > 800);
}

#[test]
fn law6_bounded_a_value_that_can_not_be_weighed_is_refused_with_the_cure() {
    let cache = SharedMemory::builder().capacity_bytes(1_000_000).build();
    let error = Cache::put(&cache, "key", &vec![1_u64], Ttl::Default).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains(".weigh(|value: &alloc::vec::Vec<u64>| ..)"), "no cure: {error}");
    Cache::put(&cache, "key", &"static", Ttl::Default).unwrap();
    let heavy = Cache::put(&cache, "key", &"x".repeat(1_000_000), Ttl::Default).unwrap_err();
    assert_eq!(heavy.kind(), ErrorKind::Limit);
    let stats = Store::stats(&cache).unwrap();
    assert_eq!((stats.writes, stats.errors, stats.entries), (1, 2, Some(1)));
}
