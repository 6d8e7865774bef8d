//! A lock around a container that is not shared by itself: [`LockedCache`].

use std::borrow::Borrow;
use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, MutexGuard, OnceLock};
use std::time::Duration;

use crate::{
    Args, AsyncCache, AsyncLease, AsyncStore, Cache, CacheKey, CacheMut, Claim, Clock, Entry, Lease, Leased, Result,
    Scoped, Stats, Store, StoreMut, Token, Ttl, Watch, Watches,
};

/// A cache made of any `&mut self` container, such as `HashMap` or `lru::LruCache`, and a lock.
///
/// Each operation holds the lock while the container works, and an async one never while it waits. Values are cloned out
/// of the container: make large ones cheap to clone (`Arc`, `Bytes`). The bundled containers have no lifetimes: `ttl` is
/// ignored; and `HashMap` has no bound either. For those take `MemoryCache`.
///
/// A panic in a key's or a value's own code, while the container works, empties it: what it was in the middle of can't
/// be trusted, and a cache may forget.
///
/// # Examples
///
/// ```
/// use ctu_core::{Cache, LockedCache, Ttl};
/// use std::collections::HashMap;
///
/// let cache = LockedCache::new(HashMap::<String, u32>::new());
/// cache.put("one", &1, Ttl::Default)?;
/// assert_eq!(cache.get("one")?, Some(1));
/// assert!(cache.remove("one")?);
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub struct LockedCache<M> {
    inner: Mutex<M>,
    /// Those of computations under way, once there was one; changed with the container locked.
    watches: OnceLock<(Watches, RandomState)>,
}

impl<M> LockedCache<M> {
    /// `container` behind a lock.
    pub const fn new(container: M) -> Self {
        Self { inner: Mutex::new(container), watches: OnceLock::new() }
    }

    /// The hash by which watches know `key`, and the watches.
    fn watched<K: ?Sized + Hash>(&self, key: &K) -> Option<(u64, &Watches)> {
        self.watches.get().map(|(watches, hasher)| (hasher.hash_one(key), watches))
    }

    /// The same, where there is to be a watch or a lease.
    fn to_watch<K: ?Sized + Hash>(&self, key: &K) -> (u64, &Watches) {
        let (watches, hasher) = self.watches.get_or_init(Default::default);
        (hasher.hash_one(key), watches)
    }

    /// `key` is about to change, and the container is locked.
    fn changes<K: ?Sized + Hash>(&self, key: &K) {
        if let Some((hash, watches)) = self.watched(key) {
            watches.change(hash, || ());
        }
    }

    /// The same of all keys.
    fn all_change(&self) {
        if let Some((watches, _)) = self.watches.get() {
            watches.change_all(|| ());
        }
    }
}

impl<M: StoreMut> LockedCache<M> {
    /// The container, locked until the guard is dropped: don't use the cache before.
    ///
    /// As anything may be done to it, no result of a computation that is under way is stored afterwards.
    pub fn inner(&self) -> MutexGuard<'_, M> {
        let container = self.locked();
        self.all_change();
        container
    }

    fn locked(&self) -> MutexGuard<'_, M> {
        self.inner.lock().unwrap_or_else(|poisoned| {
            let mut container = poisoned.into_inner();
            // Safe to go on: nothing of what the panic may have left half done is kept.
            container.clear();
            self.inner.clear_poison();
            container
        })
    }
}

/// Without the entries.
impl<M> fmt::Debug for LockedCache<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LockedCache").finish_non_exhaustive()
    }
}

/// Of leases, as the containers have no lifetimes.
static CLOCK: Clock = Clock::system();

/// Both forms of the cache from one text: no operation waits.
macro_rules! locked {
    ($cache:ident, $lease:ident, $store:ident, [$($async:ident)?], [$($bounds:tt)*], [$($container:tt)*]) => {
        #[deny(clippy::missing_trait_methods)]
        impl<$($bounds)*, M: CacheMut<K, V> $($container)*> $cache<K, V> for LockedCache<M> {
            $($async)? fn get(&self, key: &K) -> Result<Option<V>> {
                Ok(self.locked().get(key).map(|entry| entry.value))
            }

            $($async)? fn get_entry(&self, key: &K) -> Result<Option<Entry<V>>> {
                Ok(self.locked().get(key))
            }

            $($async)? fn put(&self, key: &K, value: &V, ttl: Ttl) -> Result<()> {
                let mut container = self.locked();
                self.changes(key);
                container.put(key, value, ttl);
                Ok(())
            }

            $($async)? fn remove(&self, key: &K) -> Result<bool> {
                let mut container = self.locked();
                self.changes(key);
                Ok(container.remove(key))
            }

            $($async)? fn contains(&self, key: &K) -> Result<bool> {
                Ok(self.locked().contains(key))
            }

            $($async)? fn get_many(&self, keys: &[&K]) -> Result<Vec<Option<V>>> {
                let mut container = self.locked();
                Ok(keys.iter().map(|key| container.get(key).map(|entry| entry.value)).collect())
            }

            $($async)? fn put_many(&self, entries: &[(&K, &V)], ttl: Ttl) -> Result<()> {
                let mut container = self.locked();
                for (key, value) in entries {
                    self.changes(*key);
                    container.put(key, value, ttl);
                }
                Ok(())
            }

            fn watch(&self, key: &K) -> Option<Watch> {
                let _container = self.locked();
                let (hash, watches) = self.to_watch(key);
                Some(watches.watch(hash))
            }

            $($async)? fn put_if_unchanged(&self, key: &K, value: &V, ttl: Ttl, watch: Watch) -> Result<bool> {
                let mut container = self.locked();
                let watches = self.to_watch(key).1;
                Ok(watches.store(watch, || container.put(key, value, ttl)).is_some())
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl<$($bounds)*, M: CacheMut<K, V> $($container)*> $lease<K, V> for LockedCache<M> {
            $($async)? fn lease(&self, key: &K, claim: Claim, length: Duration) -> Result<Leased> {
                let container = self.locked();
                let (hash, watches) = self.to_watch(key);
                Ok(watches.lease(hash, claim, length, &CLOCK, || container.contains(key) && !claim.is_over(None)))
            }

            $($async)? fn renew(&self, key: &K, token: Token, length: Duration) -> Result<Option<Token>> {
                Ok(self.watched(key).and_then(|(hash, watches)| watches.renew(hash, token, length, &CLOCK)))
            }

            $($async)? fn release(&self, key: &K, token: Token) -> Result<bool> {
                Ok(self.watched(key).is_some_and(|(hash, watches)| watches.release(hash, token, &CLOCK)))
            }

            $($async)? fn put_if_leased(&self, key: &K, value: &V, ttl: Ttl, token: Token) -> Result<bool> {
                let mut container = self.locked();
                let (hash, watches) = self.to_watch(key);
                Ok(watches.store_leased(hash, token, &CLOCK, || container.put(key, value, ttl)).is_some())
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl<M: StoreMut $($container)*> $store for LockedCache<M> {
            $($async)? fn len(&self) -> Result<usize> {
                Ok(self.locked().len())
            }

            $($async)? fn is_empty(&self) -> Result<bool> {
                Ok(self.locked().is_empty())
            }

            $($async)? fn clear(&self) -> Result<()> {
                let mut container = self.locked();
                self.all_change();
                container.clear();
                Ok(())
            }

            /// The number of entries; counts nothing else: see [`StatsCache`](crate::StatsCache).
            $($async)? fn stats(&self) -> Result<Stats> {
                Ok(Stats { entries: u64::try_from(self.locked().len()).ok(), ..Stats::default() })
            }
        }
    };
}

locked!(Cache, Lease, Store, [], [K: ?Sized + Hash, V], []);
locked!(AsyncCache, AsyncLease, AsyncStore, [async], [K: ?Sized + Hash + Sync, V: Send + Sync], [+ Send]);

/// A container with the methods of `HashMap`. A key that the container's own keys can be compared with is looked up as
/// it is; [`Args`] and [`Scoped`], which they can't, in their owned form.
macro_rules! container {
    ($map:ident, $insert:ident, $remove:ident, $get:ident) => {
        impl<Owned, K, V, S> CacheMut<K, V> for $map<Owned, V, S>
        where
            Owned: Borrow<K> + Hash + Eq,
            K: ?Sized + ToOwned<Owned = Owned> + Hash + Eq,
            V: Clone,
            S: BuildHasher,
        {
            fn get(&mut self, key: &K) -> Option<Entry<V>> {
                $map::get(self, key).cloned().map(|value| Entry { value, ttl: None })
            }

            fn put(&mut self, key: &K, value: &V, _ttl: Ttl) {
                self.$insert(key.to_owned(), value.clone());
            }

            fn remove(&mut self, key: &K) -> bool {
                self.$remove(key).is_some()
            }

            fn contains(&self, key: &K) -> bool {
                self.$get(key)
            }
        }

        container!($map, $insert, $remove, $get, Args);
        container!($map, $insert, $remove, $get, Scoped);

        impl<K: Hash + Eq, V, S: BuildHasher> StoreMut for $map<K, V, S> {
            fn len(&self) -> usize {
                $map::len(self)
            }

            fn clear(&mut self) {
                $map::clear(self);
            }
        }
    };
    ($map:ident, $insert:ident, $remove:ident, $get:ident, $key:ident) => {
        impl<Owned, T, V, S> CacheMut<$key<T>, V> for $map<Owned, V, S>
        where
            $key<T>: CacheKey<Owned = Owned>,
            Owned: Hash + Eq,
            V: Clone,
            S: BuildHasher,
        {
            fn get(&mut self, key: &$key<T>) -> Option<Entry<V>> {
                $map::get(self, &key.to_key()).cloned().map(|value| Entry { value, ttl: None })
            }

            fn put(&mut self, key: &$key<T>, value: &V, _ttl: Ttl) {
                self.$insert(key.to_key(), value.clone());
            }

            fn remove(&mut self, key: &$key<T>) -> bool {
                self.$remove(&key.to_key()).is_some()
            }

            fn contains(&self, key: &$key<T>) -> bool {
                self.$get(&key.to_key())
            }
        }
    };
}

container!(HashMap, insert, remove, contains_key);

#[cfg(feature = "lru")]
use lru::LruCache;
#[cfg(feature = "lru")]
container!(LruCache, put, pop, contains);

impl<M: Default> Default for LockedCache<M> {
    fn default() -> Self {
        Self::new(M::default())
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::thread;

    use super::*;
    use crate::test_store::now;

    #[test]
    fn text_and_argument_keys_are_looked_up_in_a_map_of_owned_ones() {
        let text = LockedCache::new(HashMap::<String, u32>::new());
        Cache::put(&text, "a", &1, Ttl::Default).unwrap();
        assert_eq!(Cache::get_many(&text, &["a", "b"]).unwrap(), [Some(1), None]);
        assert_eq!(Store::stats(&text).unwrap().entries, Some(1));
        Store::clear(&text).unwrap();
        assert!(Store::is_empty(&text).unwrap());

        let args = LockedCache::new(HashMap::<(String, u64), u32>::new());
        Cache::put(&args, &Args(("a", &1_u64)), &7, Ttl::Default).unwrap();
        assert_eq!(Cache::get(&args, &Args(("a", &1_u64))).unwrap(), Some(7));
        assert_eq!(now(AsyncCache::get(&args, &Args(("a", &1_u64)))).unwrap(), Some(7));
        assert!(Cache::contains(&args, &Args(("a", &1_u64))).unwrap());
        assert!(!Cache::remove(&args, &Args(("a", &2_u64))).unwrap());
    }

    #[cfg(feature = "lru")]
    #[test]
    fn the_least_recently_used_entry_makes_room() {
        let cache = LockedCache::new(LruCache::<String, u32>::new(2.try_into().unwrap()));
        Cache::put_many(&cache, &[("a", &1), ("b", &2)], Ttl::Default).unwrap();
        assert_eq!(Cache::get(&cache, "a").unwrap(), Some(1));
        assert!(Cache::contains(&cache, "b").unwrap(), "not a use");
        Cache::put(&cache, "c", &3, Ttl::Default).unwrap();
        assert_eq!(Cache::get_many(&cache, &["a", "b", "c"]).unwrap(), [Some(1), None, Some(3)]);
        assert_eq!(Store::len(&cache).unwrap(), 2);
    }

    #[test]
    fn law2_harmless_a_panic_under_the_lock_empties_the_cache_and_no_more() {
        struct Touchy(bool);
        impl Clone for Touchy {
            fn clone(&self) -> Self {
                assert!(!self.0, "cloned");
                Self(false)
            }
        }
        let cache = LockedCache::new(HashMap::<String, Touchy>::new());
        Cache::put(&cache, "good", &Touchy(false), Ttl::Default).unwrap();
        catch_unwind(AssertUnwindSafe(|| Cache::put(&cache, "bad", &Touchy(true), Ttl::Default))).unwrap_err();
        assert!(Cache::get(&cache, "good").unwrap().is_none());
        Cache::put(&cache, "good", &Touchy(false), Ttl::Default).unwrap();
        assert!(Cache::get(&cache, "good").unwrap().is_some());
    }

    #[test]
    fn threads_share_it() {
        let cache = LockedCache::new(HashMap::<u32, u32>::new());
        thread::scope(|scope| {
            for t in 0..4 {
                let cache = &cache;
                scope.spawn(move || (0..500).for_each(|i| Cache::put(cache, &(i * 4 + t), &i, Ttl::Default).unwrap()));
            }
        });
        assert_eq!(Store::len(&cache).unwrap(), 2_000);
    }
}
