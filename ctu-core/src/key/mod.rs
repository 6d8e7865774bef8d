//! Keys: looked up borrowed, stored owned.

mod args;
mod scoped;

use std::hash::Hash;

pub use args::Args;
pub use scoped::Scoped;

/// A key that a store can look up borrowed and has to own only on insertion.
///
/// A store that owns `(String, u64)` is asked with `Args((&str, &u64))`, one that owns `String` with `&str`: a hit
/// allocates nothing. Implemented for every `T: ToOwned + Hash + Eq` and for [`Args`]; there is seldom a reason to
/// implement it by hand.
///
/// # Contract
///
/// `self.hash(..)` is what the owned form would hash to, and `k.is(&k.to_key())` holds.
pub trait CacheKey: Hash {
    /// The form in which a store keeps the key.
    type Owned: Hash + Eq;

    /// Whether this is the key that `owned` is the owned form of.
    fn is(&self, owned: &Self::Owned) -> bool;

    /// The owned form.
    fn to_key(&self) -> Self::Owned;
}

impl<T> CacheKey for T
where
    T: ?Sized + ToOwned + Hash + Eq,
    T::Owned: Hash + Eq,
{
    type Owned = T::Owned;

    #[inline]
    fn is(&self, owned: &T::Owned) -> bool {
        use std::borrow::Borrow;
        let borrowed: &T = owned.borrow();
        borrowed == self
    }

    #[inline]
    fn to_key(&self) -> T::Owned {
        self.to_owned()
    }
}
