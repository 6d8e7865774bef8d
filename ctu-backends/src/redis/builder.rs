//! The settings of a Redis store, checked before anything connects.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use ctu_core::{Error, ErrorKind, Result, Ttl};

use super::address;
use super::settings::{MOST_BYTES, Settings};
use super::store::RedisCache;

const DEFAULT_TTL: Duration = Duration::from_secs(600);
const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const DEFAULT_RESPONSE_TIMEOUT: Duration = Duration::from_millis(500);
const DEFAULT_POOL_SIZE: usize = 16;
const DEFAULT_MAX_VALUE_BYTES: usize = 64 << 20;

/// The settings of a [`RedisCache`] or an `AsyncRedisCache`, from their `builder(url)`.
///
/// # Examples
///
/// ```
/// use ctu_backends::RedisCache;
/// use std::time::Duration;
///
/// let cache = RedisCache::builder("redis://127.0.0.1:6379/0")
///     .namespace("shop.")
///     .ttl(Duration::from_secs(60))
///     .response_timeout(Duration::from_millis(50))
///     .build()?;
/// # Ok::<(), ctu_core::Error>(())
/// ```
#[must_use = "call `.build()`"]
pub struct RedisCacheBuilder<C> {
    url: String,
    namespace: Vec<u8>,
    ttl: Option<Duration>,
    connect_timeout: Duration,
    response_timeout: Duration,
    pool_size: usize,
    max_value: usize,
    builds: PhantomData<fn() -> C>,
}

impl<C> RedisCacheBuilder<C> {
    pub(super) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            namespace: Vec::new(),
            ttl: Some(DEFAULT_TTL),
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            response_timeout: DEFAULT_RESPONSE_TIMEOUT,
            pool_size: DEFAULT_POOL_SIZE,
            max_value: DEFAULT_MAX_VALUE_BYTES,
            builds: PhantomData,
        }
    }

    /// A prefix put before every key, as it is. Default: none.
    ///
    /// With it `clear` and `len` mean the keys that start with it. So no namespace should be the beginning of another:
    /// end each with the same separator, such as `.` or `:`.
    pub fn namespace(mut self, namespace: impl AsRef<[u8]>) -> Self {
        self.namespace = namespace.as_ref().to_vec();
        self
    }

    /// The lifetime of entries that are stored with [`Ttl::Default`]: a `Duration`, or [`Ttl::Never`]. Default: 600 s.
    ///
    /// Lifetimes are kept to the millisecond, rounded up, and are no longer than 2^53 ms.
    pub fn ttl(mut self, ttl: impl Into<Ttl>) -> Self {
        self.ttl = ttl.into().or(Some(DEFAULT_TTL));
        self
    }

    /// How long making a connection may take, name lookup and authentication included. Default: 1 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long an operation may take, the wait for a connection of the pool included, but not the making of one.
    /// Default: 500 ms.
    pub fn response_timeout(mut self, timeout: Duration) -> Self {
        self.response_timeout = timeout;
        self
    }

    /// The longest value stored or read, in bytes. Default: 64 MiB; Redis holds no more than 512 MiB.
    pub fn max_value(mut self, bytes: usize) -> Self {
        self.max_value = bytes.min(MOST_BYTES);
        self
    }

    pub(super) fn settings(self) -> Result<Settings> {
        for (timeout, name) in [(self.connect_timeout, "connect_timeout"), (self.response_timeout, "response_timeout")]
        {
            if timeout.is_zero() {
                return Err(Error::new(ErrorKind::Config, format!("a `{name}` of zero leaves no time to answer")));
            }
        }
        if self.pool_size == 0 {
            return Err(Error::new(ErrorKind::Config, "a `pool_size` of zero allows no connection"));
        }
        Ok(Settings {
            address: address::parse(&self.url)?,
            namespace: self.namespace,
            ttl: self.ttl,
            connect_timeout: self.connect_timeout,
            response_timeout: self.response_timeout,
            pool_size: self.pool_size,
            max_value: self.max_value,
        })
    }
}

impl RedisCacheBuilder<RedisCache> {
    /// The most connections open at a time. Default: 16.
    ///
    /// Further threads wait for one, at most until their deadline.
    pub fn pool_size(mut self, connections: usize) -> Self {
        self.pool_size = connections;
        self
    }

    /// The cache. Nothing connects before it is used.
    ///
    /// # Errors
    ///
    /// [`Config`](ErrorKind::Config) when the url is wrong, or a timeout or the pool's size is zero.
    pub fn build(self) -> Result<RedisCache> {
        self.settings().map(RedisCache::new)
    }
}

#[cfg(feature = "tokio")]
impl RedisCacheBuilder<super::AsyncRedisCache> {
    /// The cache. Nothing connects before it is used.
    ///
    /// # Errors
    ///
    /// [`Config`](ErrorKind::Config) when the url is wrong, or a timeout is zero.
    pub fn build(self) -> Result<super::AsyncRedisCache> {
        self.settings().and_then(super::AsyncRedisCache::new)
    }
}

/// Without the url, which may hold a password.
impl<C> fmt::Debug for RedisCacheBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisCacheBuilder")
            .field("namespace", &format_args!("\"{}\"", self.namespace.escape_ascii()))
            .field("ttl", &self.ttl)
            .field("connect_timeout", &self.connect_timeout)
            .field("response_timeout", &self.response_timeout)
            .field("max_value", &self.max_value)
            .finish_non_exhaustive()
    }
}
