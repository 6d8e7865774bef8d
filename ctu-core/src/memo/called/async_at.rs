//! Calls of `async` functions.

use std::future::Future;

use super::{Called, Held, Lifetime};
use crate::memo::call;
use crate::memo::hit::{self, Asked};
use crate::memo::key::Lookup;
use crate::memo::leased::{self, Leasing};
use crate::memo::policy::{self, Begun, Failure, InTask, Policy};
use crate::memo::returns::Returns;
use crate::memo::share::{Share, ShareNothing};
use crate::memo::terms::Plain;
use crate::{AsyncCache, AsyncLease, CacheKey, Result};

/// A call of an `async` function.
///
/// Its types say that they are `Send`, as a future that holds them could not be told to be otherwise.
#[allow(missing_docs)]
pub trait AsyncAt: Sized {
    type Value: Send + Sync;
    type Returned;
    type Returns: Returns<Self::Returned, Value = Self::Value>;
    type Owned: Send + Sync + 'static;
    type Key: ?Sized + CacheKey<Owned = Self::Owned> + Sync;
    type Public;
    type Lookup: Lookup<Key = Self::Key, Public = Self::Public> + Send + Sync;
    type Cache: AsyncCache<Self::Key, Self::Value>;
    type Held: Held<Self::Key, Cache = Self::Cache> + Send + Sync;
    type Share: Share<Self::Returns, Self::Returned> + Send + Sync;
    type Lifetime: Lifetime<Self::Value> + Send;

    /// What it is made of.
    #[allow(clippy::type_complexity)]
    fn known(self) -> Called<Self::Lookup, Self::Held, Self::Share, Self::Lifetime, Self::Returns, Self::Returned>;
}

impl<L, H, S, T, P, R> AsyncAt for Called<L, H, S, T, P, R>
where
    P: Returns<R, Value: Send + Sync>,
    L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> + Sync> + Send + Sync,
    H: Held<L::Key, Cache: AsyncCache<L::Key, P::Value> + Sized> + Send + Sync,
    S: Share<P, R> + Send + Sync,
    T: Lifetime<P::Value> + Send,
{
    type Public = L::Public;
    type Value = P::Value;
    type Returned = R;
    type Returns = P;
    type Owned = <L::Key as CacheKey>::Owned;
    type Key = L::Key;
    type Lookup = L;
    type Cache = H::Cache;
    type Held = H;
    type Share = S;
    type Lifetime = T;

    #[inline]
    fn known(self) -> Self {
        self
    }
}

/// [`At::key`](super::At::key) of an `async` function.
#[allow(clippy::missing_errors_doc)]
pub fn key_at<A: AsyncAt>(at: A) -> Result<A::Public> {
    at.known().key.map(Lookup::public)
}

/// A call to which there is no answer at hand.
#[allow(clippy::type_complexity)]
pub struct Open<A: AsyncAt> {
    at: Called<A::Lookup, A::Held, A::Share, A::Lifetime, A::Returns, A::Returned>,
    asked: Option<Asked>,
}

/// Law 7: a key is in it.
impl<A: AsyncAt> std::fmt::Debug for Open<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Open(..)")
    }
}

/// [`At::call`](super::At::call) of an `async` function, which is [finished](finish_at) if its store has to be waited for
/// or has nothing.
///
/// Not a future, as one that does not wait has to be written down to be read again.
#[cfg_attr(debug_assertions, inline)]
#[cfg_attr(not(debug_assertions), inline(always))]
#[allow(clippy::inline_always, clippy::missing_errors_doc)]
pub fn call_at<A: AsyncAt>(at: A) -> std::result::Result<A::Returned, Open<A>> {
    let Called { site, store, key, share, lifetime, returns } = at.known();
    let (key, asked) = match key {
        Ok(key) => match hit::ask(site, store.cache(), &key) {
            Ok(value) => return Ok(A::Returns::wrap(value)),
            Err(asked) => (Ok(key), asked),
        },
        Err(error) => (Err(error), None),
    };
    Err(Open { at: Called { site, store, key, share, lifetime, returns }, asked })
}

/// The rest of a [`call_at`].
#[inline]
pub fn finish_at<A: AsyncAt>(
    open: Open<A>,
    compute: impl Future<Output = A::Returned>,
) -> impl Future<Output = A::Returned> {
    let Open { at: Called { site, store, key, share, lifetime, .. }, asked } = open;
    let lifetime = move |value: &_| lifetime.of(value);
    hit::finish_call::<A::Returns, _, _, _, _>(site, store, key, share, (Plain, asked), lifetime, compute)
}

/// [`At::refresh`](super::At::refresh) of an `async` function.
pub async fn refresh_at<A: AsyncAt>(at: A, compute: impl Future<Output = A::Returned>) -> A::Returned {
    let Called { site, store, key, share, lifetime, .. } = at.known();
    call::refresh_async::<A::Returns, _, _, _>(site, store.cache(), key, share, |value| lifetime.of(value), compute)
        .await
}

/// [`At::in_cache`](super::At::in_cache) of an `async` function.
#[allow(clippy::missing_errors_doc)]
pub async fn in_cache_at<A: AsyncAt>(at: A) -> Result<bool> {
    let Called { site, store, key, .. } = at.known();
    call::in_cache_async(site, store.cache(), key).await
}

/// [`At::peek`](super::At::peek) of an `async` function.
#[allow(clippy::missing_errors_doc)]
pub async fn peek_at<A: AsyncAt>(at: A) -> Result<Option<A::Value>> {
    let Called { store, key, .. } = at.known();
    call::peek_async(store.cache(), key).await
}

/// [`At::evict`](super::At::evict) of an `async` function.
#[allow(clippy::missing_errors_doc)]
pub async fn evict_at<A: AsyncAt>(at: A) -> Result<bool> {
    let Called { site, store, key, .. } = at.known();
    call::evict_async(site, store.cache(), key).await
}

/// [`At::prime`](super::At::prime) of an `async` function.
#[allow(clippy::missing_errors_doc)]
pub async fn prime_at<A: AsyncAt>(at: A, value: &A::Value) -> Result<()> {
    let Called { site, store, key, lifetime, .. } = at.known();
    call::prime_async(site, store.cache(), key, |value| lifetime.of(value), value).await
}

/// [`At::call_with`](super::At::call_with) of an `async` function.
pub async fn call_with_at<A: AsyncAt>(
    at: A,
    compute: impl Future<Output = A::Returned>,
    by: (&Policy, Failure<A::Returned>),
    background: impl InTask<A::Returned>,
) -> A::Returned {
    let Called { site, store, key, share, lifetime, .. } = at.known();
    let (lifetime, work) = (|value: &_| lifetime.of(value), (compute, background));
    policy::call_with_async::<A::Returns, _, _, _>(site, store.cache(), key, share, by, lifetime, work).await
}

/// [`At::recompute`](super::At::recompute) of an `async` function.
pub async fn recompute_at<A: AsyncAt>(
    at: A,
    compute: impl Future<Output = A::Returned>,
    begun: Begun,
    policy: &Policy,
) -> A::Returned {
    let Called { store, key, share, lifetime, .. } = at.known();
    let lifetime = |value: &_| lifetime.of(value);
    policy::recompute_async::<A::Returns, _, _, _>(begun, store.cache(), key, share, policy, lifetime, compute).await
}

/// [`At::recompute_alone`](super::At::recompute_alone) of an `async` function.
pub async fn recompute_alone_at<A: AsyncAt>(
    at: A,
    compute: impl Future<Output = A::Returned>,
    begun: Begun,
    policy: &Policy,
) -> A::Returned {
    let Called { store, key, lifetime, .. } = at.known();
    let lifetime = |value: &_| lifetime.of(value);
    policy::recompute_async::<A::Returns, _, _, _>(begun, store.cache(), key, ShareNothing, policy, lifetime, compute)
        .await
}

/// [`At::in_cache_with`](super::At::in_cache_with) of an `async` function.
#[allow(clippy::missing_errors_doc)]
pub async fn in_cache_with_at<A: AsyncAt>(at: A, policy: &Policy) -> Result<bool> {
    let Called { site, store, key, .. } = at.known();
    policy::in_cache_with_async(site, store.cache(), key, policy).await
}

/// [`At::peek_with`](super::At::peek_with) of an `async` function.
#[allow(clippy::missing_errors_doc)]
pub async fn peek_with_at<A: AsyncAt>(at: A, policy: &Policy) -> Result<Option<A::Value>> {
    let Called { store, key, .. } = at.known();
    policy::peek_with_async(store.cache(), key, policy).await
}

/// A call of an `async` function that takes leases.
#[allow(missing_docs)]
pub trait AsyncLeasedAt: AsyncAt {
    type Leased: AsyncLease<Self::Key, Self::Value>;
    type HeldLeased: Held<Self::Key, Cache = Self::Leased> + Send + Sync;

    /// What it is made of.
    #[allow(clippy::type_complexity)]
    fn leased(
        self,
    ) -> Called<Self::Lookup, Self::HeldLeased, Self::Share, Self::Lifetime, Self::Returns, Self::Returned>;
}

impl<L, H, S, T, P, R> AsyncLeasedAt for Called<L, H, S, T, P, R>
where
    P: Returns<R, Value: Send + Sync>,
    L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> + Sync> + Send + Sync,
    H: Held<L::Key, Cache: AsyncLease<L::Key, P::Value> + Sized> + Send + Sync,
    S: Share<P, R> + Send + Sync,
    T: Lifetime<P::Value> + Send,
{
    type Leased = H::Cache;
    type HeldLeased = H;

    #[inline]
    fn leased(self) -> Self {
        self
    }
}

/// [`LeasedAt::call_leased`](super::LeasedAt::call_leased) of an `async` function.
pub async fn call_leased_at<A: AsyncLeasedAt>(
    at: A,
    compute: impl Future<Output = A::Returned>,
    leasing: Leasing,
) -> A::Returned {
    let Called { site, store, key, share, lifetime, .. } = at.leased();
    let lifetime = |value: &_| lifetime.of(value);
    leased::call_leased_async::<A::Returns, _, _, _>(site, store.cache(), key, share, leasing, lifetime, compute).await
}

/// [`LeasedAt::refresh_leased`](super::LeasedAt::refresh_leased) of an `async` function.
pub async fn refresh_leased_at<A: AsyncLeasedAt>(
    at: A,
    compute: impl Future<Output = A::Returned>,
    leasing: Leasing,
) -> A::Returned {
    let Called { site, store, key, share, lifetime, .. } = at.leased();
    let lifetime = |value: &_| lifetime.of(value);
    leased::refresh_leased_async::<A::Returns, _, _, _>(site, store.cache(), key, share, leasing, lifetime, compute)
        .await
}

/// [`LeasedAt::call_leased_with`](super::LeasedAt::call_leased_with) of an `async` function.
pub async fn call_leased_with_at<A: AsyncLeasedAt>(
    at: A,
    compute: impl Future<Output = A::Returned>,
    by: (&Policy, Failure<A::Returned>, Leasing),
    background: impl InTask<A::Returned>,
) -> A::Returned {
    let Called { site, store, key, share, lifetime, .. } = at.leased();
    let (lifetime, work) = (|value: &_| lifetime.of(value), (compute, background));
    policy::call_leased_with_async::<A::Returns, _, _, _>(site, store.cache(), key, share, by, lifetime, work).await
}

/// [`LeasedAt::recompute_leased`](super::LeasedAt::recompute_leased) of an `async` function.
pub async fn recompute_leased_at<A: AsyncLeasedAt>(
    at: A,
    compute: impl Future<Output = A::Returned>,
    begun: Begun,
    by: (&Policy, Leasing),
) -> A::Returned {
    let Called { store, key, share, lifetime, .. } = at.leased();
    let lifetime = |value: &_| lifetime.of(value);
    policy::recompute_leased_async::<A::Returns, _, _, _>(begun, store.cache(), key, share, by, lifetime, compute).await
}

/// [`LeasedAt::recompute_alone_leased`](super::LeasedAt::recompute_alone_leased) of an `async` function.
pub async fn recompute_alone_leased_at<A: AsyncLeasedAt>(
    at: A,
    compute: impl Future<Output = A::Returned>,
    begun: Begun,
    by: (&Policy, Leasing),
) -> A::Returned {
    let Called { store, key, lifetime, .. } = at.leased();
    let lifetime = |value: &_| lifetime.of(value);
    policy::recompute_leased_async::<A::Returns, _, _, _>(
        begun,
        store.cache(),
        key,
        ShareNothing,
        by,
        lifetime,
        compute,
    )
    .await
}
