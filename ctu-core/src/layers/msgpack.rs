//! Typed values in a byte store, as MessagePack: [`MsgPackCache`].

mod exact;

use std::borrow::Cow;

use bytes::Bytes;
use serde_core::{Serialize, de::DeserializeOwned};

use crate::{Error, ErrorKind, Layer, Map, Mapped, Reject, Result, Ttl};

/// A cache of any serde values under text keys, in a byte store: keys as UTF-8, values as MessagePack with named fields.
///
/// Made by [`StackExt::msgpack`](crate::StackExt::msgpack). Smaller and faster than JSON, and holds more: NaN, bytes,
/// and maps with any keys. A value that it does not hold exactly is refused with kind `Codec`: a `Some` whose content is
/// nil (`Some(None)`, `Some(())`), or more than 127 nested lists, maps and enums. What is found and is not the
/// MessagePack of a value, to its last byte, is a miss.
///
/// # Examples
///
/// ```
/// use bytes::Bytes;
/// use ctu_core::{Cache, ErrorKind, LockedCache, StackExt, Ttl};
/// use std::collections::HashMap;
///
/// let store = LockedCache::new(HashMap::<Vec<u8>, Bytes>::new());
/// let cache = (&store).msgpack();
/// cache.put("point", &(1, 2.5), Ttl::Default)?;
/// assert_eq!(cache.get("point")?, Some((1, 2.5)));
///
/// assert_eq!(cache.put("nested", &Some(None::<u8>), Ttl::Default).unwrap_err().kind(), ErrorKind::Codec);
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub type MsgPackCache<C> = Mapped<MsgPack, C>;

/// The layer of a [`MsgPackCache`].
#[derive(Debug, Clone, Copy, Default)]
pub struct MsgPack;

/// As deep as [`exact::check`] lets a value be, with room for how differently the reader counts; what is deeper would
/// cost stack.
const MAX_READ_DEPTH: usize = 2 * exact::MAX_DEPTH + 2;

impl Layer for MsgPack {}

impl<V: Serialize + DeserializeOwned> Map<str, V> for MsgPack {
    type Key = [u8];
    type Stored = Bytes;

    fn key<'k>(&self, key: &'k str) -> Result<Cow<'k, [u8]>> {
        Ok(Cow::Borrowed(key.as_bytes()))
    }

    fn encode<'v>(&self, _key: &str, value: &'v V, _ttl: Ttl) -> Result<Cow<'v, Bytes>> {
        exact::check(value)?;
        // The error is dropped, because it may quote the value.
        let packed = rmp_serde::to_vec_named(value).map_err(|_| {
            Error::new(
                ErrorKind::Codec,
                "the value has no form in MessagePack: mend its Serialize implementation, or leave such values out",
            )
        })?;
        Ok(Cow::Owned(packed.into()))
    }

    fn decode(&self, _key: &str, stored: Bytes) -> Result<V, Reject> {
        let bad = Reject::new("not the MessagePack of such a value");
        let mut reader = rmp_serde::Deserializer::new(&*stored);
        reader.set_max_depth(MAX_READ_DEPTH);
        let value = V::deserialize(&mut reader).map_err(|_| bad)?;
        if reader.into_inner().is_empty() { Ok(value) } else { Err(bad) }
    }
}

#[cfg(test)]
mod tests;
