//! What the attribute asks of the user's types, so that a missing trait is reported at the type, once, and with the cure.
//!
//! Whether a type will do is the last parameter of each trait here: [`Fit`] is found for a type that will. For any other
//! there is nothing to be found. The compiler says so in the words that are written here, and, as it does not know of what
//! type the result is then, it has nothing to say about what is done with that.

use std::fmt::Display;
use std::hash::Hash;
use std::marker::PhantomData;

/// What was found out about a type.
pub trait Finding {
    /// The same.
    type Same<X>;

    #[allow(missing_docs)]
    fn same<X>(x: X) -> Self::Same<X>;
}

/// A type that will do.
#[derive(Debug)]
pub struct Fit;

impl Finding for Fit {
    type Same<X> = X;

    #[inline]
    fn same<X>(x: X) -> X {
        x
    }
}

/// Never found: without a second possibility the compiler would go on as if the first one held.
#[derive(Debug)]
pub struct Unfit;

impl Finding for Unfit {
    type Same<X> = X;

    #[inline]
    fn same<X>(x: X) -> X {
        x
    }
}

/// No type at all.
trait NoType {}

/// A type that can be part of a typed key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be part of a typed key",
    label = "what is in a typed key needs `Hash + Eq`, `Clone` (or `ToOwned`), and `Send + Sync + 'static`",
    note = "derive `Hash, PartialEq, Eq, Clone` for it, or make the key a text with `key = json`, or choose what of it \
            counts with `key = |..| ..`, or, if the result does not depend on it, leave it out with `skip(..)`"
)]
pub trait KeyPart<Is> {}

impl<T> KeyPart<Fit> for T
where
    T: ?Sized + ToOwned + Hash + Eq,
    T::Owned: Hash + Eq + Send + Sync + 'static,
{
}

#[allow(private_bounds)]
impl<T: ?Sized + NoType> KeyPart<Unfit> for T {}

/// An argument on its way into a typed key.
pub struct Part<'k, T: ?Sized>(pub &'k T);

/// Law 7: shows nothing of it.
impl<T: ?Sized> std::fmt::Debug for Part<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Part(..)")
    }
}

impl<T: ?Sized> Part<'_, T> {
    /// What the body gets of an argument that is taken by value.
    #[inline]
    pub fn copy(self) -> T
    where
        T: Clone,
    {
        self.0.clone()
    }

    /// `store`, of which there is nothing to say unless the argument will do.
    #[allow(clippy::unused_self)]
    #[inline]
    pub fn and<S>(&self, store: S) -> S {
        store
    }
}

/// An argument as a part of a typed key.
#[inline]
pub fn typed_part<T: ?Sized + KeyPart<Is>, Is: Finding>(part: &T) -> Is::Same<Part<'_, T>> {
    Is::same(Part(part))
}

/// A value on its way into a typed key.
#[inline]
pub fn made_part<T: KeyPart<Is>, Is: Finding>(part: T) -> Is::Same<T> {
    Is::same(part)
}

/// A type that can be part of a JSON key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be part of a JSON key",
    label = "what is in a JSON key needs `serde::Serialize`",
    note = "derive `serde::Serialize` for it, or choose what of it counts with `key = |..| ..` or a template such as \
            `key = \"user:{{id}}\"`, or, if the result does not depend on it, leave it out with `skip(..)`"
)]
pub trait JsonKeyPart<Is> {}

impl<T: ?Sized + serde_core::Serialize> JsonKeyPart<Fit> for T {}

#[allow(private_bounds)]
impl<T: ?Sized + NoType> JsonKeyPart<Unfit> for T {}

/// An argument on its way into a JSON key.
#[inline]
pub fn json_part<T: ?Sized + JsonKeyPart<Is>, Is: Finding>(part: &T) -> Is::Same<&T> {
    Is::same(part)
}

/// A type that can be a field of a key template.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a field of a key template",
    label = "a field of this type needs `Display`",
    note = "name a member of it that has `Display`, such as `{{user.id}}`, or build the key with a closure, \
            `key = |..| format!(..)`"
)]
pub trait TemplatePart<Is> {}

impl<T: ?Sized + Display> TemplatePart<Fit> for T {}

#[allow(private_bounds)]
impl<T: ?Sized + NoType> TemplatePart<Unfit> for T {}

/// An argument on its way into a key template.
#[inline]
pub fn template_part<T: ?Sized + TemplatePart<Is>, Is: Finding>(part: &T) -> Is::Same<&T> {
    Is::same(part)
}

/// A type that can be kept in memory and handed out again.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be cached in memory",
    label = "a cached value needs `Clone + Send + Sync + 'static`",
    note = "derive `Clone` for it, or return it in an `Arc`, which is cheap to clone; in place of `Rc` and `RefCell` threads \
            share `Arc` and `Mutex`; of a `Result` only the `Ok` is stored"
)]
pub trait CachedValue<Is> {}

impl<T: Clone + Send + Sync + 'static> CachedValue<Fit> for T {}

#[allow(private_bounds)]
impl<T: NoType> CachedValue<Unfit> for T {}

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
