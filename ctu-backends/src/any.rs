//! The byte store that a url names, for programs whose configuration says where values are kept.

use std::fmt;

use bytes::Bytes;
use ctu_core::{AsyncCache, AsyncStore, Cache, Entry, Error, ErrorKind, Result, Stats, Store, Ttl};

#[cfg(feature = "memory")]
use crate::MemoryCache;

/// A store of bytes, of the kind that a url names at run time, for plain code; async functions use `AsyncAnyCache`.
///
/// | url | store | feature |
/// |---|---|---|
/// | `memory:`, `memory:?capacity=50000` | `MemoryCache`, of at most so many entries (default: 10,000) | `memory` |
/// | `redis://..`, `redis+unix://..` | `RedisCache` | `redis` |
/// | `rediss://..` | the same, over TLS | `redis-tls` |
/// | `memcached://..` | `MemcachedCache` | `memcached` |
///
/// All settings but those in the url are the defaults of these stores. So there is no namespace: where the store is
/// shared with others, put a prefix before the keys, `.prefixed("app.")`. In memory entries do not expire unless they are
/// stored with a lifetime; on servers they do after 600 s.
///
/// # Examples
///
/// ```
/// use ctu_backends::AnyCache;
/// use ctu_core::{Cache, ErrorKind, StackExt, Ttl};
///
/// # #[cfg(feature = "memory")] {
/// let url = std::env::var("CACHE_URL").unwrap_or("memory:?capacity=1000".into());
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
    #[cfg(feature = "memcached")]
    Memcached(crate::MemcachedCache),
}

impl AnyCache {
    /// The store at `url`. Nothing connects before it is used.
    ///
    /// # Errors
    ///
    /// [`Config`](ErrorKind::Config) when the url is wrong: which part of it, but not the url, is in the message. So it is
    /// for a store that is not built in: then the message says which feature to turn on.
    pub fn open(url: &str) -> Result<Self> {
        let kind = match Scheme::of(url)? {
            #[cfg(feature = "memory")]
            Scheme::Memory => Kind::Memory(memory(url)?),
            #[cfg(feature = "redis")]
            Scheme::Redis | Scheme::RedisTls => Kind::Redis(Box::new(crate::RedisCache::open(url)?)),
            #[cfg(feature = "memcached")]
            Scheme::Memcached => Kind::Memcached(crate::MemcachedCache::open(url)?),
            #[allow(unreachable_patterns)]
            scheme => return Err(scheme.is_off("")),
        };
        Ok(Self(kind))
    }
}

/// A store of bytes, of the kind that a url names at run time, for async functions; plain code uses [`AnyCache`].
///
/// The urls are those of [`AnyCache`]. Servers need the feature `tokio`, and are waited for by `AsyncRedisCache` and
/// `AsyncMemcachedCache`.
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
pub struct AsyncAnyCache(AsyncKind);

enum AsyncKind {
    #[cfg(feature = "memory")]
    Memory(MemoryCache<Vec<u8>, Bytes>),
    #[cfg(all(feature = "redis", feature = "tokio"))]
    Redis(Box<crate::AsyncRedisCache>),
    #[cfg(all(feature = "memcached", feature = "tokio"))]
    Memcached(crate::AsyncMemcachedCache),
}

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
            Scheme::Redis | Scheme::RedisTls => AsyncKind::Redis(Box::new(crate::AsyncRedisCache::open(url)?)),
            #[cfg(all(feature = "memcached", feature = "tokio"))]
            Scheme::Memcached => AsyncKind::Memcached(crate::AsyncMemcachedCache::open(url)?),
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
            Some("memcached") => Ok(Self::Memcached),
            _ => Err(wrong("begins with none of memory:, redis://, rediss://, redis+unix:// and memcached://")),
        }
    }

    /// The error for a url whose store is not built in; on servers it needs `more` features.
    #[cold]
    fn is_off(self, more: &str) -> Error {
        let (feature, more) = match self {
            Self::Memory => ("memory", ""),
            Self::Redis => ("redis", more),
            Self::RedisTls => ("redis-tls", more),
            Self::Memcached => ("memcached", more),
        };
        let features = if more.is_empty() { "feature" } else { "features" };
        wrong(&format!("asks for a store that is not built in: turn on the {features} `{feature}`{more} of ctu"))
    }
}

/// The store of `memory:` and `memory:?capacity=50000`.
#[cfg(feature = "memory")]
fn memory(url: &str) -> Result<MemoryCache<Vec<u8>, Bytes>> {
    let mut builder = MemoryCache::builder();
    let rest = url.split_once(':').map_or("", |(_, rest)| rest);
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    if !path.is_empty() {
        return Err(wrong("has something other than `?capacity=..` after `memory:`"));
    }
    for setting in query.split('&').filter(|setting| !setting.is_empty()) {
        let Some(capacity) = setting.strip_prefix("capacity=") else {
            return Err(wrong("has a setting other than the `capacity` of memory:?capacity=50000"));
        };
        let capacity = capacity.parse().map_err(|_| wrong("has a `capacity` that is not a number of entries"))?;
        builder = builder.capacity(capacity);
    }
    Ok(builder.build())
}

#[cold]
fn wrong(what: &str) -> Error {
    Error::new(ErrorKind::Config, format!("the cache's url {what}"))
}

/// Calls the store that was opened.
macro_rules! ask {
    ($self:ident, |$store:ident| $call:expr) => {
        match $self.0 {
            #[cfg(feature = "memory")]
            Kind::Memory(ref $store) => $call,
            #[cfg(feature = "redis")]
            Kind::Redis(ref $store) => $call,
            #[cfg(feature = "memcached")]
            Kind::Memcached(ref $store) => $call,
        }
    };
}

macro_rules! ask_async {
    ($self:ident, |$store:ident| $call:expr) => {
        match $self.0 {
            #[cfg(feature = "memory")]
            AsyncKind::Memory(ref $store) => $call,
            #[cfg(all(feature = "redis", feature = "tokio"))]
            AsyncKind::Redis(ref $store) => $call,
            #[cfg(all(feature = "memcached", feature = "tokio"))]
            AsyncKind::Memcached(ref $store) => $call,
        }
    };
}

/// The traits of a form, each method by the store that was opened.
macro_rules! by_its_store {
    ($any:ident, $cache:ident, $store:ident, $ask:ident, [$($asyncness:tt)*], [$($wait:tt)*]) => {
        #[deny(clippy::missing_trait_methods)]
        impl $cache<[u8], Bytes> for $any {
            $($asyncness)* fn get(&self, key: &[u8]) -> Result<Option<Bytes>> {
                $ask!(self, |store| $cache::get(store, key)$($wait)*)
            }
            $($asyncness)* fn get_entry(&self, key: &[u8]) -> Result<Option<Entry<Bytes>>> {
                $ask!(self, |store| $cache::get_entry(store, key)$($wait)*)
            }
            $($asyncness)* fn put(&self, key: &[u8], value: &Bytes, ttl: Ttl) -> Result<()> {
                $ask!(self, |store| $cache::put(store, key, value, ttl)$($wait)*)
            }
            $($asyncness)* fn remove(&self, key: &[u8]) -> Result<bool> {
                $ask!(self, |store| $cache::<[u8], Bytes>::remove(store, key)$($wait)*)
            }
            $($asyncness)* fn contains(&self, key: &[u8]) -> Result<bool> {
                $ask!(self, |store| $cache::<[u8], Bytes>::contains(store, key)$($wait)*)
            }
            $($asyncness)* fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<Bytes>>> {
                $ask!(self, |store| $cache::get_many(store, keys)$($wait)*)
            }
            $($asyncness)* fn put_many(&self, entries: &[(&[u8], &Bytes)], ttl: Ttl) -> Result<()> {
                $ask!(self, |store| $cache::put_many(store, entries, ttl)$($wait)*)
            }
        }

        /// As the store that was opened: on servers `clear` is refused, as their other entries are not this cache's.
        #[deny(clippy::missing_trait_methods)]
        impl $store for $any {
            $($asyncness)* fn len(&self) -> Result<usize> {
                $ask!(self, |store| $store::len(store)$($wait)*)
            }
            $($asyncness)* fn is_empty(&self) -> Result<bool> {
                $ask!(self, |store| $store::is_empty(store)$($wait)*)
            }
            $($asyncness)* fn clear(&self) -> Result<()> {
                $ask!(self, |store| $store::clear(store)$($wait)*)
            }
            $($asyncness)* fn stats(&self) -> Result<Stats> {
                $ask!(self, |store| $store::stats(store)$($wait)*)
            }
        }

        impl fmt::Debug for $any {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let store: &dyn fmt::Debug = $ask!(self, |store| store);
                f.debug_tuple(stringify!($any)).field(store).finish()
            }
        }
    };
}

by_its_store!(AnyCache, Cache, Store, ask, [], []);
by_its_store!(AsyncAnyCache, AsyncCache, AsyncStore, ask_async, [async], [.await]);

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
