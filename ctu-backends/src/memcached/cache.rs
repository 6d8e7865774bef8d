//! The blocking store.

use std::fmt;

use ctu_core::{Cache, Entry, Result, Stats, Store, Ttl, Watch};

use super::MemcachedCacheBuilder;
use super::blocking::Transport;
use super::builder::Settings;
use super::calls::{self, Call, Calls, MemcachedValue, Part};
use super::reply::Reply;
use super::request::Request;

/// A cache of bytes on Memcached servers (1.6 or later).
///
/// Keys and values are any bytes; a stack such as `.json()` on top makes it a cache of typed ones. Values are `Bytes`, or
/// `Flagged` for what needs Memcached's flags, as the Python library's serializer does.
///
/// # Servers
///
/// Nothing connects before the first use, and a server may go and come back at any time. With several, each key is always
/// on the same one; while that one is down, operations on its keys fail, in batches they are misses, and the others go on
/// as ever. Every operation ends within the connect deadline and the response deadline, both together at most; without a
/// new connection to make, the response deadline alone. What comes later is never taken for the answer to anything.
///
/// # Limits
///
/// Lifetimes are in seconds, rounded up; what lies beyond the year 2038 ends there. A value over
/// [`max_value`](MemcachedCacheBuilder::max_value) is neither stored nor read: that is an error of the kind
/// [`Limit`](ctu_core::ErrorKind::Limit), and what was there before stays. Memcached can't list its keys: `clear` is an
/// error, and `len` is one with a namespace. The figures of `stats` are the servers' own, of all their clients, except
/// for `errors`.
///
/// # Keys
///
/// On the servers a key is the namespace and the base 85 of the key's bytes, as for the Python library; or, where that is
/// longer than 250 bytes, the namespace, a `"` and the base 85 of its SHA3-256 hash.
///
/// # Examples
///
/// ```no_run
/// use ctu_backends::MemcachedCache;
/// use ctu_core::{Cache, StackExt, Ttl};
///
/// let cache = MemcachedCache::open("memcached://localhost")?.json();
/// cache.put("numbers", &vec![1, 2, 3], Ttl::Default)?;
/// assert_eq!(cache.get("numbers")?, Some(vec![1, 2, 3]));
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub struct MemcachedCache {
    calls: Calls,
    transport: Transport,
}

impl MemcachedCache {
    /// The store on the servers of a url: `memcached://host[:port][,host[:port]..]`, or `memcached:///path/of.sock` for a
    /// unix socket. The port is 11211 by default.
    ///
    /// Only the url is looked at: the first use connects.
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
    pub fn flush_server(&self) -> Result<()> {
        calls::flushed(self.ask_all(Request::flush))
    }

    pub(super) const fn calls(&self) -> &Calls {
        &self.calls
    }

    pub(super) fn run(&self, call: &Call) -> Result<Vec<Reply>> {
        self.transport.run(call, &self.calls.errors)
    }

    fn run_parts(&self, parts: &[Part]) -> Vec<calls::Answer> {
        let calls: Vec<&Call> = parts.iter().map(|part| &part.call).collect();
        self.transport.run_all(&calls, &self.calls.errors)
    }

    fn ask_all(&self, request: fn() -> Request) -> Vec<calls::Answer> {
        let calls: Vec<Call> =
            (0..self.calls.servers.len()).map(|server| Call { server, request: request() }).collect();
        self.transport.run_all(&calls.iter().collect::<Vec<_>>(), &self.calls.errors)
    }
}

#[deny(clippy::missing_trait_methods)]
impl<V: MemcachedValue> Cache<[u8], V> for MemcachedCache {
    fn get(&self, key: &[u8]) -> Result<Option<V>> {
        Ok(self.get_entry(key)?.map(|entry| entry.value))
    }

    fn get_entry(&self, key: &[u8]) -> Result<Option<Entry<V>>> {
        calls::found(self.run(&self.calls.get(key))?)
    }

    fn put(&self, key: &[u8], value: &V, ttl: Ttl) -> Result<()> {
        calls::stored(self.run(&self.calls.put(key, value, ttl)?)?)
    }

    fn remove(&self, key: &[u8]) -> Result<bool> {
        calls::removed(self.run(&self.calls.remove(key))?)
    }

    fn contains(&self, key: &[u8]) -> Result<bool> {
        calls::present(self.run(&self.calls.contains(key))?, self.calls.max_value)
    }

    /// One round trip to each server, all at the same time. The keys of a server that fails are misses, unless all fail.
    fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<V>>> {
        let parts = self.calls.get_many(keys);
        let answers = self.run_parts(&parts);
        calls::gather(keys.len(), &parts, answers)
    }

    /// One round trip to each server, all at the same time. What can be stored is, also when this is an error.
    fn put_many(&self, entries: &[(&[u8], &V)], ttl: Ttl) -> Result<()> {
        entries.iter().try_for_each(|(_, value)| calls::check_flags(*value))?;
        let (parts, some_too_large) = self.calls.put_many(entries, ttl);
        calls::all_stored(self.run_parts(&parts), some_too_large)
    }

    /// Not on a server: it has leases.
    fn watch(&self, _key: &[u8]) -> Option<Watch> {
        None
    }

    fn put_if_unchanged(&self, key: &[u8], value: &V, ttl: Ttl, _watch: Watch) -> Result<bool> {
        self.put(key, value, ttl).map(|()| true)
    }
}

#[deny(clippy::missing_trait_methods)]
impl Store for MemcachedCache {
    /// Of all servers; `Unsupported` with a namespace.
    fn len(&self) -> Result<usize> {
        self.calls.can_count()?;
        calls::entries(self.ask_all(Request::figures))
    }

    fn is_empty(&self) -> Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Always `Unsupported`.
    fn clear(&self) -> Result<()> {
        Err(calls::no_clear())
    }

    /// The servers' own figures, summed up: reads, hits, writes, dels and, without a namespace, entries, of all clients
    /// since the servers started; and the errors of this store.
    fn stats(&self) -> Result<Stats> {
        self.calls.stats(self.ask_all(Request::figures))
    }
}

impl fmt::Debug for MemcachedCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemcachedCache").field("servers", &self.calls.servers.len()).finish_non_exhaustive()
    }
}
