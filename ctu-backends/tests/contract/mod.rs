//! What both stores in memory promise, as one suite: `contract!(make)`, where `make(clock, ttl)` builds the store.

use std::cell::Cell;
use std::future::Future;
use std::hash::{Hash, Hasher};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

pub(crate) const NANO: Duration = Duration::from_nanos(1);
pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// The output of a future that does not wait.
pub(crate) fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a store in memory never waits"),
    }
}

/// Random numbers that are the same in every run (splitmix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }
}

thread_local! {
    /// Whether `Touchy` panics, on this thread.
    pub(crate) static PANICS: Cell<bool> = const { Cell::new(false) };
}

/// A key, and a value, whose code panics where it can.
#[derive(Debug)]
pub(crate) struct Touchy(pub(crate) u32);

impl Touchy {
    fn panic_if_told(what: &str) {
        assert!(!PANICS.get(), "{what} panics");
    }
}

impl Clone for Touchy {
    fn clone(&self) -> Self {
        Self::panic_if_told("clone");
        Self(self.0)
    }
}

impl PartialEq for Touchy {
    fn eq(&self, other: &Self) -> bool {
        Self::panic_if_told("eq");
        self.0 == other.0
    }
}

impl Eq for Touchy {}

impl Hash for Touchy {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

/// A value that calls its cache when it is dropped, as one that owns a guard might.
#[derive(Clone)]
pub(crate) struct Reentrant {
    pub(crate) call: Arc<OnceLock<Weak<dyn Fn() + Send + Sync>>>,
    pub(crate) drops: Arc<AtomicUsize>,
}

impl Drop for Reentrant {
    fn drop(&mut self) {
        if let Some(call) = self.call.get().and_then(Weak::upgrade) {
            call();
        }
        self.drops.fetch_add(1, Ordering::Relaxed);
    }
}

macro_rules! contract {
    ($make:ident) => {
        use std::panic::{AssertUnwindSafe, catch_unwind};
        use std::sync::atomic::{AtomicUsize, Ordering};
        use std::sync::{Arc, OnceLock, mpsc};
        use std::time::Duration;

        use contract::{NANO, PANICS, Random, Reentrant, SECOND, Touchy, ready};
        use ctu_core::{Args, AsyncCache, AsyncStore, Cache, Clock, ManualClock, Store, Ttl};

        #[test]
        fn law1_exact_what_was_stored_comes_back_and_nothing_else() {
            let cache = $make::<String, Vec<u8>>(Clock::system(), None);
            Cache::put(&cache, "a", &vec![1, 2], Ttl::Default).unwrap();
            assert_eq!(Cache::get(&cache, "a").unwrap(), Some(vec![1, 2]));
            assert_eq!(Cache::get(&cache, "b").unwrap(), None);
            Cache::put(&cache, "a", &vec![3], Ttl::Default).unwrap();
            assert_eq!(Cache::get_many(&cache, &["b", "a"]).unwrap(), [None, Some(vec![3])]);
            assert_eq!(Store::len(&cache).unwrap(), 1);
        }

        #[test]
        fn law5_apart_arguments_are_looked_up_borrowed_and_not_mixed_up() {
            let cache = $make::<(String, String), u64>(Clock::system(), None);
            Cache::put(&cache, &Args(("ab", "c")), &1, Ttl::Default).unwrap();
            Cache::put(&cache, &Args(("a", "bc")), &2, Ttl::Default).unwrap();
            assert_eq!(Cache::get(&cache, &Args(("ab", "c"))).unwrap(), Some(1));
            assert_eq!(Cache::get(&cache, &("a".to_owned(), "bc".to_owned())).unwrap(), Some(2));
            assert_eq!(Cache::get(&cache, &Args(("", "abc"))).unwrap(), None);
        }

        #[test]
        fn an_entry_is_served_until_its_lifetime_is_over_to_the_nanosecond() {
            let hand = ManualClock::new();
            let cache = $make::<String, u64>(Clock::from(&hand), None);
            hand.advance(SECOND);
            Cache::put(&cache, "a", &1, Ttl::After(SECOND)).unwrap();
            hand.advance(SECOND - NANO);
            assert_eq!(Cache::get(&cache, "a").unwrap(), Some(1));
            assert_eq!(Cache::get_entry(&cache, "a").unwrap().unwrap().ttl, Some(NANO));
            assert!(Cache::contains(&cache, "a").unwrap());
            for _ in 0..2 {
                hand.advance(NANO);
                assert_eq!(Cache::get(&cache, "a").unwrap(), None);
                assert_eq!(Cache::get_entry(&cache, "a").unwrap(), None);
                assert_eq!(Cache::get_many(&cache, &["a"]).unwrap(), [None]);
                assert!(!Cache::contains(&cache, "a").unwrap());
            }
            assert!(!Cache::remove(&cache, "a").unwrap(), "an expired entry is not there");
            assert_eq!(Store::len(&cache).unwrap(), 0, "and is dropped when it is removed");
        }

        #[test]
        fn the_lifetime_of_an_entry_comes_before_that_of_the_cache() {
            let hand = ManualClock::new();
            let cache = $make::<String, u64>(Clock::from(&hand), Some(SECOND));
            Cache::put(&cache, "default", &1, Ttl::Default).unwrap();
            Cache::put(&cache, "longer", &2, Ttl::After(SECOND * 2)).unwrap();
            Cache::put(&cache, "never", &3, Ttl::Never).unwrap();
            let ttl = |key: &str| Cache::get_entry(&cache, key).unwrap().map(|entry| entry.ttl);
            assert_eq!(
                (ttl("default"), ttl("longer"), ttl("never")),
                (Some(Some(SECOND)), Some(Some(SECOND * 2)), Some(None))
            );
            hand.advance(SECOND);
            assert_eq!((ttl("default"), ttl("longer"), ttl("never")), (None, Some(Some(SECOND)), Some(None)));
            hand.advance(SECOND * 1_000_000_000);
            assert_eq!((ttl("longer"), ttl("never")), (None, Some(None)));
        }

        #[test]
        fn storing_again_renews_the_lifetime() {
            let hand = ManualClock::new();
            let cache = $make::<u64, u64>(Clock::from(&hand), None);
            Cache::put(&cache, &1, &1, Ttl::After(SECOND)).unwrap();
            hand.advance(SECOND);
            Cache::put(&cache, &1, &2, Ttl::After(SECOND)).unwrap();
            assert_eq!(Cache::get_entry(&cache, &1).unwrap().map(|e| (e.value, e.ttl)), Some((2, Some(SECOND))));
            Cache::put(&cache, &1, &3, Ttl::Never).unwrap();
            hand.advance(SECOND);
            assert_eq!(Cache::get(&cache, &1).unwrap(), Some(3));
            Cache::put(&cache, &1, &4, Ttl::After(Duration::MAX)).unwrap();
            assert_eq!(Cache::get(&cache, &1).unwrap(), Some(4));
        }

        #[test]
        fn a_lifetime_of_zero_stores_nothing_and_drops_the_older_value() {
            let cache = $make::<u64, u64>(Clock::system(), None);
            Cache::put(&cache, &1, &1, Ttl::Default).unwrap();
            Cache::put(&cache, &1, &2, Ttl::After(Duration::ZERO)).unwrap();
            assert_eq!((Cache::get(&cache, &1).unwrap(), Store::len(&cache).unwrap()), (None, 0));
        }

        #[test]
        fn law4_gone_is_gone_after_remove_and_clear() {
            let cache = $make::<u64, u64>(Clock::system(), None);
            let entries: Vec<(u64, u64)> = (0..100).map(|n| (n, n)).collect();
            let entries: Vec<(&u64, &u64)> = entries.iter().map(|(key, value)| (key, value)).collect();
            Cache::put_many(&cache, &entries, Ttl::Default).unwrap();
            assert!(Cache::remove(&cache, &7).unwrap());
            assert!(!Cache::remove(&cache, &7).unwrap());
            assert_eq!(Cache::get(&cache, &7).unwrap(), None);
            assert_eq!((Store::len(&cache).unwrap(), Store::is_empty(&cache).unwrap()), (99, false));
            Store::clear(&cache).unwrap();
            assert_eq!((Store::len(&cache).unwrap(), Store::is_empty(&cache).unwrap()), (0, true));
            assert!((0..100).all(|n| Cache::get(&cache, &n).unwrap().is_none()));
            Cache::put(&cache, &7, &8, Ttl::Default).unwrap();
            assert_eq!(Cache::get(&cache, &7).unwrap(), Some(8));
        }

        #[test]
        fn sweep_drops_the_expired_entries_and_no_other() {
            let hand = ManualClock::new();
            let cache = $make::<u64, u64>(Clock::from(&hand), None);
            for n in 0..1_000 {
                let ttl = if n % 2 == 0 { Ttl::After(SECOND * (1 + u32::from(n % 4 == 0))) } else { Ttl::Never };
                Cache::put(&cache, &n, &n, ttl).unwrap();
            }
            assert_eq!(cache.sweep(), 0);
            hand.advance(SECOND - NANO);
            assert_eq!(cache.sweep(), 0);
            hand.advance(NANO);
            assert_eq!((cache.sweep(), Store::len(&cache).unwrap()), (250, 750));
            hand.advance(SECOND);
            assert_eq!((cache.sweep(), Store::len(&cache).unwrap()), (250, 500));
            assert!((0..1_000).all(|n| Cache::contains(&cache, &n).unwrap() == (n % 2 == 1)));
        }

        #[test]
        fn law6_bounded_insertions_sweep_expired_entries_out() {
            let hand = ManualClock::new();
            let cache = $make::<u64, u64>(Clock::from(&hand), Some(SECOND));
            (0..10_000).for_each(|n| Cache::put(&cache, &n, &n, Ttl::Default).unwrap());
            hand.advance(SECOND);
            let held = Store::len(&cache).unwrap();
            assert!(held > 9_000);
            // Less than half as many insertions as there are expired entries.
            (10_000..14_500).for_each(|n| Cache::put(&cache, &n, &n, Ttl::Never).unwrap());
            assert!(Store::len(&cache).unwrap() <= 4_500, "{} of {held}", Store::len(&cache).unwrap());
        }

        #[test]
        fn stats_are_exact_and_start_again_after_a_reset() {
            let cache = $make::<u64, u64>(Clock::system(), None);
            Cache::put(&cache, &1, &1, Ttl::Default).unwrap();
            Cache::put(&cache, &2, &2, Ttl::After(Duration::ZERO)).unwrap();
            let _ = (Cache::get(&cache, &1), Cache::get(&cache, &2), Cache::get_entry(&cache, &1));
            let _ = (Cache::contains(&cache, &1), Cache::get_many(&cache, &[&1, &2]));
            let _ = (Cache::remove(&cache, &3), Cache::remove(&cache, &4));
            let stats = Store::stats(&cache).unwrap();
            assert_eq!((stats.reads, stats.hits, stats.writes), (5, 3, 1));
            assert_eq!((stats.dels, stats.tests, stats.errors, stats.entries), (2, 1, 0, Some(1)));
            cache.reset_stats();
            let stats = Store::stats(&cache).unwrap();
            assert_eq!((stats.reads, stats.writes, stats.dels, stats.entries), (0, 0, 0, Some(1)));
        }

        #[test]
        fn law7_silent_debug_shows_figures_only() {
            let cache = $make::<String, String>(Clock::system(), None);
            Cache::put(&cache, "key secret", &"value secret".to_owned(), Ttl::Default).unwrap();
            let text = format!("{cache:?}");
            assert!(text.contains("entries: 1"), "{text}");
            assert!(!text.contains("secret"), "{text}");
        }

        #[test]
        fn the_async_store_is_the_same_store() {
            let cache = $make::<String, u64>(Clock::system(), None);
            ready(AsyncCache::put(&cache, "a", &1, Ttl::After(SECOND * 600))).unwrap();
            ready(AsyncCache::put_many(&cache, &[("b", &2), ("c", &3)], Ttl::Default)).unwrap();
            assert_eq!(Cache::get(&cache, "a").unwrap(), Some(1));
            assert_eq!(ready(AsyncCache::get(&cache, "b")).unwrap(), Some(2));
            assert_eq!(ready(AsyncCache::get_many(&cache, &["c", "d"])).unwrap(), [Some(3), None]);
            assert!(ready(AsyncCache::get_entry(&cache, "a")).unwrap().unwrap().ttl.is_some());
            assert!(ready(AsyncCache::contains(&cache, "a")).unwrap());
            assert!(ready(AsyncCache::remove(&cache, "a")).unwrap());
            assert!(!ready(AsyncCache::contains(&cache, "a")).unwrap());
            assert_eq!(ready(AsyncStore::len(&cache)).unwrap(), 2);
            ready(AsyncStore::clear(&cache)).unwrap();
            assert!(ready(AsyncStore::is_empty(&cache)).unwrap());
            assert_eq!(ready(AsyncStore::stats(&cache)).unwrap().reads, 5);
        }

        #[test]
        fn law2_harmless_a_panic_of_a_key_or_value_leaves_the_cache_working() {
            let cache = $make::<Touchy, Touchy>(Clock::system(), None);
            Cache::put(&cache, &Touchy(1), &Touchy(10), Ttl::Default).unwrap();
            let panics = |operation: &dyn Fn()| {
                PANICS.set(true);
                let result = catch_unwind(AssertUnwindSafe(operation));
                PANICS.set(false);
                assert!(result.is_err());
            };
            panics(&|| drop(Cache::get(&cache, &Touchy(1))));
            panics(&|| drop(Cache::remove(&cache, &Touchy(1))));
            panics(&|| drop(Cache::put(&cache, &Touchy(1), &Touchy(11), Ttl::Default)));
            assert_eq!(Cache::get(&cache, &Touchy(1)).unwrap(), Some(Touchy(10)));
            assert!(Cache::remove(&cache, &Touchy(1)).unwrap());
            assert!(Store::is_empty(&cache).unwrap());
        }

        /// Equal to any other, and panics when compared.
        #[derive(Clone)]
        struct Incomparable;

        impl PartialEq for Incomparable {
            fn eq(&self, _: &Self) -> bool {
                panic!("eq panics")
            }
        }

        impl Eq for Incomparable {}

        impl std::hash::Hash for Incomparable {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                0_u8.hash(state);
            }
        }

        #[test]
        fn law2_harmless_a_panic_under_the_exclusive_lock_reaches_its_caller_only() {
            let cache = $make::<Incomparable, u64>(Clock::system(), None);
            Cache::put(&cache, &Incomparable, &1, Ttl::Default).unwrap();
            assert!(catch_unwind(AssertUnwindSafe(|| Cache::put(&cache, &Incomparable, &2, Ttl::Default))).is_err());
            assert!(catch_unwind(AssertUnwindSafe(|| Cache::remove(&cache, &Incomparable))).is_err());
            assert!(Store::len(&cache).unwrap() >= 1);
            Store::clear(&cache).unwrap();
            Cache::put(&cache, &Incomparable, &3, Ttl::Default).unwrap();
            assert_eq!(Store::len(&cache).unwrap(), 1);
        }

        #[test]
        fn values_are_dropped_outside_of_the_lock() {
            let hand = ManualClock::new();
            let (weak, drops) = (Arc::new(OnceLock::new()), Arc::new(AtomicUsize::new(0)));
            let value = Reentrant { call: Arc::clone(&weak), drops: Arc::clone(&drops) };
            let cache = Arc::new($make::<u64, Reentrant>(Clock::from(&hand), None));
            let user = Arc::downgrade(&cache);
            let call: Arc<dyn Fn() + Send + Sync> = Arc::new(move || {
                if let Some(cache) = user.upgrade() {
                    Cache::remove(&*cache, &u64::MAX).unwrap();
                }
            });
            weak.set(Arc::downgrade(&call)).ok().unwrap();
            let (send, receive) = mpsc::channel();
            std::thread::spawn(move || {
                (0..10).for_each(|n| Cache::put(&*cache, &n, &value, Ttl::After(SECOND)).unwrap());
                (0..10).for_each(|n| Cache::put(&*cache, &n, &value, Ttl::After(SECOND)).unwrap());
                assert!(Cache::remove(&*cache, &0).unwrap());
                hand.advance(SECOND);
                assert_eq!(cache.sweep(), 9);
                (0..10).for_each(|n| Cache::put(&*cache, &n, &value, Ttl::Default).unwrap());
                Store::clear(&*cache).unwrap();
                send.send(drops.load(Ordering::Relaxed)).unwrap();
                drop(call);
            });
            let drops = receive.recv_timeout(SECOND * 60).expect("no deadlock");
            assert_eq!(drops, 30);
        }

        /// A value whose clone waits for another one to be cloned.
        struct Meeting(Arc<std::sync::Mutex<usize>>, Arc<std::sync::Condvar>);

        impl Clone for Meeting {
            fn clone(&self) -> Self {
                let mut met = self.0.lock().unwrap();
                *met += 1;
                self.1.notify_all();
                // 1 is the clone that is stored.
                while *met == 2 {
                    let (again, timeout) = self.1.wait_timeout(met, SECOND * 60).unwrap();
                    assert!(!timeout.timed_out(), "the other hit waits for a lock");
                    met = again;
                }
                drop(met);
                Self(Arc::clone(&self.0), Arc::clone(&self.1))
            }
        }

        #[test]
        fn law8_free_hits_share_the_lock() {
            let cache = $make::<u64, Meeting>(Clock::system(), None);
            Cache::put(&cache, &1, &Meeting(Arc::default(), Arc::default()), Ttl::Default).unwrap();
            std::thread::scope(|scope| {
                let hits = [(); 2].map(|()| scope.spawn(|| Cache::get(&cache, &1).unwrap().is_some()));
                assert!(hits.into_iter().all(|hit| hit.join().unwrap()));
            });
        }

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
    };
}

pub(crate) use contract;
