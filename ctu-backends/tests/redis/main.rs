//! `RedisCache` and `AsyncRedisCache` on real servers, and on servers that misbehave: each test runs on both forms.

mod encrypted;
mod fake;
mod faults;
mod form;
mod hostile;
mod late;
mod leases;
mod limits;
mod namespaces;
#[path = "../python/mod.rs"]
mod python;
mod settings;
mod states;
#[cfg(feature = "redis-tls")]
mod tls;
mod values;
