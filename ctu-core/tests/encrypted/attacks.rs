//! What works against the Python library's `EncryptedCache` (`seed_attacks.py`, which runs here too), tried on ours.

use bytes::Bytes;
use ctu_core::{Cache, Clock, Encrypt, EncryptedCache, Keyring, Map, Rejection, Ttl};
use std::time::Duration;

use crate::python::python;
use crate::{Shelf, bytes, cache, clock, encrypt, master};

fn xor(one: &[u8], other: &[u8]) -> Vec<u8> {
    one.iter().zip(other).map(|(one, other)| one ^ other).collect()
}

/// What is stored of the only entry.
fn only(cache: &EncryptedCache<Shelf>) -> (Vec<u8>, Bytes) {
    let dump = cache.inner().dump();
    assert_eq!(dump.len(), 1);
    dump[0].clone()
}

fn replace(cache: &EncryptedCache<Shelf>, stored: impl Into<Bytes>) {
    let stored = stored.into();
    cache.inner().tamper(|entries| entries.values_mut().for_each(|entry| entry.0 = stored.clone()));
}

#[test]
fn every_attack_succeeds_on_the_seed() {
    let expected = [
        "two_time_pad",
        "equal_values_show",
        "bit_flip_to_admin",
        "forged_checksum",
        "pin_from_the_dump",
        "swap",
        "ambiguous_concatenation",
        "replay_past_expiry",
        "exception_text",
        "garbage_is_in",
        "length_shows",
    ];
    assert_eq!(python("seed_attacks.py", &[]), expected);
}

#[test]
fn two_time_pad_two_values_under_one_key_tell_nothing_of_each_other() {
    let cache = cache();
    let (known, unknown) = (bytes("known to me, 1234"), bytes("unknown, 98765432"));
    cache.put(b"token", &known, Ttl::Never).unwrap();
    let first = only(&cache).1;
    cache.put(b"token", &unknown, Ttl::Never).unwrap();
    let second = only(&cache).1;
    let mixed = xor(&xor(&first[50..], &second[50..]), &known);
    assert_ne!(mixed[..unknown.len()], unknown);
    // No byte more than by chance: the streams are different all along.
    let equal = first[46..].iter().zip(&second[46..]).filter(|(one, other)| one == other).count();
    assert!(equal < 10, "{equal} of 80 bytes are equal");
}

#[test]
fn equal_values_do_not_look_equal() {
    let cache = cache();
    let mut seen = std::collections::HashSet::new();
    for _ in 0..1_000 {
        cache.put(b"k", &bytes("yes"), Ttl::Never).unwrap();
        let stored = only(&cache).1;
        assert!(seen.insert(stored.slice(22..)));
    }
}

#[test]
fn bit_flip_to_admin_is_a_miss() {
    let cache = cache();
    let (guest, admin) = (br#"{"role":"guest"}"#, br#"{"role":"admin"}"#);
    cache.put(b"user:7", &bytes(*guest), Ttl::Never).unwrap();
    let stored = only(&cache).1;
    let mut flipped = stored.to_vec();
    flipped[50..66].copy_from_slice(&xor(&stored[50..66], &xor(guest, admin)));
    replace(&cache, flipped);
    assert_eq!(cache.get(b"user:7").unwrap(), None);
    assert!(!cache.contains(b"user:7").unwrap());
    assert_eq!(cache.rejected(Rejection::Tag), 2);
}

#[test]
fn no_checksum_is_forged_for_a_known_value() {
    // Whatever an outsider can compute: hashes of the values in the tag's place, and the tag mended by their xor.
    let cache = cache();
    let (old, new) = (bytes(br#"{"role":"guest"}"#.to_vec()), bytes(br#"{"role":"admin"}"#.to_vec()));
    cache.put(b"user:7", &old, Ttl::Never).unwrap();
    let stored = only(&cache).1;
    let (old_hash, new_hash) = (blake3::hash(&old), blake3::hash(&new));
    let tag_at = stored.len() - 16;
    for tag in [
        new_hash.as_bytes()[..16].to_vec(),
        xor(&stored[tag_at..], &xor(&old_hash.as_bytes()[..16], &new_hash.as_bytes()[..16])),
        stored[tag_at..].to_vec(),
        vec![0; 16],
    ] {
        let mut forged = stored.to_vec();
        forged[50..66].copy_from_slice(&xor(&stored[50..66], &xor(&old, &new)));
        forged[tag_at..].copy_from_slice(&tag);
        replace(&cache, forged);
        assert_eq!(cache.get(b"user:7").unwrap(), None);
    }
}

#[test]
fn no_pin_is_found_in_the_dump() {
    // Without the master key a dump of one PIN is as likely as of any other: same length, and no hash of it in clear.
    let cache = cache();
    cache.put(b"pin", &bytes("8431"), Ttl::Never).unwrap();
    let (at, stored) = only(&cache);
    for pin in 0..10_000 {
        let hash = blake3::hash(format!("{pin:04}").as_bytes());
        assert!(!stored.windows(8).any(|window| window == &hash.as_bytes()[..8]));
    }
    // Guessing needs the master key, not only the PIN and the key.
    let guess = Encrypt::new(Keyring::new(master(9)), "app").clock(&clock());
    assert_ne!(guess.key(b"pin").unwrap(), at);
    assert!(guess.decode(b"pin", stored).is_err());
}

#[test]
fn swapped_entries_are_misses() {
    let cache = cache();
    cache.put(b"alice", &bytes("1000"), Ttl::Never).unwrap();
    cache.put(b"bob", &bytes("0001"), Ttl::Never).unwrap();
    cache.inner().tamper(|entries| {
        let mut values: Vec<_> = entries.values().cloned().collect();
        values.reverse();
        entries.values_mut().zip(values).for_each(|(entry, value)| *entry = value);
    });
    assert_eq!(cache.get_many(&[b"alice", b"bob"]).unwrap(), [None, None]);
    assert_eq!(cache.rejected(Rejection::Tag), 2);
}

#[test]
fn no_other_pair_of_scope_and_key_is_the_same() {
    let of = |scope: &str| Encrypt::new(Keyring::new(master(0)), scope).clock(&clock());
    let sealed = of("ab").encode(b"c", &bytes("of one tenant"), Ttl::Never).unwrap().into_owned();
    assert_ne!(of("ab").key(b"c").unwrap(), of("a").key(b"bc").unwrap());
    assert!(of("a").decode(b"bc", sealed).is_err());
}

#[test]
fn replay_past_expiry_is_a_miss() {
    let hand = clock();
    let cache = EncryptedCache::new(Encrypt::new(Keyring::new(master(0)), "app").clock(&hand), Shelf::default());
    cache.put(b"session", &bytes("valid for a minute"), Duration::from_secs(60).into()).unwrap();
    let (at, stored) = only(&cache);
    hand.advance(Duration::from_secs(60));
    cache.inner().put(&at, &stored, Ttl::Never).unwrap();
    assert_eq!(cache.get(b"session").unwrap(), None);
    // Nor does it help to write a later end into it.
    let mut prolonged = stored.to_vec();
    prolonged[14..22].fill(0xff);
    replace(&cache, prolonged);
    assert_eq!(cache.get(b"session").unwrap(), None);
    assert_eq!((cache.rejected(Rejection::Expired), cache.rejected(Rejection::Tag)), (1, 1));
}

#[test]
fn a_damaged_entry_is_a_miss_without_any_text() {
    // No exception at all, and what is logged has no key: see `law7_silent_..`.
    let cache = cache();
    cache.put(b"card:4111-1111", &bytes("v"), Ttl::Never).unwrap();
    let mut damaged = only(&cache).1.to_vec();
    *damaged.last_mut().unwrap() ^= 1;
    replace(&cache, damaged);
    let lines = crate::log::logged(|| assert_eq!(cache.get(b"card:4111-1111").unwrap(), None));
    assert!(!lines.is_empty() && lines.iter().all(|line| !line.contains("4111")));
}

#[test]
fn garbage_is_not_in_the_cache() {
    let cache = cache();
    cache.put(b"k", &bytes("v"), Ttl::Never).unwrap();
    replace(&cache, bytes("garbage"));
    assert!(!cache.contains(b"k").unwrap());
}

#[test]
fn yes_and_no_are_of_one_length() {
    let encrypt = encrypt().clock(Clock::system());
    let len = |value: &str| encrypt.encode(b"k", &bytes(value), Ttl::Never).unwrap().len();
    assert_eq!(len("yes"), len("no"));
}
