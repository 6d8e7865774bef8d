//! What a call is made of: its store, and for how long its result is stored.

use crate::Ttl;

/// A store at hand, for keys of this type.
///
/// The type counts when something is wrong with it: then there is nothing to say about the store.
pub trait Held<K: ?Sized> {
    #[allow(missing_docs)]
    type Cache: ?Sized;
    #[allow(missing_docs)]
    fn cache(&self) -> &Self::Cache;
}

impl<K: ?Sized, C: ?Sized> Held<K> for &C {
    type Cache = C;

    #[inline]
    fn cache(&self) -> &C {
        self
    }
}

/// A store that others have, too: its address says which one it is.
#[derive(Debug)]
pub struct Borrowed<'s, C: ?Sized>(pub &'s C);

impl<K: ?Sized, C: ?Sized> Held<K> for Borrowed<'_, C> {
    type Cache = C;

    #[inline]
    fn cache(&self) -> &C {
        self.0
    }
}

/// A store, or a reference to one, that was made for the call.
#[derive(Debug)]
pub struct Made<C>(pub C);

impl<K: ?Sized, C> Held<K> for Made<C> {
    type Cache = C;

    #[inline]
    fn cache(&self) -> &C {
        &self.0
    }
}

/// For how long a value is stored.
pub trait Lifetime<V> {
    /// `None`: it is not stored.
    fn of(self, value: &V) -> Option<Ttl>;
}

/// Each as long as any other.
#[derive(Debug)]
pub struct Lasts(pub Ttl);

impl<V> Lifetime<V> for Lasts {
    #[inline]
    fn of(self, _: &V) -> Option<Ttl> {
        Some(self.0)
    }
}

/// As long as the function says.
pub struct Asked<F>(F);

impl<F> std::fmt::Debug for Asked<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Asked(..)")
    }
}

/// As long as `f` says.
#[inline]
pub const fn asked<V, F: FnOnce(&V) -> Option<Ttl>>(f: F) -> Asked<F> {
    Asked(f)
}

impl<V, F: FnOnce(&V) -> Option<Ttl>> Lifetime<V> for Asked<F> {
    #[inline]
    fn of(self, value: &V) -> Option<Ttl> {
        (self.0)(value)
    }
}
