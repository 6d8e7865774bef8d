//! The `memoize` crate. It takes owned arguments only.

use std::sync::Arc;

use memoize::memoize;

use super::{Point, bytes, short};
use crate::compute;

#[memoize]
pub fn number_per_thread_unbounded(n: u64) -> u64 {
    compute(n)
}

#[memoize(Capacity: 10_000)]
pub fn number_per_thread(n: u64) -> u64 {
    compute(n)
}

#[memoize(SharedCache, Capacity: 10_000)]
pub fn number(n: u64) -> u64 {
    compute(n)
}

#[memoize(SharedCache, Capacity: 10_000)]
pub fn owned(s: String) -> u64 {
    compute(s.len() as u64)
}

#[memoize(SharedCache, Capacity: 10_000)]
pub fn point(point: Point) -> u64 {
    compute(point.id)
}

#[memoize(SharedCache, Capacity: 10_000)]
pub fn to_text(n: u64) -> String {
    short(n)
}

#[memoize(SharedCache, Capacity: 10_000)]
pub fn to_arc(n: u64) -> Arc<Vec<u8>> {
    Arc::new(bytes(n))
}

#[memoize(SharedCache, Capacity: 10_000)]
pub fn to_bytes(n: u64) -> Vec<u8> {
    bytes(n)
}
