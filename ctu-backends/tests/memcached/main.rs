//! The Memcached stores, on real servers and on fake ones that misbehave.

mod contract;
mod encrypted;
mod faults;
mod hostile;
#[path = "../python/mod.rs"]
mod python;
mod routing;
mod support;
mod wire;
