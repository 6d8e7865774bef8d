//! A call, as a function and its companions see it: where its result is, and what becomes of one.
//!
//! The expansion makes a [`Called`] in one place. All else that is generated knows of it only that it is [`At`] (or
//! [`AsyncAt`]), and so compiles quickly, and repeats no complaint about the user's types.

use std::future::Future;
use std::marker::PhantomData;

use super::call;
use super::key::Lookup;
use super::returns::Returns;
use super::share::{Share, ShareAll};
use super::site::Site;
use crate::{AsyncCache, Cache, CacheKey, Result, Ttl};

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

/// What a call of a function with a store of its own is made of.
///
/// That the store will do goes without saying, unless something is wrong with an argument or with the value. That has been
/// said then: so nothing is asked here but by a method, which a type with a fault in it may or may not have.
pub struct Pieces<L, H, S, T>(pub &'static Site, pub H, pub Result<L>, pub S, pub T);

/// Law 7: a key is in it.
impl<L, H, S, T> std::fmt::Debug for Pieces<L, H, S, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pieces(..)")
    }
}

impl<L, H, S, T> Pieces<L, H, S, T>
where
    L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static>>,
    H: Held<L::Key>,
{
    /// As [`called`].
    #[inline]
    pub fn called<P, R>(self) -> impl At<Value = P::Value, Returned = R, Key = L::Public>
    where
        P: Returns<R>,
        H::Cache: Cache<L::Key, P::Value>,
        S: Share<P, R>,
        T: Lifetime<P::Value>,
    {
        called::<P, R, L, H, S, T>(self.0, self.1, self.2, self.3, self.4)
    }

    /// As [`called_async`].
    #[inline]
    pub fn called_async<P, R>(self) -> impl AsyncAt<Value = P::Value, Returned = R, Public = L::Public>
    where
        P: Returns<R, Value: Send + Sync>,
        L: Send + Sync,
        L::Key: Sync,
        H: Send + Sync,
        H::Cache: AsyncCache<L::Key, P::Value> + Sized,
        S: Share<P, R> + Send + Sync,
        T: Lifetime<P::Value> + Send,
    {
        called_async::<P, R, L, H, S, T>(self.0, self.1, self.2, self.3, self.4)
    }
}

/// A store at hand, for keys of this type.
///
/// The type counts when something is wrong with it: then there is nothing to say about the store.
pub trait Held<K: ?Sized> {
    #[allow(missing_docs)]
    type Cache: ?Sized;
    #[allow(missing_docs)]
    fn cache(&self) -> &Self::Cache;
}

/// A store that others have, too: its address says which one it is.
#[derive(Debug)]
pub struct Borrowed<'s, C: ?Sized>(pub &'s C);

impl<C: ?Sized> Borrowed<'_, C> {
    /// What a store in memory takes can be shared.
    #[inline]
    pub const fn share(&self) -> ShareAll {
        ShareAll
    }
}

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

/// A call of a plain function: what the functions of [`call`] do for it.
#[allow(missing_docs, clippy::missing_errors_doc)]
pub trait At: Sized {
    type Value;
    type Returned;
    /// The key's owned form, where it has a name.
    type Key;

    fn key(self) -> Result<Self::Key>;
    /// `compute` gets its arguments as one, so that it can be a plain function: the runtime is then compiled once for
    /// all functions of the same types.
    fn call<A>(self, args: A, compute: fn(A) -> Self::Returned) -> Self::Returned;
    fn refresh<A>(self, args: A, compute: fn(A) -> Self::Returned) -> Self::Returned;
    fn in_cache(self) -> Result<bool>;
    fn peek(self) -> Result<Option<Self::Value>>;
    fn evict(self) -> Result<bool>;
    fn prime(self, value: &Self::Value) -> Result<()>;
}

impl<L, H, S, T, P, R> At for Called<L, H, S, T, P, R>
where
    P: Returns<R>,
    L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static>>,
    H: Held<L::Key, Cache: Cache<L::Key, P::Value>>,
    S: Share<P, R>,
    T: Lifetime<P::Value>,
{
    type Value = P::Value;
    type Returned = R;
    type Key = L::Public;

    fn key(self) -> Result<L::Public> {
        self.key.map(Lookup::public)
    }

    #[inline]
    fn call<A>(self, args: A, compute: fn(A) -> R) -> R {
        let lifetime = self.lifetime;
        call::call::<P, _, _, _>(
            self.site,
            self.store.cache(),
            self.key,
            self.share,
            |value| lifetime.of(value),
            || compute(args),
        )
    }

    fn refresh<A>(self, args: A, compute: fn(A) -> R) -> R {
        let lifetime = self.lifetime;
        call::refresh::<P, _, _, _>(
            self.site,
            self.store.cache(),
            self.key,
            self.share,
            |value| lifetime.of(value),
            || compute(args),
        )
    }

    fn in_cache(self) -> Result<bool> {
        call::in_cache(self.site, self.store.cache(), self.key)
    }

    fn peek(self) -> Result<Option<P::Value>> {
        call::peek(self.store.cache(), self.key)
    }

    fn evict(self) -> Result<bool> {
        call::evict(self.site, self.store.cache(), self.key)
    }

    fn prime(self, value: &P::Value) -> Result<()> {
        let lifetime = self.lifetime;
        call::prime(self.site, self.store.cache(), self.key, |value| lifetime.of(value), value)
    }
}

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

/// [`At::key`] of an `async` function.
#[allow(clippy::missing_errors_doc)]
pub fn key_at<A: AsyncAt>(at: A) -> Result<A::Public> {
    at.known().key.map(Lookup::public)
}

/// [`At::call`] of an `async` function.
#[inline]
pub async fn call_at<A: AsyncAt>(at: A, compute: impl Future<Output = A::Returned>) -> A::Returned {
    let Called { site, store, key, share, lifetime, .. } = at.known();
    call::call_async::<A::Returns, _, _, _>(site, store.cache(), key, share, |value| lifetime.of(value), compute).await
}

/// [`At::refresh`] of an `async` function.
pub async fn refresh_at<A: AsyncAt>(at: A, compute: impl Future<Output = A::Returned>) -> A::Returned {
    let Called { site, store, key, share, lifetime, .. } = at.known();
    call::refresh_async::<A::Returns, _, _, _>(site, store.cache(), key, share, |value| lifetime.of(value), compute)
        .await
}

/// [`At::in_cache`] of an `async` function.
#[allow(clippy::missing_errors_doc)]
pub async fn in_cache_at<A: AsyncAt>(at: A) -> Result<bool> {
    let Called { site, store, key, .. } = at.known();
    call::in_cache_async(site, store.cache(), key).await
}

/// [`At::peek`] of an `async` function.
#[allow(clippy::missing_errors_doc)]
pub async fn peek_at<A: AsyncAt>(at: A) -> Result<Option<A::Value>> {
    let Called { store, key, .. } = at.known();
    call::peek_async(store.cache(), key).await
}

/// [`At::evict`] of an `async` function.
#[allow(clippy::missing_errors_doc)]
pub async fn evict_at<A: AsyncAt>(at: A) -> Result<bool> {
    let Called { site, store, key, .. } = at.known();
    call::evict_async(site, store.cache(), key).await
}

/// [`At::prime`] of an `async` function.
#[allow(clippy::missing_errors_doc)]
pub async fn prime_at<A: AsyncAt>(at: A, value: &A::Value) -> Result<()> {
    let Called { site, store, key, lifetime, .. } = at.known();
    call::prime_async(site, store.cache(), key, |value| lifetime.of(value), value).await
}
