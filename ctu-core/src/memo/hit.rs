//! The calls of `#[cached]`, on a plain function and on an `async` one, up to a hit.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use super::call::{Missed, computed, computed_async};
use super::called::Held;
use super::key::Lookup;
use super::returns::Returns;
use super::rules::AsStored;
use super::share::Share;
use super::site::Site;
use super::terms::{AsyncTerms, Plain, SyncTerms};
use crate::{AsyncCache, Cache, CacheKey, Error, Result, Ttl};

/// The value cached under `key`, or else that of `compute`, stored for as long as `lifetime` says.
///
/// `lifetime` sees a value to be stored and answers for how long, or `None` for not at all. A key that is an error, and a
/// cache that fails, are counted and logged at a bounded rate, and the call goes on without the cache. Callers of one key
/// at the same time compute once.
// Where it counts, inlined: how a call is made up is then known, and moved to no other place.
#[cfg_attr(debug_assertions, inline)]
#[cfg_attr(not(debug_assertions), inline(always))]
#[allow(clippy::inline_always)]
pub fn call<P, R, L, C>(
    site: &Site,
    store: impl Held<L::Key, Cache = C>,
    key: Result<L>,
    share: impl Share<P, R>,
    lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
    compute: impl FnOnce() -> R,
) -> R
where
    P: Returns<R>,
    L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static>>,
    C: Cache<L::Key, P::Value> + ?Sized,
{
    call_on(site, store, key, share, Plain, lifetime, compute)
}

/// The same, on these terms.
#[cfg_attr(debug_assertions, inline)]
#[cfg_attr(not(debug_assertions), inline(always))]
#[allow(clippy::inline_always)]
pub(super) fn call_on<P, R, L, C, T>(
    site: &Site,
    store: impl Held<L::Key, Cache = C>,
    key: Result<L>,
    share: impl Share<P, R>,
    terms: T,
    lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
    compute: impl FnOnce() -> R,
) -> R
where
    P: Returns<R>,
    L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static>>,
    C: Cache<L::Key, P::Value> + ?Sized,
    T: SyncTerms<L::Key, P::Value, C>,
{
    // First, as nothing is kept in registers across it.
    let since = site.flights().closings();
    let key = match key {
        Ok(key) => key,
        Err(error) => {
            site.refused(&error);
            return compute();
        }
    };
    let Asked { failure, .. } = match found(site, since, store.cache().get(key.key())) {
        Ok(value) => return P::wrap(value),
        Err(asked) => asked,
    };
    let mut missed = Missed { since, failure, rules: &AsStored, terms, fail: None };
    computed(site, store.cache(), &key, share, &mut missed, lifetime, compute)
}

/// What is known of a lookup that found nothing.
pub(super) struct Asked {
    /// The [`closings`](super::flights::Flights::closings) before the lookup.
    since: u64,
    failure: Option<Error>,
}

/// What a lookup found, which is counted as a hit, or what else is known.
#[cfg_attr(debug_assertions, inline)]
#[cfg_attr(not(debug_assertions), inline(always))]
#[allow(clippy::inline_always)]
fn found<V>(site: &Site, since: u64, looked: Result<Option<V>>) -> std::result::Result<V, Asked> {
    let failure = match looked {
        Ok(Some(value)) => {
            site.hit();
            return Ok(value);
        }
        Ok(None) => None,
        Err(error) => Some(error),
    };
    Err(Asked { since, failure })
}

/// Asks a store that need not be waited for: the value, or what else is known.
#[cfg_attr(debug_assertions, inline)]
#[cfg_attr(not(debug_assertions), inline(always))]
#[allow(clippy::inline_always)]
pub(super) fn ask<V: Send + Sync, L, C>(site: &Site, cache: &C, key: &L) -> std::result::Result<V, Option<Asked>>
where
    L: Lookup<Key: Sync>,
    C: AsyncCache<L::Key, V>,
{
    if !C::NEVER_WAITS {
        return Err(None);
    }
    let since = site.flights().closings();
    match pin!(cache.get(key.key())).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(looked) => found(site, since, looked).map_err(Some),
        // It waits all the same: asked again, by a future that does.
        Poll::Pending => Err(None),
    }
}

/// As [`call`], of an `async` function.
pub fn call_async<P, R, L, C>(
    site: &Site,
    store: impl Held<L::Key, Cache = C>,
    key: Result<L>,
    share: impl Share<P, R>,
    lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
    compute: impl Future<Output = R>,
) -> impl Future<Output = R>
where
    P: Returns<R, Value: Send + Sync>,
    L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> + Sync>,
    C: AsyncCache<L::Key, P::Value>,
{
    call_on_async(site, store, key, share, Plain, lifetime, compute)
}

/// The same, on these terms.
pub(super) fn call_on_async<P, R, L, C, T>(
    site: &Site,
    store: impl Held<L::Key, Cache = C>,
    key: Result<L>,
    share: impl Share<P, R>,
    terms: T,
    lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
    compute: impl Future<Output = R>,
) -> impl Future<Output = R>
where
    P: Returns<R, Value: Send + Sync>,
    L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> + Sync>,
    C: AsyncCache<L::Key, P::Value>,
    T: AsyncTerms<L::Key, P::Value, C>,
{
    finish_call(site, store, key, share, (terms, None), lifetime, compute)
}

/// The same, of a store that was [asked](ask) where it need not be waited for.
// Not an `async fn`, which would have its arguments twice.
#[allow(clippy::manual_async_fn)]
pub(super) fn finish_call<P, R, L, C, T>(
    site: &Site,
    store: impl Held<L::Key, Cache = C>,
    key: Result<L>,
    share: impl Share<P, R>,
    (terms, asked): (T, Option<Asked>),
    lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
    compute: impl Future<Output = R>,
) -> impl Future<Output = R>
where
    P: Returns<R, Value: Send + Sync>,
    L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> + Sync>,
    C: AsyncCache<L::Key, P::Value>,
    T: AsyncTerms<L::Key, P::Value, C>,
{
    async move {
        let key = match &key {
            Ok(key) => key,
            Err(error) => {
                site.refused(error);
                return compute.await;
            }
        };
        let Asked { since, failure } = if let Some(asked) = asked {
            asked
        } else {
            let since = site.flights().closings();
            // The cache is asked for twice, as it would have to be remembered.
            match found(site, since, apart(pin!(store.cache().get(key.key()))).await) {
                Ok(value) => return P::wrap(value),
                Err(asked) => asked,
            }
        };
        let missed = Missed { since, failure, rules: &AsStored, terms, fail: None };
        apart(pin!(computed_async(site, store.cache(), key, share, missed, lifetime, compute))).await
    }
}

/// A future that is made where it stays, and polled by a function that is not inlined.
#[inline]
async fn apart<F: Future>(mut future: Pin<&mut F>) -> F::Output {
    #[inline(never)]
    fn poll<F: Future>(future: Pin<&mut F>, context: &mut Context<'_>) -> Poll<F::Output> {
        future.poll(context)
    }
    poll_fn(|context| poll(future.as_mut(), context)).await
}
