//! Both forms as caches: each method by the store that was opened.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
#[cfg(any(feature = "memory", feature = "tokio"))]
use ctu_core::{AsyncCache, AsyncLease, AsyncStore};
use ctu_core::{Cache, Claim, Entry, Lease, Leased, Result, Stats, Store, Token, Ttl, Watch};

use super::{AnyCache, Kind};
#[cfg(any(feature = "memory", feature = "tokio"))]
use super::{AsyncAnyCache, AsyncKind};

/// Calls the store that was opened.
macro_rules! ask {
    ($self:ident, |$store:ident| $call:expr) => {
        match $self.0 {
            #[cfg(feature = "memory")]
            Kind::Memory(ref $store) => $call,
            #[cfg(feature = "redis")]
            Kind::Redis(ref $store) => $call,
            #[cfg(feature = "redis-cluster")]
            Kind::RedisCluster(ref $store) => $call,
            #[cfg(feature = "memcached")]
            Kind::Memcached(ref $store) => $call,
        }
    };
}

#[cfg(any(feature = "memory", feature = "tokio"))]
macro_rules! ask_async {
    ($self:ident, |$store:ident| $call:expr) => {
        match $self.0 {
            #[cfg(feature = "memory")]
            AsyncKind::Memory(ref $store) => $call,
            #[cfg(all(feature = "redis", feature = "tokio"))]
            AsyncKind::Redis(ref $store) => $call,
            #[cfg(all(feature = "redis-cluster", feature = "tokio"))]
            AsyncKind::RedisCluster(ref $store) => $call,
            #[cfg(all(feature = "memcached", feature = "tokio"))]
            AsyncKind::Memcached(ref $store) => $call,
        }
    };
}

/// The traits of a form, each method by the store that was opened.
macro_rules! by_its_store {
    ($any:ident, $cache:ident, $lease:ident, $store:ident, $ask:ident, [$($asyncness:tt)*], [$($wait:tt)*]) => {
        #[deny(clippy::missing_trait_methods)]
        impl $cache<[u8], Bytes> for $any {
            $($asyncness)* fn get(&self, key: &[u8]) -> Result<Option<Bytes>> {
                $ask!(self, |store| $cache::get(store, key)$($wait)*)
            }
            $($asyncness)* fn get_entry(&self, key: &[u8]) -> Result<Option<Entry<Bytes>>> {
                $ask!(self, |store| $cache::get_entry(store, key)$($wait)*)
            }
            $($asyncness)* fn put(&self, key: &[u8], value: &Bytes, ttl: Ttl) -> Result<()> {
                $ask!(self, |store| $cache::put(store, key, value, ttl)$($wait)*)
            }
            $($asyncness)* fn remove(&self, key: &[u8]) -> Result<bool> {
                $ask!(self, |store| $cache::<[u8], Bytes>::remove(store, key)$($wait)*)
            }
            $($asyncness)* fn contains(&self, key: &[u8]) -> Result<bool> {
                $ask!(self, |store| $cache::<[u8], Bytes>::contains(store, key)$($wait)*)
            }
            $($asyncness)* fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<Bytes>>> {
                $ask!(self, |store| $cache::get_many(store, keys)$($wait)*)
            }
            $($asyncness)* fn put_many(&self, entries: &[(&[u8], &Bytes)], ttl: Ttl) -> Result<()> {
                $ask!(self, |store| $cache::put_many(store, entries, ttl)$($wait)*)
            }
            fn watch(&self, key: &[u8]) -> Option<Watch> {
                $ask!(self, |store| $cache::<[u8], Bytes>::watch(store, key))
            }
            $($asyncness)* fn put_if_unchanged(
                &self,
                key: &[u8],
                value: &Bytes,
                ttl: Ttl,
                watch: Watch,
            ) -> Result<bool> {
                $ask!(self, |store| $cache::put_if_unchanged(store, key, value, ttl, watch)$($wait)*)
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl $lease<[u8], Bytes> for $any {
            $($asyncness)* fn lease(&self, key: &[u8], claim: Claim, length: Duration) -> Result<Leased> {
                $ask!(self, |store| $lease::<[u8], Bytes>::lease(store, key, claim, length)$($wait)*)
            }
            $($asyncness)* fn renew(&self, key: &[u8], token: Token, length: Duration) -> Result<Option<Token>> {
                $ask!(self, |store| $lease::<[u8], Bytes>::renew(store, key, token, length)$($wait)*)
            }
            $($asyncness)* fn release(&self, key: &[u8], token: Token) -> Result<bool> {
                $ask!(self, |store| $lease::<[u8], Bytes>::release(store, key, token)$($wait)*)
            }
            $($asyncness)* fn put_if_leased(
                &self,
                key: &[u8],
                value: &Bytes,
                ttl: Ttl,
                token: Token,
            ) -> Result<bool> {
                $ask!(self, |store| $lease::put_if_leased(store, key, value, ttl, token)$($wait)*)
            }
        }

        /// As the store that was opened: `clear` is refused on Memcached, and on Redis without a namespace, as the servers'
        /// other entries are not this cache's.
        #[deny(clippy::missing_trait_methods)]
        impl $store for $any {
            $($asyncness)* fn len(&self) -> Result<usize> {
                $ask!(self, |store| $store::len(store)$($wait)*)
            }
            $($asyncness)* fn is_empty(&self) -> Result<bool> {
                $ask!(self, |store| $store::is_empty(store)$($wait)*)
            }
            $($asyncness)* fn clear(&self) -> Result<()> {
                $ask!(self, |store| $store::clear(store)$($wait)*)
            }
            $($asyncness)* fn stats(&self) -> Result<Stats> {
                $ask!(self, |store| $store::stats(store)$($wait)*)
            }
        }

        impl fmt::Debug for $any {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let store: &dyn fmt::Debug = $ask!(self, |store| store);
                f.debug_tuple(stringify!($any)).field(store).finish()
            }
        }
    };
}

by_its_store!(AnyCache, Cache, Lease, Store, ask, [], []);
#[cfg(any(feature = "memory", feature = "tokio"))]
by_its_store!(AsyncAnyCache, AsyncCache, AsyncLease, AsyncStore, ask_async, [async], [.await]);
