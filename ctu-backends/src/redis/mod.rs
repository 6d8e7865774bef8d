//! Redis as a store of bytes: a blocking form with a pool, and an async form on one shared connection.
//!
//! What is asked and how answers are read is written once, in `command`; `pool` and `shared` only carry it to the server
//! and back within its deadline.

mod address;
mod builder;
mod command;
mod connection;
mod failure;
mod pool;
mod scan;
mod settings;
#[cfg(feature = "tokio")]
mod shared;
mod socket;
mod store;
#[cfg(feature = "redis-tls")]
mod tls;

#[cfg(feature = "tokio")]
mod async_store;

#[cfg(feature = "tokio")]
pub use async_store::AsyncRedisCache;
pub use builder::RedisCacheBuilder;
pub use store::RedisCache;
