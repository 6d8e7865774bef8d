//! The calls of `#[cached]` on a plain function.

use super::key::Lookup;
use super::returns::Returns;
use super::site::Site;
use crate::{Cache, Count, Error, Result, Ttl};

/// The value cached under `key`, or else that of `compute`, stored for as long as `lifetime` says.
///
/// `lifetime` sees a value to be stored and answers for how long, or `None` for not at all. A key that is an error, and
/// a cache that fails, are counted and logged at a bounded rate, and the call goes on without the cache.
#[inline]
pub fn call<P, R, L, C>(
    site: &Site,
    cache: &C,
    key: Result<L>,
    lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
    compute: impl FnOnce() -> R,
) -> R
where
    P: Returns<R>,
    L: Lookup,
    C: Cache<L::Key, P::Value> + ?Sized,
{
    let key = match key {
        Ok(key) => key,
        Err(error) => {
            site.refused(&error);
            return compute();
        }
    };
    let failure = match cache.get(key.key()) {
        Ok(Some(value)) => {
            site.hit();
            return P::wrap(value);
        }
        Ok(None) => None,
        Err(error) => Some(error),
    };
    computed::<P, _, _, _>(site, cache, &key, failure, lifetime, compute)
}

/// The rest of a call that is not a hit: apart, so that a hit does not set up what only this needs.
#[inline(never)]
fn computed<P, R, L, C>(
    site: &Site,
    cache: &C,
    key: &L,
    failure: Option<Error>,
    lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
    compute: impl FnOnce() -> R,
) -> R
where
    P: Returns<R>,
    L: Lookup,
    C: Cache<L::Key, P::Value> + ?Sized,
{
    let is_to_store = site.missed(failure);
    let returned = compute();
    if is_to_store {
        let _ = store(site, cache, key, lifetime, P::value(&returned));
    }
    returned
}

/// The value of `compute`, stored over whatever is cached now. If it can't be stored, the older one is forgotten; if it
/// is one that is not to be stored at all, such as an `Err`, the older one stays.
pub fn refresh<P, R, L, C>(
    site: &Site,
    cache: &C,
    key: Result<L>,
    lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
    compute: impl FnOnce() -> R,
) -> R
where
    P: Returns<R>,
    L: Lookup,
    C: Cache<L::Key, P::Value> + ?Sized,
{
    let returned = compute();
    match key {
        Ok(key) if !store(site, cache, &key, lifetime, P::value(&returned)) => {
            // What could not replace the older value must not leave it there.
            site.removed(&cache.remove(key.key()));
        }
        Ok(_) => {}
        Err(error) => site.refused(&error),
    }
    returned
}

/// Stores what is to be stored; `false`: the value was to replace an older one, and could not.
fn store<V, L, C>(site: &Site, cache: &C, key: &L, lifetime: impl FnOnce(&V) -> Option<Ttl>, value: Option<&V>) -> bool
where
    L: Lookup,
    C: Cache<L::Key, V> + ?Sized,
{
    let Some(value) = value else { return true };
    let Some(ttl) = lifetime(value) else { return false };
    site.stored(&cache.put(key.key(), value, ttl))
}

/// Whether a call would be a hit. Arguments without a key are never cached, so they are not.
///
/// # Errors
///
/// When the cache fails.
pub fn in_cache<V, L, C>(site: &Site, cache: &C, key: Result<L>) -> Result<bool>
where
    L: Lookup,
    C: Cache<L::Key, V> + ?Sized,
{
    site.count(Count::Test);
    key.map_or(Ok(false), |key| cache.contains(key.key()))
}

/// The value a call would be served from the cache.
///
/// # Errors
///
/// When the cache fails.
pub fn peek<V, L, C>(cache: &C, key: Result<L>) -> Result<Option<V>>
where
    L: Lookup,
    C: Cache<L::Key, V> + ?Sized,
{
    key.map_or(Ok(None), |key| cache.get(key.key()))
}

/// Forgets the value of a call, and tells whether it was there.
///
/// # Errors
///
/// When the cache fails: the value may still be there.
pub fn evict<V, L, C>(site: &Site, cache: &C, key: Result<L>) -> Result<bool>
where
    L: Lookup,
    C: Cache<L::Key, V> + ?Sized,
{
    site.count(Count::Del);
    key.map_or(Ok(false), |key| cache.remove(key.key()))
}

/// Stores `value` as that of a call.
///
/// # Errors
///
/// When the arguments or the value have no exact form (`Codec`), or the cache fails.
pub fn prime<V, L, C>(
    site: &Site,
    cache: &C,
    key: Result<L>,
    lifetime: impl FnOnce(&V) -> Option<Ttl>,
    value: &V,
) -> Result<()>
where
    L: Lookup,
    C: Cache<L::Key, V> + ?Sized,
{
    let key = key?;
    let Some(ttl) = lifetime(value) else { return Ok(()) };
    let outcome = cache.put(key.key(), value, ttl);
    site.stored(&outcome);
    outcome
}
