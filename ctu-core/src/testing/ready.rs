//! Caches that never wait, seen as async ones.

use std::time::Duration;

use crate::{
    AsyncCache, AsyncLease, AsyncStore, Cache, Claim, Entry, Lease, Leased, Result, Stats, Store, Token, Ttl, Watch,
};

/// Implements the async traits through the sync ones of `$sync`, an expression of `&self`.
macro_rules! ready {
    (
        impl[$($cache_generics:tt)*] AsyncCache<$key:ty, $value:ty>;
        impl[$($store_generics:tt)*] AsyncStore;
        for $type:ty: |$this:ident| $sync:expr
    ) => {
        #[deny(clippy::missing_trait_methods)]
        impl<$($cache_generics)*> AsyncCache<$key, $value> for $type {
            async fn get(&self, key: &$key) -> Result<Option<$value>> {
                let $this = self;
                Cache::<$key, $value>::get($sync, key)
            }
            async fn get_entry(&self, key: &$key) -> Result<Option<Entry<$value>>> {
                let $this = self;
                Cache::<$key, $value>::get_entry($sync, key)
            }
            async fn put(&self, key: &$key, value: &$value, ttl: Ttl) -> Result<()> {
                let $this = self;
                Cache::<$key, $value>::put($sync, key, value, ttl)
            }
            async fn remove(&self, key: &$key) -> Result<bool> {
                let $this = self;
                Cache::<$key, $value>::remove($sync, key)
            }
            async fn contains(&self, key: &$key) -> Result<bool> {
                let $this = self;
                Cache::<$key, $value>::contains($sync, key)
            }
            async fn get_many(&self, keys: &[&$key]) -> Result<Vec<Option<$value>>> {
                let $this = self;
                Cache::<$key, $value>::get_many($sync, keys)
            }
            async fn put_many(&self, entries: &[(&$key, &$value)], ttl: Ttl) -> Result<()> {
                let $this = self;
                Cache::<$key, $value>::put_many($sync, entries, ttl)
            }
            fn watch(&self, key: &$key) -> Option<Watch> {
                let $this = self;
                Cache::<$key, $value>::watch($sync, key)
            }
            async fn put_if_unchanged(&self, key: &$key, value: &$value, ttl: Ttl, watch: Watch) -> Result<bool> {
                let $this = self;
                Cache::<$key, $value>::put_if_unchanged($sync, key, value, ttl, watch)
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl<$($store_generics)*> AsyncStore for $type {
            async fn len(&self) -> Result<usize> {
                let $this = self;
                Store::len($sync)
            }
            async fn is_empty(&self) -> Result<bool> {
                let $this = self;
                Store::is_empty($sync)
            }
            async fn clear(&self) -> Result<()> {
                let $this = self;
                Store::clear($sync)
            }
            async fn stats(&self) -> Result<Stats> {
                let $this = self;
                Store::stats($sync)
            }
        }
    };
}

/// Implements [`AsyncLease`] through [`Lease`] in the same way.
macro_rules! ready_lease {
    (impl[$($generics:tt)*] AsyncLease<$key:ty, $value:ty>; for $type:ty: |$this:ident| $sync:expr) => {
        #[deny(clippy::missing_trait_methods)]
        impl<$($generics)*> AsyncLease<$key, $value> for $type {
            async fn lease(&self, key: &$key, claim: Claim, length: Duration) -> Result<Leased> {
                let $this = self;
                Lease::<$key, $value>::lease($sync, key, claim, length)
            }
            async fn renew(&self, key: &$key, token: Token, length: Duration) -> Result<Option<Token>> {
                let $this = self;
                Lease::<$key, $value>::renew($sync, key, token, length)
            }
            async fn release(&self, key: &$key, token: Token) -> Result<bool> {
                let $this = self;
                Lease::<$key, $value>::release($sync, key, token)
            }
            async fn put_if_leased(&self, key: &$key, value: &$value, ttl: Ttl, token: Token) -> Result<bool> {
                let $this = self;
                Lease::<$key, $value>::put_if_leased($sync, key, value, ttl, token)
            }
        }
    };
}
pub(super) use {ready, ready_lease};

/// A sync cache as an async one that keeps its task busy until it has the answer: the suite is written once, async.
pub(super) struct Ready<C>(pub(super) C);

ready! {
    impl[K: ?Sized + Sync, V: Send + Sync, C: Cache<K, V> + Send + Sync] AsyncCache<K, V>;
    impl[C: Store + Send + Sync] AsyncStore;
    for Ready<C>: |this| &this.0
}

ready_lease! {
    impl[K: ?Sized + Sync, V: Send + Sync, C: Lease<K, V> + Send + Sync] AsyncLease<K, V>;
    for Ready<C>: |this| &this.0
}
