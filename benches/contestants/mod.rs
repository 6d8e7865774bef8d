//! The functions that are measured: each remembers [`compute`](crate::compute), in its own way.
//!
//! All bounded stores have room for [`CAPACITY`] entries. Those with a lifetime keep an entry for an hour, longer than
//! any run.

#![allow(missing_docs)] // the names of modules and functions say all there is to say
#![allow(clippy::used_underscore_binding)] // in what attributes expand to: arguments that only the key needs

pub mod cached;
pub mod ctu;
pub mod memoize;
pub mod moka;
pub mod quick_cache;

/// As in ctu's own store by default.
pub const CAPACITY: usize = 10_000;

/// Nothing is remembered: what the call itself takes.
pub fn nothing(n: u64) -> u64 {
    n.wrapping_mul(3)
}
