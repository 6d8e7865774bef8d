//! **Memoize any Rust function, sync or async, into any stack of caches, with one attribute, and never get a wrong,
//! stale or leaked answer.**
//!
//! ```
//! use ctu::cached;
//!
//! #[cached]
//! fn fib(n: u64) -> u64 {
//!     if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
//! }
//!
//! assert_eq!(fib(80), 23_416_728_348_467_685);
//! assert!(fib::in_cache(80)?);
//! assert!(fib::evict(80)?);
//! assert_eq!(fib::peek(80)?, None);
//! # Ok::<(), ctu::Error>(())
//! ```
//!
//! # The parts
//!
//! - [`#[cached]`](macro@cached) on a function: its results are stored, by default in a bounded in-memory store of its own.
//!   The function's name is also a type with companions: `f::in_cache(..)`, `f::evict(..)`, `f::peek(..)`,
//!   `f::prime(.., &value)`, `f::refresh(..)`, `f::uncached(..)`, `f::key(..)`, `f::stats()`.
//! - [`Cache`] and [`AsyncCache`]: what every store and layer is, for use by hand: [`CacheExt::get_or_set_with`].
//! - Stores: [`MemoryCache`] (bounded), [`SharedMemory`] (bounded, for many functions of any types) and [`DictCache`]
//!   (unbounded); with their features, `RedisCache`, `MemcachedCache` and their async forms. [`AnyCache`] is the one that
//!   a url names at run time.
//! - Layers, stacked like iterator adapters by [`StackExt`]: `store.prefixed("f.").json().with_stats()`.
//! - [`Map`] and [`Observe`]: the ways to write a layer that translates keys and values, or that looks on.
//!
//! # Features
//!
//! | feature | default | brings |
//! |---|---|---|
//! | `memory` | yes | [`MemoryCache`], [`SharedMemory`], [`DictCache`], and `#[cached]` without `cache = ..` |
//! | `compression` | | [`StackExt::compressed`]: smaller values, with LZ4 |
//! | `encryption` | | [`StackExt::encrypted`]: authenticated encryption with rotation, for stores that others have access to |
//! | `encryption-aes` | | the same with AES-256-GCM-SIV too |
//! | `encryption-ring` | | the same envelopes in less than half the time: XChaCha20-Poly1305 by ring |
//! | `lru` | | [`LockedCache`] over `lru::LruCache`: exact LRU |
//! | `msgpack` | | [`StackExt::msgpack`]: values as MessagePack |
//! | `testing` | | [`testing`]: a conformance suite for stores and layers, and stores that fail on purpose |
//! | `redis` | | `RedisCache`, bytes on a Redis server |
//! | `redis-cluster` | | `RedisClusterCache`, bytes on a Redis Cluster |
//! | `redis-tls` | | `rediss://` urls, by rustls with the system's certificates |
//! | `memcached` | | `MemcachedCache`: bytes on Memcached servers, for stacks such as `.json()` |
//! | `tokio` | | the async forms of the stores on servers: `AsyncRedisCache`, `AsyncMemcachedCache`, ..; `Blocking(store)` for others; `timeout`, and background tasks, for `#[cached]` |
//! | `sharded-lock` | | hits of several threads in [`MemoryCache`] and [`SharedMemory`] that do not slow each other down |
//! | `full` | | everything but `sharded-lock`, which trades one thing for another |

#![forbid(unsafe_code)]
#![warn(missing_docs)]
// docs.rs sets this: what needs a feature is marked.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(feature = "memory", feature = "memcached", feature = "redis"))]
pub use ctu_backends::AnyCache;
#[cfg(any(feature = "memory", all(feature = "tokio", any(feature = "memcached", feature = "redis"))))]
pub use ctu_backends::AsyncAnyCache;
#[cfg(all(feature = "memcached", feature = "tokio"))]
pub use ctu_backends::AsyncMemcachedCache;
#[cfg(all(feature = "redis", feature = "tokio"))]
pub use ctu_backends::AsyncRedisCache;
#[cfg(all(feature = "redis-cluster", feature = "tokio"))]
pub use ctu_backends::AsyncRedisClusterCache;
#[cfg(feature = "tokio")]
pub use ctu_backends::Blocking;
#[cfg(feature = "redis-cluster")]
pub use ctu_backends::RedisClusterCache;
#[cfg(feature = "memory")]
pub use ctu_backends::{DictCache, MemoryCache, MemoryCacheBuilder, SharedMemory, SharedMemoryBuilder};
#[cfg(feature = "memcached")]
pub use ctu_backends::{MemcachedCache, MemcachedCacheBuilder};
#[cfg(feature = "redis")]
pub use ctu_backends::{RedisCache, RedisCacheBuilder};
pub use ctu_core::{
    Args, AsyncCache, AsyncCacheExt, AsyncMemo, AsyncStore, Bytes, Cache, CacheExt, CacheKey, CacheMut, Clock, Count,
    Counters, Entry, Error, ErrorKind, ManualClock, Memo, Nanos, Result, Scoped, StackExt, Stats, Store, StoreMut, Ttl,
};
// Leases, which processes that share a store have in common.
pub use ctu_core::{AsyncLease, Claim, Lease, Leased, Token, Watch, Watches};
// Keys and texts.
pub use ctu_core::{Encoding, HashJsonKey, decode_b85, full_hash_key, hash_json_key, json_key, write_json};
// Layers, and what they are made of.
pub use ctu_core::{
    AnyValue, AutoPrefixedCache, BreakerCache, BreakerState, BytesCache, BytesText, Counting, DebugCache, Debugging,
    Event, Flagged, Hidden, Json, JsonCache, JsonSerde, JsonSerdeCache, Layer, LockedCache, Map, Mapped, Observe,
    Observed, Observer, Prefix, PrefixedCache, Reject, Show, Shown, StatsCache, ToBytes, ToBytesCache, TwoLevelCache,
};
#[cfg(feature = "compression")]
pub use ctu_core::{CompressedCache, Compression};
#[cfg(feature = "encryption")]
pub use ctu_core::{Encrypt, EncryptedCache, Keyring, MasterKey, Rejection, Suite};
#[cfg(feature = "msgpack")]
pub use ctu_core::{MsgPack, MsgPackCache};

#[doc = include_str!("../docs/cached.md")]
pub use ctu_macros::cached;

#[doc = include_str!("../docs/cache_functions.md")]
pub use ctu_macros::cache_functions;

#[doc = include_str!("../docs/cache_methods.md")]
pub use ctu_macros::cache_methods;

#[cfg(feature = "testing")]
pub use ctu_core::testing;

/// The traits for plain code: `use ctu::prelude::*`.
///
/// Async code uses [`async_prelude`]: the methods have the same names, and most stores in memory have both.
pub mod prelude {
    pub use ctu_core::{Cache, CacheExt, StackExt, Store};
}

/// The traits for async code: `use ctu::async_prelude::*`.
pub mod async_prelude {
    pub use ctu_core::{AsyncCache, AsyncCacheExt, AsyncStore, StackExt};
}

/// What the attributes expand to. Not for use by hand: it changes without notice.
#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "memory")]
    pub use ctu_backends::{Nameless, NearCache, Own, SharedMemory, values};
    pub use ctu_core::memo::*;
    pub use ctu_core::{Args, AsyncCache, Cache, CacheKey, Result, Scoped, Stats, Store, Ttl};
    pub use std::borrow::ToOwned;
    pub use std::marker::PhantomData;
    pub use std::string::String;
    pub use std::sync::LazyLock;
    pub use std::time::Duration;
}

/// The README's examples are tests.
#[cfg(all(doctest, feature = "full"))]
#[doc = include_str!("../README.md")]
struct Readme;

/// So are those of the recipe for Python: they are compiled, `CACHE` and all, and connect to nothing.
#[cfg(all(doctest, feature = "full"))]
#[doc = include_str!("../docs/PYTHON.md")]
struct Python;
