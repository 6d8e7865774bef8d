//! References, smart pointers, lazy statics and layers of a cache with leases have them too.

use std::future::Future;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use super::{AsyncLease, Claim, Lease, Leased, Token};
use crate::{Map, Mapped, Result, Ttl};

macro_rules! forward {
    ($([$($generics:tt)*] $pointer:ty;)*) => {$(
        #[deny(clippy::missing_trait_methods)]
        impl<K: ?Sized, V, $($generics)*> Lease<K, V> for $pointer
        where
            C: Lease<K, V>,
        {
            fn lease(&self, key: &K, claim: Claim, length: Duration) -> Result<Leased> {
                C::lease(self, key, claim, length)
            }
            fn renew(&self, key: &K, token: Token, length: Duration) -> Result<Option<Token>> {
                C::renew(self, key, token, length)
            }
            fn release(&self, key: &K, token: Token) -> Result<bool> {
                C::release(self, key, token)
            }
            fn put_if_leased(&self, key: &K, value: &V, ttl: Ttl, token: Token) -> Result<bool> {
                C::put_if_leased(self, key, value, ttl, token)
            }
        }
    )*};
}

macro_rules! forward_async {
    ($([$($generics:tt)*] $pointer:ty;)*) => {$(
        #[deny(clippy::missing_trait_methods)]
        impl<K: ?Sized + Sync, V: Send + Sync, $($generics)*> AsyncLease<K, V> for $pointer
        where
            C: AsyncLease<K, V>,
        {
            fn lease(&self, key: &K, claim: Claim, length: Duration) -> impl Future<Output = Result<Leased>> + Send {
                C::lease(self, key, claim, length)
            }
            fn renew(
                &self,
                key: &K,
                token: Token,
                length: Duration,
            ) -> impl Future<Output = Result<Option<Token>>> + Send {
                C::renew(self, key, token, length)
            }
            fn release(&self, key: &K, token: Token) -> impl Future<Output = Result<bool>> + Send {
                C::release(self, key, token)
            }
            fn put_if_leased(
                &self,
                key: &K,
                value: &V,
                ttl: Ttl,
                token: Token,
            ) -> impl Future<Output = Result<bool>> + Send {
                C::put_if_leased(self, key, value, ttl, token)
            }
        }
    )*};
}

forward! {
    [C: ?Sized] &C;
    [C: ?Sized] Box<C>;
    [C: ?Sized] Arc<C>;
    [C, F: FnOnce() -> C] LazyLock<C, F>;
}

forward_async! {
    [C] &C;
    [C] Box<C>;
    [C] Arc<C>;
    [C, F: FnOnce() -> C + Send] LazyLock<C, F>;
}

#[deny(clippy::missing_trait_methods)]
impl<K: ?Sized, V, M, C> Lease<K, V> for Mapped<M, C>
where
    M: Map<K, V>,
    C: Lease<M::Key, M::Stored>,
{
    fn lease(&self, key: &K, claim: Claim, length: Duration) -> Result<Leased> {
        self.inner().lease(&*self.map().key(key)?, claim, length)
    }

    fn renew(&self, key: &K, token: Token, length: Duration) -> Result<Option<Token>> {
        self.inner().renew(&*self.map().key(key)?, token, length)
    }

    fn release(&self, key: &K, token: Token) -> Result<bool> {
        self.inner().release(&*self.map().key(key)?, token)
    }

    fn put_if_leased(&self, key: &K, value: &V, ttl: Ttl, token: Token) -> Result<bool> {
        let stored = self.map().encode(key, value, ttl)?;
        self.inner().put_if_leased(&*self.map().key(key)?, &*stored, ttl, token)
    }
}

#[deny(clippy::missing_trait_methods)]
impl<K: ?Sized + Sync, V: Send + Sync, M, C> AsyncLease<K, V> for Mapped<M, C>
where
    M: Map<K, V> + Send + Sync,
    M::Key: Sync,
    <M::Key as ToOwned>::Owned: Send + Sync,
    M::Stored: Send + Sync,
    C: AsyncLease<M::Key, M::Stored>,
{
    async fn lease(&self, key: &K, claim: Claim, length: Duration) -> Result<Leased> {
        self.inner().lease(&*self.map().key(key)?, claim, length).await
    }

    async fn renew(&self, key: &K, token: Token, length: Duration) -> Result<Option<Token>> {
        self.inner().renew(&*self.map().key(key)?, token, length).await
    }

    async fn release(&self, key: &K, token: Token) -> Result<bool> {
        self.inner().release(&*self.map().key(key)?, token).await
    }

    async fn put_if_leased(&self, key: &K, value: &V, ttl: Ttl, token: Token) -> Result<bool> {
        let stored = self.map().encode(key, value, ttl)?;
        self.inner().put_if_leased(&*self.map().key(key)?, &*stored, ttl, token).await
    }
}
