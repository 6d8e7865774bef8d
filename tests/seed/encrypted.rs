//! Encryption.

use std::collections::HashMap;

use bytes::Bytes;
use ctu::prelude::*;
use ctu::{ErrorKind, LockedCache, MasterKey, Rejection, Suite};

/// The cipher is named in the type, so that there is none of an unknown name.
const CIPHERS: [Suite; 2] = [Suite::XChaCha20Poly1305, Suite::Aes256GcmSiv];

#[test]
fn test_encrypted_cache() -> ctu::Result<()> {
    for cipher in CIPHERS {
        // Bytes.
        let actual = LockedCache::new(HashMap::<Vec<u8>, Bytes>::new());
        let cache = (&actual).encrypted(MasterKey::generate()?, "tests").suite(cipher);
        let (key, value) = (&b"Hello"[..], Bytes::from("World!"));
        cache.set(key, &value)?;
        assert!(cache.contains(key)?);
        assert_eq!(cache.get(key)?, Some(value.clone()));
        // A changed value is a miss, and counted.
        assert_eq!(actual.len()?, 1);
        let (hashed, sealed) = actual.inner().drain().next().expect("one entry");
        let mut changed = sealed.to_vec();
        *changed.last_mut().expect("an envelope") ^= 0x2a;
        actual.set(&hashed[..], &changed.into())?;
        assert_eq!(cache.get(key)?, None);
        assert_eq!(cache.rejected(Rejection::Tag), 1);
        assert!(cache.remove(key)?);
        assert!(!cache.contains(key)?);
        // Texts.
        let texts = (&cache).to_bytes();
        texts.set("Hello", &"World!".to_owned())?;
        assert!(Cache::<str, String>::contains(&texts, "Hello")?);
        assert_eq!(texts.get("Hello")?, Some("World!".to_owned()));
        assert!(!actual.inner().keys().any(|hashed| hashed.starts_with(b"Hello")));
        // Bytes again.
        let bytes = (&texts).bytes_as_text();
        bytes.set(key, &value)?;
        assert!(bytes.contains(key)?);
        assert_eq!(bytes.get(key)?, Some(value));
        assert!(bytes.remove(key)?);
        assert!(!bytes.contains(key)?);
    }
    Ok(())
}

/// The seed takes any secret of 16 bytes, its tests a sentence.
#[test]
fn test_encrypted_cache_refuses_a_secret_that_could_be_guessed() {
    let secret = "incredible secret key for testing encrypted cache...";
    assert_eq!(secret.parse::<MasterKey>().unwrap_err().kind(), ErrorKind::Config);
}
