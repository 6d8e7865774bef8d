//! The values of the Python library's Memcached clients: [`JsonSerde`].

mod any_value;
mod probe;

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde_core::de::value::{BytesDeserializer, StrDeserializer};
use serde_core::{Serialize, de::DeserializeOwned};

pub use self::any_value::AnyValue;
use self::probe::{NotPlain, Probe};
use super::json::{from_json, to_json};
use crate::{Layer, Map, Mapped, Reject, Result, Ttl};

/// A cache of any serde values in a store that keeps flags beside its bytes, as Memcached does.
///
/// Made by [`StackExt::json_serde`](crate::StackExt::json_serde). The keys are those of the store.
///
/// # Examples
///
/// ```
/// use ctu_core::{Cache, Flagged, LockedCache, StackExt, Ttl};
/// use std::collections::HashMap;
///
/// let store = LockedCache::new(HashMap::<String, Flagged>::new());
/// let cache = (&store).json_serde();
/// cache.put("greeting", &"hello".to_owned(), Ttl::Default)?;
/// cache.put("numbers", &[1, 2, 3], Ttl::Default)?;
///
/// assert_eq!(store.get("greeting")?, Some(Flagged { flags: 2, data: "hello".into() }));
/// assert_eq!(store.get("numbers")?, Some(Flagged { flags: 3, data: "[1,2,3]".into() }));
/// assert_eq!(cache.get("numbers")?, Some([1, 2, 3]));
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub type JsonSerdeCache<C> = Mapped<JsonSerde, C>;

/// What a store with flags holds: bytes, and a number that tells their format.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Flagged {
    /// The format, as agreed between those who share the store.
    pub flags: u32,
    /// The bytes.
    pub data: Bytes,
}

/// Without the bytes.
impl fmt::Debug for Flagged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flagged").field("flags", &self.flags).finish_non_exhaustive()
    }
}

/// The Python library's form of a value: bytes (flags 1) and texts (flags 2) as they are, all else as JSON (flags 3).
///
/// Whether a value is bytes or a text is what its `Serialize` says: `String` is a text, [`AnyValue::Bytes`] and the types
/// of the `serde_bytes` crate are bytes, but `Vec<u8>` is a list of numbers. Values of unknown flags are misses. For
/// what may be anything, as in Python, there is [`AnyValue`].
#[derive(Debug, Clone, Copy, Default)]
pub struct JsonSerde;

const BYTES: u32 = 1;
const TEXT: u32 = 2;
const JSON: u32 = 3;

impl JsonSerde {
    /// The form of `value`.
    ///
    /// # Errors
    ///
    /// `Codec` if the value has no exact one, as [`write_json`](crate::write_json) tells.
    pub fn serialize<V: Serialize + ?Sized>(&self, value: &V) -> Result<Flagged> {
        let (flags, data) = match value.serialize(Probe) {
            Ok(plain) => plain,
            Err(NotPlain) => (JSON, to_json(value)?.into()),
        };
        Ok(Flagged { flags, data })
    }

    /// The value that `stored` is the form of.
    ///
    /// # Errors
    ///
    /// [`Reject`] if the flags are unknown, or the bytes are not those of such a value.
    pub fn deserialize<V: DeserializeOwned>(&self, stored: &Flagged) -> Result<V, Reject> {
        let other = |_: serde_core::de::value::Error| Reject::new("a value of another type");
        match stored.flags {
            BYTES => V::deserialize(BytesDeserializer::new(&stored.data)).map_err(other),
            TEXT => {
                let text = str::from_utf8(&stored.data).map_err(|_| Reject::new("a text that is not UTF-8"))?;
                V::deserialize(StrDeserializer::new(text)).map_err(other)
            }
            JSON => from_json(&stored.data),
            _ => Err(Reject::new("unknown flags")),
        }
    }
}

impl Layer for JsonSerde {}

impl<K, V> Map<K, V> for JsonSerde
where
    K: ?Sized + ToOwned + 'static,
    V: Serialize + DeserializeOwned,
{
    type Key = K;
    type Stored = Flagged;

    fn key<'k>(&self, key: &'k K) -> Result<Cow<'k, K>> {
        Ok(Cow::Borrowed(key))
    }

    fn encode<'v>(&self, _key: &K, value: &'v V, _ttl: Ttl) -> Result<Cow<'v, Flagged>> {
        self.serialize(value).map(Cow::Owned)
    }

    fn decode(&self, _key: &K, stored: Flagged) -> Result<V, Reject> {
        self.deserialize(&stored)
    }
}

#[cfg(test)]
mod tests;
