//! What a computation needs that goes on without its caller.

use std::borrow::Borrow;

/// An argument, or an object, that a computation in the background can have a copy of.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be computed with in the background",
    label = "a computation in the background needs this to be `Clone` (or `ToOwned`), `Send` and `'static`",
    note = "`stale_on = expiry`, `refresh_ahead` and a `timeout` with `stale` compute in the background: leave them out, or \
            take an argument that can be copied, such as an `Arc`"
)]
pub trait InBackground<Owned> {
    #[allow(missing_docs)]
    fn own(&self) -> Owned;

    #[allow(missing_docs)]
    fn lend(owned: &Owned) -> &Self;
}

// With a parameter for the copy: of an associated type the compiler would report what it lacks itself.
#[diagnostic::do_not_recommend]
impl<T, Owned> InBackground<Owned> for T
where
    T: ToOwned<Owned = Owned> + ?Sized,
    Owned: Borrow<T> + Send + 'static,
{
    fn own(&self) -> Owned {
        self.to_owned()
    }

    fn lend(owned: &Owned) -> &Self {
        owned.borrow()
    }
}

/// A copy for the background.
#[inline]
pub fn own<T: InBackground<Owned> + ?Sized, Owned>(value: &T) -> Owned {
    value.own()
}

/// What was copied.
#[inline]
pub fn lend<T: InBackground<Owned> + ?Sized, Owned>(owned: &Owned) -> &T {
    T::lend(owned)
}

/// Compiles if a cache is there for good: what is computed for one caller may be handed to others by its address.
#[inline]
pub const fn check_static<C: ?Sized>(_: &'static C) {}
