//! Many threads at random, by a model where one is exact.

macro_rules! threads {
    ($make:ident) => {
        mod threads {
            use super::*;
            use contract::support::{Random, SECOND};
            use ctu_core::{Cache, Clock, ManualClock, Store, Ttl};
            use std::time::Duration;

            #[test]
            fn law1_exact_under_random_operations_of_many_threads() {
                const KEYS: u64 = 2_000;
                let value = |key: u64| format!("{key}:{}", key * 31);
                let hand = ManualClock::new();
                let cache = $make::<u64, String>(Clock::from(&hand), None);
                std::thread::scope(|scope| {
                    for seed in 0..4 {
                        let (cache, hand) = (&cache, hand.clone());
                        scope.spawn(move || {
                            let mut random = Random(seed);
                            for _ in 0..20_000 {
                                let key = random.below(KEYS);
                                match random.below(100) {
                                    0..=39 => {
                                        let found = Cache::get(cache, &key).unwrap();
                                        assert!(found.is_none_or(|found| found == value(key)));
                                    }
                                    40..=69 => {
                                        let ttl = [Ttl::Never, Ttl::After(SECOND), Ttl::After(SECOND * 5)];
                                        let ttl = ttl[usize::try_from(random.below(3)).unwrap()];
                                        Cache::put(cache, &key, &value(key), ttl).unwrap();
                                    }
                                    70..=89 => drop(Cache::remove(cache, &key).unwrap()),
                                    90..=97 => {
                                        let entry = Cache::get_entry(cache, &key).unwrap();
                                        let live = |ttl: Duration| !ttl.is_zero() && ttl <= SECOND * 5;
                                        assert!(entry.is_none_or(|e| e.value == value(key) && e.ttl.is_none_or(live)));
                                    }
                                    98 => hand.advance(SECOND / 20),
                                    _ if random.below(100) == 0 => Store::clear(cache).unwrap(),
                                    _ => drop(cache.sweep()),
                                }
                            }
                        });
                    }
                });
                assert!(Store::len(&cache).unwrap() <= usize::try_from(KEYS).unwrap());
            }

            /// One thread at a time owns each key here, so what it finds is known exactly.
            #[test]
            fn law4_gone_is_gone_between_threads_that_own_their_keys() {
                let cache = $make::<u64, u64>(Clock::system(), None);
                std::thread::scope(|scope| {
                    for thread in 0..4_u64 {
                        let cache = &cache;
                        scope.spawn(move || {
                            let mut model = std::collections::HashMap::new();
                            let mut random = Random(thread);
                            for step in 0..20_000 {
                                let key = random.below(100) * 4 + thread;
                                match random.below(3) {
                                    0 => {
                                        Cache::put(cache, &key, &step, Ttl::Default).unwrap();
                                        model.insert(key, step);
                                    }
                                    1 => assert_eq!(Cache::remove(cache, &key).unwrap(), model.remove(&key).is_some()),
                                    _ => assert_eq!(Cache::get(cache, &key).unwrap(), model.get(&key).copied()),
                                }
                            }
                        });
                    }
                });
            }
        }
    };
}

pub(crate) use threads;
