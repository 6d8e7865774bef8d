//! A call, as a function and its companions see it: where its result is, and what becomes of one.
//!
//! The expansion makes a [`Called`] in one place. All else that is generated knows of it only that it is [`At`] (or
//! [`AsyncAt`]), and so compiles quickly, and repeats no complaint about the user's types.

mod async_at;
mod at;
mod parts;

use std::marker::PhantomData;

pub use async_at::{
    AsyncAt, AsyncLeasedAt, Open, call_at, call_leased_at, call_leased_with_at, call_with_at, evict_at, finish_at,
    in_cache_at, in_cache_with_at, key_at, peek_at, peek_with_at, prime_at, recompute_alone_at,
    recompute_alone_leased_at, recompute_at, recompute_leased_at, refresh_at, refresh_leased_at,
};
pub use at::{At, LeasedAt};
pub use parts::{Asked, Borrowed, Held, Lasts, Lifetime, Made, asked};

use super::key::Lookup;
use super::returns::Returns;
use super::share::Share;
use super::site::Site;
use crate::{AsyncCache, AsyncLease, Cache, CacheKey, Lease, Result};

/// A call of a memoized function.
pub struct Called<L, H, S, T, P, R> {
    site: &'static Site,
    store: H,
    key: Result<L>,
    share: S,
    lifetime: T,
    returns: PhantomData<fn() -> (P, R)>,
}

/// Law 7: a key is in it.
impl<L, H, S, T, P, R> std::fmt::Debug for Called<L, H, S, T, P, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Called(..)")
    }
}

/// The call of `key`, its result in `store`.
///
/// All that is asked of the store is asked here.
#[inline]
pub fn called<P, R, L, H, S, T>(
    site: &'static Site,
    store: H,
    key: Result<L>,
    share: S,
    lifetime: T,
) -> impl At<Value = P::Value, Returned = R, Key = L::Public>
where
    P: Returns<R>,
    L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static>>,
    H: Held<L::Key, Cache: Cache<L::Key, P::Value>>,
    S: Share<P, R>,
    T: Lifetime<P::Value>,
{
    Called::<L, H, S, T, P, R> { site, store, key, share, lifetime, returns: PhantomData }
}

/// As [`called`], of an `async` function.
#[inline]
pub fn called_async<P, R, L, H, S, T>(
    site: &'static Site,
    store: H,
    key: Result<L>,
    share: S,
    lifetime: T,
) -> impl AsyncAt<Value = P::Value, Returned = R, Public = L::Public>
where
    P: Returns<R, Value: Send + Sync>,
    L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> + Sync> + Send + Sync,
    H: Held<L::Key, Cache: AsyncCache<L::Key, P::Value> + Sized> + Send + Sync,
    S: Share<P, R> + Send + Sync,
    T: Lifetime<P::Value> + Send,
{
    Called::<L, H, S, T, P, R> { site, store, key, share, lifetime, returns: PhantomData }
}

/// As [`called`], of a function that takes leases.
#[inline]
pub fn called_leased<P, R, L, H, S, T>(
    site: &'static Site,
    store: H,
    key: Result<L>,
    share: S,
    lifetime: T,
) -> impl LeasedAt<Value = P::Value, Returned = R, Key = L::Public>
where
    P: Returns<R>,
    L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> + Sync>,
    H: Held<L::Key, Cache: Lease<L::Key, P::Value> + Sync>,
    S: Share<P, R>,
    T: Lifetime<P::Value>,
{
    Called::<L, H, S, T, P, R> { site, store, key, share, lifetime, returns: PhantomData }
}

/// As [`called_leased`], of an `async` function.
#[inline]
pub fn called_leased_async<P, R, L, H, S, T>(
    site: &'static Site,
    store: H,
    key: Result<L>,
    share: S,
    lifetime: T,
) -> impl AsyncLeasedAt<Value = P::Value, Returned = R, Public = L::Public>
where
    P: Returns<R, Value: Send + Sync>,
    L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> + Sync> + Send + Sync,
    H: Held<L::Key, Cache: AsyncLease<L::Key, P::Value> + Sized> + Send + Sync,
    S: Share<P, R> + Send + Sync,
    T: Lifetime<P::Value> + Send,
{
    Called::<L, H, S, T, P, R> { site, store, key, share, lifetime, returns: PhantomData }
}
