//! The same as [`Cache`](crate::Cache) and [`Store`](crate::Store), for stores that are waited for.

use std::future::Future;

use crate::{Entry, Result, Stats, Ttl, Watch};

/// A key-value store that may forget, used from async functions.
///
/// Same names and same contract as [`Cache`](crate::Cache). The futures are `Send` and do nothing before they are
/// polled; dropping one abandons the operation, which may or may not have reached the store.
///
/// Unlike [`Cache`](crate::Cache) this is not dyn-compatible: what holds some async cache has a parameter for it,
/// `struct Repository<C>`, or holds the `AsyncAnyCache` that a url names at run time.
///
/// # Examples
///
/// ```
/// use ctu_core::{AsyncCache, Ttl};
///
/// async fn visits<C: AsyncCache<str, u64>>(cache: &C, page: &str) -> ctu_core::Result<u64> {
///     let visits = cache.get(page).await?.unwrap_or(0) + 1;
///     cache.put(page, &visits, Ttl::Default).await?;
///     Ok(visits)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be used as a cache from `{K}` to `{V}` in an async function",
    label = "not an `AsyncCache` for keys of `{K}` and values of `{V}`",
    note = "a store that blocks would stall the runtime: use its async form (such as `AsyncRedisCache`), or wrap it in \
            `Blocking(..)`, which moves its calls to tokio's blocking pool"
)]
pub trait AsyncCache<K: ?Sized + Sync, V: Send + Sync>: Send + Sync {
    /// Whether the future of [`get`](Self::get) is ready when it is first polled, as that of a store in memory is.
    ///
    /// Then a memoized function is answered without one that waits, which takes half as long again. By default it is not
    /// known: a layer of your own may pass on what is true of the cache below.
    const NEVER_WAITS: bool = false;

    /// The value under `key`, or `None` on a miss.
    ///
    /// # Errors
    ///
    /// When the store fails or does not answer within its deadline.
    fn get(&self, key: &K) -> impl Future<Output = Result<Option<V>>> + Send;

    /// The value under `key` and what is left of its lifetime.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    fn get_entry(&self, key: &K) -> impl Future<Output = Result<Option<Entry<V>>>> + Send;

    /// Stores `value` under `key`, over whatever was there.
    ///
    /// # Errors
    ///
    /// As [`Cache::put`](crate::Cache::put).
    fn put(&self, key: &K, value: &V, ttl: Ttl) -> impl Future<Output = Result<()>> + Send;

    /// Forgets `key`, and tells whether it was there.
    ///
    /// # Errors
    ///
    /// When the store fails: the entry may still be there.
    fn remove(&self, key: &K) -> impl Future<Output = Result<bool>> + Send;

    /// Whether [`get`](Self::get) would find a value.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    fn contains(&self, key: &K) -> impl Future<Output = Result<bool>> + Send;

    /// The values under `keys`, in their order; one round trip where the store can.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get): all or nothing.
    fn get_many(&self, keys: &[&K]) -> impl Future<Output = Result<Vec<Option<V>>>> + Send {
        async move {
            let mut found = Vec::with_capacity(keys.len());
            for key in keys {
                found.push(self.get(key).await?);
            }
            Ok(found)
        }
    }

    /// Stores all `entries` with one lifetime; one round trip where the store can.
    ///
    /// # Errors
    ///
    /// As [`put`](Self::put); some entries may have been stored.
    fn put_many(&self, entries: &[(&K, &V)], ttl: Ttl) -> impl Future<Output = Result<()>> + Send {
        async move {
            for (key, value) in entries {
                self.put(key, value, ttl).await?;
            }
            Ok(())
        }
    }

    /// Begins to watch `key`: see [`Cache::watch`](crate::Cache::watch). There is nothing to wait for.
    fn watch(&self, _key: &K) -> Option<Watch> {
        None
    }

    /// Stores `value` unless `key` was stored, removed or cleared since it was watched, and tells whether it did: see
    /// [`Cache::put_if_unchanged`](crate::Cache::put_if_unchanged).
    ///
    /// # Errors
    ///
    /// As [`put`](Self::put).
    fn put_if_unchanged(
        &self,
        key: &K,
        value: &V,
        ttl: Ttl,
        watch: Watch,
    ) -> impl Future<Output = Result<bool>> + Send {
        async move {
            drop(watch);
            self.put(key, value, ttl).await.map(|()| true)
        }
    }
}

/// What an async store can tell and do without knowing its types of keys and values.
pub trait AsyncStore: Send + Sync {
    /// The number of entries, expired ones that were not swept yet included.
    ///
    /// # Errors
    ///
    /// When the store fails, or can't count (`Unsupported`).
    fn len(&self) -> impl Future<Output = Result<usize>> + Send;

    /// Whether there are no entries.
    ///
    /// # Errors
    ///
    /// As [`len`](Self::len).
    fn is_empty(&self) -> impl Future<Output = Result<bool>> + Send {
        async move { Ok(self.len().await? == 0) }
    }

    /// Forgets every entry of this store.
    ///
    /// # Errors
    ///
    /// When the store fails, or can't tell its entries from those of others (`Unsupported`): then nothing was removed.
    fn clear(&self) -> impl Future<Output = Result<()>> + Send;

    /// What was counted so far: `cache.stats().await?.hit_rate()` is the part of the lookups that were hits. See
    /// [`Store::stats`](crate::Store::stats).
    ///
    /// # Errors
    ///
    /// When the figures are kept by a server that fails.
    fn stats(&self) -> impl Future<Output = Result<Stats>> + Send;
}
