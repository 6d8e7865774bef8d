//! A key within a function, so that several functions can share one typed store.

use std::any::TypeId;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ptr;

use super::CacheKey;

/// A typed key and the function it belongs to.
///
/// A store that several functions share by `#[cached(cache = STORE, key = typed)]` owns keys of this type: two functions
/// with the same types of arguments never see each other's entries.
///
/// # Examples
///
/// ```
/// use ctu_core::{Args, CacheKey, Scoped};
///
/// let owned: Scoped<(String, u64)> = Scoped::new("f.", Args(("aa", &3))).to_key();
/// assert!(Scoped::new("f.", Args(("aa", &3))).is(&owned));
/// assert!(!Scoped::new("g.", Args(("aa", &3))).is(&owned));
/// ```
#[derive(PartialEq, Eq)] // not Clone, for the reason that `Args` is not
pub struct Scoped<K> {
    scope: &'static str,
    types: TypeId,
    key: K,
}

impl<K> Scoped<K> {
    /// The key within the function of this name.
    pub fn new(scope: &'static str, key: K) -> Self {
        Self::of_types::<()>(scope, key)
    }

    /// The key within the function of this name for these types: a generic function is one for each.
    pub fn of_types<T: 'static>(scope: &'static str, key: K) -> Self {
        Self { scope, types: TypeId::of::<T>(), key }
    }
}

impl<K: Hash> Hash for Scoped<K> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.scope.hash(state);
        self.types.hash(state);
        self.key.hash(state);
    }
}

impl<K: CacheKey> CacheKey for Scoped<K> {
    type Owned = Scoped<K::Owned>;

    #[inline]
    fn is(&self, owned: &Self::Owned) -> bool {
        // A function's own name is mostly at one address, and need not be read.
        let is_same_scope = ptr::eq(self.scope, owned.scope) || self.scope == owned.scope;
        is_same_scope && self.types == owned.types && self.key.is(&owned.key)
    }

    fn to_key(&self) -> Self::Owned {
        Scoped { scope: self.scope, types: self.types, key: self.key.to_key() }
    }
}

/// Shows the function and nothing of the key.
impl<K> fmt::Debug for Scoped<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scoped").field("scope", &self.scope).finish_non_exhaustive()
    }
}
