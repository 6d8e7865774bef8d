//! The bytes of the specification, made by an independent implementation, both ways.

use bytes::Bytes;
use ctu_core::{Cache, Encoding, Encrypt, Map, Ttl};
use std::time::Duration;

use crate::{bytes, cache, encrypt};

const ENVELOPE_A: &str = "c10105c9a97a0000018bcfe568000000018bcfee8fc0808182838485868788898a8b8c8d8e8f9091929394959697eb3\
    206feb87129bb251762fbadd6e86abdd1f769857759fbd0e704f281224773131af2e8d0546fed282f721731a1b27483464e137558277936131f5\
    08e5063a80e19f39348d8c844d93b567769ea106e";
const ENVELOPE_B: &str = "c10105c9a97a0000018bcfe56800ffffffffffffffff808182838485868788898a8b8c8d8e8f9091929394959697037\
    bc7ce8d5e4def1e9efbaed94e603735873328f47e92424475712926b502d1cee86faec794605161f7d5354b439ef9ba4f557a6eac5c2453dde3c\
    55b6b6b87b1927c57edc473e6de82e4540e263858";
const SKEY_A: &str = "d8a010e65662ba0d22ea3aa042e13f9db90860241ae7de596282f553e0c16b08";
const SKEY_B: &str = "0cd3388cadb5cff2ce75d62ac8c3b547239d6f559a87565751ce5df056121f47";
const HASH_C: &str = "a7a08a83193b8df8f946b65aa9b31dd2f107c90d470caf6428e122818f084feb";

const KEY: &[u8] = br#"repeat.["aa",3]"#;
const TEN_MINUTES: Ttl = Ttl::After(Duration::from_secs(600));

fn hex(bytes: &[u8]) -> String {
    Encoding::B16.encode(bytes).to_lowercase()
}

/// With the nonce of the vectors.
fn fixed() -> Encrypt {
    encrypt().randomness(|nonce| {
        nonce.iter_mut().zip(0x80..).for_each(|(byte, value)| *byte = value);
        Ok(())
    })
}

#[test]
fn envelopes_and_their_places_are_those_of_the_specification_both_ways() {
    let encrypt = fixed();
    let long = "x".repeat(1_000);
    for (key, value, ttl, skey, envelope) in [
        (KEY, "\"aaaaaa\"", TEN_MINUTES, SKEY_A, ENVELOPE_A),
        (b"", "", Ttl::Never, SKEY_B, ENVELOPE_B),
        (KEY, &long, TEN_MINUTES, SKEY_A, ""),
    ] {
        assert_eq!(hex(&encrypt.key(key).unwrap()), skey);
        let sealed = encrypt.encode(key, &bytes(value), ttl).unwrap().into_owned();
        if envelope.is_empty() {
            assert_eq!((sealed.len(), &*blake3::hash(&sealed).to_hex()), (1_086, HASH_C));
        } else {
            assert_eq!(hex(&sealed), envelope);
        }
        assert_eq!(encrypt.decode(key, sealed).unwrap(), value);
    }
}

#[test]
fn a_cache_stores_and_finds_the_envelopes_of_the_specification() {
    let written = ctu_core::EncryptedCache::new(fixed(), crate::Shelf::default());
    written.put(KEY, &bytes("\"aaaaaa\""), TEN_MINUTES).unwrap();
    written.put(b"", &Bytes::new(), Ttl::Never).unwrap();
    let stored = written.inner().dump();
    assert_eq!(
        stored.iter().map(|(key, value)| (hex(key), hex(value))).collect::<Vec<_>>(),
        [(SKEY_B.to_owned(), ENVELOPE_B.to_owned()), (SKEY_A.to_owned(), ENVELOPE_A.to_owned())]
    );
    let read = cache();
    for (key, value) in stored {
        read.inner().put(&key, &value, Ttl::Never).unwrap();
    }
    assert_eq!(read.get(KEY).unwrap().unwrap(), "\"aaaaaa\"");
    assert_eq!(read.get(b"").unwrap().unwrap(), "");
    assert_eq!(read.get_entry(KEY).unwrap().unwrap().ttl, Some(Duration::from_secs(600)));
    assert_eq!(read.get_entry(b"").unwrap().unwrap().ttl, None);
}
