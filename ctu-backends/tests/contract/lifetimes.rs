//! How long entries are served.

macro_rules! lifetimes {
    ($make:ident) => {
        mod lifetimes {
            use super::*;
            use contract::support::{NANO, SECOND};
            use ctu_core::{Cache, Clock, ManualClock, Store, Ttl};
            use std::time::Duration;

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
        }
    };
}

pub(crate) use lifetimes;
