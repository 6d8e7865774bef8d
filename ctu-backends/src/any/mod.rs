//! The byte store that a url names, for programs whose configuration says where values are kept.

mod forward;
mod settings;

#[cfg(feature = "memory")]
use bytes::Bytes;
use ctu_core::{Error, ErrorKind, Result};

use self::settings::Settings;
#[cfg(feature = "memory")]
use crate::MemoryCache;

/// A store of bytes, of the kind that a url names at run time, for plain code; async functions use `AsyncAnyCache`.
///
/// | url | store | feature |
/// |---|---|---|
/// | `memory:` | `MemoryCache` | `memory` |
/// | `redis://..`, `redis+unix://..` | `RedisCache` | `redis` |
/// | `rediss://..` | the same, over TLS | `redis-tls` |
/// | `redis-cluster://host:port,host:port` | `RedisClusterCache` | `redis-cluster` |
/// | `memcached://..` | `MemcachedCache` | `memcached` |
///
/// The url may end with settings, such as `?namespace=app.&ttl=10m`. All others are the defaults of these stores.
///
/// | setting | where | meaning | default |
/// |---|---|---|---|
/// | `capacity=50000` | `memory:` | the most entries | 10,000 |
/// | `ttl=1h30m`, `ttl=never` | everywhere | lifetime of entries that are stored with [`Ttl::Default`](ctu_core::Ttl::Default) | 10 minutes on servers, `never` in memory |
/// | `namespace=app.` | servers | goes before every key; with it `clear` is allowed on Redis | none |
/// | `connect_timeout=1s` | servers | how long it may take to connect | 1 s |
/// | `response_timeout=50ms` | servers | how long it may take to answer | 500 ms |
///
/// Durations are numbers with units: `ms`, `s`, `m`, `h`, `d`, `w`. In a namespace, `%`, `&`, `#` and what is not ASCII are
/// percent-encoded.
///
/// Without a namespace, where the store is shared with others, put a prefix before the keys: `.prefixed("app.")`.
///
/// # Examples
///
/// ```
/// use ctu_backends::AnyCache;
/// use ctu_core::{Cache, ErrorKind, StackExt, Ttl};
///
/// # #[cfg(feature = "memory")] {
/// let url = std::env::var("CACHE_URL").unwrap_or("memory:?capacity=1000&ttl=10m".into());
/// let cache = AnyCache::open(&url)?.prefixed("app.").json();
/// cache.put("primes", &vec![2, 3, 5], Ttl::Default)?;
/// assert_eq!(cache.get("primes")?, Some(vec![2, 3, 5]));
/// # }
/// assert_eq!(AnyCache::open("redis://localhost:port").unwrap_err().kind(), ErrorKind::Config);
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub struct AnyCache(Kind);

enum Kind {
    #[cfg(feature = "memory")]
    Memory(MemoryCache<Vec<u8>, Bytes>),
    #[cfg(feature = "redis")]
    Redis(Box<crate::RedisCache>),
    #[cfg(feature = "redis-cluster")]
    RedisCluster(Box<crate::RedisClusterCache>),
    #[cfg(feature = "memcached")]
    Memcached(crate::MemcachedCache),
}

impl AnyCache {
    /// The store at `url`. Nothing connects before it is used.
    ///
    /// # Errors
    ///
    /// [`Config`](ErrorKind::Config) when the url is wrong: which part of it, but not the url, is in the message. So it is
    /// for a setting that the store does not have: then the message lists those that it has; and for a store that is not
    /// built in: then it says which feature to turn on.
    pub fn open(url: &str) -> Result<Self> {
        let kind = match Scheme::of(url)? {
            #[cfg(feature = "memory")]
            Scheme::Memory => Kind::Memory(memory(url)?),
            #[cfg(feature = "redis")]
            Scheme::Redis | Scheme::RedisTls => Kind::Redis(Box::new(redis(url, crate::RedisCache::builder)?.build()?)),
            #[cfg(feature = "redis-cluster")]
            Scheme::RedisCluster => {
                Kind::RedisCluster(Box::new(redis(url, crate::RedisClusterCache::builder)?.build()?))
            }
            #[cfg(feature = "memcached")]
            Scheme::Memcached => Kind::Memcached(memcached(url, crate::MemcachedCache::builder)?.build()?),
            #[allow(unreachable_patterns)]
            scheme => return Err(scheme.is_off("")),
        };
        Ok(Self(kind))
    }
}

/// A store of bytes, of the kind that a url names at run time, for async functions; plain code uses [`AnyCache`].
///
/// The urls are those of [`AnyCache`]. It is there with the feature `memory` or `tokio`; servers need `tokio`, and are
/// waited for by `AsyncRedisCache` and `AsyncMemcachedCache`.
///
/// # Examples
///
/// ```
/// use ctu_backends::AsyncAnyCache;
/// use ctu_core::{AsyncCache, StackExt, Ttl};
///
/// # #[cfg(feature = "memory")]
/// async fn demo() -> ctu_core::Result<()> {
///     let cache = AsyncAnyCache::open("memory:?capacity=1000")?.json();
///     cache.put("primes", &vec![2, 3, 5], Ttl::Default).await?;
///     assert_eq!(cache.get("primes").await?, Some(vec![2, 3, 5]));
///     Ok(())
/// }
/// # #[cfg(all(feature = "memory", feature = "tokio"))]
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(demo())?;
/// # Ok::<(), ctu_core::Error>(())
/// ```
#[cfg(any(feature = "memory", feature = "tokio"))]
pub struct AsyncAnyCache(AsyncKind);

#[cfg(any(feature = "memory", feature = "tokio"))]
enum AsyncKind {
    #[cfg(feature = "memory")]
    Memory(MemoryCache<Vec<u8>, Bytes>),
    #[cfg(all(feature = "redis", feature = "tokio"))]
    Redis(Box<crate::AsyncRedisCache>),
    #[cfg(all(feature = "redis-cluster", feature = "tokio"))]
    RedisCluster(Box<crate::AsyncRedisClusterCache>),
    #[cfg(all(feature = "memcached", feature = "tokio"))]
    Memcached(crate::AsyncMemcachedCache),
}

#[cfg(any(feature = "memory", feature = "tokio"))]
impl AsyncAnyCache {
    /// The store at `url`. Nothing connects before it is used.
    ///
    /// # Errors
    ///
    /// As [`AnyCache::open`].
    pub fn open(url: &str) -> Result<Self> {
        let kind = match Scheme::of(url)? {
            #[cfg(feature = "memory")]
            Scheme::Memory => AsyncKind::Memory(memory(url)?),
            #[cfg(all(feature = "redis", feature = "tokio"))]
            Scheme::Redis | Scheme::RedisTls => {
                AsyncKind::Redis(Box::new(redis(url, crate::AsyncRedisCache::builder)?.build()?))
            }
            #[cfg(all(feature = "redis-cluster", feature = "tokio"))]
            Scheme::RedisCluster => {
                AsyncKind::RedisCluster(Box::new(redis(url, crate::AsyncRedisClusterCache::builder)?.build()?))
            }
            #[cfg(all(feature = "memcached", feature = "tokio"))]
            Scheme::Memcached => AsyncKind::Memcached(memcached(url, crate::AsyncMemcachedCache::builder)?.build()?),
            #[allow(unreachable_patterns)]
            scheme => return Err(scheme.is_off(" and `tokio`")),
        };
        Ok(Self(kind))
    }
}

/// The kind of store that a url asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Memory,
    Redis,
    RedisTls,
    RedisCluster,
    Memcached,
}

impl Scheme {
    /// By what is before the first colon. The url itself is in no message: any part of it may be a password.
    fn of(url: &str) -> Result<Self> {
        let scheme = url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
        match scheme.as_deref() {
            Some("memory") => Ok(Self::Memory),
            Some("redis" | "valkey" | "unix" | "redis+unix" | "valkey+unix") => Ok(Self::Redis),
            Some("rediss" | "valkeys") => Ok(Self::RedisTls),
            Some("redis-cluster" | "rediss-cluster" | "valkey-cluster" | "valkeys-cluster") => Ok(Self::RedisCluster),
            Some("memcached") => Ok(Self::Memcached),
            _ => Err(wrong(
                "begins with none of memory:, redis://, rediss://, redis+unix://, redis-cluster:// and memcached://",
            )),
        }
    }

    /// The error for a url whose store is not built in; on servers it needs `more` features.
    #[cold]
    fn is_off(self, more: &str) -> Error {
        let (feature, more) = match self {
            Self::Memory => ("memory", ""),
            Self::Redis => ("redis", more),
            Self::RedisTls => ("redis-tls", more),
            Self::RedisCluster => ("redis-cluster", more),
            Self::Memcached => ("memcached", more),
        };
        let features = if more.is_empty() { "feature" } else { "features" };
        wrong(&format!("asks for a store that is not built in: turn on the {features} `{feature}`{more} of ctu"))
    }
}

#[cfg(feature = "memory")]
fn memory(url: &str) -> Result<MemoryCache<Vec<u8>, Bytes>> {
    let settings = Settings::split(url, &["capacity", "ttl"], &[])?;
    if !matches!(settings.url.split_once(':'), Some((_, "" | "//"))) {
        return Err(wrong("has something other than settings, such as `?capacity=..`, after `memory:`"));
    }
    let mut builder = MemoryCache::builder();
    if let Some(capacity) = settings.get("capacity") {
        let capacity = capacity.parse().map_err(|_| wrong("has a `capacity` that is not a number of entries"))?;
        builder = builder.capacity(capacity);
    }
    if let Some(ctu_core::Ttl::After(ttl)) = settings.ttl()? {
        builder = builder.ttl(ttl);
    }
    Ok(builder.build())
}

/// The settings that stores on servers have in common.
#[cfg(any(feature = "memcached", feature = "redis"))]
const OF_SERVERS: [&str; 4] = ["namespace", "ttl", "connect_timeout", "response_timeout"];

/// What `$builder` makes of these settings.
#[cfg(any(feature = "memcached", feature = "redis"))]
macro_rules! with_settings {
    ($builder:expr, $settings:ident) => {{
        let mut builder = $builder;
        if let Some(namespace) = $settings.get("namespace") {
            builder = builder.namespace(namespace);
        }
        if let Some(ttl) = $settings.ttl()? {
            builder = builder.ttl(ttl);
        }
        if let Some(timeout) = $settings.duration("connect_timeout")? {
            builder = builder.connect_timeout(timeout);
        }
        if let Some(timeout) = $settings.duration("response_timeout")? {
            builder = builder.response_timeout(timeout);
        }
        Ok(builder)
    }};
}

#[cfg(feature = "redis")]
fn redis<C>(
    url: &str,
    builder: impl FnOnce(&str) -> crate::RedisCacheBuilder<C>,
) -> Result<crate::RedisCacheBuilder<C>> {
    let is_unix = url.split(':').next().is_some_and(|scheme| scheme.to_ascii_lowercase().ends_with("unix"));
    let settings = Settings::split(url, &OF_SERVERS, if is_unix { &["db", "user", "pass"] } else { &[] })?;
    with_settings!(builder(&settings.url), settings)
}

#[cfg(feature = "memcached")]
fn memcached<C>(
    url: &str,
    builder: impl FnOnce(&str) -> crate::MemcachedCacheBuilder<C>,
) -> Result<crate::MemcachedCacheBuilder<C>> {
    let settings = Settings::split(url, &OF_SERVERS, &[])?;
    with_settings!(builder(&settings.url), settings)
}

#[cold]
fn wrong(what: &str) -> Error {
    Error::new(ErrorKind::Config, format!("the cache's url {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_is_not_built_in_is_an_error_that_names_the_features() {
        for (url, form, features) in [
            ("memory:", "", "the feature `memory` of ctu"),
            ("memory:", " and `tokio`", "the feature `memory` of ctu"),
            ("redis://:hunter2@host", "", "the feature `redis` of ctu"),
            ("rediss://:hunter2@host", " and `tokio`", "the features `redis-tls` and `tokio` of ctu"),
            ("redis-cluster://:hunter2@host", "", "the feature `redis-cluster` of ctu"),
            ("memcached://hunter2", " and `tokio`", "the features `memcached` and `tokio` of ctu"),
        ] {
            let error = Scheme::of(url).unwrap().is_off(form);
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().ends_with(features), "{error}");
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[cfg(not(feature = "redis"))]
    #[test]
    fn redis_without_its_feature_is_an_error_that_names_it() {
        let error = AnyCache::open("redis://localhost").unwrap_err();
        assert!(error.to_string().contains("`redis`"), "{error}");
    }
}
