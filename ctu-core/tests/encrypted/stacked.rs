//! Under other layers, sync and async.

use std::sync::Arc;

use bytes::Bytes;
use ctu_core::{Cache, Keyring, MasterKey, StackExt, Store, Ttl};

use crate::shelf::now;
use crate::{Shelf, bytes, cache, master};

#[test]
fn the_async_cache_does_what_the_sync_one_does() {
    let cache = cache();
    let (k, v) = (&b"k"[..], bytes("v"));
    assert_eq!(now(ctu_core::AsyncCache::get(&cache, k)).unwrap(), None);
    now(ctu_core::AsyncCache::put(&cache, k, &v, Ttl::Never)).unwrap();
    assert_eq!(now(ctu_core::AsyncCache::get(&cache, k)).unwrap().as_ref(), Some(&v));
    assert_eq!(Cache::get(&cache, k).unwrap().as_ref(), Some(&v));
    assert_eq!(now(ctu_core::AsyncCache::get_entry(&cache, k)).unwrap().unwrap().ttl, None);
    assert!(now(ctu_core::AsyncCache::contains(&cache, k)).unwrap());
    now(ctu_core::AsyncCache::put_many(&cache, &[(b"l", &v), (b"m", &v)], Ttl::Never)).unwrap();
    assert_eq!(
        now(ctu_core::AsyncCache::get_many(&cache, &[k, b"x", b"m"])).unwrap(),
        [Some(v.clone()), None, Some(v.clone())]
    );
    assert_eq!(now(ctu_core::AsyncStore::len(&cache)).unwrap(), 3);
    assert!(now(ctu_core::AsyncCache::remove(&cache, k)).unwrap());
    assert!(!now(ctu_core::AsyncCache::remove(&cache, k)).unwrap());
    cache.inner().tamper(|entries| entries.values_mut().for_each(|entry| entry.0 = Bytes::new()));
    assert!(!now(ctu_core::AsyncCache::contains(&cache, b"l")).unwrap());
    assert_eq!(now(ctu_core::AsyncStore::stats(&cache)).unwrap().rejected, 1);
    now(ctu_core::AsyncStore::clear(&cache)).unwrap();
    assert!(now(ctu_core::AsyncStore::is_empty(&cache)).unwrap());
}

#[test]
fn an_async_cache_can_be_used_on_other_threads() {
    fn sent<T: Send>(future: T) -> T {
        future
    }
    let cache = Shelf::default().encrypted(Keyring::new(master(0)).retiring(master(1)), "app").json();
    now(sent(ctu_core::AsyncCache::put(&cache, "k", &1, Ttl::Never))).unwrap();
    assert_eq!(now(sent(ctu_core::AsyncCache::<str, i32>::get(&cache, "k"))).unwrap(), Some(1));
    assert_eq!(now(sent(ctu_core::AsyncCache::<str, i32>::get_many(&cache, &["k"]))).unwrap(), [Some(1)]);
}

#[test]
fn law5_apart_scopes_share_a_store_and_a_keyring_without_meeting() {
    let store = Shelf::default();
    let keyring = Arc::new(Keyring::new(MasterKey::generate().unwrap()));
    let one = (&store).encrypted(Arc::clone(&keyring), "one").json();
    let two = (&store).encrypted(keyring, "two").prefixed("p").json();
    one.put("pk", &1, Ttl::Never).unwrap();
    assert_eq!(Cache::<str, i32>::get(&two, "k").unwrap(), None);
    two.put("k", &2, Ttl::Never).unwrap();
    assert_eq!((one.get("pk").unwrap(), two.get("k").unwrap()), (Some(1), Some(2)));
    assert_eq!(store.len().unwrap(), 2);
}

#[test]
fn keys_and_values_of_any_bytes_and_sizes_come_back_exactly() {
    let cache = cache();
    for len in [0, 1, 32, 59, 60, 61, 1_000, 100_000, 3_000_000] {
        let value = bytes((0..len).map(|i| u8::try_from(i % 251).unwrap()).collect::<Vec<_>>());
        let key = value.slice(..len.min(70_000));
        cache.put(&key, &value, Ttl::Default).unwrap();
        assert_eq!(cache.get(&key).unwrap(), Some(value));
    }
}
