//! The settings of a Memcached store.

use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use ctu_core::{Error, ErrorKind, Result, Ttl};

#[cfg(feature = "tokio")]
use super::AsyncMemcachedCache;
use super::MemcachedCache;
use super::calls::Calls;
use super::key::{self, LONGEST_NAMESPACE};
use super::url::{self, Address};

const TTL: Duration = Duration::from_secs(600);
const CONNECT_DEADLINE: Duration = Duration::from_secs(1);
const RESPONSE_DEADLINE: Duration = Duration::from_millis(500);
const LONGEST_DEADLINE: Duration = Duration::from_secs(3_600);
const POOL_SIZE: usize = 16;
const MAX_VALUE: usize = 1 << 20;
/// No server takes more.
const LARGEST_MAX_VALUE: usize = 1 << 30;

/// The settings of a [`MemcachedCache`] or an `AsyncMemcachedCache`, from their `builder`.
///
/// # Examples
///
/// ```
/// use ctu_backends::MemcachedCache;
/// use std::time::Duration;
///
/// let cache = MemcachedCache::builder("memcached://one.example,two.example:11311")
///     .namespace("app.")
///     .ttl(Duration::from_secs(60))
///     .response_timeout(Duration::from_millis(50))
///     .build()?;
/// # Ok::<(), ctu_core::Error>(())
/// ```
#[must_use = "call `.build()`"]
pub struct MemcachedCacheBuilder<C> {
    url: String,
    namespace: String,
    ttl: Ttl,
    connect_timeout: Duration,
    response_timeout: Duration,
    pool_size: usize,
    max_value: usize,
    store: PhantomData<fn() -> C>,
}

impl<C> MemcachedCacheBuilder<C> {
    pub(super) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            namespace: String::new(),
            ttl: Ttl::Default,
            connect_timeout: CONNECT_DEADLINE,
            response_timeout: RESPONSE_DEADLINE,
            pool_size: POOL_SIZE,
            max_value: MAX_VALUE,
            store: PhantomData,
        }
    }

    /// What is in front of every key on the servers, as it is: at most 209 bytes, without spaces, control characters and
    /// `"`. Default: none.
    ///
    /// End it with one of `.`, `:` and `/`, which are in no key: stores whose namespaces end so never see each other's
    /// entries. The keys that follow are in base 85, as those of the Python library's `PrefixedMemCached`.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = namespace.into();
        self
    }

    /// The lifetime of entries that are stored with [`Ttl::Default`]. Default: 600 s.
    ///
    /// Memcached counts in seconds: a part of a second is rounded up to a whole one.
    pub fn ttl(mut self, ttl: impl Into<Ttl>) -> Self {
        self.ttl = ttl.into();
        self
    }

    /// How long it may take to connect to a server. Default: 1 s; at most an hour.
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long an operation may wait for a server that is connected, and for a free connection to it. Default: 500 ms;
    /// at most an hour.
    pub const fn response_timeout(mut self, timeout: Duration) -> Self {
        self.response_timeout = timeout;
        self
    }

    /// The most connections to a server at a time. Default: 16. Operations beyond wait for one to become free.
    pub const fn pool_size(mut self, connections: usize) -> Self {
        self.pool_size = connections;
        self
    }

    /// The largest value, in bytes, that is stored, or taken from a server. Default: 1 MiB, about what the servers take
    /// by default (their option `-I`); at most 1 GiB.
    pub const fn max_value(mut self, bytes: usize) -> Self {
        self.max_value = bytes;
        self
    }

    fn settings(self) -> Result<Settings> {
        let servers = url::parse(&self.url)?;
        if !key::is_namespace(&self.namespace) {
            return Err(wrong(format!(
                "the namespace is longer than {LONGEST_NAMESPACE} bytes, or has a space, a control character or a `\"`"
            )));
        }
        if self.connect_timeout.is_zero() || self.response_timeout.is_zero() {
            return Err(wrong("a timeout is zero"));
        }
        if self.pool_size == 0 {
            return Err(wrong("the pool size is zero"));
        }
        let calls = Calls {
            namespace: self.namespace,
            ttl: self.ttl.or(Some(TTL)),
            max_value: self.max_value.min(LARGEST_MAX_VALUE),
            servers: servers.iter().map(Address::identity).collect(),
            tokens: AtomicU64::new(1),
            errors: AtomicU64::new(0),
        };
        let limits = Limits {
            connect: self.connect_timeout.min(LONGEST_DEADLINE),
            response: self.response_timeout.min(LONGEST_DEADLINE),
            connections: self.pool_size,
            max_value: calls.max_value,
        };
        Ok(Settings { calls, servers, limits })
    }
}

impl MemcachedCacheBuilder<MemcachedCache> {
    /// The store, which connects when it is first used.
    ///
    /// # Errors
    ///
    /// `Config` for a setting that can't be, by name.
    pub fn build(self) -> Result<MemcachedCache> {
        self.settings().map(MemcachedCache::new)
    }
}

#[cfg(feature = "tokio")]
impl MemcachedCacheBuilder<AsyncMemcachedCache> {
    /// The store for async functions, which connects when it is first used.
    ///
    /// # Errors
    ///
    /// `Config` for a setting that can't be, by name.
    pub fn build(self) -> Result<AsyncMemcachedCache> {
        self.settings().map(AsyncMemcachedCache::new)
    }
}

/// Checked settings.
pub(super) struct Settings {
    pub(super) calls: Calls,
    pub(super) servers: Vec<Address>,
    pub(super) limits: Limits,
}

/// What bounds every conversation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) connect: Duration,
    pub(super) response: Duration,
    pub(super) connections: usize,
    pub(super) max_value: usize,
}

/// Without the url, which may have a password by mistake.
impl<C> fmt::Debug for MemcachedCacheBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemcachedCacheBuilder")
            .field("namespace", &self.namespace)
            .field("ttl", &self.ttl)
            .field("connect_timeout", &self.connect_timeout)
            .field("response_timeout", &self.response_timeout)
            .field("pool_size", &self.pool_size)
            .field("max_value", &self.max_value)
            .finish_non_exhaustive()
    }
}

#[cold]
fn wrong(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Config, format!("memcached store: {}", what.into()))
}
