//! How a call's arguments become the key that a cache is asked with.

use std::fmt::{Display, Write};

use serde_core::Serialize;

use crate::{Args, CacheKey, Result, Scoped, full_hash_key, write_json};

/// A key at hand, and the borrowed form in which a cache is asked with it.
pub trait Lookup {
    /// The form that the cache's `K` is.
    type Key: ?Sized;

    /// What the companion `key` makes of it, where that has a name.
    type Public;

    /// The key in that form.
    fn key(&self) -> &Self::Key;

    #[allow(missing_docs)]
    fn public(self) -> Self::Public;
}

/// A borrowed key, asked with as it is.
pub struct AsIs<'k, K: ?Sized>(pub &'k K);

impl<K: ?Sized> Lookup for AsIs<'_, K> {
    type Key = K;
    type Public = ();

    #[inline]
    fn key(&self) -> &K {
        self.0
    }

    fn public(self) {}
}

/// Law 7: an argument is in it.
impl<K: ?Sized> std::fmt::Debug for AsIs<'_, K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AsIs(..)")
    }
}

/// Arguments are their own typed key.
impl<T> Lookup for Args<T>
where
    Self: CacheKey,
{
    type Key = Self;
    type Public = <Self as CacheKey>::Owned;

    #[inline]
    fn key(&self) -> &Self {
        self
    }

    fn public(self) -> Self::Public {
        self.to_key()
    }
}

impl<K> Lookup for Scoped<K> {
    type Key = Self;
    type Public = ();

    #[inline]
    fn key(&self) -> &Self {
        self
    }

    fn public(self) {}
}

/// A key of any one type.
#[derive(Debug)]
pub struct Typed<K>(pub K);

impl<K> Lookup for Typed<K> {
    type Key = K;
    type Public = ();

    #[inline]
    fn key(&self) -> &K {
        &self.0
    }

    fn public(self) {}
}

/// A text key, with the function's prefix before it.
pub struct Text(String);

impl Text {
    /// The text, as the cache sees it.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl Lookup for Text {
    type Key = str;
    type Public = String;

    #[inline]
    fn key(&self) -> &str {
        &self.0
    }

    fn public(self) -> Self::Public {
        self.0
    }
}

/// Law 7: arguments are in it.
impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Text(..)")
    }
}

/// Room for the keys of most calls, so that building one allocates once.
const TYPICAL_ARGS: usize = 64;

fn after(prefix: &str) -> String {
    let mut text = String::with_capacity(prefix.len() + TYPICAL_ARGS);
    text.push_str(prefix);
    text
}

/// The prefix of a generic function's keys for these types, after the function's own.
///
/// The types' names, as the compiler writes them, are in it: entries in a shared store may become misses with another
/// version of the compiler.
pub fn prefix_of_types<T: ?Sized>(prefix: &str) -> String {
    format!("{prefix}{}.", std::any::type_name::<T>())
}

macro_rules! consts {
    ($($name:ident $ty:ident),*) => {$(
        /// A type for each value of a const parameter of this type.
        #[derive(Debug)]
        pub struct $name<const N: $ty>;
    )*};
}

consts!(
    ConstBool bool, ConstChar char, ConstI8 i8, ConstI16 i16, ConstI32 i32, ConstI64 i64, ConstI128 i128, ConstIsize isize,
    ConstU8 u8, ConstU16 u16, ConstU32 u32, ConstU64 u64, ConstU128 u128, ConstUsize usize
);

/// The arguments as canonical JSON: `key = json`.
///
/// # Errors
///
/// `Codec` when they have no exact form in JSON.
pub fn json_text<T: Serialize + ?Sized>(prefix: &str, args: &T) -> Result<Text> {
    let mut text = after(prefix);
    write_json(&mut text, args)?;
    Ok(Text(text))
}

/// The hash of the arguments' canonical JSON: `key = hash`.
///
/// # Errors
///
/// As [`json_text`].
pub fn hash_text<T: Serialize>(prefix: &str, args: &T) -> Result<Text> {
    let mut text = after(prefix);
    text.push_str(&full_hash_key(args)?);
    Ok(Text(text))
}

/// A key that is one value, as canonical JSON: `key = |..| ..` with a cache of text keys.
///
/// # Errors
///
/// As [`json_text`].
pub fn value_text<T: Serialize>(prefix: &str, value: T) -> Result<Text> {
    json_text(prefix, &value)
}

/// Builds the text of a key template, such as `"user:{id}:{lang}"`.
///
/// No two calls get the same text: in every field but one at the end, the character that ends it (the first of the
/// literal text behind it) is written as `%` and two hexadecimal digits, and so is `%`.
#[derive(Debug)]
pub struct Template(Text);

impl Template {
    /// An empty text after `prefix`.
    pub fn new(prefix: &str) -> Self {
        Self(Text(after(prefix)))
    }

    /// Adds text of the template itself.
    #[must_use]
    pub fn literal(mut self, text: &str) -> Self {
        self.0.0.push_str(text);
        self
    }

    /// Adds an argument that `end` follows.
    #[must_use]
    pub fn field(mut self, value: &(impl Display + ?Sized), end: char) -> Self {
        let mut escaped = Escaped { text: &mut self.0.0, end };
        // Writing to a `String` does not fail; what a `Display` gives up on is short of it.
        let _ = write!(escaped, "{value}");
        self
    }

    /// Adds an argument that nothing follows.
    #[must_use]
    pub fn last(mut self, value: &(impl Display + ?Sized)) -> Self {
        let _ = write!(self.0.0, "{value}");
        self
    }

    /// The key.
    ///
    /// # Errors
    ///
    /// None: for the same form as the other keys.
    pub fn finish(self) -> Result<Text> {
        Ok(self.0)
    }
}

struct Escaped<'t> {
    text: &'t mut String,
    end: char,
}

impl Write for Escaped<'_> {
    fn write_str(&mut self, part: &str) -> std::fmt::Result {
        for c in part.chars() {
            if c == self.end || c == '%' {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    write!(self.text, "%{byte:02X}")?;
                }
            } else {
                self.text.push(c);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(user: &str, lang: &str) -> String {
        let template = Template::new("f.").literal("user:").field(user, ':').literal(":").last(lang);
        template.finish().unwrap().into_string()
    }

    #[test]
    fn law5_apart_no_argument_of_a_template_can_reach_into_the_next() {
        assert_eq!(key("7", "en"), "f.user:7:en");
        assert_eq!(key("a:b", "c"), "f.user:a%3Ab:c");
        assert_eq!(key("a", "b:c"), "f.user:a:b:c");
        assert_ne!(key("a%3Ab", "c"), key("a:b", "c"));
    }

    #[test]
    fn law7_silent_a_text_key_shows_nothing_in_debug() {
        assert_eq!(format!("{:?}", Template::new("secret")), "Template(Text(..))");
    }
}
