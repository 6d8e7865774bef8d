mod lifetimes;
mod races;

use std::time::Duration;

use crate::test_store::{TestStore, now};
use crate::{AsyncCache, Cache, ErrorKind, ManualClock, Result, StackExt, Store, Ttl, TwoLevelCache};

const SECOND: Duration = Duration::from_secs(1);

type Levels = TwoLevelCache<TestStore, TestStore>;

fn levels() -> Levels {
    TestStore::new().two_level(TestStore::new())
}

fn get<C: Cache<str, u32>>(cache: &C, key: &str) -> Option<u32> {
    Cache::get(cache, key).unwrap()
}

fn put<C: Cache<str, u32>>(cache: &C, key: &str, value: u32) -> Result<()> {
    Cache::put(cache, key, &value, Ttl::Default)
}

#[test]
fn a_value_is_copied_for_what_is_left_of_its_lifetime() {
    let hand = ManualClock::new();
    let cache = TestStore::timed(&hand, None).two_level(TestStore::timed(&hand, None));
    Cache::put(cache.second(), "k", &1, (10 * SECOND).into()).unwrap();
    hand.advance(4 * SECOND);
    assert_eq!(Cache::get_entry(&cache, "k").unwrap().unwrap().ttl, Some(6 * SECOND));
    let copy = Cache::get_entry(cache.inner(), "k").unwrap().unwrap();
    assert_eq!((copy.value, copy.ttl), (1, Some(6 * SECOND)));
    hand.advance(6 * SECOND);
    assert_eq!(get(&cache, "k"), None);
}

#[test]
fn a_value_about_to_expire_is_served_but_not_copied() {
    /// A store that counts lifetimes in whole seconds has entries with nothing left.
    struct Rounding(TestStore);
    impl Cache<str, u32> for Rounding {
        fn get(&self, key: &str) -> Result<Option<u32>> {
            Cache::get(&self.0, key)
        }
        fn get_entry(&self, key: &str) -> Result<Option<crate::Entry<u32>>> {
            Ok(Cache::get_entry(&self.0, key)?.map(|entry| crate::Entry { ttl: Some(Duration::ZERO), ..entry }))
        }
        fn put(&self, key: &str, value: &u32, ttl: Ttl) -> Result<()> {
            Cache::put(&self.0, key, value, ttl)
        }
        fn remove(&self, key: &str) -> Result<bool> {
            Cache::remove(&self.0, key)
        }
        fn contains(&self, key: &str) -> Result<bool> {
            Cache::contains(&self.0, key)
        }
    }
    let cache = TestStore::new().two_level(Rounding(TestStore::new()));
    put(cache.second(), "k", 1).unwrap();
    assert_eq!(get(&cache, "k"), Some(1));
    assert_eq!(get(cache.inner(), "k"), None);
}

#[test]
fn the_first_level_serves_no_longer_than_it_may() {
    let hand = ManualClock::new();
    let first = TestStore::timed(&hand, Some(3 * SECOND));
    let cache = first.two_level(TestStore::timed(&hand, None)).first_ttl(5 * SECOND);
    let left = |key| Cache::get_entry(cache.inner(), key).unwrap().unwrap().ttl;
    for (key, ttl, expected) in
        [("a", Ttl::Never, 5), ("b", (9 * SECOND).into(), 5), ("c", (2 * SECOND).into(), 2), ("d", Ttl::Default, 3)]
    {
        Cache::put(&cache, key, &1, ttl).unwrap();
        assert_eq!(left(key), Some(expected * SECOND), "written: {ttl:?}");
    }
    Cache::put(cache.second(), "e", &1, (9 * SECOND).into()).unwrap();
    get(&cache, "e");
    assert_eq!(left("e"), Some(5 * SECOND), "copied");
}

#[test]
fn a_copy_of_what_never_expires_has_the_first_levels_own_lifetime() {
    let hand = ManualClock::new();
    let cache = TestStore::timed(&hand, Some(3 * SECOND)).two_level(TestStore::timed(&hand, None));
    put(cache.second(), "k", 1).unwrap();
    get(&cache, "k");
    assert_eq!(Cache::get_entry(cache.inner(), "k").unwrap().unwrap().ttl, Some(3 * SECOND));
}

#[test]
fn what_the_first_level_has_is_not_asked_of_the_second() {
    let cache = levels();
    put(&cache, "k", 1).unwrap();
    cache.second().asked();
    assert_eq!(get(&cache, "k"), Some(1));
    assert!(Cache::contains(&cache, "k").unwrap());
    assert_eq!(Cache::get_many(&cache, &["k", "k"]).unwrap(), [Some(1), Some(1)]);
    assert!(cache.second().asked().is_empty());
}

#[test]
fn a_batch_asks_the_second_level_once_and_only_for_what_is_missing() {
    let cache = levels();
    put(cache.inner(), "a", 1).unwrap();
    Cache::put_many(cache.second(), &[("b", &2), ("c", &3)], Ttl::Default).unwrap();
    cache.second().asked();
    assert_eq!(Cache::get_many(&cache, &["b", "a", "none", "c"]).unwrap(), [Some(2), Some(1), None, Some(3)]);
    assert_eq!(cache.second().asked(), ["get_many"]);
    assert_eq!(get(cache.inner(), "b"), None, "of unknown lifetime: not copied");

    assert_eq!(Cache::get_many(&cache, &["a", "b"]).unwrap(), [Some(1), Some(2)]);
    assert_eq!(cache.second().asked(), ["get_entry"], "a single one is looked up with its lifetime");
    assert_eq!(get(cache.inner(), "b"), Some(2));
}

#[test]
fn what_a_batch_found_is_copied_for_as_long_as_allowed() {
    let hand = ManualClock::new();
    let first = TestStore::timed(&hand, None);
    let cache = first.two_level(TestStore::timed(&hand, None)).promote_batches_for(SECOND);
    Cache::put_many(cache.second(), &[("a", &1), ("b", &2)], Ttl::Default).unwrap();
    Cache::get_many(&cache, &["a", "b", "none"]).unwrap();
    assert_eq!(Cache::get_entry(cache.inner(), "b").unwrap().unwrap().ttl, Some(SECOND));
    assert_eq!(get(cache.inner(), "none"), None);
}

#[test]
fn law1_exact_a_write_that_fails_below_leaves_no_older_value_in_front() {
    let cache = levels();
    put(&cache, "k", 1).unwrap();
    cache.second().fail(true);
    assert_eq!(put(&cache, "k", 2).unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(get(cache.inner(), "k"), None);
    put(cache.inner(), "k", 1).unwrap();
    Cache::put_many(&cache, &[("k", &2)], Ttl::Default).unwrap_err();
    assert_eq!(get(cache.inner(), "k"), None);
}

#[test]
fn a_value_that_only_the_first_level_refuses_is_served_by_the_second() {
    /// Refuses large values.
    #[derive(Debug)]
    struct Small;
    impl crate::Layer for Small {}
    impl crate::Map<str, u32> for Small {
        type Key = str;
        type Stored = u32;
        fn key<'k>(&self, key: &'k str) -> Result<std::borrow::Cow<'k, str>> {
            Ok(key.into())
        }
        fn encode<'v>(&self, _: &str, value: &'v u32, _: Ttl) -> Result<std::borrow::Cow<'v, u32>> {
            if *value < 10 {
                return Ok(std::borrow::Cow::Borrowed(value));
            }
            Err(crate::Error::new(ErrorKind::Limit, "too large"))
        }
        fn decode(&self, _: &str, stored: u32) -> Result<u32, crate::Reject> {
            Ok(stored)
        }
    }
    let cache = crate::Mapped::new(Small, TestStore::new()).two_level(TestStore::new());
    put(&cache, "k", 1).unwrap();
    put(&cache, "k", 100).unwrap();
    assert_eq!(get(&cache, "k"), Some(100), "not the older one of the first level");
    Cache::put_many(&cache, &[("k", &200), ("l", &2)], Ttl::Default).unwrap();
    assert_eq!(Cache::get_many(&cache, &["k", "l"]).unwrap(), [Some(200), Some(2)]);

    let resilient = crate::Mapped::new(Small, TestStore::new()).two_level(TestStore::new()).resilient(true);
    resilient.second().fail(true);
    assert_eq!(put(&resilient, "k", 100).unwrap_err().kind(), ErrorKind::Limit, "stored nowhere");
}

#[test]
fn law2_harmless_a_resilient_cache_works_on_without_its_second_level() {
    let cache = levels().resilient(true);
    put(cache.second(), "far", 7).unwrap();
    cache.second().fail(true);
    put(&cache, "k", 1).unwrap();
    Cache::put_many(&cache, &[("l", &2)], Ttl::Default).unwrap();
    assert_eq!(get(&cache, "k"), Some(1));
    assert_eq!(Cache::get_many(&cache, &["k", "far", "none"]).unwrap(), [Some(1), None, None]);
    assert_eq!(get(&cache, "far"), None);
    assert!(!Cache::contains(&cache, "far").unwrap());
    assert!(Cache::remove(&cache, "k").unwrap());
    assert_eq!(Store::len(&cache).unwrap(), 1);
    Store::clear(&cache).unwrap();
    assert!(Store::is_empty(&cache).unwrap());
    let stats = Store::stats(&cache).unwrap();
    assert!(stats.errors >= 5, "ignored, but counted: {stats:?}");
    assert_eq!(stats.levels.len(), 1);
}

#[test]
fn errors_of_the_second_level_are_returned_unless_the_cache_is_resilient() {
    let cache = levels();
    cache.second().fail(true);
    let failed = |result: Result<()>| assert_eq!(result.unwrap_err().kind(), ErrorKind::Unavailable);
    failed(Cache::get(&cache, "k").map(|_| ()));
    failed(Cache::get_entry(&cache, "k").map(|_| ()));
    failed(Cache::get_many(&cache, &["k", "l"]).map(|_| ()));
    failed(Cache::contains(&cache, "k").map(|_| ()));
    failed(Store::clear(&cache));
    failed(Store::len(&cache).map(|_| ()));
}

#[test]
fn law4_gone_is_gone_a_removal_reaches_both_levels_even_if_one_fails() {
    for failing in [true, false] {
        let cache = levels();
        put(&cache, "k", 1).unwrap();
        let (bad, good) = if failing { (cache.second(), cache.inner()) } else { (cache.inner(), cache.second()) };
        bad.fail(true);
        assert_eq!(Cache::remove(&cache, "k").unwrap_err().kind(), ErrorKind::Unavailable);
        assert_eq!(get(good, "k"), None);
    }
}

#[test]
fn a_removal_tells_whether_either_level_had_it() {
    let cache = levels();
    put(cache.inner(), "near", 1).unwrap();
    put(cache.second(), "far", 1).unwrap();
    assert!(Cache::remove(&cache, "near").unwrap());
    assert!(Cache::remove(&cache, "far").unwrap());
    assert!(!Cache::remove(&cache, "none").unwrap());
}

#[test]
fn clear_empties_both_levels_or_none() {
    let cache = levels();
    put(&cache, "k", 1).unwrap();
    Store::clear(&cache).unwrap();
    assert_eq!(get(&cache, "k"), None);

    let shared = TestStore::new().two_level(TestStore::new().prefixed("p."));
    put(&shared, "k", 1).unwrap();
    assert_eq!(Store::clear(&shared).unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(get(shared.inner(), "k"), Some(1));
}

#[test]
fn the_hit_rate_is_that_of_both_levels_together() {
    let cache = TestStore::new().with_stats().two_level(TestStore::new().with_stats());
    put(&cache, "near", 1).unwrap();
    put(cache.second(), "far", 1).unwrap();
    for key in ["near", "far", "none", "far"] {
        get(&cache, key);
    }
    let stats = Store::stats(&cache).unwrap();
    assert_eq!((stats.reads, stats.hits, stats.writes), (4, 3, 1));
    assert_eq!((stats.levels[0].reads, stats.levels[0].hits), (4, 2));
    assert_eq!((stats.levels[1].reads, stats.levels[1].hits), (2, 1));
}

#[test]
fn the_async_form_reads_writes_copies_and_removes_the_same() {
    let cache = levels();
    now(async {
        AsyncCache::put(cache.second(), "k", &1, Ttl::Default).await.unwrap();
        assert_eq!(AsyncCache::get(&cache, "k").await.unwrap(), Some(1));
        assert_eq!(AsyncCache::get(cache.inner(), "k").await.unwrap(), Some(1));
        AsyncCache::put_many(&cache, &[("l", &2)], Ttl::Default).await.unwrap();
        assert_eq!(AsyncCache::get_many(&cache, &["l", "k", "m", "n"]).await.unwrap(), [Some(2), Some(1), None, None]);
        assert!(AsyncCache::remove(&cache, "k").await.unwrap());
        assert!(!AsyncCache::contains(&cache, "k").await.unwrap());
    });
}
