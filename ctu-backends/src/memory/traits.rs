//! The traits of a store in memory, which never waits: written once for all stores, sync and async.

#![allow(clippy::inline_always)] // a hit: what is called anew for each function is measured to cost a tenth of it or more

use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use ctu_core::{Cache, Result};

/// The future of a lookup that never waits: not a state machine, which would keep track of what is never left half-way.
pub(crate) struct Find<'c, 'k, C, K: ?Sized, V> {
    pub(crate) cache: &'c C,
    pub(crate) key: &'k K,
    pub(crate) value: PhantomData<fn() -> V>,
}

impl<V, K: ?Sized, C: Cache<K, V>> Future for Find<'_, '_, C, K, V> {
    type Output = Result<Option<V>>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(self.cache.get(self.key))
    }
}

/// Implements `AsyncCache`, or `AsyncStore`, by the sync trait's methods.
macro_rules! never_waits {
    (impl[$($generic:ident),*] AsyncCache<$key:ident, $value:ident> for $store:ty where [$($bounds:tt)*]) => {
        #[diagnostic::do_not_recommend]
        impl<$($generic),*> ctu_core::AsyncCache<$key, $value> for $store
        where
            $($bounds)*
        {
            const NEVER_WAITS: bool = true;

            #[inline(always)]
            fn get(&self, key: &$key) -> impl Future<Output = ctu_core::Result<Option<$value>>> + Send {
                $crate::memory::traits::Find { cache: self, key, value: std::marker::PhantomData }
            }

            async fn get_entry(&self, key: &$key) -> ctu_core::Result<Option<ctu_core::Entry<$value>>> {
                ctu_core::Cache::get_entry(self, key)
            }

            async fn put(&self, key: &$key, value: &$value, ttl: ctu_core::Ttl) -> ctu_core::Result<()> {
                ctu_core::Cache::put(self, key, value, ttl)
            }

            async fn remove(&self, key: &$key) -> ctu_core::Result<bool> {
                ctu_core::Cache::<$key, $value>::remove(self, key)
            }

            async fn contains(&self, key: &$key) -> ctu_core::Result<bool> {
                ctu_core::Cache::<$key, $value>::contains(self, key)
            }

            #[inline]
            fn watch(&self, key: &$key) -> Option<ctu_core::Watch> {
                ctu_core::Cache::<$key, $value>::watch(self, key)
            }

            async fn put_if_unchanged(
                &self,
                key: &$key,
                value: &$value,
                ttl: ctu_core::Ttl,
                watch: ctu_core::Watch,
            ) -> ctu_core::Result<bool> {
                ctu_core::Cache::put_if_unchanged(self, key, value, ttl, watch)
            }
        }

        impl<$($generic),*> ctu_core::AsyncLease<$key, $value> for $store
        where
            $($bounds)*
        {
            async fn lease(
                &self,
                key: &$key,
                claim: ctu_core::Claim,
                length: std::time::Duration,
            ) -> ctu_core::Result<ctu_core::Leased> {
                ctu_core::Lease::<$key, $value>::lease(self, key, claim, length)
            }

            async fn renew(
                &self,
                key: &$key,
                token: ctu_core::Token,
                length: std::time::Duration,
            ) -> ctu_core::Result<Option<ctu_core::Token>> {
                ctu_core::Lease::<$key, $value>::renew(self, key, token, length)
            }

            async fn release(&self, key: &$key, token: ctu_core::Token) -> ctu_core::Result<bool> {
                ctu_core::Lease::<$key, $value>::release(self, key, token)
            }

            async fn put_if_leased(
                &self,
                key: &$key,
                value: &$value,
                ttl: ctu_core::Ttl,
                token: ctu_core::Token,
            ) -> ctu_core::Result<bool> {
                ctu_core::Lease::put_if_leased(self, key, value, ttl, token)
            }
        }
    };
    (impl[$($generic:ident),*] AsyncStore for $store:ty where [$($bounds:tt)*]) => {
        impl<$($generic),*> ctu_core::AsyncStore for $store
        where
            $($bounds)*
        {
            async fn len(&self) -> ctu_core::Result<usize> {
                ctu_core::Store::len(self)
            }

            async fn clear(&self) -> ctu_core::Result<()> {
                ctu_core::Store::clear(self)
            }

            async fn stats(&self) -> ctu_core::Result<ctu_core::Stats> {
                ctu_core::Store::stats(self)
            }
        }
    };
}

/// Implements `Cache`, `Lease`, `Store` and their async forms for a store that has the methods `find`, `find_entry`,
/// `insert`, `take_by`, `holds`, `count`, `discard` and the fields `change`, `seed`, `clock` and `counters`.
macro_rules! in_memory {
    ($store:ident) => {
        // Of a key or a value of another type, what a cache is asked with says more than what this asks of it.
        #[diagnostic::do_not_recommend]
        impl<K, V, Q> ctu_core::Cache<Q, V> for $store<K, V>
        where
            Q: ?Sized + ctu_core::CacheKey<Owned = K>,
            K: Eq + std::hash::Hash,
            V: Clone,
        {
            #[cfg_attr(debug_assertions, inline)]
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn get(&self, key: &Q) -> Result<Option<V>> {
                let Some(value) = self.find(key) else {
                    self.tally_miss();
                    return Ok(None);
                };
                self.tally(Count::Hit);
                Ok(Some(value))
            }

            fn get_entry(&self, key: &Q) -> Result<Option<Entry<V>>> {
                let found = self.find_entry(key);
                self.tally(if found.is_some() { Count::Hit } else { Count::Miss });
                Ok(found)
            }

            fn put(&self, key: &Q, value: &V, ttl: Ttl) -> Result<()> {
                self.put_by(key, value, ttl, $crate::memory::change::By::Anybody).map(drop)
            }

            fn remove(&self, key: &Q) -> Result<bool> {
                self.tally(Count::Del);
                Ok(self.take(key))
            }

            fn contains(&self, key: &Q) -> Result<bool> {
                self.tally(Count::Test);
                Ok(self.holds(key))
            }

            #[inline]
            fn watch(&self, key: &Q) -> Option<ctu_core::Watch> {
                self.change.watch(|| self.seed.hash(key))
            }

            fn put_if_unchanged(&self, key: &Q, value: &V, ttl: Ttl, watch: ctu_core::Watch) -> Result<bool> {
                self.put_by(key, value, ttl, $crate::memory::change::By::Watch(watch))
            }
        }

        impl<K, V, Q> ctu_core::Lease<Q, V> for $store<K, V>
        where
            Q: ?Sized + ctu_core::CacheKey<Owned = K>,
            K: Eq + std::hash::Hash,
            V: Clone,
        {
            fn lease(&self, key: &Q, claim: ctu_core::Claim, length: Duration) -> Result<ctu_core::Leased> {
                let watches = self.change.watches()?;
                let hash = self.seed.hash(key).into();
                let is_there = || self.find_entry(key).is_some_and(|entry| !claim.is_over(entry.ttl));
                Ok(watches.lease(hash, claim, length, &self.clock, is_there))
            }

            fn renew(&self, key: &Q, token: ctu_core::Token, length: Duration) -> Result<Option<ctu_core::Token>> {
                Ok(self.change.watches()?.renew(self.seed.hash(key).into(), token, length, &self.clock))
            }

            fn release(&self, key: &Q, token: ctu_core::Token) -> Result<bool> {
                Ok(self.change.watches()?.release(self.seed.hash(key).into(), token, &self.clock))
            }

            fn put_if_leased(&self, key: &Q, value: &V, ttl: Ttl, token: ctu_core::Token) -> Result<bool> {
                self.put_by(key, value, ttl, $crate::memory::change::By::Lease(token))
            }
        }

        never_waits! {
            impl[K, V, Q] AsyncCache<Q, V> for $store<K, V> where [
                Q: ?Sized + ctu_core::CacheKey<Owned = K> + Sync,
                K: Eq + std::hash::Hash + Send + Sync,
                V: Clone + Send + Sync,
            ]
        }
        never_waits! {
            impl[K, V] AsyncStore for $store<K, V> where [K: Eq + std::hash::Hash + Send + Sync, V: Clone + Send + Sync]
        }

        impl<K: Eq + std::hash::Hash, V: Clone> ctu_core::Store for $store<K, V> {
            fn len(&self) -> Result<usize> {
                Ok(self.count())
            }

            fn clear(&self) -> Result<()> {
                self.change.of_all(|| self.discard());
                Ok(())
            }

            fn stats(&self) -> Result<Stats> {
                let mut stats = self.counters.as_ref().map(|counters| counters.stats()).unwrap_or_default();
                stats.entries = Some(self.count() as u64);
                Ok(stats)
            }
        }

        impl<K: Eq + std::hash::Hash, V: Clone> $store<K, V> {
            /// Removes, and tells whether there was a live entry.
            fn take<Q: ?Sized + CacheKey<Owned = K>>(&self, key: &Q) -> bool {
                let mut by = $crate::memory::change::By::Anybody;
                match self.take_by(key, self.seed.hash(key), &mut by) {
                    Some(Some((_, held))) => !held.expiry.is_past(&self.clock),
                    _ => false,
                }
            }

            /// Stores, if whoever does so may, and tells whether that was so.
            fn put_by<Q: ?Sized + CacheKey<Owned = K>>(
                &self,
                key: &Q,
                value: &V,
                ttl: Ttl,
                mut by: $crate::memory::change::By,
            ) -> Result<bool> {
                match self.insert(key, value, ttl, &mut by) {
                    Ok(stored) => {
                        if stored == Some(true) {
                            self.tally(Count::Write);
                        }
                        Ok(stored.is_some())
                    }
                    Err(error) => {
                        self.tally(Count::Error);
                        Err(error)
                    }
                }
            }
        }

        impl<K, V> $store<K, V> {
            /// Counts from zero again, in [`stats`](ctu_core::Store::stats). Entries stay.
            pub fn reset_stats(&self) {
                if let Some(counters) = &self.counters {
                    counters.reset();
                }
            }

            /// Not inlined, to leave room for what a hit needs.
            #[inline(never)]
            fn tally_miss(&self) {
                self.tally(Count::Miss);
            }

            #[inline]
            pub(crate) fn tally(&self, count: Count) {
                if let Some(counters) = &self.counters {
                    counters.add(count);
                }
            }
        }
    };
}

pub(crate) use in_memory;
pub(crate) use never_waits;
