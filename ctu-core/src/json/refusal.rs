//! Why a value has no canonical JSON text.

use std::fmt;

use serde_core::ser;

use crate::{Error, ErrorKind};

/// What was found, and nothing of where or in what value.
///
/// One byte, so that the `Result` of every small step costs nothing; it becomes an [`Error`] once, at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    NotFinite,
    SomeNull,
    DuplicateKey,
    NullKey,
    CompoundKey,
    MixedKeys,
    TooDeep,
    Embedded,
    Custom,
}

impl Refusal {
    pub(super) fn into_error(self) -> Error {
        Error::new(ErrorKind::Codec, self.message())
    }

    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::NotFinite => {
                "NaN and the infinities have no JSON form: use an Option, an enum or a text for them, or a typed key"
            }
            Self::SomeNull => {
                "a `Some` whose content is null in JSON can't be told from `None`: use an enum with named variants \
                 instead of nested Options or `Option<()>`"
            }
            Self::DuplicateKey => "two entries of a map have the same key in JSON: make the keys distinct as text",
            Self::NullKey => "a map's key is null, which JSON can't tell from the text: use a text or a number as key",
            Self::CompoundKey => {
                "a map's key is not a text, a character, a number, a bool or a unit variant: make it one, or use a list \
                 of pairs"
            }
            Self::MixedKeys => "a map has texts as well as numbers as keys, which have no common order: use one type",
            Self::TooDeep => "the value is nested too deeply to be read back (127 levels): make it flatter",
            Self::Embedded => {
                "a raw JSON value or number holds a text that is not one: build it with serde_json's parser"
            }
            Self::Custom => "the value's own Serialize implementation failed: mend it, or leave such values out",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Refusal {}

impl ser::Error for Refusal {
    /// The message is dropped: it often quotes the value.
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Custom
    }
}
