//! The Memcached stores, on real servers and on fake ones that misbehave.

mod contract;
mod faults;
mod hostile;
mod routing;
mod support;
mod wire;
