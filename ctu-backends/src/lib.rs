//! The stores of [ctu](https://docs.rs/ctu): where cached values are kept.
//!
//! | store | feature | what it is |
//! |---|---|---|
//! | [`MemoryCache`] | `memory` (default) | bounded, in memory, typed: what `#[cached]` uses |
//! | [`SharedMemory`] | `memory` (default) | bounded, in memory, one budget for keys and values of any types |
//! | [`DictCache`] | `memory` (default) | an unbounded map |
//!
//! Most programs depend on `ctu` alone, which re-exports all of this.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

#[cfg(feature = "memory")]
mod dict;
#[cfg(feature = "memory")]
mod memory;
#[cfg(feature = "memory")]
mod shared;

#[cfg(feature = "memory")]
pub use dict::DictCache;
#[cfg(feature = "memory")]
pub use memory::{MemoryCache, MemoryCacheBuilder};
#[cfg(feature = "memory")]
pub use shared::{SharedMemory, SharedMemoryBuilder};
