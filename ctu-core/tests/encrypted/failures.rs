//! Failing randomness, failing stores and wrong settings.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ctu_core::{Cache, CacheExt, Encrypt, EncryptedCache, Error, ErrorKind, Keyring, MasterKey, StackExt, Store, Ttl};

use crate::{Shelf, bytes, cache, encrypt};

#[test]
fn law2_harmless_failing_randomness_costs_only_the_storing() {
    let broken = Arc::new(AtomicBool::new(true));
    let switch = Arc::clone(&broken);
    let encrypt = encrypt().randomness(move |nonce| {
        if switch.load(Ordering::Relaxed) {
            nonce.fill(7); // half done
            return Err(Error::new(ErrorKind::Unavailable, "told to fail"));
        }
        nonce.fill(8);
        Ok(())
    });
    let cache = EncryptedCache::new(encrypt, Shelf::default());
    for i in 0..1_000_u32 {
        let key = i.to_be_bytes();
        assert_eq!(cache.get_or_set_with(&key, Ttl::Never, || bytes(key)), key[..]);
    }
    assert!(!cache.inner().asked().contains(&"put"));
    assert_eq!(cache.unsealed(), 1_000);
    assert_eq!(Store::stats(&cache).unwrap().errors, 1_000);
    let error = cache.put_many(&[(b"k", &bytes("v"))], Ttl::Never).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(cache.inner().dump().is_empty());

    broken.store(false, Ordering::Relaxed);
    cache.put(b"k", &bytes("v"), Ttl::Never).unwrap();
    assert_eq!(cache.get(b"k").unwrap().unwrap(), "v");
}

#[test]
fn law2_harmless_a_failing_store_is_an_error_and_its_recovery_a_cache_again() {
    let cache = cache();
    cache.put(b"k", &bytes("v"), Ttl::Never).unwrap();
    cache.inner().fail(true);
    let computed = AtomicU64::new(0);
    assert_eq!(cache.get(b"k").unwrap_err().kind(), ErrorKind::Unavailable);
    assert!(cache.put(b"k", &bytes("w"), Ttl::Never).is_err());
    assert!(cache.remove(b"k").is_err());
    assert!(cache.contains(b"k").is_err());
    let value = cache.get_or_set_with(b"k", Ttl::Never, || {
        computed.fetch_add(1, Ordering::Relaxed);
        bytes("v")
    });
    assert_eq!((&*value, computed.into_inner()), (&b"v"[..], 1));
    cache.inner().fail(false);
    assert_eq!(cache.get(b"k").unwrap().unwrap(), "v");
}

#[test]
fn a_key_under_all_of_several_is_removed_even_if_one_removal_fails() {
    let keyring = Keyring::new(crate::master(1)).retiring(crate::master(0));
    let cache = EncryptedCache::new(Encrypt::new(keyring, "app"), Shelf::default());
    cache.put(b"k", &bytes("v"), Ttl::Never).unwrap();
    cache.inner().asked();
    cache.inner().fail(true);
    assert!(cache.remove(b"k").is_err());
    assert_eq!(cache.inner().asked(), ["remove", "remove"]);
}

#[test]
fn an_empty_scope_is_an_error_that_says_the_cure() {
    let cache = Shelf::default().encrypted(MasterKey::generate().unwrap(), "");
    for error in [
        cache.get(b"k").unwrap_err(),
        cache.put(b"k", &bytes("v"), Ttl::Never).unwrap_err(),
        cache.remove(b"k").unwrap_err(),
        cache.contains(b"k").unwrap_err(),
        cache.get_many(&[b"k"]).unwrap_err(),
        cache.put_many(&[(b"k", &bytes("v"))], Ttl::Never).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("name what the entries belong to"));
    }
    assert!(cache.inner().asked().is_empty());
}
