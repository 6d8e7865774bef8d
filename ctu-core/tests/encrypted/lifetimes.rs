//! Lifetimes that the store can't prolong, told by clocks that are moved by hand.

use std::time::Duration;

use ctu_core::{Cache, Encrypt, EncryptedCache, Keyring, Rejection, Ttl};

use crate::{Shelf, bytes, clock, master};

const MINUTE: Duration = Duration::from_secs(60);
const MS: Duration = Duration::from_millis(1);

fn encrypt(clock: &ctu_core::ManualClock) -> Encrypt {
    Encrypt::new(Keyring::new(master(0)), "app").clock(clock)
}

#[test]
fn an_entry_is_served_until_the_millisecond_of_its_end_whatever_the_store_says() {
    let clock = clock();
    let forever = Shelf::default(); // its own clock, as after PERSIST
    let cache = EncryptedCache::new(encrypt(&clock), forever);
    cache.put(b"k", &bytes("v"), MINUTE.into()).unwrap();
    clock.advance(Duration::from_millis(59_999));
    assert_eq!(cache.get(b"k").unwrap().unwrap(), "v");
    assert_eq!(cache.get_entry(b"k").unwrap().unwrap().ttl, Some(MS));
    clock.advance(MS);
    assert_eq!(cache.get(b"k").unwrap(), None);
    assert_eq!(cache.get_entry(b"k").unwrap(), None);
    clock.advance(MS);
    assert!(!cache.contains(b"k").unwrap());
    assert_eq!(cache.get_many(&[b"k"]).unwrap(), [None]);
    assert_eq!(cache.rejected(Rejection::Expired), 4);
    assert!(!cache.inner().dump().is_empty(), "the store still has it");
}

#[test]
fn an_entry_from_the_future_is_rejected_beyond_half_a_minute() {
    for (ahead, found) in [(29, true), (30, true), (31, false)] {
        let (ours, theirs) = (clock(), clock());
        theirs.advance(Duration::from_secs(ahead));
        let store = Shelf::default();
        EncryptedCache::new(encrypt(&theirs), &store).put(b"k", &bytes("v"), Ttl::Never).unwrap();
        let cache = EncryptedCache::new(encrypt(&ours), &store);
        assert_eq!(cache.contains(b"k").unwrap(), found, "{ahead} s ahead");
        assert_eq!(cache.rejected(Rejection::Future), u64::from(!found));
        ours.advance(Duration::from_secs(1));
        assert!(cache.contains(b"k").unwrap());
    }
}

#[test]
fn the_lifetime_left_is_the_shorter_of_the_two() {
    let (wall, stores) = (clock(), clock());
    let cache = EncryptedCache::new(encrypt(&wall), Shelf::timed(&stores));
    cache.put(b"k", &bytes("v"), MINUTE.into()).unwrap();
    wall.advance(Duration::from_secs(10));
    assert_eq!(cache.get_entry(b"k").unwrap().unwrap().ttl, Some(Duration::from_secs(50)));
    stores.advance(Duration::from_secs(20));
    assert_eq!(cache.get_entry(b"k").unwrap().unwrap().ttl, Some(Duration::from_secs(40)));
    cache.put(b"k", &bytes("v"), Ttl::Never).unwrap();
    assert_eq!(cache.get_entry(b"k").unwrap().unwrap().ttl, None);
}

#[test]
fn law6_bounded_longer_lifetimes_are_cut_and_found_ones_rejected() {
    let clock = clock();
    let store = Shelf::timed(&clock);
    let unlimited = EncryptedCache::new(encrypt(&clock), &store);
    let limited = EncryptedCache::new(encrypt(&clock).max_ttl(MINUTE), &store);

    for (ttl, left, stored) in [
        (Ttl::After(MINUTE / 2), MINUTE / 2, Some(MINUTE / 2)),
        (Ttl::After(MINUTE * 2), MINUTE, Some(MINUTE)),
        (Ttl::Never, MINUTE, Some(MINUTE)),
        (Ttl::Default, MINUTE, None), // the store's own
    ] {
        limited.put(b"k", &bytes("v"), ttl).unwrap();
        assert_eq!(limited.get_entry(b"k").unwrap().unwrap().ttl, Some(left), "{ttl:?}");
        let at = store.dump()[0].0.clone();
        assert_eq!(store.get_entry(&at).unwrap().unwrap().ttl, stored, "{ttl:?}");
        limited.put_many(&[(b"k", &bytes("v"))], ttl).unwrap();
        assert_eq!(unlimited.get_entry(b"k").unwrap().unwrap().ttl, Some(left), "{ttl:?}");
        assert_eq!(store.get_entry(&at).unwrap().unwrap().ttl, stored, "{ttl:?}");
    }
    for (ttl, found) in [(Ttl::After(MINUTE), true), (Ttl::After(MINUTE + MS), false), (Ttl::Never, false)] {
        unlimited.put(b"k", &bytes("v"), ttl).unwrap();
        assert_eq!(limited.contains(b"k").unwrap(), found, "{ttl:?}");
    }
    assert_eq!(limited.rejected(Rejection::TooLong), 2);
}

#[test]
fn a_default_lifetime_holds_in_the_entry_and_in_the_store() {
    let clock = clock();
    let cache = EncryptedCache::new(encrypt(&clock).default_ttl(MINUTE), Shelf::timed(&clock));
    for (ttl, left) in [(Ttl::Default, Some(MINUTE)), (Ttl::After(MINUTE * 2), Some(MINUTE * 2)), (Ttl::Never, None)] {
        cache.put(b"k", &bytes("v"), ttl).unwrap();
        assert_eq!(cache.get_entry(b"k").unwrap().unwrap().ttl, left);
        let at = cache.inner().dump()[0].0.clone();
        assert_eq!(cache.inner().get_entry(&at).unwrap().unwrap().ttl, left);
    }
}

#[test]
fn lifetimes_at_the_ends_of_time_are_safe() {
    let clock = clock();
    let cache = EncryptedCache::new(encrypt(&clock), Shelf::default());
    cache.put(b"k", &bytes("v"), Ttl::After(Duration::MAX)).unwrap();
    assert!(cache.contains(b"k").unwrap());
    cache.put(b"k", &bytes("v"), Ttl::After(Duration::ZERO)).unwrap();
    assert!(!cache.contains(b"k").unwrap());
    let cache = EncryptedCache::new(encrypt(&clock).max_ttl(Duration::MAX), Shelf::default());
    cache.put(b"k", &bytes("v"), Ttl::Never).unwrap();
    assert!(cache.contains(b"k").unwrap());
}
