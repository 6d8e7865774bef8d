//! The store for async functions.

use std::fmt;

use ctu_core::{AsyncCache, AsyncStore, Entry, Result, Stats, Ttl, Watch};

use super::MemcachedCacheBuilder;
use super::builder::Settings;
use super::calls::{self, Call, Calls, MemcachedValue, Part};
use super::reply::Reply;
use super::request::Request;
use super::waiting::Transport;

/// A cache of bytes on Memcached servers, for async functions in a tokio runtime.
///
/// As [`MemcachedCache`](super::MemcachedCache), with the same keys, values and rules; the two can share their servers.
///
/// The runtime has I/O and time enabled. One store may be used in several runtimes, at the same time or one after the
/// other; each uses connections of its own.
///
/// # Examples
///
/// ```no_run
/// use ctu_backends::AsyncMemcachedCache;
/// use ctu_core::{AsyncCache, StackExt, Ttl};
///
/// # async fn example() -> ctu_core::Result<()> {
/// let cache = AsyncMemcachedCache::open("memcached://localhost")?.json();
/// cache.put("numbers", &vec![1, 2, 3], Ttl::Default).await?;
/// assert_eq!(cache.get("numbers").await?, Some(vec![1, 2, 3]));
/// # Ok(())
/// # }
/// ```
pub struct AsyncMemcachedCache {
    calls: Calls,
    transport: Transport,
}

impl AsyncMemcachedCache {
    /// The store on the servers of a url, as [`MemcachedCache::open`](super::MemcachedCache::open).
    ///
    /// # Errors
    ///
    /// `Config`, with the part of the url that is wrong.
    pub fn open(url: &str) -> Result<Self> {
        Self::builder(url).build()
    }

    /// The settings of a store on the servers of a url, as for [`open`](Self::open).
    pub fn builder(url: &str) -> MemcachedCacheBuilder<Self> {
        MemcachedCacheBuilder::new(url)
    }

    pub(super) fn new(settings: Settings) -> Self {
        let Settings { calls, servers, limits } = settings;
        Self { calls, transport: Transport::new(servers, limits) }
    }

    /// Forgets everything on the servers, entries of other namespaces and programs too.
    ///
    /// # Errors
    ///
    /// When a server fails: its entries may still be there, those of the others are not.
    pub async fn flush_server(&self) -> Result<()> {
        calls::flushed(self.ask_all(Request::flush).await)
    }

    pub(super) const fn calls(&self) -> &Calls {
        &self.calls
    }

    pub(super) async fn run(&self, call: &Call) -> Result<Vec<Reply>> {
        self.transport.run(call, &self.calls.errors).await
    }

    async fn run_parts(&self, parts: &[Part]) -> Vec<calls::Answer> {
        let calls: Vec<&Call> = parts.iter().map(|part| &part.call).collect();
        self.transport.run_all(&calls, &self.calls.errors).await
    }

    async fn ask_all(&self, request: fn() -> Request) -> Vec<calls::Answer> {
        let calls: Vec<Call> =
            (0..self.calls.servers.len()).map(|server| Call { server, request: request() }).collect();
        self.transport.run_all(&calls.iter().collect::<Vec<_>>(), &self.calls.errors).await
    }
}

#[deny(clippy::missing_trait_methods)]
impl<V: MemcachedValue> AsyncCache<[u8], V> for AsyncMemcachedCache {
    async fn get(&self, key: &[u8]) -> Result<Option<V>> {
        Ok(self.get_entry(key).await?.map(|entry| entry.value))
    }

    async fn get_entry(&self, key: &[u8]) -> Result<Option<Entry<V>>> {
        calls::found(self.run(&self.calls.get(key)).await?)
    }

    async fn put(&self, key: &[u8], value: &V, ttl: Ttl) -> Result<()> {
        calls::stored(self.run(&self.calls.put(key, value, ttl)?).await?)
    }

    async fn remove(&self, key: &[u8]) -> Result<bool> {
        calls::removed(self.run(&self.calls.remove(key)).await?)
    }

    async fn contains(&self, key: &[u8]) -> Result<bool> {
        calls::present(self.run(&self.calls.contains(key)).await?, self.calls.max_value)
    }

    /// One round trip to each server, all at the same time. The keys of a server that fails are misses, unless all fail.
    async fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<V>>> {
        let parts = self.calls.get_many(keys);
        let answers = self.run_parts(&parts).await;
        calls::gather(keys.len(), &parts, answers)
    }

    /// One round trip to each server, all at the same time. What can be stored is, also when this is an error.
    async fn put_many(&self, entries: &[(&[u8], &V)], ttl: Ttl) -> Result<()> {
        entries.iter().try_for_each(|(_, value)| calls::check_flags(*value))?;
        let (parts, some_too_large) = self.calls.put_many(entries, ttl);
        calls::all_stored(self.run_parts(&parts).await, some_too_large)
    }

    /// Not on a server: it has leases.
    fn watch(&self, _key: &[u8]) -> Option<Watch> {
        None
    }

    async fn put_if_unchanged(&self, key: &[u8], value: &V, ttl: Ttl, _watch: Watch) -> Result<bool> {
        self.put(key, value, ttl).await.map(|()| true)
    }
}

#[deny(clippy::missing_trait_methods)]
impl AsyncStore for AsyncMemcachedCache {
    /// Of all servers; `Unsupported` with a namespace.
    async fn len(&self) -> Result<usize> {
        self.calls.can_count()?;
        calls::entries(self.ask_all(Request::figures).await)
    }

    async fn is_empty(&self) -> Result<bool> {
        Ok(self.len().await? == 0)
    }

    /// Always `Unsupported`.
    async fn clear(&self) -> Result<()> {
        Err(calls::no_clear())
    }

    /// As that of [`MemcachedCache`](super::MemcachedCache).
    async fn stats(&self) -> Result<Stats> {
        self.calls.stats(self.ask_all(Request::figures).await)
    }
}

impl fmt::Debug for AsyncMemcachedCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncMemcachedCache").field("servers", &self.calls.servers.len()).finish_non_exhaustive()
    }
}
