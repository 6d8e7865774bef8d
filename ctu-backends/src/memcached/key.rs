//! Keys of any bytes as Memcached's: the namespace, and the key in base 85, as the Python library's `PrefixedMemCached`.

use ctu_core::{Encoding, sha3_256};

/// The most bytes that Memcached takes for a key.
const LONGEST: usize = 250;
/// Before what is not a key in base 85: in neither its alphabet nor a namespace, so that nothing else looks the same.
const MARK: u8 = b'"';
/// The base-85 text of a 256-bit hash.
const HASH: usize = 40;
/// How much of a hash tells a key's lease from those of others: a mistake is noticed.
const LEASE_HASH_BYTES: usize = 16;
/// The longest namespace that leaves room for a hash.
pub(super) const LONGEST_NAMESPACE: usize = LONGEST - HASH - 1;

/// Whether `namespace` may be in front of keys: short, and without what would end or split a command, or the mark.
pub(super) fn is_namespace(namespace: &str) -> bool {
    let plain = |byte| byte > b' ' && byte != 0x7f && byte != MARK;
    namespace.len() <= LONGEST_NAMESPACE && namespace.bytes().all(plain)
}

/// The key that stands for `key` on the wire: 1 to 250 bytes, none of them a space or a control character.
///
/// Different keys of a namespace get different ones: the hash of those too long for base 85 is collision-resistant.
pub(super) fn wire(namespace: &str, key: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(LONGEST);
    wire.extend_from_slice(namespace.as_bytes());
    if namespace.is_empty() && key.is_empty() {
        // Memcached has no empty key.
        wire.push(MARK);
    } else if namespace.len() + key.len() + key.len().div_ceil(4) <= LONGEST {
        wire.extend_from_slice(Encoding::B85.encode(key).as_bytes());
    } else {
        wire.push(MARK);
        wire.extend_from_slice(Encoding::B85.encode(&sha3_256(key)).as_bytes());
    }
    wire
}

/// The key of the lease over the value of `key`, which is no value's key.
pub(super) fn wire_of_lease(namespace: &str, key: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(LONGEST);
    wire.extend_from_slice(namespace.as_bytes());
    wire.extend_from_slice(&[MARK, MARK]);
    wire.extend_from_slice(Encoding::B85.encode(&sha3_256(key)[..LEASE_HASH_BYTES]).as_bytes());
    wire
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn keys_are_those_of_the_python_library() {
        // python3: b"app." + base64.b85encode(str(key).encode("utf-8"))
        assert_eq!(wire("", b"hello"), b"Xk~0{Zv");
        assert_eq!(wire("app.", "[1,\"é\"]".as_bytes()), b"app.TQMvm!>J-&");
        assert_eq!(wire("app.", b""), b"app.");
    }

    #[test]
    fn law5_apart_keys_of_all_lengths_and_bytes_are_plain_and_different() {
        for namespace in ["", "app.", &"n".repeat(LONGEST_NAMESPACE)] {
            assert!(is_namespace(namespace));
            let mut seen = HashSet::new();
            let mut check = |key: &[u8]| {
                let wire = wire(namespace, key);
                assert!((1..=LONGEST).contains(&wire.len()), "{}", wire.len());
                assert!(wire.iter().all(|byte| (0x21..0x7f).contains(byte)));
                assert!(seen.insert(wire));
                let wire = wire_of_lease(namespace, key);
                assert!(wire.len() <= LONGEST && wire.iter().all(|byte| (0x21..0x7f).contains(byte)));
                assert!(seen.insert(wire));
            };
            for byte in [0, b'\r', b'\n', b' ', 0xff] {
                (1..600).for_each(|length| check(&vec![byte; length]));
            }
            check(b"");
            check(&[7; 10_000]);
        }
    }

    #[test]
    fn law5_apart_a_key_can_not_pass_for_the_hash_of_another() {
        let long = [b'x'; 400];
        let hashed = wire("", &long);
        // What would be the same text, had the mark been of the alphabet.
        assert_ne!(wire("", &sha3_256(&long)), hashed);
        assert!(!is_namespace("\""));
    }

    #[test]
    fn namespaces_that_would_split_a_command_are_refused() {
        for namespace in ["a b", "a\r\n", "a\0", "\t", "\x7f", &"n".repeat(LONGEST_NAMESPACE + 1)] {
            assert!(!is_namespace(namespace), "{namespace:?}");
        }
        assert!(is_namespace("über."));
    }
}
