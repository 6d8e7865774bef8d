//! Memcached as a cache of bytes, on one server or several.
//!
//! The client is our own, of the meta protocol's few commands that a cache needs, because no crate's keeps a deadline
//! in all cases. What does no I/O (keys, expiry, routes, requests, replies) is shared by the blocking and the async
//! store; only the transports differ.

mod aside;
mod blocking;
mod builder;
mod cache;
mod calls;
mod conversation;
mod expiry;
mod failure;
mod key;
mod reply;
mod request;
mod route;
mod url;

#[cfg(feature = "tokio")]
mod async_cache;
#[cfg(feature = "tokio")]
mod waiting;

use std::time::Duration;

#[cfg(feature = "tokio")]
pub use self::async_cache::AsyncMemcachedCache;
pub use self::builder::MemcachedCacheBuilder;
pub use self::cache::MemcachedCache;
pub use self::calls::MemcachedValue;

/// A connection that was idle for longer is not used again: something on the way may have forgotten it in silence.
const IDLE: Duration = Duration::from_secs(60);
