//! The `memoize` crate. It takes owned arguments only.

use memoize::memoize;

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
