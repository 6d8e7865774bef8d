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
//! - Stores: [`MemoryCache`] (bounded) and [`DictCache`] (unbounded).
//!   With their features, `RedisCache` and `AsyncRedisCache`.
//! - [`Map`]: the way to write a layer that translates keys and values.
//!
//! # Features
//!
//! | feature | default | brings |
//! |---|---|---|
//! | `memory` | yes | [`MemoryCache`], [`DictCache`], and `#[cached]` without `cache = ..` |
//! | `redis` | | `RedisCache`, bytes on a Redis server |
//! | `redis-tls` | | `rediss://` urls, by rustls with the system's certificates |
//! | `tokio` | | with `redis`: `AsyncRedisCache` |
//! | `full` | | everything |

#![forbid(unsafe_code)]
#![warn(missing_docs)]

#[cfg(all(feature = "redis", feature = "tokio"))]
pub use ctu_backends::AsyncRedisCache;
#[cfg(feature = "redis")]
pub use ctu_backends::RedisCache;
#[cfg(feature = "memory")]
pub use ctu_backends::{DictCache, MemoryCache};
pub use ctu_core::{
    Args, AsyncCache, AsyncCacheExt, AsyncStore, Cache, CacheExt, CacheKey, CacheMut, Clock, Count, Counters, Encoding,
    Entry, Error, ErrorKind, HashJsonKey, Layer, ManualClock, Map, Mapped, Nanos, Reject, Result, Scoped, Stats, Store,
    Ttl, full_hash_key, hash_json_key, json_key, write_json,
};

pub use ctu_macros::cached;

/// The traits for plain code: `use ctu::prelude::*`.
///
/// Async code uses [`async_prelude`]: the methods have the same names, and most stores in memory have both.
pub mod prelude {
    pub use ctu_core::{Cache, CacheExt, Store};
}

/// The traits for async code: `use ctu::async_prelude::*`.
pub mod async_prelude {
    pub use ctu_core::{AsyncCache, AsyncCacheExt, AsyncStore};
}

/// What the attributes expand to. Not for use by hand: it changes without notice.
#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "memory")]
    pub use ctu_backends::MemoryCache;
    pub use ctu_core::memo::*;
    pub use ctu_core::{Args, CacheKey, Result, Scoped, Stats, Store, Ttl};
    pub use std::borrow::ToOwned;
    pub use std::string::String;
    pub use std::sync::LazyLock;
    pub use std::time::Duration;
}
