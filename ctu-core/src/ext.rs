//! Conveniences on every cache.

use std::future::Future;

use crate::memo::{self, OkOnly, Site, Whole};
use crate::{AsyncCache, Cache, Result, Ttl};

/// By-hand memoization is counted and logged under this name.
static BY_HAND: Site = Site::new("get_or_set_with");

/// Conveniences on every [`Cache`].
///
/// # Examples
///
/// ```
/// # use ctu_core::{Cache, CacheExt, Ttl};
/// # fn demo(cache: &impl Cache<str, u64>) -> ctu_core::Result<()> {
/// cache.set("answer", &42)?;
/// assert_eq!(cache.get_or_set_with("answer", Ttl::Default, || 6 * 9), 42);
/// assert_eq!(cache.take("answer")?, Some(42));
/// # Ok(())
/// # }
/// ```
pub trait CacheExt<K: ?Sized, V>: Cache<K, V> {
    /// Stores `value` with the store's default lifetime.
    ///
    /// # Errors
    ///
    /// As [`Cache::put`].
    fn set(&self, key: &K, value: &V) -> Result<()> {
        self.put(key, value, Ttl::Default)
    }

    /// Removes `key` and returns what was there. Not atomic: two callers may both get the value.
    ///
    /// # Errors
    ///
    /// As [`Cache::get`] and [`Cache::remove`].
    fn take(&self, key: &K) -> Result<Option<V>> {
        let found = self.get(key)?;
        if found.is_some() {
            self.remove(key)?;
        }
        Ok(found)
    }

    /// The cached value, or else that of `compute`, stored for `ttl`.
    ///
    /// A cache that fails is logged, at a bounded rate, and otherwise the same as a miss. Callers of one key at the
    /// same time each compute: `#[cached]` sees to that. What is removed meanwhile does not come back from a store in
    /// memory, and may from others.
    fn get_or_set_with(&self, key: &K, ttl: impl Into<Ttl>, compute: impl FnOnce() -> V) -> V {
        memo::by_hand::<Whole, V, _, _>(&BY_HAND, self, key, ttl.into(), compute)
    }

    /// As [`get_or_set_with`](Self::get_or_set_with), but only `Ok` is stored.
    ///
    /// # Errors
    ///
    /// Those of `compute`, never the cache's.
    fn try_get_or_set_with<E>(
        &self,
        key: &K,
        ttl: impl Into<Ttl>,
        compute: impl FnOnce() -> Result<V, E>,
    ) -> Result<V, E> {
        memo::by_hand::<OkOnly, Result<V, E>, _, _>(&BY_HAND, self, key, ttl.into(), compute)
    }
}

impl<K: ?Sized, V, C: Cache<K, V> + ?Sized> CacheExt<K, V> for C {}

/// Conveniences on every [`AsyncCache`]: as [`CacheExt`], waiting for the store.
pub trait AsyncCacheExt<K: ?Sized + Sync, V: Send + Sync>: AsyncCache<K, V> + Sized {
    /// Stores `value` with the store's default lifetime.
    ///
    /// # Errors
    ///
    /// As [`Cache::put`].
    fn set(&self, key: &K, value: &V) -> impl Future<Output = Result<()>> + Send {
        self.put(key, value, Ttl::Default)
    }

    /// Removes `key` and returns what was there. Not atomic: two callers may both get the value.
    ///
    /// # Errors
    ///
    /// As [`Cache::get`] and [`Cache::remove`].
    fn take(&self, key: &K) -> impl Future<Output = Result<Option<V>>> + Send {
        async move {
            let found = self.get(key).await?;
            if found.is_some() {
                self.remove(key).await?;
            }
            Ok(found)
        }
    }

    /// The cached value, or else that of `compute`, stored for `ttl`: see [`CacheExt::get_or_set_with`].
    fn get_or_set_with(
        &self,
        key: &K,
        ttl: impl Into<Ttl> + Send,
        compute: impl Future<Output = V> + Send,
    ) -> impl Future<Output = V> + Send {
        memo::by_hand_async::<Whole, V, _, _>(&BY_HAND, self, key, ttl.into(), compute)
    }

    /// As [`get_or_set_with`](Self::get_or_set_with), but only `Ok` is stored.
    ///
    /// # Errors
    ///
    /// Those of `compute`, never the cache's.
    fn try_get_or_set_with<E: Send>(
        &self,
        key: &K,
        ttl: impl Into<Ttl> + Send,
        compute: impl Future<Output = Result<V, E>> + Send,
    ) -> impl Future<Output = Result<V, E>> + Send {
        memo::by_hand_async::<OkOnly, Result<V, E>, _, _>(&BY_HAND, self, key, ttl.into(), compute)
    }
}

impl<K: ?Sized + Sync, V: Send + Sync, C: AsyncCache<K, V>> AsyncCacheExt<K, V> for C {}
