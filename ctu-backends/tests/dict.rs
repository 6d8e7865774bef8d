//! `DictCache` through its public API.

mod contract;

use std::hash::Hash;
use std::time::Duration;

use ctu_backends::DictCache;
use ctu_core::{Cache, Clock, ManualClock, Store, Ttl};

fn dict<K: Eq + Hash, V: Clone>(clock: Clock, ttl: Option<Duration>) -> DictCache<K, V> {
    let cache = DictCache::new().with_clock(clock);
    match ttl {
        Some(ttl) => cache.with_ttl(ttl),
        None => cache,
    }
}

contract::contract!(dict);

#[test]
fn what_does_not_expire_stays() {
    let cache = DictCache::<u64, u64>::default();
    (0..100_000).for_each(|n| Cache::put(&cache, &n, &(n + 1), Ttl::Default).unwrap());
    assert_eq!(Store::len(&cache).unwrap(), 100_000);
    assert!((0..100_000).all(|n| Cache::get(&cache, &n).unwrap() == Some(n + 1)));
}

#[test]
fn law6_bounded_a_churn_of_expiring_keys_is_bounded_by_their_rate() {
    let hand = ManualClock::new();
    let cache = dict::<u64, u64>(Clock::from(&hand), Some(Duration::from_millis(1)));
    let mut most = 0;
    for n in 0..1_000_000_u64 {
        Cache::put(&cache, &n, &n, Ttl::Default).unwrap();
        hand.advance(Duration::from_micros(1));
        if n % 1_000 == 0 {
            most = most.max(Store::len(&cache).unwrap());
        }
    }
    // 1,000 are live at a time.
    assert!(most < 2_500, "{most} entries held");
}
