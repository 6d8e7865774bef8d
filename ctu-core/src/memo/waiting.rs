//! The calls of `#[cached]` on an `async` function: the same as for a plain one, waiting for the store.

use std::future::Future;

use super::key::Lookup;
use super::returns::Returns;
use super::site::Site;
use crate::{AsyncCache, Count, Result, Ttl};

/// The value cached under `key`, or else that of `compute`, stored for as long as `lifetime` says.
///
/// `lifetime` sees a value to be stored and answers for how long, or `None` for not at all. A key that is an error, and
/// a cache that fails, are counted and logged at a bounded rate, and the call goes on without the cache.
#[inline]
pub async fn call_async<P, R, L, C>(
    site: &Site,
    cache: &C,
    key: Result<L>,
    lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
    compute: impl Future<Output = R>,
) -> R
where
    P: Returns<R>,
    P::Value: Send + Sync,
    L: Lookup,
    L::Key: Sync,
    C: AsyncCache<L::Key, P::Value>,
{
    let key = match key {
        Ok(key) => key,
        Err(error) => {
            site.refused(&error);
            return compute.await;
        }
    };
    let failure = match cache.get(key.key()).await {
        Ok(Some(value)) => {
            site.hit();
            return P::wrap(value);
        }
        Ok(None) => None,
        Err(error) => Some(error),
    };
    let is_to_store = site.missed(failure);
    let returned = compute.await;
    if is_to_store {
        let _ = store(site, cache, &key, lifetime, P::value(&returned)).await;
    }
    returned
}

/// The value of `compute`, stored over whatever is cached now. If it can't be stored, the older one is forgotten; if it
/// is one that is not to be stored at all, such as an `Err`, the older one stays.
pub async fn refresh_async<P, R, L, C>(
    site: &Site,
    cache: &C,
    key: Result<L>,
    lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
    compute: impl Future<Output = R>,
) -> R
where
    P: Returns<R>,
    P::Value: Send + Sync,
    L: Lookup,
    L::Key: Sync,
    C: AsyncCache<L::Key, P::Value>,
{
    let returned = compute.await;
    match key {
        Ok(key) if !store(site, cache, &key, lifetime, P::value(&returned)).await => {
            // What could not replace the older value must not leave it there.
            site.removed(&cache.remove(key.key()).await);
        }
        Ok(_) => {}
        Err(error) => site.refused(&error),
    }
    returned
}

/// Stores what is to be stored; `false`: the value was to replace an older one, and could not.
async fn store<V: Send + Sync, L, C>(
    site: &Site,
    cache: &C,
    key: &L,
    lifetime: impl FnOnce(&V) -> Option<Ttl>,
    value: Option<&V>,
) -> bool
where
    L: Lookup,
    L::Key: Sync,
    C: AsyncCache<L::Key, V>,
{
    let Some(value) = value else { return true };
    let Some(ttl) = lifetime(value) else { return false };
    site.stored(&cache.put(key.key(), value, ttl).await)
}

/// Whether a call would be a hit. Arguments without a key are never cached, so they are not.
///
/// # Errors
///
/// When the cache fails.
pub async fn in_cache_async<V: Send + Sync, L, C>(site: &Site, cache: &C, key: Result<L>) -> Result<bool>
where
    L: Lookup,
    L::Key: Sync,
    C: AsyncCache<L::Key, V>,
{
    site.count(Count::Test);
    match key {
        Ok(key) => cache.contains(key.key()).await,
        Err(_) => Ok(false),
    }
}

/// The value a call would be served from the cache.
///
/// # Errors
///
/// When the cache fails.
pub async fn peek_async<V: Send + Sync, L, C>(cache: &C, key: Result<L>) -> Result<Option<V>>
where
    L: Lookup,
    L::Key: Sync,
    C: AsyncCache<L::Key, V>,
{
    match key {
        Ok(key) => cache.get(key.key()).await,
        Err(_) => Ok(None),
    }
}

/// Forgets the value of a call, and tells whether it was there.
///
/// # Errors
///
/// When the cache fails: the value may still be there.
pub async fn evict_async<V: Send + Sync, L, C>(site: &Site, cache: &C, key: Result<L>) -> Result<bool>
where
    L: Lookup,
    L::Key: Sync,
    C: AsyncCache<L::Key, V>,
{
    site.count(Count::Del);
    match key {
        Ok(key) => cache.remove(key.key()).await,
        Err(_) => Ok(false),
    }
}

/// Stores `value` as that of a call.
///
/// # Errors
///
/// When the arguments or the value have no exact form (`Codec`), or the cache fails.
pub async fn prime_async<V: Send + Sync, L, C>(
    site: &Site,
    cache: &C,
    key: Result<L>,
    lifetime: impl FnOnce(&V) -> Option<Ttl>,
    value: &V,
) -> Result<()>
where
    L: Lookup,
    L::Key: Sync,
    C: AsyncCache<L::Key, V>,
{
    let key = key?;
    let Some(ttl) = lifetime(value) else { return Ok(()) };
    let outcome = cache.put(key.key(), value, ttl).await;
    site.stored(&outcome);
    outcome
}
