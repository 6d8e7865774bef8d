//! What is stored, found, removed and counted.

macro_rules! values {
    ($make:ident) => {
        mod values {
            use super::*;
            use contract::support::{SECOND, ready};
            use ctu_core::{Args, AsyncCache, AsyncStore, Cache, Clock, Store, Ttl};
            use std::time::Duration;

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
        }
    };
}

pub(crate) use values;
