//! Does MessagePack tell a value from all others of its type?
//!
//! `Some(x)` is written as `x`, so a `Some` whose content is nil is read back as `None`. Writing it and reading it again
//! shows nothing, since `None` has the same bytes; so the value is walked through once before.

use std::fmt;

use serde_core::ser::{self, Serialize, Serializer};

use crate::{Error, ErrorKind, Result};

/// The most lists, maps and enums with content in one another.
pub(super) const MAX_DEPTH: usize = 127;

/// Refuses what would not come back as it is.
pub(super) fn check<V: Serialize + ?Sized>(value: &V) -> Result<()> {
    match value.serialize(Exact { depth: 0 }) {
        Ok(_) => Ok(()),
        Err(inexact) => Err(Error::new(ErrorKind::Codec, inexact.0)),
    }
}

/// Walks through a value; tells whether it is written as nil.
#[derive(Clone, Copy)]
struct Exact {
    depth: usize,
}

type IsNil = bool;

/// Why not. Nothing of the value.
#[derive(Debug)]
struct Inexact(&'static str);

impl fmt::Display for Inexact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Inexact {}

impl ser::Error for Inexact {
    /// The message is dropped: it often quotes the value.
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self("the value's own Serialize implementation failed: mend it, or leave such values out")
    }
}

impl Exact {
    fn deeper(self) -> Result<Self, Inexact> {
        if self.depth == MAX_DEPTH {
            return Err(Inexact("the value is nested too deeply to be read back (127 levels): make it flatter"));
        }
        Ok(Self { depth: self.depth + 1 })
    }
}

macro_rules! plain {
    ($nil:literal: $($method:ident($($arg:ty),*);)*) => {$(
        fn $method(self, $(_: $arg),*) -> Result<IsNil, Inexact> {
            Ok($nil)
        }
    )*};
}

macro_rules! compound {
    ($($method:ident($($arg:ty),*);)*) => {$(
        fn $method(self, $(_: $arg),*) -> Result<Self, Inexact> {
            self.deeper()
        }
    )*};
}

impl Serializer for Exact {
    type Ok = IsNil;
    type Error = Inexact;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    plain! { true:
        serialize_none();
        serialize_unit();
    }

    plain! { false:
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_i128(i128);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_u128(u128);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
    }

    compound! {
        serialize_seq(Option<usize>);
        serialize_tuple(usize);
        serialize_tuple_struct(&'static str, usize);
        serialize_tuple_variant(&'static str, u32, &'static str, usize);
        serialize_map(Option<usize>);
        serialize_struct(&'static str, usize);
        serialize_struct_variant(&'static str, u32, &'static str, usize);
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<IsNil, Inexact> {
        if value.serialize(self)? {
            return Err(Inexact(
                "a `Some` whose content is nil in MessagePack can't be told from `None`: use an enum with named \
                 variants instead of nested Options or `Option<()>`",
            ));
        }
        Ok(false)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<IsNil, Inexact> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<IsNil, Inexact> {
        value.serialize(self.deeper()?).map(|_| false)
    }

    /// As rmp-serde, so that the same form is walked through as is written.
    fn is_human_readable(&self) -> bool {
        false
    }
}

macro_rules! elements {
    ($($compound:ident $method:ident($($key:ty)?);)*) => {$(
        impl ser::$compound for Exact {
            type Ok = IsNil;
            type Error = Inexact;

            fn $method<T: Serialize + ?Sized>(&mut self, $(_: $key,)? value: &T) -> Result<(), Inexact> {
                value.serialize(*self).map(drop)
            }

            fn end(self) -> Result<IsNil, Inexact> {
                Ok(false)
            }
        }
    )*};
}

elements! {
    SerializeSeq serialize_element();
    SerializeTuple serialize_element();
    SerializeTupleStruct serialize_field();
    SerializeTupleVariant serialize_field();
    SerializeStruct serialize_field(&'static str);
    SerializeStructVariant serialize_field(&'static str);
}

impl ser::SerializeMap for Exact {
    type Ok = IsNil;
    type Error = Inexact;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Inexact> {
        key.serialize(*self).map(drop)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Inexact> {
        value.serialize(*self).map(drop)
    }

    fn end(self) -> Result<IsNil, Inexact> {
        Ok(false)
    }
}
