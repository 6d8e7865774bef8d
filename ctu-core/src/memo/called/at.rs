//! Calls of plain functions.

use super::{Called, Held, Lifetime};
use crate::memo::call;
use crate::memo::hit;
use crate::memo::key::Lookup;
use crate::memo::leased::{self, Leasing};
use crate::memo::policy::{self, Begun, Failure, InThread, Policy};
use crate::memo::returns::Returns;
use crate::memo::share::{Share, ShareNothing};
use crate::{Cache, CacheKey, Lease, Result};

/// A call of a plain function: what the functions of `call` do for it.
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
    /// By the rules of a policy, as all of these; `background` computes the same without the caller.
    fn call_with<A>(
        self,
        args: A,
        compute: fn(A) -> Self::Returned,
        by: (&Policy, Failure<Self::Returned>),
        background: impl InThread,
    ) -> Self::Returned;
    fn recompute<A>(self, args: A, compute: fn(A) -> Self::Returned, begun: Begun, policy: &Policy) -> Self::Returned;
    /// Where by the time there is a result another cache may have the place of the caller's.
    fn recompute_alone<A>(
        self,
        args: A,
        compute: fn(A) -> Self::Returned,
        begun: Begun,
        policy: &Policy,
    ) -> Self::Returned;
    fn in_cache_with(self, policy: &Policy) -> Result<bool>;
    fn peek_with(self, policy: &Policy) -> Result<Option<Self::Value>>;
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

    #[cfg_attr(debug_assertions, inline)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[allow(clippy::inline_always)]
    fn call<A>(self, args: A, compute: fn(A) -> R) -> R {
        let Self { site, store, key, share, lifetime, .. } = self;
        // `move`: what it refers to would have to be in memory, for a hit, too.
        hit::call::<P, _, _, _>(site, store, key, share, move |value| lifetime.of(value), move || compute(args))
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

    fn call_with<A>(self, args: A, compute: fn(A) -> R, by: (&Policy, Failure<R>), background: impl InThread) -> R {
        let lifetime = self.lifetime;
        policy::call_with::<P, _, _, _>(
            self.site,
            self.store.cache(),
            self.key,
            self.share,
            by,
            |value| lifetime.of(value),
            (|| compute(args), background),
        )
    }

    fn recompute<A>(self, args: A, compute: fn(A) -> R, begun: Begun, policy: &Policy) -> R {
        let lifetime = self.lifetime;
        policy::recompute::<P, _, _, _>(
            begun,
            self.store.cache(),
            self.key,
            self.share,
            policy,
            |value| lifetime.of(value),
            || compute(args),
        )
    }

    fn recompute_alone<A>(self, args: A, compute: fn(A) -> R, begun: Begun, policy: &Policy) -> R {
        let lifetime = self.lifetime;
        policy::recompute::<P, _, _, _>(
            begun,
            self.store.cache(),
            self.key,
            ShareNothing,
            policy,
            |value| lifetime.of(value),
            || compute(args),
        )
    }

    fn in_cache_with(self, policy: &Policy) -> Result<bool> {
        policy::in_cache_with(self.site, self.store.cache(), self.key, policy)
    }

    fn peek_with(self, policy: &Policy) -> Result<Option<P::Value>> {
        policy::peek_with(self.store.cache(), self.key, policy)
    }
}

/// A call of a plain function that takes leases.
#[allow(missing_docs)]
pub trait LeasedAt: At {
    fn call_leased<A>(self, args: A, compute: fn(A) -> Self::Returned, leasing: Leasing) -> Self::Returned;
    fn refresh_leased<A>(self, args: A, compute: fn(A) -> Self::Returned, leasing: Leasing) -> Self::Returned;
    fn call_leased_with<A>(
        self,
        args: A,
        compute: fn(A) -> Self::Returned,
        by: (&Policy, Failure<Self::Returned>, Leasing),
        background: impl InThread,
    ) -> Self::Returned;
    fn recompute_leased<A>(
        self,
        args: A,
        compute: fn(A) -> Self::Returned,
        begun: Begun,
        by: (&Policy, Leasing),
    ) -> Self::Returned;
    /// Where by the time there is a result another cache may have the place of the caller's.
    fn recompute_alone_leased<A>(
        self,
        args: A,
        compute: fn(A) -> Self::Returned,
        begun: Begun,
        by: (&Policy, Leasing),
    ) -> Self::Returned;
}

impl<L, H, S, T, P, R> LeasedAt for Called<L, H, S, T, P, R>
where
    P: Returns<R>,
    L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> + Sync>,
    H: Held<L::Key, Cache: Lease<L::Key, P::Value> + Sync>,
    S: Share<P, R>,
    T: Lifetime<P::Value>,
{
    fn call_leased<A>(self, args: A, compute: fn(A) -> R, leasing: Leasing) -> R {
        let Self { site, store, key, share, lifetime, .. } = self;
        let (lifetime, compute) = (|value: &_| lifetime.of(value), || compute(args));
        leased::call_leased::<P, _, _, _>(site, store.cache(), key, share, leasing, lifetime, compute)
    }

    fn refresh_leased<A>(self, args: A, compute: fn(A) -> R, leasing: Leasing) -> R {
        let Self { site, store, key, share, lifetime, .. } = self;
        let (lifetime, compute) = (|value: &_| lifetime.of(value), || compute(args));
        leased::refresh_leased::<P, _, _, _>(site, store.cache(), key, share, leasing, lifetime, compute)
    }

    fn call_leased_with<A>(
        self,
        args: A,
        compute: fn(A) -> R,
        by: (&Policy, Failure<R>, Leasing),
        background: impl InThread,
    ) -> R {
        let Self { site, store, key, share, lifetime, .. } = self;
        let (lifetime, work) = (|value: &_| lifetime.of(value), (|| compute(args), background));
        policy::call_leased_with::<P, _, _, _>(site, store.cache(), key, share, by, lifetime, work)
    }

    fn recompute_leased<A>(self, args: A, compute: fn(A) -> R, begun: Begun, by: (&Policy, Leasing)) -> R {
        let Self { store, key, share, lifetime, .. } = self;
        let (lifetime, compute) = (|value: &_| lifetime.of(value), || compute(args));
        policy::recompute_leased::<P, _, _, _>(begun, store.cache(), key, share, by, lifetime, compute)
    }

    fn recompute_alone_leased<A>(self, args: A, compute: fn(A) -> R, begun: Begun, by: (&Policy, Leasing)) -> R {
        let Self { store, key, lifetime, .. } = self;
        let (lifetime, compute) = (|value: &_| lifetime.of(value), || compute(args));
        policy::recompute_leased::<P, _, _, _>(begun, store.cache(), key, ShareNothing, by, lifetime, compute)
    }
}
