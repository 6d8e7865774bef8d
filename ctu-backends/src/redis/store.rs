//! The blocking form of the store.

use std::fmt;

use bytes::Bytes;
use ctu_core::{Cache, Entry, Result, Stats, Store, Ttl, Watch};

use super::builder::RedisCacheBuilder;
use super::command;
use super::pool::Pool;
use super::scan::{self, Distinct, Step};
use super::settings::Settings;

/// Values kept by a Redis server, for plain code; async functions use `AsyncRedisCache`. On a Redis Cluster it is
/// `RedisClusterCache`.
///
/// Keys and values are bytes, stored as they are: a layer such as `.json()` makes typed ones of them. Nothing connects
/// before the first use. The server may be down at any time and come back: nothing has to be restarted.
///
/// An operation takes at most the response deadline, and as long as the connect deadline in addition if it has to make
/// a connection. A connection on which something failed is dropped, so a late answer is never taken for that to another
/// question. What failed may still take effect later: a value whose `put` timed out may appear, even after another
/// operation on its key.
///
/// A key that holds something else than a string (a list, say) is a miss, and can be stored over.
///
/// # Examples
///
/// ```no_run
/// use bytes::Bytes;
/// use ctu_backends::RedisCache;
/// use ctu_core::{Cache, Ttl};
///
/// let cache = RedisCache::builder("redis://:secret@localhost/0").namespace("shop.").build()?;
/// cache.put(b"price", &Bytes::from_static(b"12"), Ttl::Default)?;
/// assert_eq!(cache.get(b"price")?.as_deref(), Some(&b"12"[..]));
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub struct RedisCache {
    pool: Pool,
}

impl RedisCache {
    /// A store on the server at `url`, without a namespace and with all else as [`builder`](Self::builder) has it.
    ///
    /// # Errors
    ///
    /// [`Config`](ctu_core::ErrorKind::Config) when the url is wrong: which part of it, but not the url, is in the message.
    pub fn open(url: &str) -> Result<Self> {
        Self::builder(url).build()
    }

    /// The settings of a store on the server at `url`.
    ///
    /// - `redis://[user]:[password]@host:port/database`, of which only the host is needed;
    /// - `rediss://..`, the same over TLS, with the feature `redis-tls`;
    /// - `redis+unix:///path?db=1&user=name&pass=secret`, a unix socket.
    ///
    /// Special characters of user and password are percent-encoded.
    pub fn builder(url: &str) -> RedisCacheBuilder<Self> {
        RedisCacheBuilder::new(url)
    }

    pub(super) fn new(settings: Settings) -> Self {
        Self { pool: Pool::new(settings) }
    }

    /// Removes every key of every database of the server, whoever stored it.
    ///
    /// [`clear`](Store::clear) removes the namespace's keys only.
    ///
    /// # Errors
    ///
    /// When the server fails: it may be empty or not.
    pub fn flush_server(&self) -> Result<()> {
        self.pool.ask(&command::flush())
    }

    pub(super) const fn settings(&self) -> &Settings {
        &self.pool.settings
    }

    pub(super) const fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Visits the keys of the namespace, some perhaps twice.
    fn scan(&self, mut visit: impl FnMut(&[Vec<u8>]) -> Result<()>) -> Result<()> {
        let mut cursor = 0;
        loop {
            let Step { cursor: next, keys } = self.pool.ask(&scan::step(self.settings(), cursor))?;
            if !keys.is_empty() {
                visit(&keys)?;
            }
            if next == 0 {
                return Ok(());
            }
            cursor = next;
        }
    }
}

#[deny(clippy::missing_trait_methods)]
impl Cache<[u8], Bytes> for RedisCache {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>> {
        self.pool.ask(&command::get(self.settings(), key)?)
    }

    fn get_entry(&self, key: &[u8]) -> Result<Option<Entry<Bytes>>> {
        self.pool.ask(&command::get_entry(self.settings(), key)?)
    }

    fn put(&self, key: &[u8], value: &Bytes, ttl: Ttl) -> Result<()> {
        self.pool.ask(&command::put(self.settings(), key, value, ttl)?)
    }

    fn remove(&self, key: &[u8]) -> Result<bool> {
        self.pool.ask(&command::remove(self.settings(), key)?)
    }

    fn contains(&self, key: &[u8]) -> Result<bool> {
        self.pool.ask(&command::contains(self.settings(), key)?)
    }

    fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<Bytes>>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        self.pool.ask(&command::get_many(self.settings(), keys)?)
    }

    fn put_many(&self, entries: &[(&[u8], &Bytes)], ttl: Ttl) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        self.pool.ask(&command::put_many(self.settings(), entries, ttl)?)
    }

    /// Not on a server: it has leases.
    fn watch(&self, _key: &[u8]) -> Option<Watch> {
        None
    }

    fn put_if_unchanged(&self, key: &[u8], value: &Bytes, ttl: Ttl, _watch: Watch) -> Result<bool> {
        self.put(key, value, ttl).map(|()| true)
    }
}

impl Store for RedisCache {
    /// The keys of the namespace, or without one those of the database, whatever they hold.
    ///
    /// With a namespace every key of the database is looked at, in steps of a thousand, each a round trip with its own
    /// deadline, and 8 bytes are held for each key found.
    fn len(&self) -> Result<usize> {
        if self.settings().namespace.is_empty() {
            return self.pool.ask(&command::size());
        }
        let mut found = Distinct::default();
        self.scan(|keys| {
            found.add(keys);
            Ok(())
        })?;
        Ok(found.count())
    }

    /// Removes the keys of the namespace. Looks at every key of the database, as [`len`](Store::len) does.
    ///
    /// Without a namespace it is an error of kind [`Unsupported`](ctu_core::ErrorKind::Unsupported).
    fn clear(&self) -> Result<()> {
        self.settings().require_namespace()?;
        self.scan(|keys| self.pool.ask(&scan::unlink(keys)))
    }

    /// The server's own counts of lookups and hits since its start, by all of its clients.
    fn stats(&self) -> Result<Stats> {
        self.pool.ask(&command::stats())
    }
}

impl fmt::Debug for RedisCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisCache").field("settings", self.settings()).field("idle", &self.pool.idle()).finish()
    }
}
