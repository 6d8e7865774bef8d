//! Arrays and objects, entry by entry.

use std::ops::Range;

use serde_core::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};

use super::embedded::{Embedded, push_embedded};
use super::key::KeyWriter;
use super::order::{KeyKind, sort_object};
use super::refusal::Refusal;
use super::text::push_text;
use super::writer::JsonWriter;

/// An array that is being written.
pub(super) struct ArrayWriter<'w, 'o> {
    writer: &'w mut JsonWriter<'o>,
    /// The depth around it.
    depth: u8,
    close: &'static str,
    empty: bool,
}

impl<'w, 'o> ArrayWriter<'w, 'o> {
    pub(super) fn new(writer: &'w mut JsonWriter<'o>, depth: u8, close: &'static str) -> Self {
        Self { writer, depth, close, empty: true }
    }
}

impl SerializeSeq for ArrayWriter<'_, '_> {
    type Ok = ();
    type Error = Refusal;

    #[inline]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refusal> {
        if !self.empty {
            self.writer.out.push(',');
        }
        self.empty = false;
        self.writer.part(value)
    }

    #[inline]
    fn end(self) -> Result<(), Refusal> {
        self.writer.out.push_str(self.close);
        self.writer.depth = self.depth;
        Ok(())
    }
}

macro_rules! like_seq {
    ($($trait:ident $method:ident;)*) => {$(
        impl $trait for ArrayWriter<'_, '_> {
            type Ok = ();
            type Error = Refusal;

            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refusal> {
                SerializeSeq::serialize_element(self, value)
            }

            #[inline]
            fn end(self) -> Result<(), Refusal> {
                SerializeSeq::end(self)
            }
        }
    )*};
}

like_seq! {
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
    SerializeTupleVariant serialize_field;
}

/// An object that is being written.
pub(super) struct ObjectWriter<'w, 'o> {
    writer: &'w mut JsonWriter<'o>,
    /// The depth around it.
    depth: u8,
    close: &'static str,
    /// Where its brace is in the text.
    open: usize,
    /// What the keys are so far; none as long as it is empty.
    kind: Option<KeyKind>,
    /// The last key in the text, without its quotes.
    last: Range<usize>,
    /// Whether all keys so far came in order, and thus without duplicates.
    sorted: bool,
    /// Whether a key was written whose value was not.
    half: bool,
}

impl<'w, 'o> ObjectWriter<'w, 'o> {
    pub(super) fn new(writer: &'w mut JsonWriter<'o>, depth: u8, close: &'static str) -> Self {
        let open = writer.out.len() - 1;
        Self { writer, depth, close, open, kind: None, last: 0..0, sorted: true, half: false }
    }

    fn key(&mut self, write: impl FnOnce(&mut JsonWriter<'o>) -> Result<KeyKind, Refusal>) -> Result<(), Refusal> {
        self.try_key(write).map_err(|refusal| self.writer.fail(refusal))
    }

    #[inline]
    fn try_key(&mut self, write: impl FnOnce(&mut JsonWriter<'o>) -> Result<KeyKind, Refusal>) -> Result<(), Refusal> {
        if self.half {
            return Err(Refusal::Custom);
        }
        if self.kind.is_some() {
            self.writer.out.push(',');
        }
        let start = self.writer.out.len() + 1;
        let kind = write(self.writer)?;
        let key = start..self.writer.out.len() - 1;
        if let Some(before) = self.kind {
            if before != kind {
                return Err(Refusal::MixedKeys);
            }
            if self.sorted {
                let order = kind.compare(&self.writer.out[self.last.clone()], &self.writer.out[key.clone()]);
                if order.is_eq() {
                    return Err(Refusal::DuplicateKey);
                }
                self.sorted = order.is_lt();
            }
        }
        self.writer.out.push(':');
        (self.kind, self.last, self.half) = (Some(kind), key, true);
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refusal> {
        if !self.half {
            return Err(self.writer.fail(Refusal::Custom));
        }
        self.half = false;
        self.writer.part(value)
    }

    /// Writes an entry whose key is a text and whose value is whatever `value` writes.
    pub(super) fn entry(
        &mut self,
        key: &str,
        value: impl FnOnce(&mut JsonWriter<'o>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        self.key(|writer| {
            push_text(writer.out, key);
            Ok(KeyKind::Text)
        })?;
        self.half = false;
        value(self.writer)
    }

    pub(super) fn finish(self) -> Result<(), Refusal> {
        // After a dropped error the text is no JSON, so its entries could not be found.
        if self.half || self.writer.failed {
            return Err(Refusal::Custom);
        }
        if let (Some(kind), false) = (self.kind, self.sorted) {
            sort_object(self.writer.out, self.open, kind)?;
        }
        self.writer.out.push_str(self.close);
        self.writer.depth = self.depth;
        Ok(())
    }
}

impl SerializeMap for ObjectWriter<'_, '_> {
    type Ok = ();
    type Error = Refusal;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Refusal> {
        self.key(|writer| key.serialize(KeyWriter(writer)))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refusal> {
        self.value(value)
    }

    fn end(self) -> Result<(), Refusal> {
        self.finish()
    }
}

impl SerializeStructVariant for ObjectWriter<'_, '_> {
    type Ok = ();
    type Error = Refusal;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Refusal> {
        self.entry(name, |writer| writer.part(value))
    }

    fn end(self) -> Result<(), Refusal> {
        self.finish()
    }
}

/// A struct that is being written: an object, or one of `serde_json`'s own structs that stand for a JSON text.
pub(super) enum StructWriter<'w, 'o> {
    Object(ObjectWriter<'w, 'o>),
    Embedded { writer: &'w mut JsonWriter<'o>, what: Embedded, written: bool },
}

impl<'w, 'o> StructWriter<'w, 'o> {
    pub(super) fn new(writer: &'w mut JsonWriter<'o>, name: &str) -> Result<Self, Refusal> {
        Ok(match Embedded::named(name) {
            Some(what) => Self::Embedded { writer, what, written: false },
            None => Self::Object(writer.object(1, "}")?),
        })
    }
}

impl SerializeStruct for StructWriter<'_, '_> {
    type Ok = ();
    type Error = Refusal;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Refusal> {
        match self {
            Self::Object(object) => object.entry(name, |writer| writer.part(value)),
            Self::Embedded { writer, written: true, .. } => Err(writer.fail(Refusal::Embedded)),
            Self::Embedded { writer, what, written } => {
                *written = true;
                push_embedded(writer, *what, value).map_err(|refusal| writer.fail(refusal))
            }
        }
    }

    fn end(self) -> Result<(), Refusal> {
        match self {
            Self::Object(object) => object.finish(),
            Self::Embedded { written, .. } => written.then_some(()).ok_or(Refusal::Embedded),
        }
    }
}
