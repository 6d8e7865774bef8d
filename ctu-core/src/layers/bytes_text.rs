//! Bytes in a text store: [`BytesCache`].

use std::borrow::Cow;

use bytes::Bytes;

use crate::{Encoding, Layer, Map, Mapped, Reject, Result, Ttl, decode_b85};

/// A byte cache in a text store: keys and values as base 85, a quarter longer.
///
/// Made by [`StackExt::bytes_as_text`](crate::StackExt::bytes_as_text). The text is that of Python's `base64.b85encode`. A text that is
/// not the base 85 of any bytes is a miss.
///
/// # Examples
///
/// ```
/// use bytes::Bytes;
/// use ctu_core::{Cache, LockedCache, StackExt, Ttl};
/// use std::collections::HashMap;
///
/// let store = LockedCache::new(HashMap::<String, String>::new());
/// let cache = (&store).bytes_as_text();
/// cache.put(&b"hello"[..], &Bytes::from_static(b"\xff"), Ttl::Default)?;
/// assert_eq!(cache.get(&b"hello"[..])?.as_deref(), Some(&b"\xff"[..]));
/// assert_eq!(store.get("Xk~0{Zv")?.as_deref(), Some("{{"));
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub type BytesCache<C> = Mapped<BytesText, C>;

/// The layer of a [`BytesCache`].
#[derive(Debug, Clone, Copy, Default)]
pub struct BytesText;

impl Layer for BytesText {}

impl Map<[u8], Bytes> for BytesText {
    type Key = str;
    type Stored = String;

    fn key<'k>(&self, key: &'k [u8]) -> Result<Cow<'k, str>> {
        Ok(Cow::Owned(Encoding::B85.encode(key)))
    }

    fn encode<'v>(&self, _key: &[u8], value: &'v Bytes, _ttl: Ttl) -> Result<Cow<'v, String>> {
        Ok(Cow::Owned(Encoding::B85.encode(value)))
    }

    fn decode(&self, _key: &[u8], stored: String) -> Result<Bytes, Reject> {
        let bytes = decode_b85(&stored).filter(|bytes| is_canonical(bytes, &stored));
        bytes.map(Bytes::from).ok_or(Reject::new("not base 85"))
    }
}

/// Whether `text` is what is written for `bytes`, as which it reads. Only of the last, incomplete group are there several
/// texts that read the same.
fn is_canonical(bytes: &[u8], text: &str) -> bool {
    let groups = bytes.len() / 4;
    text.get(groups * 5..) == Some(&Encoding::B85.encode(&bytes[groups * 4..]))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use crate::test_store::{TestStore, now};
    use crate::{AsyncCache, Cache, StackExt, Ttl};

    #[test]
    fn law1_exact_any_bytes_come_back() {
        let cache = TestStore::<String, String>::new().bytes_as_text();
        for len in 0..=9_u8 {
            let bytes: Vec<u8> = (0..len).map(|i| i.wrapping_mul(91) ^ 0xff).collect();
            Cache::put(&cache, &bytes[..], &Bytes::from(bytes.clone()), Ttl::Default).unwrap();
            assert_eq!(Cache::get(&cache, &bytes[..]).unwrap().as_deref(), Some(&bytes[..]));
            assert_eq!(now(AsyncCache::get(&cache, &bytes[..])).unwrap().as_deref(), Some(&bytes[..]));
        }
    }

    #[test]
    fn law2_harmless_bad_text_is_a_miss_and_is_counted() {
        let cache = TestStore::<String, String>::new().bytes_as_text();
        // A digit that is none, a group above 32 bits, a group of one, and digits that no encoder would write.
        for bad in ["a b", "~~~~~", "0", "{}", "é", "Xk~0{0", "Xk~0{Zw"] {
            Cache::put(cache.inner(), "", &bad.to_owned(), Ttl::Default).unwrap();
            assert_eq!(Cache::get(&cache, &b""[..]).unwrap(), None, "{bad}");
        }
        assert_eq!(cache.rejected(), 7);
    }
}
