//! Redis as a store of bytes: a blocking form with a pool, and an async form on one shared connection. `cluster` has the
//! same for the nodes of a Redis Cluster.
//!
//! What is asked and how answers are read is written once, in `command`; `pool` and `shared` only carry it to the server
//! and back within its deadline.

mod address;
mod budget;
mod builder;
#[cfg(feature = "redis-cluster")]
mod cluster;
mod command;
mod connection;
mod failure;
mod lease;
mod leased;
mod pool;
mod scan;
mod settings;
#[cfg(feature = "tokio")]
mod shared;
mod socket;
mod store;
#[cfg(feature = "redis-tls")]
mod tls;
mod turns;

#[cfg(feature = "tokio")]
mod async_store;

use std::time::Duration;

#[cfg(feature = "tokio")]
pub use async_store::AsyncRedisCache;
pub use builder::RedisCacheBuilder;
#[cfg(all(feature = "redis-cluster", feature = "tokio"))]
pub use cluster::AsyncRedisClusterCache;
#[cfg(feature = "redis-cluster")]
pub use cluster::RedisClusterCache;
pub use store::RedisCache;

/// Between two new connections because of a server that takes no writes: the url may name a replica.
const READ_ONLY_PAUSE: Duration = Duration::from_secs(1);
