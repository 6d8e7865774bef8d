//! Is a value a text or bytes, and which?

use std::fmt;

use bytes::Bytes;
use serde_core::ser::{self, Impossible, Serialize, Serializer};

use super::{BYTES, TEXT};

/// Takes a text or bytes, and gives up at anything else.
pub(super) struct Probe;

/// Neither a text nor bytes, or one whose own `Serialize` fails: JSON will tell.
#[derive(Debug)]
pub(super) struct NotPlain;

impl fmt::Display for NotPlain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("neither a text nor bytes")
    }
}

impl std::error::Error for NotPlain {}

impl ser::Error for NotPlain {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

type Plain = Result<(u32, Bytes), NotPlain>;
type No = Impossible<(u32, Bytes), NotPlain>;

macro_rules! not_plain {
    ($($method:ident($($arg:ty),*) -> $out:ty;)*) => {$(
        fn $method(self, $(_: $arg),*) -> Result<$out, NotPlain> {
            Err(NotPlain)
        }
    )*};
}

impl Serializer for Probe {
    type Ok = (u32, Bytes);
    type Error = NotPlain;
    type SerializeSeq = No;
    type SerializeTuple = No;
    type SerializeTupleStruct = No;
    type SerializeTupleVariant = No;
    type SerializeMap = No;
    type SerializeStruct = No;
    type SerializeStructVariant = No;

    fn serialize_str(self, text: &str) -> Plain {
        Ok((TEXT, Bytes::copy_from_slice(text.as_bytes())))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Plain {
        Ok((BYTES, Bytes::copy_from_slice(bytes)))
    }

    not_plain! {
        serialize_bool(bool) -> Self::Ok;
        serialize_i8(i8) -> Self::Ok;
        serialize_i16(i16) -> Self::Ok;
        serialize_i32(i32) -> Self::Ok;
        serialize_i64(i64) -> Self::Ok;
        serialize_i128(i128) -> Self::Ok;
        serialize_u8(u8) -> Self::Ok;
        serialize_u16(u16) -> Self::Ok;
        serialize_u32(u32) -> Self::Ok;
        serialize_u64(u64) -> Self::Ok;
        serialize_u128(u128) -> Self::Ok;
        serialize_f32(f32) -> Self::Ok;
        serialize_f64(f64) -> Self::Ok;
        serialize_char(char) -> Self::Ok;
        serialize_none() -> Self::Ok;
        serialize_unit() -> Self::Ok;
        serialize_unit_struct(&'static str) -> Self::Ok;
        serialize_unit_variant(&'static str, u32, &'static str) -> Self::Ok;
        serialize_seq(Option<usize>) -> No;
        serialize_tuple(usize) -> No;
        serialize_tuple_struct(&'static str, usize) -> No;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> No;
        serialize_map(Option<usize>) -> No;
        serialize_struct(&'static str, usize) -> No;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> No;
    }

    // What is inside would be read back as itself, not as what it is in.
    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Plain {
        Err(NotPlain)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, _: &T) -> Plain {
        Err(NotPlain)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Plain {
        Err(NotPlain)
    }
}
