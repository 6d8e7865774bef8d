//! Master keys that are replaced while the cache is in use.

use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use bytes::Bytes;
use ctu_core::{Cache, CacheExt, Encrypt, EncryptedCache, Keyring, ManualClock, Rejection, Store, Ttl};

use crate::shelf::now;
use crate::{Shelf, bytes, clock, master};

const HOUR: Duration = Duration::from_secs(3600);
const SECOND: Duration = Duration::from_secs(1);

fn over<C>(store: C, keyring: Keyring, clock: &ManualClock) -> EncryptedCache<C> {
    EncryptedCache::new(Encrypt::new(keyring, "app").clock(clock), store)
}

fn old_only() -> Keyring {
    Keyring::new(master(0))
}
fn standby() -> Keyring {
    Keyring::new(master(0)).retiring(master(1))
}
fn rotated() -> Keyring {
    Keyring::new(master(1)).retiring(master(0))
}
fn new_only() -> Keyring {
    Keyring::new(master(1))
}

fn key(i: u32) -> Vec<u8> {
    format!("entry {i}").into_bytes()
}

/// A third never ends, the others do after so many seconds.
fn ttl(i: u32) -> Ttl {
    if i.is_multiple_of(3) { Ttl::Never } else { Ttl::After(HOUR + SECOND * (i % 100)) }
}

#[test]
fn ten_thousand_entries_outlive_a_key_that_retires_and_none_outlives_its_removal_or_its_time() {
    const ENTRIES: u32 = 10_000;
    let clock = clock();
    let store = Shelf::timed(&clock);
    let computed = std::cell::Cell::new(0);
    let all = |keyring: Keyring, clock: &ManualClock| {
        let cache = over(&store, keyring, clock);
        for i in 0..ENTRIES {
            let value = cache.get_or_set_with(&key(i), ttl(i), || {
                computed.set(computed.get() + 1);
                bytes(key(i))
            });
            assert_eq!(value, key(i));
        }
        computed.take()
    };
    assert_eq!(all(old_only(), &clock), ENTRIES);
    assert_eq!(all(standby(), &clock), 0, "nothing is recomputed");
    clock.advance(SECOND * 10);
    assert_eq!(all(rotated(), &clock), 0, "nothing is recomputed");
    assert_eq!(store.len().unwrap(), 20_000, "stored anew under the new key");

    // No life was prolonged, in the entry or in the store.
    let cache = over(&store, new_only(), &clock);
    for i in 0..ENTRIES {
        let left = ttl(i).or(None).map(|ttl| ttl.saturating_sub(SECOND * 10));
        assert_eq!(cache.get_entry(&key(i)).unwrap().unwrap().ttl, left);
    }
    let stored = store.dump();
    assert!(stored.iter().all(|(at, _)| store.get_entry(at).unwrap().unwrap().ttl.is_none_or(|ttl| ttl < HOUR * 2)));
    drop(cache);

    // What the old key wrote is accepted by nobody who has not got it.
    for i in 0..ENTRIES {
        over(&store, new_only(), &clock).remove(&key(i)).unwrap();
    }
    assert_eq!(store.len().unwrap(), 10_000);
    assert_eq!(all(new_only(), &clock), ENTRIES, "all is recomputed");
}

#[test]
fn no_entry_of_a_removed_key_is_accepted_even_in_the_place_of_a_new_one() {
    let clock = clock();
    let (old, new) = (over(Shelf::default(), old_only(), &clock), over(Shelf::default(), new_only(), &clock));
    for cache in [&old, &new] {
        cache.put(b"k", &bytes("v"), Ttl::Never).unwrap();
    }
    let stolen = old.inner().dump()[0].1.clone();
    new.inner().tamper(|entries| entries.values_mut().for_each(|entry| entry.0 = stolen.clone()));
    assert_eq!(new.get(b"k").unwrap(), None);
    assert_eq!(new.rejected(Rejection::Kid), 1);
}

#[test]
fn times_are_unchanged_by_storing_anew() {
    let clock = clock();
    let store = Shelf::default();
    over(&store, old_only(), &clock).put(b"k", &bytes("v"), HOUR.into()).unwrap();
    let before = store.dump()[0].1.slice(6..22);
    clock.advance(SECOND * 1_000);
    let entry = over(&store, rotated(), &clock).get_entry(b"k").unwrap().unwrap();
    assert_eq!(entry.ttl, Some(SECOND * 2_600));
    let stored = store.dump();
    assert_eq!(stored.len(), 2);
    assert!(stored.iter().all(|(_, envelope)| envelope[6..22] == before));
    assert_ne!(stored[0].1[22..46], stored[1].1[22..46], "a nonce of its own");
}

#[test]
fn a_lifetime_that_only_the_store_knows_is_kept_by_batches_too() {
    for batch in [false, true] {
        let clock = clock();
        let store = Shelf::timed(&clock);
        over(&store, old_only(), &clock).put(b"k", &bytes("v"), Ttl::Never).unwrap();
        let (at, envelope) = store.dump().remove(0);
        store.put(&at, &envelope, HOUR.into()).unwrap(); // as if the store had a default
        clock.advance(SECOND);
        let cache = over(&store, rotated(), &clock);
        if batch {
            assert_eq!(cache.get_many(&[b"k", b"l"]).unwrap(), [Some(bytes("v")), None]);
        } else {
            assert!(cache.contains(b"k").unwrap());
        }
        let new = over(&store, new_only(), &clock);
        assert_eq!(new.get_entry(b"k").unwrap().unwrap().ttl, Some(SECOND * 3_599));
    }
}

#[test]
fn law4_gone_is_gone_a_write_or_removal_reaches_what_the_retiring_keys_have() {
    let clock = clock();
    let store = Shelf::default();
    let (old, cache) = (over(&store, old_only(), &clock), over(&store, rotated(), &clock));
    let stale = || [b"a", b"b"].iter().try_for_each(|key| old.put(*key, &bytes("stale"), Ttl::Never)).unwrap();
    stale();
    cache.put(b"a", &bytes("new"), SECOND.into()).unwrap();
    cache.put_many(&[(b"b", &bytes("new"))], SECOND.into()).unwrap();
    clock.advance(SECOND);
    assert_eq!(cache.get_many(&[b"a", b"b"]).unwrap(), [None, None], "the older values do not come back");
    stale();
    assert!(cache.contains(b"a").unwrap());
    assert!(cache.remove(b"a").unwrap());
    assert!(!cache.remove(b"a").unwrap());
    assert!(cache.remove(b"b").unwrap(), "it was there under the retiring key only");
    assert_eq!(cache.get_many(&[b"a", b"b"]).unwrap(), [None, None]);
    stale();
    now(ctu_core::AsyncCache::put(&cache, b"a", &bytes("new"), Ttl::Never)).unwrap();
    assert!(now(ctu_core::AsyncCache::remove(&cache, b"a")).unwrap());
    assert_eq!(now(ctu_core::AsyncCache::get(&cache, b"a")).unwrap(), None);
}

#[test]
fn law4_gone_is_gone_what_was_removed_while_it_is_stored_anew_does_not_come_back() {
    // Another process removes the entry right before it is stored anew: `put` here, or what comes after.
    for moment in ["put", "contains"] {
        let clock = clock();
        let shared: Arc<OnceLock<Weak<Shelf>>> = Arc::default();
        let hooked = Arc::clone(&shared);
        let store = Arc::new(Shelf::hooked(move |operation| {
            let store = hooked.get().and_then(Weak::upgrade);
            if let (true, Some(store)) = (operation == moment, store) {
                let at: Vec<_> = store.dump().into_iter().map(|(at, _)| at).collect();
                store.tamper(|entries| at.iter().for_each(|at| drop(entries.remove(at))));
            }
        }));
        over(&store, old_only(), &clock).put(b"k", &bytes("stale"), Ttl::Never).unwrap();
        shared.set(Arc::downgrade(&store)).unwrap();
        let cache = over(&store, rotated(), &clock);
        assert_eq!(cache.get(b"k").unwrap().unwrap(), "stale", "it was there when this began");
        assert!(store.dump().is_empty(), "{moment}");
        assert_eq!(cache.get(b"k").unwrap(), None);
    }
}

#[test]
fn batches_stay_batches() {
    let clock = clock();
    let store = Shelf::default();
    let keyring = Keyring::new(master(1)).retiring(master(0)).retiring(master(2)).retiring(master(0));
    let cache = over(&store, keyring, &clock);
    let names = [&b"a"[..], b"b", b"c"];
    let values: Vec<Bytes> = names.iter().map(|name| bytes(*name)).collect();
    let entries: Vec<_> = names.iter().copied().zip(&values).collect();
    let asked = || {
        let asked = store.asked();
        asked.iter().map(|operation| (*operation).to_owned()).collect::<Vec<_>>().join(" ")
    };

    cache.put_many(&entries, Ttl::Never).unwrap();
    assert_eq!(asked(), "get_many get_many put_many");
    cache.get_many(&names).unwrap();
    assert_eq!(asked(), "get_many", "nothing is missing");
    cache.get_many(&[b"a", b"x", b"y"]).unwrap();
    assert_eq!(asked(), "get_many get_many get_many");
    now(ctu_core::AsyncCache::get_many(&cache, &[b"a", b"x", b"y"])).unwrap();
    assert_eq!(asked(), "get_many get_many get_many");
    now(ctu_core::AsyncCache::put_many(&cache, &entries, Ttl::Never)).unwrap();
    assert_eq!(asked(), "get_many get_many put_many");
    cache.get(b"a").unwrap();
    assert_eq!(asked(), "get");
    cache.get(b"x").unwrap();
    assert_eq!(asked(), "get get_entry get_entry");

    let single = over(&store, new_only(), &clock);
    single.get_many(&[b"a", b"x"]).unwrap();
    single.put_many(&entries, Ttl::Never).unwrap();
    single.put(b"a", &values[0], Ttl::Never).unwrap();
    single.remove(b"a").unwrap();
    single.contains(b"a").unwrap();
    assert_eq!(asked(), "get_many put_many put remove get", "a keyring of one costs nothing more");
}

#[test]
fn law2_harmless_what_was_found_is_served_when_it_cant_be_stored_anew() {
    let clock = clock();
    let store = Shelf::default();
    over(&store, old_only(), &clock).put(b"k", &bytes("v"), Ttl::Never).unwrap();
    let encrypt = Encrypt::new(rotated(), "app").clock(&clock);
    let failing = encrypt.randomness(|_| Err(ctu_core::Error::new(ctu_core::ErrorKind::Unavailable, "told to fail")));
    let cache = EncryptedCache::new(failing, &store);
    assert_eq!(cache.get(b"k").unwrap().unwrap(), "v");
    assert_eq!(now(ctu_core::AsyncCache::get(&cache, b"k")).unwrap().unwrap(), "v");
    assert_eq!((store.dump().len(), cache.unsealed()), (1, 2));
}
