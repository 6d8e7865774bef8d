//! Caches that never wait, seen as async ones.

use crate::{AsyncCache, AsyncStore, Cache, Entry, Result, Stats, Store, Ttl};

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
pub(super) use ready;

/// A sync cache as an async one that keeps its task busy until it has the answer: the suite is written once, async.
pub(super) struct Ready<C>(pub(super) C);

ready! {
    impl[K: ?Sized + Sync, V: Send + Sync, C: Cache<K, V> + Send + Sync] AsyncCache<K, V>;
    impl[C: Store + Send + Sync] AsyncStore;
    for Ready<C>: |this| &this.0
}
