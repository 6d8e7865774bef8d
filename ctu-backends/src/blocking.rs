//! A store that blocks, for async functions: its calls are made where blocking harms nobody.

mod abandoned;

use std::borrow::Borrow;
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use ctu_core::{
    AsyncCache, AsyncLease, AsyncStore, Cache, Claim, Entry, Error, ErrorKind, Lease, Leased, Result, Stats, Store,
    Token, Ttl, Watch,
};
use tokio::runtime::Handle;

use self::abandoned::{Abandoned, Keys};

/// A blocking store or stack, seen as an [`AsyncCache`]: each call is made on tokio's blocking pool.
///
/// For stores that have no async form. One that has is better used in that: a call here takes a thread of the pool for
/// as long as it blocks (512 threads by default, which the whole runtime shares; further calls wait for one), and costs
/// some 10 µs for the way there and back. Keys and values are copied for the trip: `Bytes` without copying what they
/// hold, others as their `Clone` does. A batch is one trip.
///
/// A call that was begun goes on if its future is dropped, and may take effect later. But what is then written, removed or
/// cleared waits for the end of an abandoned `put` of its key, so that no older value comes after it.
///
/// Put it around the whole blocking stack, `Blocking(store.json())`, so that encoding is done on the pool, too; or
/// directly around the store, with layers that need not leave the task outside: `Blocking(store).json()`.
///
/// # Errors
///
/// Each operation, besides the store's own errors: [`Unsupported`](ErrorKind::Unsupported) outside of a tokio runtime,
/// [`Other`](ErrorKind::Other) if the store panicked, and [`Unavailable`](ErrorKind::Unavailable) while the runtime shuts
/// down.
///
/// # Examples
///
/// ```
/// use ctu_backends::Blocking;
/// use ctu_core::{AsyncCache, LockedCache, Ttl};
/// use std::collections::HashMap;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> ctu_core::Result<()> {
/// let store = LockedCache::<HashMap<String, u64>>::default();
/// let cache = Blocking(store);
/// cache.put("answer", &42, Ttl::Default).await?;
/// assert_eq!(cache.get("answer").await?, Some(42));
/// # Ok(())
/// # }
/// ```
pub struct Blocking<C> {
    cache: Arc<C>,
    abandoned: Abandoned,
}

/// Moves the calls of `cache` to tokio's blocking pool: see [the type](struct@Blocking) of this name.
#[allow(non_snake_case)]
pub fn Blocking<C>(cache: C) -> Blocking<C> {
    Blocking { cache: Arc::new(cache), abandoned: Abandoned::default() }
}

impl<C> Blocking<C> {
    /// The blocking store, for plain code.
    pub fn inner(&self) -> &C {
        &self.cache
    }
}

impl<C: Send + Sync + 'static> Blocking<C> {
    async fn on_pool<T: Send + 'static>(&self, call: impl FnOnce(&C) -> Result<T> + Send + 'static) -> Result<T> {
        let runtime = Handle::try_current().map_err(|_| {
            Error::new(ErrorKind::Unsupported, "`Blocking(..)` works in a tokio runtime only, and there is none here")
        })?;
        let cache = Arc::clone(&self.cache);
        // The task's own error would show the panic's message, which may quote a key or a value.
        runtime.spawn_blocking(move || call(&cache)).await.unwrap_or_else(|failure| {
            Err(if failure.is_panic() {
                Error::new(ErrorKind::Other, "the store in `Blocking(..)` panicked")
            } else {
                Error::new(ErrorKind::Unavailable, "the tokio runtime of `Blocking(..)` is shutting down")
            })
        })
    }

    /// A call that changes `keys`: after the writes of them that were abandoned.
    async fn after_abandoned<T: Send + 'static>(
        &self,
        keys: Keys,
        call: impl FnOnce(&C) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let before = self.abandoned.writes_of(&keys);
        self.on_pool(move |cache| {
            if let Some(before) = before {
                before.wait();
            }
            call(cache)
        })
        .await
    }

    /// The same for one that writes, and that others have to wait for if its future is dropped.
    async fn write<T: Send + 'static>(
        &self,
        keys: Keys,
        call: impl FnOnce(&C) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (caller, write) = self.abandoned.write(keys.clone());
        let written = self.after_abandoned(keys, move |cache| write.run(|| call(cache))).await;
        caller.has_waited();
        written
    }
}

#[deny(clippy::missing_trait_methods)]
impl<K, V, C> AsyncCache<K, V> for Blocking<C>
where
    K: ?Sized + ToOwned<Owned: Send + 'static> + Hash + Sync,
    V: Clone + Send + Sync + 'static,
    C: Cache<K, V> + Send + Sync + 'static,
{
    async fn get(&self, key: &K) -> Result<Option<V>> {
        let key = key.to_owned();
        self.on_pool(move |cache| cache.get(key.borrow())).await
    }

    async fn get_entry(&self, key: &K) -> Result<Option<Entry<V>>> {
        let key = key.to_owned();
        self.on_pool(move |cache| cache.get_entry(key.borrow())).await
    }

    async fn put(&self, key: &K, value: &V, ttl: Ttl) -> Result<()> {
        let keys = self.abandoned.key(key);
        let (key, value) = (key.to_owned(), value.clone());
        self.write(keys, move |cache| cache.put(key.borrow(), &value, ttl)).await
    }

    async fn remove(&self, key: &K) -> Result<bool> {
        let keys = self.abandoned.key(key);
        let key = key.to_owned();
        self.after_abandoned(keys, move |cache| cache.remove(key.borrow())).await
    }

    async fn contains(&self, key: &K) -> Result<bool> {
        let key = key.to_owned();
        self.on_pool(move |cache| cache.contains(key.borrow())).await
    }

    async fn get_many(&self, keys: &[&K]) -> Result<Vec<Option<V>>> {
        let keys: Vec<K::Owned> = keys.iter().map(|key| (*key).to_owned()).collect();
        self.on_pool(move |cache| cache.get_many(&keys.iter().map(Borrow::borrow).collect::<Vec<&K>>())).await
    }

    async fn put_many(&self, entries: &[(&K, &V)], ttl: Ttl) -> Result<()> {
        let entries: Vec<(K::Owned, V)> =
            entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).clone())).collect();
        self.write(Keys::Any, move |cache| {
            let entries: Vec<(&K, &V)> = entries.iter().map(|(key, value)| (key.borrow(), value)).collect();
            cache.put_many(&entries, ttl)
        })
        .await
    }

    fn watch(&self, key: &K) -> Option<Watch> {
        self.cache.watch(key)
    }

    async fn put_if_unchanged(&self, key: &K, value: &V, ttl: Ttl, watch: Watch) -> Result<bool> {
        let keys = self.abandoned.key(key);
        let (key, value) = (key.to_owned(), value.clone());
        self.write(keys, move |cache| cache.put_if_unchanged(key.borrow(), &value, ttl, watch)).await
    }
}

#[deny(clippy::missing_trait_methods)]
impl<K, V, C> AsyncLease<K, V> for Blocking<C>
where
    K: ?Sized + ToOwned<Owned: Send + 'static> + Hash + Sync,
    V: Clone + Send + Sync + 'static,
    C: Lease<K, V> + Send + Sync + 'static,
{
    async fn lease(&self, key: &K, claim: Claim, length: Duration) -> Result<Leased> {
        let keys = self.abandoned.key(key);
        let key = key.to_owned();
        self.after_abandoned(keys, move |cache| cache.lease(key.borrow(), claim, length)).await
    }

    async fn renew(&self, key: &K, token: Token, length: Duration) -> Result<Option<Token>> {
        let key = key.to_owned();
        self.on_pool(move |cache| cache.renew(key.borrow(), token, length)).await
    }

    async fn release(&self, key: &K, token: Token) -> Result<bool> {
        let key = key.to_owned();
        self.on_pool(move |cache| cache.release(key.borrow(), token)).await
    }

    async fn put_if_leased(&self, key: &K, value: &V, ttl: Ttl, token: Token) -> Result<bool> {
        let (key, value) = (key.to_owned(), value.clone());
        self.on_pool(move |cache| cache.put_if_leased(key.borrow(), &value, ttl, token)).await
    }
}

#[deny(clippy::missing_trait_methods)]
impl<C: Store + Send + Sync + 'static> AsyncStore for Blocking<C> {
    async fn len(&self) -> Result<usize> {
        self.on_pool(C::len).await
    }

    async fn is_empty(&self) -> Result<bool> {
        self.on_pool(C::is_empty).await
    }

    async fn clear(&self) -> Result<()> {
        self.after_abandoned(Keys::Any, C::clear).await
    }

    async fn stats(&self) -> Result<Stats> {
        self.on_pool(C::stats).await
    }
}

impl<C> Clone for Blocking<C> {
    /// The same store.
    fn clone(&self) -> Self {
        Self { cache: Arc::clone(&self.cache), abandoned: self.abandoned.clone() }
    }
}

impl<C: fmt::Debug> fmt::Debug for Blocking<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Blocking").field(&self.cache).finish()
    }
}
