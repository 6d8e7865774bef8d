//! The serializer: any serde value into canonical JSON text.

use std::fmt::{Display, Write as _};

use serde_core::ser::{Serialize, SerializeSeq as _, Serializer};

use super::compound::{ArrayWriter, ObjectWriter, StructWriter};
use super::float::push_float;
use super::refusal::Refusal;
use super::text::{Escaping, push_text, push_u64};

/// How many arrays and objects may be open at once: as many as `serde_json`'s parser reads back.
const MAX_DEPTH: u8 = 127;

/// How many `Some`s and newtype structs may be open at once.
///
/// They leave no trace in the text, so no parser bounds them: this only keeps an endless value off the stack's end.
const MAX_WRAPPERS: u16 = 512;

/// Writes one value at the end of a text.
pub(super) struct JsonWriter<'o> {
    pub(super) out: &'o mut String,
    pub(super) depth: u8,
    wrappers: u16,
    /// A `Serialize` implementation may drop the error of one of its parts, but is not believed when it goes on.
    pub(super) failed: bool,
}

impl<'o> JsonWriter<'o> {
    /// Appends `value`. What is appended on failure is no JSON.
    pub(super) fn write<T: Serialize + ?Sized>(out: &'o mut String, value: &T) -> Result<(), Refusal> {
        let mut writer = Self { out, depth: 0, wrappers: 0, failed: false };
        value.serialize(&mut writer)?;
        if writer.failed { Err(Refusal::Custom) } else { Ok(()) }
    }

    /// Writes a part of the value that is being written.
    #[inline]
    pub(super) fn part<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refusal> {
        let result = value.serialize(&mut *self);
        self.failed |= result.is_err();
        result
    }

    /// Remembers that a part failed.
    pub(super) fn fail(&mut self, refusal: Refusal) -> Refusal {
        self.failed = true;
        refusal
    }

    /// Counts `levels` arrays and objects as open. Who closes them sets `depth` back.
    #[inline]
    pub(super) fn open(&mut self, levels: u8) -> Result<(), Refusal> {
        if MAX_DEPTH - self.depth < levels {
            return Err(Refusal::TooDeep);
        }
        self.depth += levels;
        Ok(())
    }

    /// Does `write` within one more wrapper.
    #[inline]
    pub(super) fn wrapped<R>(&mut self, write: impl FnOnce(&mut Self) -> Result<R, Refusal>) -> Result<R, Refusal> {
        if self.wrappers == MAX_WRAPPERS {
            return Err(Refusal::TooDeep);
        }
        self.wrappers += 1;
        let result = write(self);
        self.wrappers -= 1;
        result
    }

    fn array<'w>(&'w mut self, levels: u8, close: &'static str) -> Result<ArrayWriter<'w, 'o>, Refusal> {
        let depth = self.depth;
        self.open(levels)?;
        self.out.push('[');
        Ok(ArrayWriter::new(self, depth, close))
    }

    pub(super) fn object<'w>(&'w mut self, levels: u8, close: &'static str) -> Result<ObjectWriter<'w, 'o>, Refusal> {
        let depth = self.depth;
        self.open(levels)?;
        self.out.push('{');
        Ok(ObjectWriter::new(self, depth, close))
    }

    fn variant(&mut self, name: &str) {
        self.out.push('{');
        push_text(self.out, name);
        self.out.push(':');
    }
}

macro_rules! small_integers {
    ($($method:ident $type:ty => $wide:ident $to:ty;)*) => {$(
        #[inline]
        fn $method(self, value: $type) -> Result<(), Refusal> {
            self.$wide(<$to>::from(value))
        }
    )*};
}

impl<'w, 'o> Serializer for &'w mut JsonWriter<'o> {
    type Ok = ();
    type Error = Refusal;
    type SerializeSeq = ArrayWriter<'w, 'o>;
    type SerializeTuple = ArrayWriter<'w, 'o>;
    type SerializeTupleStruct = ArrayWriter<'w, 'o>;
    type SerializeTupleVariant = ArrayWriter<'w, 'o>;
    type SerializeMap = ObjectWriter<'w, 'o>;
    type SerializeStruct = StructWriter<'w, 'o>;
    type SerializeStructVariant = ObjectWriter<'w, 'o>;

    #[inline]
    fn serialize_bool(self, value: bool) -> Result<(), Refusal> {
        self.out.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    small_integers! {
        serialize_i8 i8 => serialize_i64 i64;
        serialize_i16 i16 => serialize_i64 i64;
        serialize_i32 i32 => serialize_i64 i64;
        serialize_u8 u8 => serialize_u64 u64;
        serialize_u16 u16 => serialize_u64 u64;
        serialize_u32 u32 => serialize_u64 u64;
    }

    #[inline]
    fn serialize_i64(self, value: i64) -> Result<(), Refusal> {
        if value < 0 {
            self.out.push('-');
        }
        self.serialize_u64(value.unsigned_abs())
    }

    #[inline]
    fn serialize_u64(self, value: u64) -> Result<(), Refusal> {
        push_u64(self.out, value);
        Ok(())
    }

    fn serialize_i128(self, value: i128) -> Result<(), Refusal> {
        write!(self.out, "{value}").map_err(|_| Refusal::Custom)
    }

    fn serialize_u128(self, value: u128) -> Result<(), Refusal> {
        write!(self.out, "{value}").map_err(|_| Refusal::Custom)
    }

    fn serialize_f32(self, value: f32) -> Result<(), Refusal> {
        if !value.is_finite() {
            return Err(Refusal::NotFinite);
        }
        push_float(self.out, &value)
    }

    fn serialize_f64(self, value: f64) -> Result<(), Refusal> {
        if !value.is_finite() {
            return Err(Refusal::NotFinite);
        }
        push_float(self.out, &value)
    }

    fn serialize_char(self, value: char) -> Result<(), Refusal> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<(), Refusal> {
        push_text(self.out, value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Refusal> {
        let mut array = self.serialize_seq(Some(value.len()))?;
        value.iter().try_for_each(|byte| array.serialize_element(byte))?;
        array.end()
    }

    #[inline]
    fn serialize_none(self) -> Result<(), Refusal> {
        self.serialize_unit()
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Refusal> {
        let start = self.out.len();
        self.wrapped(|writer| value.serialize(writer))?;
        if self.out[start..] == *"null" { Err(Refusal::SomeNull) } else { Ok(()) }
    }

    #[inline]
    fn serialize_unit(self) -> Result<(), Refusal> {
        self.out.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Refusal> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Refusal> {
        self.serialize_str(variant)
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Refusal> {
        self.wrapped(|writer| value.serialize(writer))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Refusal> {
        self.open(1)?;
        self.variant(variant);
        value.serialize(&mut *self)?;
        self.out.push('}');
        self.depth -= 1;
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Refusal> {
        self.array(1, "]")
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Refusal> {
        self.array(1, "]")
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Refusal> {
        self.array(1, "]")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Refusal> {
        self.variant(variant);
        self.array(2, "]}")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Refusal> {
        self.object(1, "}")
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Self::SerializeStruct, Refusal> {
        StructWriter::new(self, name)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Refusal> {
        self.variant(variant);
        self.object(2, "}}")
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), Refusal> {
        self.out.push('"');
        write!(Escaping(self.out), "{value}").map_err(|_| Refusal::Custom)?;
        self.out.push('"');
        Ok(())
    }
}
