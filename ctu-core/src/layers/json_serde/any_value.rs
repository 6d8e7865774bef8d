//! Whatever a Python program may have stored.

use std::fmt;

use bytes::Bytes;
use serde_core::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde_core::de::{self, Deserialize, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde_core::ser::{Serialize, Serializer};
use serde_json::Value;

/// A value of any type, for a [`JsonSerdeCache`](crate::JsonSerdeCache) that is shared with Python programs: bytes, or
/// what JSON holds. A text is `Json(Value::String(..))`.
///
/// # Examples
///
/// ```
/// use ctu_core::{AnyValue, Flagged, JsonSerde};
///
/// let read = |flags, data: &'static [u8]| JsonSerde.deserialize::<AnyValue>(&Flagged { flags, data: data.into() });
/// assert_eq!(read(1, b"\xff"), Ok(AnyValue::Bytes(b"\xff"[..].into())));
/// assert_eq!(read(2, b"[1]"), Ok(AnyValue::Json("[1]".into())));
/// assert_eq!(read(3, b"[1]"), Ok(AnyValue::Json(vec![1].into())));
/// assert!(read(4, b"[1]").is_err());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub enum AnyValue {
    /// Bytes.
    Bytes(Bytes),
    /// Anything else.
    Json(Value),
}

/// Which of the two, without the value.
impl fmt::Debug for AnyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bytes(_) => "Bytes(..)",
            Self::Json(_) => "Json(..)",
        })
    }
}

impl Serialize for AnyValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Self::Json(value) => value.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for AnyValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

/// Takes bytes, and leaves all else to [`Value`].
struct Any;

macro_rules! leave {
    ($($method:ident($type:ty))*) => {$(
        fn $method<E: de::Error>(self, value: $type) -> Result<AnyValue, E> {
            Value::deserialize(value.into_deserializer()).map(AnyValue::Json)
        }
    )*};
}

impl<'de> Visitor<'de> for Any {
    type Value = AnyValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes or a JSON value")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<AnyValue, E> {
        Ok(AnyValue::Bytes(Bytes::copy_from_slice(bytes)))
    }

    leave!(visit_bool(bool) visit_i64(i64) visit_u64(u64) visit_f64(f64) visit_str(&str));

    fn visit_unit<E: de::Error>(self) -> Result<AnyValue, E> {
        Ok(AnyValue::Json(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<AnyValue, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(seq)).map(AnyValue::Json)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<AnyValue, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(map)).map(AnyValue::Json)
    }
}
