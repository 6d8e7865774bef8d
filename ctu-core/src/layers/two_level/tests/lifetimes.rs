//! What is told of a value's lifetime where the first level keeps it for less.

use super::{Levels, SECOND};
use crate::test_store::{TestStore, now};
use crate::{AsyncCache, Cache, Entry, ManualClock, StackExt, Ttl};

/// The first level serves for five seconds, by a clock that stands still.
fn levels() -> (Levels, ManualClock) {
    let hand = ManualClock::new();
    let first = TestStore::timed(&hand, Some(3 * SECOND));
    (first.two_level(TestStore::timed(&hand, None)).first_ttl(5 * SECOND), hand)
}

fn left(cache: &Levels, key: &str) -> Option<std::time::Duration> {
    Cache::get_entry(cache, key).unwrap().unwrap().ttl
}

#[test]
fn what_is_left_of_the_whole_is_told_without_asking_the_second_level() {
    let (cache, hand) = levels();
    for (key, ttl) in [("a", Ttl::Never), ("b", (9 * SECOND).into()), ("c", (2 * SECOND).into()), ("d", Ttl::Default)] {
        Cache::put(&cache, key, &1, ttl).unwrap();
    }
    Cache::put_many(&cache, &[("e", &1)], (9 * SECOND).into()).unwrap();
    hand.advance(SECOND);
    cache.second().asked();
    assert_eq!(
        ["a", "b", "c", "e"].map(|key| left(&cache, key)),
        [None, Some(8 * SECOND), Some(SECOND), Some(8 * SECOND)]
    );
    assert_eq!(left(&cache, "d"), Some(2 * SECOND), "the first level's own");
    assert!(cache.second().asked().is_empty());
}

#[test]
fn it_is_told_of_copies_too() {
    let (cache, hand) = levels();
    Cache::put(cache.second(), "k", &1, (20 * SECOND).into()).unwrap();
    Cache::put(cache.second(), "forever", &1, Ttl::Never).unwrap();
    hand.advance(SECOND);
    for passed in 1..=12 {
        assert_eq!(left(&cache, "k"), Some((20 - passed) * SECOND));
        assert_eq!(left(&cache, "forever"), None);
        hand.advance(SECOND);
    }
}

#[test]
fn a_shorter_lifetime_takes_the_place_of_a_longer_one() {
    let (cache, hand) = levels();
    Cache::put(&cache, "k", &1, (60 * SECOND).into()).unwrap();
    Cache::put(&cache, "k", &2, (2 * SECOND).into()).unwrap();
    assert_eq!(left(&cache, "k"), Some(2 * SECOND));
    hand.advance(2 * SECOND);
    assert_eq!(Cache::get_entry(&cache, "k").unwrap(), None);
}

#[test]
fn the_second_level_is_asked_where_it_is_not_known() {
    let hand = ManualClock::new();
    let make = || TestStore::timed(&hand, None);
    let cache = make().two_level(make()).promote_batches_for(5 * SECOND);
    for key in ["a", "b"] {
        Cache::put(cache.second(), key, &1, (9 * SECOND).into()).unwrap();
    }
    Cache::get_many(&cache, &["a", "b"]).unwrap();
    cache.second().asked();
    assert_eq!(left(&cache, "a"), Some(9 * SECOND));
    assert_eq!((cache.second().asked(), left(&cache, "a")), (vec!["get_entry"], Some(9 * SECOND)));
    assert!(cache.second().asked().is_empty(), "noted since");

    cache.second().fail(true);
    let found = Cache::get_entry(&cache, "b").unwrap();
    assert_eq!(found, Some(Entry { value: 1, ttl: Some(5 * SECOND) }), "found, if with the copy's lifetime");
}

#[test]
fn law2_harmless_it_is_known_while_the_second_level_fails() {
    let (cache, _) = levels();
    let cache = cache.resilient(true);
    cache.second().fail(true);
    Cache::put(&cache, "k", &1, (60 * SECOND).into()).unwrap();
    assert_eq!(left(&cache, "k"), Some(60 * SECOND));
}

#[test]
fn the_async_form_tells_the_same() {
    let (cache, hand) = levels();
    now(AsyncCache::put(&cache, "a", &1, (9 * SECOND).into())).unwrap();
    now(AsyncCache::put(cache.second(), "b", &1, (9 * SECOND).into())).unwrap();
    for passed in 0..2 {
        for key in ["a", "b"] {
            let found = now(AsyncCache::get_entry(&cache, key)).unwrap();
            assert_eq!(found, Some(Entry { value: 1, ttl: Some((9 - passed) * SECOND) }));
        }
        hand.advance(SECOND);
    }
}
