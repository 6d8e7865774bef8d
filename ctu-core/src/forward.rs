//! References, smart pointers and lazy statics of a cache are caches: `static CACHE: LazyLock<..>` can be passed as it is.

use std::future::Future;
use std::sync::{Arc, LazyLock};

use crate::{AsyncCache, AsyncStore, Cache, Entry, Result, Stats, Store, Ttl, Watch};

macro_rules! forward {
    ($([$($generics:tt)*] $pointer:ty;)*) => {$(
        #[deny(clippy::missing_trait_methods)]
        impl<K: ?Sized, V, $($generics)*> Cache<K, V> for $pointer
        where
            C: Cache<K, V>,
        {
            #[inline(always)]
            fn get(&self, key: &K) -> Result<Option<V>> {
                C::get(self, key)
            }
            #[inline]
            fn get_entry(&self, key: &K) -> Result<Option<Entry<V>>> {
                C::get_entry(self, key)
            }
            #[inline]
            fn put(&self, key: &K, value: &V, ttl: Ttl) -> Result<()> {
                C::put(self, key, value, ttl)
            }
            #[inline]
            fn remove(&self, key: &K) -> Result<bool> {
                C::remove(self, key)
            }
            #[inline]
            fn contains(&self, key: &K) -> Result<bool> {
                C::contains(self, key)
            }
            #[inline]
            fn get_many(&self, keys: &[&K]) -> Result<Vec<Option<V>>> {
                C::get_many(self, keys)
            }
            #[inline]
            fn put_many(&self, entries: &[(&K, &V)], ttl: Ttl) -> Result<()> {
                C::put_many(self, entries, ttl)
            }
            #[inline]
            fn watch(&self, key: &K) -> Option<Watch> {
                C::watch(self, key)
            }
            #[inline]
            fn put_if_unchanged(&self, key: &K, value: &V, ttl: Ttl, watch: Watch) -> Result<bool> {
                C::put_if_unchanged(self, key, value, ttl, watch)
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl<$($generics)*> Store for $pointer
        where
            C: Store,
        {
            fn len(&self) -> Result<usize> {
                C::len(self)
            }
            fn is_empty(&self) -> Result<bool> {
                C::is_empty(self)
            }
            fn clear(&self) -> Result<()> {
                C::clear(self)
            }
            fn stats(&self) -> Result<Stats> {
                C::stats(self)
            }
        }
    )*};
}

macro_rules! forward_async {
    ($([$($generics:tt)*] $pointer:ty;)*) => {$(
        #[deny(clippy::missing_trait_methods)]
        impl<K: ?Sized + Sync, V: Send + Sync, $($generics)*> AsyncCache<K, V> for $pointer
        where
            C: AsyncCache<K, V>,
        {
            const NEVER_WAITS: bool = C::NEVER_WAITS;

            #[inline(always)]
            fn get(&self, key: &K) -> impl Future<Output = Result<Option<V>>> + Send {
                C::get(self, key)
            }
            #[inline]
            fn get_entry(&self, key: &K) -> impl Future<Output = Result<Option<Entry<V>>>> + Send {
                C::get_entry(self, key)
            }
            #[inline]
            fn put(&self, key: &K, value: &V, ttl: Ttl) -> impl Future<Output = Result<()>> + Send {
                C::put(self, key, value, ttl)
            }
            #[inline]
            fn remove(&self, key: &K) -> impl Future<Output = Result<bool>> + Send {
                C::remove(self, key)
            }
            #[inline]
            fn contains(&self, key: &K) -> impl Future<Output = Result<bool>> + Send {
                C::contains(self, key)
            }
            #[inline]
            fn get_many(&self, keys: &[&K]) -> impl Future<Output = Result<Vec<Option<V>>>> + Send {
                C::get_many(self, keys)
            }
            #[inline]
            fn put_many(&self, entries: &[(&K, &V)], ttl: Ttl) -> impl Future<Output = Result<()>> + Send {
                C::put_many(self, entries, ttl)
            }
            #[inline]
            fn watch(&self, key: &K) -> Option<Watch> {
                C::watch(self, key)
            }
            #[inline]
            fn put_if_unchanged(
                &self,
                key: &K,
                value: &V,
                ttl: Ttl,
                watch: Watch,
            ) -> impl Future<Output = Result<bool>> + Send {
                C::put_if_unchanged(self, key, value, ttl, watch)
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl<$($generics)*> AsyncStore for $pointer
        where
            C: AsyncStore,
        {
            fn len(&self) -> impl Future<Output = Result<usize>> + Send {
                C::len(self)
            }
            fn is_empty(&self) -> impl Future<Output = Result<bool>> + Send {
                C::is_empty(self)
            }
            fn clear(&self) -> impl Future<Output = Result<()>> + Send {
                C::clear(self)
            }
            fn stats(&self) -> impl Future<Output = Result<Stats>> + Send {
                C::stats(self)
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

// `AsyncCache` is not dyn-compatible, so there is nothing unsized to forward to.
forward_async! {
    [C] &C;
    [C] Box<C>;
    [C] Arc<C>;
    [C, F: FnOnce() -> C + Send] LazyLock<C, F>;
}
