//! What the attribute asks of the user's types, so that a missing trait is reported at the type, once, and with the cure.
//!
//! Each of these traits has all types that will do, and gives such a type back as `Same`. What goes on with `Same` asks
//! for nothing more: of a type that will not do the compiler knows no `Same`, reports that, and leaves the rest alone.

use std::fmt::Display;
use std::hash::Hash;
use std::marker::PhantomData;

use crate::{AsyncCache, Cache};

/// A type that can be part of a typed key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be part of a typed key",
    label = "an argument of this type needs `Hash`, `Eq`, and `Clone` (or `ToOwned`)",
    note = "derive `Hash, PartialEq, Eq, Clone` for it, or make the key a text with `key = json`, or choose what of it \
            counts with `key = |..| ..`, or, if the result does not depend on it, leave it out with `skip(..)`"
)]
pub trait KeyPart {
    /// The type itself.
    type Same: ?Sized + ToOwned<Owned = Self::Owned> + Hash + Eq;

    /// What a store keeps of it.
    type Owned: std::borrow::Borrow<Self::Same> + Hash + Eq + Send + Sync + 'static;

    #[doc(hidden)]
    fn same(&self) -> &Self::Same;
}

impl<T> KeyPart for T
where
    T: ?Sized + ToOwned + Hash + Eq,
    T::Owned: Hash + Eq + Send + Sync + 'static,
{
    type Same = T;
    type Owned = T::Owned;

    #[inline]
    fn same(&self) -> &T {
        self
    }
}

/// The part of a typed key that an argument is.
#[inline]
pub fn key_part<T: ?Sized + KeyPart>(arg: &T) -> &T::Same {
    arg.same()
}

/// A type that can be part of a JSON key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be part of a JSON key",
    label = "an argument of this type needs `serde::Serialize`",
    note = "derive `serde::Serialize` for it, or choose what of it counts with `key = |..| ..` or a template such as \
            `key = \"user:{{id}}\"`, or, if the result does not depend on it, leave it out with `skip(..)`"
)]
pub trait JsonKeyPart {
    /// The type itself.
    type Same: ?Sized + serde_core::Serialize;

    #[doc(hidden)]
    fn same(&self) -> &Self::Same;
}

impl<T: ?Sized + serde_core::Serialize> JsonKeyPart for T {
    type Same = T;

    #[inline]
    fn same(&self) -> &T {
        self
    }
}

/// The part of a JSON key that an argument is.
#[inline]
pub fn json_key_part<T: ?Sized + JsonKeyPart>(arg: &T) -> &T::Same {
    arg.same()
}

/// A type that can be a field of a key template.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a field of a key template",
    label = "a field of this type needs `Display`",
    note = "name a member of it that has `Display`, such as `{{user.id}}`, or build the key with a closure, \
            `key = |..| format!(..)`, or leave `key` out"
)]
pub trait TemplatePart {
    /// The type itself.
    type Same: ?Sized + Display;

    #[doc(hidden)]
    fn same(&self) -> &Self::Same;
}

impl<T: ?Sized + Display> TemplatePart for T {
    type Same = T;

    #[inline]
    fn same(&self) -> &T {
        self
    }
}

/// The field of a key template that an argument is.
#[inline]
pub fn template_part<T: ?Sized + TemplatePart>(arg: &T) -> &T::Same {
    arg.same()
}

/// A type that can be kept in memory and handed out again.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be cached in memory",
    label = "a cached value needs `Clone + Send + Sync + 'static`",
    note = "return it in an `Arc`, which is cheap to clone; of a `Result` only the `Ok` is stored"
)]
pub trait CachedValue {
    /// The type itself.
    type Same: Clone + Send + Sync + 'static;
}

impl<T: Clone + Send + Sync + 'static> CachedValue for T {
    type Same = T;
}

/// A [`Cache`], of whatever type.
pub trait IsCache<K: ?Sized, V> {
    /// The type itself.
    type Same: ?Sized + Cache<K, V>;

    #[doc(hidden)]
    fn same(&self) -> &Self::Same;
}

impl<K: ?Sized, V, C: ?Sized + Cache<K, V>> IsCache<K, V> for C {
    type Same = C;

    #[inline]
    fn same(&self) -> &C {
        self
    }
}

/// An [`AsyncCache`], of whatever type.
pub trait IsAsyncCache<K: ?Sized + Sync, V: Send + Sync> {
    /// The type itself.
    type Same: AsyncCache<K, V>;

    #[doc(hidden)]
    fn same(&self) -> &Self::Same;
}

impl<K: ?Sized + Sync, V: Send + Sync, C: AsyncCache<K, V>> IsAsyncCache<K, V> for C {
    type Same = C;

    #[inline]
    fn same(&self) -> &C {
        self
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
