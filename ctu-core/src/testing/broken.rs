//! A store that never works.

use super::ready::ready;
use crate::{AsyncCache, AsyncStore, Cache, Entry, Error, ErrorKind, Result, Stats, Store, Ttl, Watch};

/// A store whose every operation fails: for tests that a broken cache is harmless.
///
/// A cache for all types of keys and values, sync and async.
///
/// # Examples
///
/// ```
/// use ctu_core::testing::Broken;
/// use ctu_core::{Cache, ErrorKind};
///
/// let down = Broken::default();
/// let answer: ctu_core::Result<Option<u64>> = down.get("key");
/// assert_eq!(answer.unwrap_err().kind(), ErrorKind::Unavailable);
///
/// let hanging = Broken::new(ErrorKind::Timeout);
/// let answer: ctu_core::Result<Option<u64>> = hanging.get("key");
/// assert_eq!(answer.unwrap_err().kind(), ErrorKind::Timeout);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Broken(ErrorKind);

impl Broken {
    /// A store that fails with this kind of error.
    pub const fn new(kind: ErrorKind) -> Self {
        Self(kind)
    }

    fn fail<T>(self) -> Result<T> {
        Err(planned(self.0))
    }
}

/// The error of a store that fails on purpose.
pub(super) fn planned(kind: ErrorKind) -> Error {
    Error::new(kind, "this store fails on purpose, for a test")
}

/// A store that can't be reached.
impl Default for Broken {
    fn default() -> Self {
        Self::new(ErrorKind::Unavailable)
    }
}

#[deny(clippy::missing_trait_methods)]
impl<K: ?Sized, V> Cache<K, V> for Broken {
    fn get(&self, _key: &K) -> Result<Option<V>> {
        self.fail()
    }
    fn get_entry(&self, _key: &K) -> Result<Option<Entry<V>>> {
        self.fail()
    }
    fn put(&self, _key: &K, _value: &V, _ttl: Ttl) -> Result<()> {
        self.fail()
    }
    fn remove(&self, _key: &K) -> Result<bool> {
        self.fail()
    }
    fn contains(&self, _key: &K) -> Result<bool> {
        self.fail()
    }
    fn get_many(&self, _keys: &[&K]) -> Result<Vec<Option<V>>> {
        self.fail()
    }
    fn put_many(&self, _entries: &[(&K, &V)], _ttl: Ttl) -> Result<()> {
        self.fail()
    }
    fn watch(&self, _key: &K) -> Option<Watch> {
        None
    }
    fn put_if_unchanged(&self, _key: &K, _value: &V, _ttl: Ttl, _watch: Watch) -> Result<bool> {
        self.fail()
    }
}

#[deny(clippy::missing_trait_methods)]
impl Store for Broken {
    fn len(&self) -> Result<usize> {
        self.fail()
    }
    fn is_empty(&self) -> Result<bool> {
        self.fail()
    }
    fn clear(&self) -> Result<()> {
        self.fail()
    }
    fn stats(&self) -> Result<Stats> {
        self.fail()
    }
}

ready! {
    impl[K: ?Sized + Sync, V: Send + Sync] AsyncCache<K, V>;
    impl[] AsyncStore;
    for Broken: |this| this
}
