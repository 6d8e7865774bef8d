//! What the attribute asks of the user's types, so that a missing trait is reported at the type, once, and with the cure.
//!
//! What is asked for is a method that only types that will do have. Of any other the compiler reports that, with all that
//! is missing, and knows no result: so it has nothing to say about what is done with that.

use std::fmt::Display;
use std::hash::Hash;
use std::marker::PhantomData;

/// A type that can be part of a typed key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be part of a typed key",
    label = "an argument of this type needs `Hash`, `Eq`, and `Clone` (or `ToOwned`)",
    note = "derive `Hash, PartialEq, Eq, Clone` for it, or make the key a text with `key = json`, or choose what of it \
            counts with `key = |..| ..`, or, if the result does not depend on it, leave it out with `skip(..)`"
)]
pub trait KeyPart {}

impl<T> KeyPart for T
where
    T: ?Sized + ToOwned + Hash + Eq,
    T::Owned: Hash + Eq + Send + Sync + 'static,
{
}

/// A type that can be part of a JSON key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be part of a JSON key",
    label = "an argument of this type needs `serde::Serialize`",
    note = "derive `serde::Serialize` for it, or choose what of it counts with `key = |..| ..` or a template such as \
            `key = \"user:{{id}}\"`, or, if the result does not depend on it, leave it out with `skip(..)`"
)]
pub trait JsonKeyPart {}

impl<T: ?Sized + serde_core::Serialize> JsonKeyPart for T {}

/// A type that can be a field of a key template.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a field of a key template",
    label = "a field of this type needs `Display`",
    note = "name a member of it that has `Display`, such as `{{user.id}}`, or build the key with a closure, \
            `key = |..| format!(..)`"
)]
pub trait TemplatePart {}

impl<T: ?Sized + Display> TemplatePart for T {}

/// A type that can be kept in memory and handed out again.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be cached in memory",
    label = "a cached value needs `Clone + Send + Sync + 'static`",
    note = "return it in an `Arc`, which is cheap to clone; of a `Result` only the `Ok` is stored"
)]
pub trait CachedValue: Clone + Send + Sync + 'static {}

impl<T: Clone + Send + Sync + 'static> CachedValue for T {}

/// An argument on its way into a key.
pub struct Part<'k, T: ?Sized>(pub &'k T);

/// Law 7: shows nothing of it.
impl<T: ?Sized> std::fmt::Debug for Part<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Part(..)")
    }
}

#[allow(missing_docs)]
impl<T: ?Sized + KeyPart> Part<'_, T> {
    #[must_use]
    #[inline]
    pub const fn of_typed_key(self) -> Self {
        self
    }

    /// `store`, of which there is nothing to say unless the argument will do.
    #[allow(clippy::unused_self)]
    #[inline]
    pub fn and<S>(&self, store: S) -> S {
        store
    }
}

/// A value on its way into a key.
pub struct MadePart<T>(pub T);

/// Law 7: shows nothing of it.
impl<T> std::fmt::Debug for MadePart<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MadePart(..)")
    }
}

#[allow(missing_docs)]
impl<T: KeyPart> MadePart<T> {
    #[inline]
    pub fn of_typed_key(self) -> T {
        self.0
    }
}

#[allow(missing_docs)]
impl<'k, T: ?Sized + JsonKeyPart> Part<'k, T> {
    #[inline]
    pub const fn of_json_key(self) -> &'k T {
        self.0
    }
}

#[allow(missing_docs)]
impl<'k, T: ?Sized + TemplatePart> Part<'k, T> {
    #[inline]
    pub const fn of_template(self) -> &'k T {
        self.0
    }
}

/// Tells, when compiling, a `Result` under another name: `(&Returned::<R>::new()).kind()` is a [`Plain`] or an
/// [`AliasOfResult`], because method lookup prefers the one without a further reference.
#[derive(Debug)]
pub struct Returned<R>(PhantomData<fn() -> R>);

impl<R> Returned<R> {
    #[allow(missing_docs, clippy::new_without_default)]
    #[inline]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// Not a `Result`.
#[derive(Debug)]
pub struct Plain;

/// A `Result` that is not called so.
#[derive(Debug)]
pub struct AliasOfResult;

#[allow(missing_docs)]
pub trait IsResult {
    #[inline]
    fn kind(&self) -> AliasOfResult {
        AliasOfResult
    }
}

impl<T, E> IsResult for Returned<Result<T, E>> {}

#[allow(missing_docs)]
pub trait IsPlain {
    #[inline]
    fn kind(&self) -> Plain {
        Plain
    }
}

impl<R> IsPlain for &Returned<R> {}

#[diagnostic::on_unimplemented(
    message = "this function returns a `Result` under another name",
    label = "say whether errors are to be stored",
    note = "`#[cached(result)]` stores `Ok` only, as it is for a type called `Result`; `#[cached(result = false)]` stores \
            errors too"
)]
#[allow(missing_docs)]
pub trait NoResult {}

impl NoResult for Plain {}

/// Compiles if a return type is no `Result`.
#[inline]
pub const fn check_plain<T: NoResult>(_: &T) {}
