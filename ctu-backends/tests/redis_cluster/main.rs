//! `RedisClusterCache` and `AsyncRedisClusterCache` on real clusters, and on servers that misbehave: each test runs on
//! both forms.

mod contract;
#[path = "../redis/fake.rs"]
#[allow(dead_code)] // as much of it as is needed here
mod fake;
mod faults;
#[path = "../redis/form.rs"]
#[allow(dead_code, unused_imports, unused_macros)]
mod form;
mod hostile;
mod moving;
mod settings;
mod support;
#[cfg(feature = "redis-tls")]
mod tls;
