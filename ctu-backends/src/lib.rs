//! The stores of [ctu](https://docs.rs/ctu): where cached values are kept.
//!
//! | store | feature | what it is |
//! |---|---|---|
//! | [`MemoryCache`] | `memory` (default) | bounded, in memory, typed: what `#[cached]` uses |
//! | [`SharedMemory`] | `memory` (default) | bounded, in memory, one budget for keys and values of any types |
//! | [`DictCache`] | `memory` (default) | an unbounded map |
//! | `MemcachedCache` | `memcached` | bytes, on Memcached servers |
//! | `AsyncMemcachedCache` | `memcached` and `tokio` | the same for async functions |
//! | `RedisCache` | `redis` | bytes on a Redis server |
//! | `AsyncRedisCache` | `redis`, `tokio` | the same for async functions |
//! | `RedisClusterCache` | `redis-cluster` | bytes on a Redis Cluster |
//! | `AsyncRedisClusterCache` | `redis-cluster`, `tokio` | the same for async functions |
//! | `AnyCache`, `AsyncAnyCache` | that of the store | bytes, in the store that a url names at run time |
//! | `Blocking` | `tokio` | a blocking store for async functions, on tokio's blocking pool |
//!
//! Most programs depend on `ctu` alone, which re-exports all of this.

#![forbid(unsafe_code)]
#![warn(missing_docs)]
// docs.rs sets this: what needs a feature is marked.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(feature = "memory", feature = "memcached", feature = "redis"))]
mod any;
#[cfg(feature = "tokio")]
mod blocking;
#[cfg(feature = "memory")]
mod dict;
#[cfg(feature = "memcached")]
mod memcached;
#[cfg(feature = "memory")]
mod memory;
#[cfg(feature = "memory")]
mod own;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "memory")]
mod shared;

#[cfg(any(feature = "memory", feature = "memcached", feature = "redis"))]
pub use any::AnyCache;
#[cfg(any(feature = "memory", all(feature = "tokio", any(feature = "memcached", feature = "redis"))))]
pub use any::AsyncAnyCache;
#[cfg(feature = "tokio")]
pub use blocking::Blocking;
#[cfg(feature = "memory")]
pub use dict::DictCache;
#[cfg(all(feature = "memcached", feature = "tokio"))]
pub use memcached::AsyncMemcachedCache;
#[cfg(feature = "memcached")]
pub use memcached::{MemcachedCache, MemcachedCacheBuilder, MemcachedValue};
#[cfg(feature = "memory")]
#[doc(hidden)]
pub use memory::near::NearCache;
#[cfg(feature = "memory")]
pub use memory::{MemoryCache, MemoryCacheBuilder};
#[cfg(feature = "memory")]
#[doc(hidden)]
pub use own::{Nameless, Own, OwnStore, Values, values};
#[cfg(all(feature = "redis", feature = "tokio"))]
pub use redis::AsyncRedisCache;
#[cfg(all(feature = "redis-cluster", feature = "tokio"))]
pub use redis::AsyncRedisClusterCache;
#[cfg(feature = "redis-cluster")]
pub use redis::RedisClusterCache;
#[cfg(feature = "redis")]
pub use redis::{RedisCache, RedisCacheBuilder};
#[cfg(feature = "memory")]
pub use shared::{SharedMemory, SharedMemoryBuilder};
