//! Keys and values with code of their own, which panics, calls the cache, or waits.

macro_rules! foreign {
    ($make:ident) => {
        mod foreign {
            use super::*;
            use contract::support::{PANICS, Reentrant, SECOND, Touchy};
            use ctu_core::{Cache, Clock, ManualClock, Store, Ttl};
            use std::panic::{AssertUnwindSafe, catch_unwind};
            use std::sync::atomic::{AtomicUsize, Ordering};
            use std::sync::{Arc, OnceLock, mpsc};

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
                assert!(
                    catch_unwind(AssertUnwindSafe(|| Cache::put(&cache, &Incomparable, &2, Ttl::Default))).is_err()
                );
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
        }
    };
}

pub(crate) use foreign;
