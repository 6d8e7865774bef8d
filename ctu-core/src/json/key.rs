//! An object's keys: scalars, as texts.

use std::fmt::Display;

use serde_core::ser::{Impossible, Serialize, Serializer};

use super::order::KeyKind;
use super::refusal::Refusal;
use super::writer::JsonWriter;

/// Writes one key, in quotes, and tells in which order it stands.
pub(super) struct KeyWriter<'w, 'o>(pub(super) &'w mut JsonWriter<'o>);

impl KeyWriter<'_, '_> {
    fn number(self, value: impl Serialize) -> Result<KeyKind, Refusal> {
        self.0.out.push('"');
        value.serialize(&mut *self.0)?;
        self.0.out.push('"');
        Ok(KeyKind::Number)
    }
}

macro_rules! numbers {
    ($($method:ident $type:ty;)*) => {$(
        fn $method(self, value: $type) -> Result<KeyKind, Refusal> {
            self.number(value)
        }
    )*};
}

macro_rules! compounds {
    ($($method:ident($($argument:ty),*) $type:ident;)*) => {$(
        fn $method(self, $(_: $argument),*) -> Result<Self::$type, Refusal> {
            Err(Refusal::CompoundKey)
        }
    )*};
}

type Never = Impossible<KeyKind, Refusal>;

impl Serializer for KeyWriter<'_, '_> {
    type Ok = KeyKind;
    type Error = Refusal;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Never;
    type SerializeStructVariant = Never;

    numbers! {
        serialize_bool bool;
        serialize_i8 i8;
        serialize_i16 i16;
        serialize_i32 i32;
        serialize_i64 i64;
        serialize_i128 i128;
        serialize_u8 u8;
        serialize_u16 u16;
        serialize_u32 u32;
        serialize_u64 u64;
        serialize_u128 u128;
        serialize_f32 f32;
        serialize_f64 f64;
    }

    fn serialize_char(self, value: char) -> Result<KeyKind, Refusal> {
        self.0.serialize_char(value)?;
        Ok(KeyKind::Text)
    }

    fn serialize_str(self, value: &str) -> Result<KeyKind, Refusal> {
        self.0.serialize_str(value)?;
        Ok(KeyKind::Text)
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<KeyKind, Refusal> {
        self.0.collect_str(value)?;
        Ok(KeyKind::Text)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<KeyKind, Refusal> {
        self.serialize_str(variant)
    }

    fn serialize_none(self) -> Result<KeyKind, Refusal> {
        Err(Refusal::NullKey)
    }

    fn serialize_unit(self) -> Result<KeyKind, Refusal> {
        Err(Refusal::NullKey)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<KeyKind, Refusal> {
        Err(Refusal::NullKey)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<KeyKind, Refusal> {
        self.0.wrapped(|writer| value.serialize(KeyWriter(writer)))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<KeyKind, Refusal> {
        self.0.wrapped(|writer| value.serialize(KeyWriter(writer)))
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<KeyKind, Refusal> {
        Err(Refusal::CompoundKey)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<KeyKind, Refusal> {
        Err(Refusal::CompoundKey)
    }

    compounds! {
        serialize_seq(Option<usize>) SerializeSeq;
        serialize_tuple(usize) SerializeTuple;
        serialize_tuple_struct(&'static str, usize) SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) SerializeTupleVariant;
        serialize_map(Option<usize>) SerializeMap;
        serialize_struct(&'static str, usize) SerializeStruct;
        serialize_struct_variant(&'static str, u32, &'static str, usize) SerializeStructVariant;
    }
}
