//! Typed values in a byte store, as JSON: [`JsonCache`] and [`ToBytesCache`].

use std::borrow::Cow;

use bytes::Bytes;
use serde_core::{Serialize, de::DeserializeOwned};

use crate::{Layer, Map, Mapped, Reject, Result, Ttl, write_json};

/// A cache of any serde values under text keys, in a byte store: keys as UTF-8, values as canonical JSON.
///
/// Made by [`StackExt::json`](crate::StackExt::json). Readable by people and by programs in other languages, the
/// Python library among them, whose `json.dumps(.., sort_keys=True, separators=(",", ":"))` gives the same bytes. A
/// value that JSON does not hold exactly is refused ([`write_json`] tells which): `put` is an error of kind `Codec`, and
/// nothing is stored. What is found and is not the JSON of a value, to its last byte, is a miss.
///
/// # Examples
///
/// ```
/// use bytes::Bytes;
/// use ctu_core::{Cache, ErrorKind, LockedCache, StackExt, Ttl};
/// use std::collections::HashMap;
///
/// let store = LockedCache::new(HashMap::<Vec<u8>, Bytes>::new());
/// let cache = (&store).json();
/// cache.put("point", &(1, 2.5), Ttl::Default)?;
/// assert_eq!(cache.get("point")?, Some((1, 2.5)));
/// assert_eq!(store.get(&b"point"[..])?.as_deref(), Some(&b"[1,2.5]"[..]));
///
/// assert_eq!(cache.put("nan", &f64::NAN, Ttl::Default).unwrap_err().kind(), ErrorKind::Codec);
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub type JsonCache<C> = Mapped<Json, C>;

/// The layer of a [`JsonCache`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Json;

/// A cache of any serde values under any serde keys, in a byte store: both as canonical JSON.
///
/// Made by [`StackExt::to_bytes`](crate::StackExt::to_bytes). As [`JsonCache`], except that keys are JSON too: the text
/// `a` is the key `"a"` with its quotes, so that it is apart from other types of keys. A key that JSON does not hold
/// exactly is refused with kind `Codec`.
///
/// # Examples
///
/// ```
/// use bytes::Bytes;
/// use ctu_core::{Cache, LockedCache, StackExt, Ttl};
/// use std::collections::HashMap;
///
/// let store = LockedCache::new(HashMap::<Vec<u8>, Bytes>::new());
/// let cache = (&store).to_bytes();
/// cache.put(&("a", 1), &vec![true], Ttl::Default)?;
/// assert_eq!(cache.get(&("a", 1))?, Some(vec![true]));
/// assert_eq!(store.get(&br#"["a",1]"#[..])?.as_deref(), Some(&b"[true]"[..]));
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub type ToBytesCache<C> = Mapped<ToBytes, C>;

/// The layer of a [`ToBytesCache`].
#[derive(Debug, Clone, Copy, Default)]
pub struct ToBytes;

impl Layer for Json {}
impl Layer for ToBytes {}

impl<V: Serialize + DeserializeOwned> Map<str, V> for Json {
    type Key = [u8];
    type Stored = Bytes;

    fn key<'k>(&self, key: &'k str) -> Result<Cow<'k, [u8]>> {
        Ok(Cow::Borrowed(key.as_bytes()))
    }

    fn encode<'v>(&self, _key: &str, value: &'v V, _ttl: Ttl) -> Result<Cow<'v, Bytes>> {
        to_json(value).map(|json| Cow::Owned(json.into()))
    }

    fn decode(&self, _key: &str, stored: Bytes) -> Result<V, Reject> {
        from_json(&stored)
    }
}

impl<K: Serialize + ?Sized, V: Serialize + DeserializeOwned> Map<K, V> for ToBytes {
    type Key = [u8];
    type Stored = Bytes;

    fn key<'k>(&self, key: &'k K) -> Result<Cow<'k, [u8]>> {
        to_json(key).map(|json| Cow::Owned(json.into()))
    }

    fn encode<'v>(&self, _key: &K, value: &'v V, _ttl: Ttl) -> Result<Cow<'v, Bytes>> {
        to_json(value).map(|json| Cow::Owned(json.into()))
    }

    fn decode(&self, _key: &K, stored: Bytes) -> Result<V, Reject> {
        from_json(&stored)
    }
}

pub(super) fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    let mut json = String::new();
    write_json(&mut json, value)?;
    Ok(json)
}

/// The error is dropped, because it may quote the value.
pub(super) fn from_json<V: DeserializeOwned>(json: &[u8]) -> Result<V, Reject> {
    serde_json::from_slice(json).map_err(|_| Reject::new("not the JSON of such a value"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bytes::Bytes;
    use serde::{Deserialize, Serialize};

    use crate::test_store::{TestStore, now};
    use crate::{Args, AsyncCache, Cache, ErrorKind, StackExt, Store, Ttl};

    type Bottom = TestStore<Vec<u8>, Bytes>;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Page {
        title: String,
        rank: Option<f64>,
        links: BTreeMap<String, Kind>,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    enum Kind {
        Local,
        Remote { host: String, port: u16 },
    }

    fn page() -> Page {
        let remote = Kind::Remote { host: "é\u{1f600}".to_owned(), port: 80 };
        let links = [("b".to_owned(), Kind::Local), ("a".to_owned(), remote)].into();
        Page { title: "\"\\\u{7f}".to_owned(), rank: Some(0.1 + 0.2), links }
    }

    #[test]
    fn law1_exact_a_hit_is_what_was_stored() {
        let store = Bottom::new();
        let (json, bytes) = ((&store).json(), (&store).to_bytes());
        Cache::put(&json, "page", &page(), Ttl::Default).unwrap();
        assert_eq!(Cache::get(&json, "page").unwrap(), Some(page()));
        Cache::put(&bytes, "page", &page(), Ttl::Default).unwrap();
        assert_eq!(now(AsyncCache::get(&bytes, "page")).unwrap(), Some(page()));
        assert_eq!(Store::len(&store).unwrap(), 2, "under keys of their own");
        for float in [0.1, 1.0 / 3.0, f64::MIN_POSITIVE, 5e-324, f64::MAX, -0.0] {
            Cache::put(&json, "float", &float, Ttl::Default).unwrap();
            let found: f64 = Cache::get(&json, "float").unwrap().unwrap();
            assert_eq!(found.to_bits(), float.to_bits());
        }
    }

    #[test]
    fn law1_exact_what_json_does_not_hold_is_refused_and_not_stored() {
        fn refused<V: Serialize + serde::de::DeserializeOwned>(value: &V) {
            let store = Bottom::new();
            let cache = (&store).json();
            assert_eq!(Cache::put(&cache, "k", value, Ttl::Default).unwrap_err().kind(), ErrorKind::Codec);
            let error = Cache::put_many(&cache, &[("k", value)], Ttl::Default).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Codec);
            assert!(Store::is_empty(&store).unwrap());
        }
        refused(&f64::NAN);
        refused(&f32::INFINITY);
        refused(&Some(None::<u8>));
        refused(&vec![Some(())]);
        let cache = Bottom::new().to_bytes();
        let error = Cache::<f64, u8>::get(&cache, &f64::NAN).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Codec, "a key too");
    }

    #[test]
    fn law2_harmless_garbage_is_a_miss_and_is_counted() {
        let cache = Bottom::new().json();
        for garbage in [&b""[..], b"12 ", b"12,", b"12 12", b"-1", b"\"12\"", b"nul", b"1e999", b"\xff"] {
            Cache::put(cache.inner(), &b"k"[..], &Bytes::copy_from_slice(garbage), Ttl::Default).unwrap();
            let found: Option<u8> = Cache::get(&cache, "k").unwrap();
            // White space around a value is no garbage to JSON.
            assert_eq!(found.is_some(), garbage == b"12 ", "{garbage:?}");
        }
        assert_eq!(cache.rejected(), 8);
        assert!(!Cache::<str, u16>::contains(&cache, "k").unwrap());
    }

    #[test]
    fn law5_apart_keys_of_different_types_and_texts_are_apart() {
        let store = Bottom::new();
        let cache = (&store).to_bytes();
        Cache::put(&cache, "1", &1, Ttl::Default).unwrap();
        Cache::put(&cache, &1, &2, Ttl::Default).unwrap();
        Cache::put(&cache, &Args((&1, "1")), &3, Ttl::Default).unwrap();
        Cache::put(&cache, &Args((&(1, "1"),)), &4, Ttl::Default).unwrap();
        assert_eq!(Store::len(&store).unwrap(), 4);
        assert_eq!(Cache::get(&cache, &1).unwrap(), Some(2));
    }
}
