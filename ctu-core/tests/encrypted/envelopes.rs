//! That no envelope but the one that was made for a key is accepted under it.

use std::collections::HashSet;

use bytes::Bytes;
use ctu_core::{Encrypt, Keyring, Map, Ttl};

use crate::{bytes, clock, encrypt, master};

fn sealed(encrypt: &Encrypt, key: &[u8], value: &Bytes) -> Bytes {
    encrypt.encode(key, value, Ttl::Never).unwrap().into_owned()
}

#[test]
fn every_flipped_bit_every_truncation_and_every_addition_is_rejected() {
    let encrypt = encrypt();
    let envelope = sealed(&encrypt, b"key", &bytes(vec![b'x'; 1_000]));
    assert_eq!(envelope.len(), 1_086);
    let rejected = |changed: Vec<u8>| encrypt.decode(b"key", changed.into()).is_err();
    for bit in 0..envelope.len() * 8 {
        let mut changed = envelope.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(rejected(changed), "bit {bit}");
    }
    for len in 0..envelope.len() {
        assert!(rejected(envelope[..len].to_vec()), "truncated to {len}");
    }
    for more in 1..=256 {
        assert!(rejected([&envelope[..], &vec![0; more]].concat()), "{more} appended");
        let byte = u8::try_from(more - 1).unwrap();
        assert!(rejected([&envelope[..], &[byte]].concat()), "byte {byte} appended");
    }
    assert_eq!(encrypt.decode(b"key", envelope).unwrap().len(), 1_000);
}

#[test]
fn law5_apart_no_entry_is_accepted_under_another_key() {
    let encrypt = encrypt();
    let keys: Vec<_> = (0..1_000).map(|i| format!("user:{i}").into_bytes()).collect();
    let envelopes: Vec<_> = keys.iter().map(|key| sealed(&encrypt, key, &bytes(&key[..]))).collect();
    let mut swaps = 0;
    for (i, key) in keys.iter().enumerate() {
        for (j, envelope) in envelopes.iter().enumerate() {
            let found = encrypt.decode(key, envelope.clone());
            assert_eq!(found.is_ok(), i == j);
            swaps += usize::from(i != j);
        }
    }
    assert_eq!(swaps, 999_000);
}

#[test]
fn law5_apart_no_entry_is_accepted_in_another_scope_or_under_another_master_key() {
    // Scopes and keys that concatenate to the same text among them.
    let scopes = ["a", "ab", "abc", "app", "App", "app\0"];
    let keys = ["", "a", "b", "bc", "c", "key"];
    let mut places = HashSet::new();
    let mut entries = Vec::new();
    for secret in 0..3 {
        for scope in scopes {
            for key in keys {
                let encrypt = Encrypt::new(Keyring::new(master(secret)), scope).clock(&clock());
                let place = encrypt.key(key.as_bytes()).unwrap().into_owned();
                assert!(places.insert(place), "two entries in one place");
                entries.push((sealed(&encrypt, key.as_bytes(), &bytes("v")), encrypt, key));
            }
        }
    }
    for (i, (envelope, ..)) in entries.iter().enumerate() {
        for (j, (_, encrypt, key)) in entries.iter().enumerate() {
            assert_eq!(encrypt.decode(key.as_bytes(), envelope.clone()).is_ok(), i == j);
        }
    }
}

#[test]
fn in_a_million_seals_no_nonce_is_used_twice() {
    let encrypt = encrypt();
    let value = bytes("v");
    let mut nonces: Vec<[u8; 24]> =
        (0..1_000_000).map(|_| sealed(&encrypt, b"key", &value)[22..46].try_into().unwrap()).collect();
    nonces.sort_unstable();
    nonces.dedup();
    assert_eq!(nonces.len(), 1_000_000);
}

#[test]
fn short_values_all_look_alike_and_longer_ones_grow_by_at_most_12_per_cent() {
    let encrypt = encrypt();
    for len in 0..=60 {
        assert_eq!(sealed(&encrypt, b"key", &bytes(vec![7; len])).len(), 126);
    }
    let mut lengths = HashSet::new();
    let mut len = 61;
    while len < 300_000 {
        let envelope = sealed(&encrypt, b"key", &bytes(vec![7; len]));
        let body = envelope.len() - 62;
        assert!(body >= len + 4 && body * 100 <= (len + 4) * 112, "{len} bytes become {body}");
        assert_eq!(encrypt.decode(b"key", envelope).unwrap(), vec![7; len]);
        lengths.insert(body);
        len += 1 + len / 50;
    }
    assert!(lengths.len() < 250, "{}", lengths.len());
}

#[cfg(feature = "encryption-aes")]
#[test]
fn both_suites_are_read_whichever_is_written() {
    use ctu_core::Suite;

    let (chacha, aes) = (encrypt(), encrypt().suite(Suite::Aes256GcmSiv));
    for len in [0, 60, 61, 5_000] {
        let value = bytes(vec![3; len]);
        let (one, two) = (sealed(&chacha, b"key", &value), sealed(&aes, b"key", &value));
        assert_eq!((one[1], two[1], one.len()), (1, 2, two.len()));
        assert_eq!(chacha.decode(b"key", two.clone()).unwrap(), value);
        assert_eq!(aes.decode(b"key", one.clone()).unwrap(), value);
        for (mut envelope, suite) in [(one.to_vec(), 2), (two.to_vec(), 1), (one.to_vec(), 3), (one.to_vec(), 0)] {
            envelope[1] = suite;
            assert!(aes.decode(b"key", envelope.into()).is_err());
        }
    }
}
