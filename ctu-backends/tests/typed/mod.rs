//! A `SharedMemory` as a store of one type of keys and one of values, for the suite of such stores.

use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;

use ctu_backends::SharedMemory;
use ctu_core::{AsyncCache, AsyncStore, Cache, CacheKey, Entry, Result, Stats, Store, Ttl};

pub(crate) struct View<K, V>(SharedMemory, PhantomData<fn() -> (K, V)>);

impl<K, V> View<K, V> {
    pub(crate) const fn new(memory: SharedMemory) -> Self {
        Self(memory, PhantomData)
    }

    pub(crate) fn sweep(&self) -> usize {
        self.0.sweep()
    }

    pub(crate) fn reset_stats(&self) {
        self.0.reset_stats();
    }
}

impl<K, V> fmt::Debug for View<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<Q, K, V> Cache<Q, V> for View<K, V>
where
    Q: ?Sized + CacheKey<Owned = K>,
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn get(&self, key: &Q) -> Result<Option<V>> {
        Cache::get(&self.0, key)
    }

    fn get_entry(&self, key: &Q) -> Result<Option<Entry<V>>> {
        Cache::get_entry(&self.0, key)
    }

    fn put(&self, key: &Q, value: &V, ttl: Ttl) -> Result<()> {
        Cache::put(&self.0, key, value, ttl)
    }

    fn remove(&self, key: &Q) -> Result<bool> {
        Cache::<Q, V>::remove(&self.0, key)
    }

    fn contains(&self, key: &Q) -> Result<bool> {
        Cache::<Q, V>::contains(&self.0, key)
    }
}

impl<Q, K, V> AsyncCache<Q, V> for View<K, V>
where
    Q: ?Sized + CacheKey<Owned = K> + Sync,
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    async fn get(&self, key: &Q) -> Result<Option<V>> {
        AsyncCache::get(&self.0, key).await
    }

    async fn get_entry(&self, key: &Q) -> Result<Option<Entry<V>>> {
        AsyncCache::get_entry(&self.0, key).await
    }

    async fn put(&self, key: &Q, value: &V, ttl: Ttl) -> Result<()> {
        AsyncCache::put(&self.0, key, value, ttl).await
    }

    async fn remove(&self, key: &Q) -> Result<bool> {
        AsyncCache::<Q, V>::remove(&self.0, key).await
    }

    async fn contains(&self, key: &Q) -> Result<bool> {
        AsyncCache::<Q, V>::contains(&self.0, key).await
    }
}

impl<K, V> Store for View<K, V> {
    fn len(&self) -> Result<usize> {
        Store::len(&self.0)
    }

    fn clear(&self) -> Result<()> {
        Store::clear(&self.0)
    }

    fn stats(&self) -> Result<Stats> {
        Store::stats(&self.0)
    }
}

impl<K, V> AsyncStore for View<K, V> {
    async fn len(&self) -> Result<usize> {
        AsyncStore::len(&self.0).await
    }

    async fn clear(&self) -> Result<()> {
        AsyncStore::clear(&self.0).await
    }

    async fn stats(&self) -> Result<Stats> {
        AsyncStore::stats(&self.0).await
    }
}
