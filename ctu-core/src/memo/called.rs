//! A call, as a function and its companions see it: where its result is, and what becomes of one.
//!
//! The expansion makes a [`Called`] in one place. All else that is generated knows of it only that it is [`At`] (or
//! [`AsyncAt`]), and so compiles quickly, and repeats no complaint about the user's types.

use std::future::Future;
use std::marker::PhantomData;

use super::call;
use super::check::{IsAsyncCache, IsCache};
use super::key::{Lookup, Text};
use super::returns::Returns;
use super::share::Share;
use super::site::Site;
use crate::{Args, AsyncCache, Cache, CacheKey, Result, Scoped, Ttl};

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
#[inline]
pub const fn called<P, R, L, H, S, T>(
    site: &'static Site,
    store: H,
    key: Result<L>,
    share: S,
    lifetime: T,
) -> Called<L, H, S, T, P, R>
where
    P: Returns<R>,
{
    Called { site, store, key, share, lifetime, returns: PhantomData }
}

/// A store at hand.
pub trait Held {
    #[allow(missing_docs)]
    type Cache: ?Sized;
    #[allow(missing_docs)]
    fn cache(&self) -> &Self::Cache;
}

/// A store that others have, too: its address says which one it is.
#[derive(Debug)]
pub struct Borrowed<'s, C: ?Sized>(pub &'s C);

impl<C: ?Sized> Held for Borrowed<'_, C> {
    type Cache = C;

    #[inline]
    fn cache(&self) -> &C {
        self.0
    }
}

/// A store, or a reference to one, that was made for the call.
#[derive(Debug)]
pub struct Made<C>(pub C);

impl<C> Held for Made<C> {
    type Cache = C;

    #[inline]
    fn cache(&self) -> &C {
        &self.0
    }
}

/// The cache that was given, if it is one for such keys and values.
#[inline]
pub fn given<'s, V, L: Lookup, C: ?Sized + IsCache<L::Key, V>>(_: &Result<L>, cache: &'s C) -> Borrowed<'s, C::Same> {
    Borrowed(cache.same())
}

/// As [`given`], for an async function.
#[inline]
pub fn given_async<'s, V, L, C>(_: &Result<L>, cache: &'s C) -> Borrowed<'s, C::Same>
where
    V: Send + Sync,
    L: Lookup<Key: Sync>,
    C: IsAsyncCache<L::Key, V>,
{
    Borrowed(cache.same())
}

/// As [`given`], for a cache that is made for each call.
#[inline]
pub fn made<V, L: Lookup, C: IsCache<L::Key, V>>(_: &Result<L>, cache: C) -> Made<C> {
    Made(cache)
}

/// As [`made`], for an async function.
#[inline]
pub fn made_async<V: Send + Sync, L: Lookup<Key: Sync>, C: IsAsyncCache<L::Key, V>>(
    _: &Result<L>,
    cache: C,
) -> Made<C> {
    Made(cache)
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

/// A call whose key has a type that can be named.
pub trait HasKey {
    #[allow(missing_docs)]
    type Key;

    /// The key, as the store has it.
    ///
    /// # Errors
    ///
    /// `Codec` when the arguments have no exact form in the key's format.
    fn key(self) -> Result<Self::Key>;
}

impl<H, S, T, P, R> HasKey for Called<Text, H, S, T, P, R> {
    type Key = String;

    fn key(self) -> Result<String> {
        self.key.map(Text::into_string)
    }
}

impl<A, H, S, T, P, R> HasKey for Called<Args<A>, H, S, T, P, R>
where
    Args<A>: CacheKey,
{
    type Key = <Args<A> as CacheKey>::Owned;

    fn key(self) -> Result<Self::Key> {
        self.key.map(|key| key.to_key())
    }
}

impl<K, H, S, T, P, R> HasKey for Called<Scoped<K>, H, S, T, P, R>
where
    Scoped<K>: CacheKey,
{
    type Key = <Scoped<K> as CacheKey>::Owned;

    fn key(self) -> Result<Self::Key> {
        self.key.map(|key| key.to_key())
    }
}

/// A call of a plain function: what the functions of [`call`] do for it.
#[allow(missing_docs, clippy::missing_errors_doc)]
pub trait At: Sized {
    type Value;
    type Returned;

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
    H: Held<Cache: Cache<L::Key, P::Value>>,
    S: Share<P, R>,
    T: Lifetime<P::Value>,
{
    type Value = P::Value;
    type Returned = R;

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
    type Lookup: Lookup<Key = Self::Key> + Send + Sync;
    type Cache: AsyncCache<Self::Key, Self::Value>;
    type Held: Held<Cache = Self::Cache> + Send + Sync;
    type Share: Share<Self::Returns, Self::Returned> + Send + Sync;
    type Lifetime: Lifetime<Self::Value> + Send;

    /// What it is made of.
    #[allow(clippy::type_complexity)]
    fn known(
        self,
    ) -> Called<Self::Lookup, Self::Held, Self::Share, Self::Lifetime, Self::Returns, Self::Returned>;
}

impl<L, H, S, T, P, R> AsyncAt for Called<L, H, S, T, P, R>
where
    P: Returns<R, Value: Send + Sync>,
    L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> + Sync> + Send + Sync,
    H: Held<Cache: AsyncCache<L::Key, P::Value> + Sized> + Send + Sync,
    S: Share<P, R> + Send + Sync,
    T: Lifetime<P::Value> + Send,
{
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
