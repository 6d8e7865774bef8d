//! The async form of the store.

use std::fmt;

use bytes::Bytes;
use ctu_core::{AsyncCache, AsyncStore, Entry, Result, Stats, Ttl, Watch};

use super::builder::RedisCacheBuilder;
use super::command;
use super::scan::{self, Distinct};
use super::settings::Settings;
use super::shared::Shared;

/// Values kept by a Redis server, for async functions on tokio; plain code uses [`RedisCache`](crate::RedisCache).
///
/// Keys and values are bytes, stored as they are: a layer such as `.json()` makes typed ones of them. All tasks share one
/// connection, which the first use makes. The server may be down at any time and come back: nothing has to be restarted.
///
/// An operation takes at most the response deadline, and as long as the connect deadline in addition if it has to make
/// or wait for a connection. After a failure the next operation makes a new connection. What failed, or was dropped
/// before its end, may still take effect later: a value whose `put` timed out may appear, even after another operation on
/// its key.
///
/// A key that holds something else than a string (a list, say) is a miss, and can be stored over.
///
/// The runtime needs its I/O and time drivers (`enable_all`). In another runtime than before a new connection is made.
///
/// # Examples
///
/// ```no_run
/// use bytes::Bytes;
/// use ctu_backends::AsyncRedisCache;
/// use ctu_core::{AsyncCache, Ttl};
///
/// # async fn demo() -> ctu_core::Result<()> {
/// let cache = AsyncRedisCache::builder("redis://:secret@localhost/0").namespace("shop.").build()?;
/// cache.put(b"price", &Bytes::from_static(b"12"), Ttl::Default).await?;
/// assert_eq!(cache.get(b"price").await?.as_deref(), Some(&b"12"[..]));
/// # Ok(())
/// # }
/// ```
pub struct AsyncRedisCache {
    shared: Shared,
}

impl AsyncRedisCache {
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

    pub(super) fn new(settings: Settings) -> Result<Self> {
        Ok(Self { shared: Shared::new(settings)? })
    }

    /// Removes every key of every database of the server, whoever stored it.
    ///
    /// [`clear`](AsyncStore::clear) removes the namespace's keys only.
    ///
    /// # Errors
    ///
    /// When the server fails: it may be empty or not.
    pub async fn flush_server(&self) -> Result<()> {
        self.shared.ask(command::flush()).await
    }

    pub(super) const fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    pub(super) const fn shared(&self) -> &Shared {
        &self.shared
    }
}

#[deny(clippy::missing_trait_methods)]
impl AsyncCache<[u8], Bytes> for AsyncRedisCache {
    async fn get(&self, key: &[u8]) -> Result<Option<Bytes>> {
        self.shared.ask(command::get(self.settings(), key)?).await
    }

    async fn get_entry(&self, key: &[u8]) -> Result<Option<Entry<Bytes>>> {
        self.shared.ask(command::get_entry(self.settings(), key)?).await
    }

    async fn put(&self, key: &[u8], value: &Bytes, ttl: Ttl) -> Result<()> {
        self.shared.ask(command::put(self.settings(), key, value, ttl)?).await
    }

    async fn remove(&self, key: &[u8]) -> Result<bool> {
        self.shared.ask(command::remove(self.settings(), key)?).await
    }

    async fn contains(&self, key: &[u8]) -> Result<bool> {
        self.shared.ask(command::contains(self.settings(), key)?).await
    }

    async fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<Bytes>>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        self.shared.ask(command::get_many(self.settings(), keys)?).await
    }

    async fn put_many(&self, entries: &[(&[u8], &Bytes)], ttl: Ttl) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        self.shared.ask(command::put_many(self.settings(), entries, ttl)?).await
    }

    /// Not on a server: it has leases.
    fn watch(&self, _key: &[u8]) -> Option<Watch> {
        None
    }

    async fn put_if_unchanged(&self, key: &[u8], value: &Bytes, ttl: Ttl, _watch: Watch) -> Result<bool> {
        self.put(key, value, ttl).await.map(|()| true)
    }
}

impl AsyncStore for AsyncRedisCache {
    /// The keys of the namespace, or without one those of the database, whatever they hold.
    ///
    /// With a namespace every key of the database is looked at, in steps of a thousand, each a round trip with its own
    /// deadline, and 8 bytes are held for each key found.
    async fn len(&self) -> Result<usize> {
        if self.settings().namespace.is_empty() {
            return self.shared.ask(command::size()).await;
        }
        let (mut found, mut cursor) = (Distinct::default(), 0);
        loop {
            let step = self.shared.ask(scan::step(self.settings(), cursor)).await?;
            found.add(&step.keys);
            if step.cursor == 0 {
                return Ok(found.count());
            }
            cursor = step.cursor;
        }
    }

    /// Removes the keys of the namespace. Looks at every key of the database, as [`len`](AsyncStore::len) does.
    ///
    /// Without a namespace it is an error of kind [`Unsupported`](ctu_core::ErrorKind::Unsupported).
    async fn clear(&self) -> Result<()> {
        self.settings().require_namespace()?;
        let mut cursor = 0;
        loop {
            let step = self.shared.ask(scan::step(self.settings(), cursor)).await?;
            if !step.keys.is_empty() {
                self.shared.ask(scan::unlink(&step.keys)).await?;
            }
            if step.cursor == 0 {
                return Ok(());
            }
            cursor = step.cursor;
        }
    }

    /// The server's own counts of lookups and hits since its start, by all of its clients.
    async fn stats(&self) -> Result<Stats> {
        self.shared.ask(command::stats()).await
    }
}

impl fmt::Debug for AsyncRedisCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncRedisCache").field("settings", self.settings()).finish()
    }
}
