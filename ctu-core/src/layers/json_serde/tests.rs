use bytes::Bytes;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};

use super::*;
use crate::test_store::{TestStore, now};
use crate::{AsyncCache, Cache, ErrorKind, StackExt, Store};

type Bottom = TestStore<String, Flagged>;

fn flagged(flags: u32, data: &[u8]) -> Flagged {
    Flagged { flags, data: Bytes::copy_from_slice(data) }
}

/// Bytes, as the `serde_bytes` crate has them.
#[derive(Debug, PartialEq)]
struct Raw(Vec<u8>);

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match AnyValue::deserialize(deserializer)? {
            AnyValue::Bytes(bytes) => Ok(Self(bytes.to_vec())),
            AnyValue::Json(_) => Err(serde::de::Error::custom("not bytes")),
        }
    }
}

#[test]
fn law1_exact_values_have_the_flags_and_bytes_of_the_python_library() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Name(String);
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Side {
        Left,
    }
    fn check<V: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug + Send + Sync>(
        value: V,
        flags: u32,
        data: &[u8],
    ) {
        let cache = Bottom::new().json_serde();
        Cache::put(&cache, "k", &value, Ttl::Default).unwrap();
        assert_eq!(Cache::get(cache.inner(), "k").unwrap(), Some(flagged(flags, data)));
        assert_eq!(Cache::get(&cache, "k").unwrap().as_ref(), Some(&value));
        assert_eq!(now(AsyncCache::get(&cache, "k")).unwrap(), Some(value));
    }
    check(Raw(vec![0, 0xff]), 1, b"\x00\xff");
    check("é\"".to_owned(), 2, "é\"".as_bytes());
    check(std::net::Ipv4Addr::LOCALHOST, 2, b"127.0.0.1");
    check(json!("text"), 2, b"text");
    check(json!({"b": [1.5, null], "a": true}), 3, br#"{"a":true,"b":[1.5,null]}"#);
    check(Name("n".to_owned()), 3, br#""n""#);
    check(Side::Left, 3, br#""Left""#);
    check(Some("s".to_owned()), 3, br#""s""#);
    check(vec![1_u8], 3, b"[1]");
    check('c', 3, br#""c""#);
    for value in [json!(null), json!(-1), json!(u64::MAX), json!(0.1), json!("t"), json!([1, {"a": "b"}])] {
        let stored = JsonSerde.serialize(&AnyValue::Json(value.clone())).unwrap();
        assert!(JsonSerde.deserialize::<AnyValue>(&stored) == Ok(AnyValue::Json(value)));
    }
    let stored = JsonSerde.serialize(&AnyValue::Bytes(Bytes::from_static(b"\xff"))).unwrap();
    assert_eq!(stored, flagged(1, b"\xff"));
    assert!(JsonSerde.deserialize::<AnyValue>(&stored) == Ok(AnyValue::Bytes(Bytes::from_static(b"\xff"))));
}

#[test]
fn law1_exact_what_json_does_not_hold_is_refused() {
    let cache = Bottom::new().json_serde();
    let refused = Cache::put(&cache, "k", &vec![f64::NAN], Ttl::Default).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Codec);
    assert!(Store::is_empty(cache.inner()).unwrap());
}

#[test]
fn law2_harmless_unknown_flags_and_other_types_are_misses() {
    let cache = Bottom::new().json_serde();
    for bad in [
        flagged(0, b"1"),
        flagged(4, b"1"),
        flagged(u32::MAX, b""),
        flagged(1, b"1"),
        flagged(2, b"1"),
        flagged(2, b"\xff"),
        flagged(3, b"1 1"),
        flagged(3, b""),
        flagged(3, b"\"1\""),
    ] {
        Cache::put(cache.inner(), "k", &bad, Ttl::Default).unwrap();
        assert_eq!(Cache::<str, u32>::get(&cache, "k").unwrap(), None, "{bad:?}");
    }
    assert_eq!(cache.rejected(), 9);
    assert!(JsonSerde.deserialize::<String>(&flagged(2, b"\xff")).is_err());
    assert!(JsonSerde.deserialize::<Value>(&flagged(1, b"x")).is_err());
}

#[test]
fn law7_silent_debug_shows_no_value() {
    let shown = format!("{:?} {:?}", flagged(2, b"secret"), AnyValue::Json("secret".into()));
    assert_eq!(shown, "Flagged { flags: 2, .. } Json(..)");
}
