//! The `cached` crate.

use cached::macros::{cached, concurrent_cached};

use crate::compute;

#[cached]
pub fn number_unbounded(n: u64) -> u64 {
    compute(n)
}

#[cached(max_size = 10_000)]
pub fn number(n: u64) -> u64 {
    compute(n)
}

#[concurrent_cached(max_size = 10_000)]
pub fn number_concurrent(n: u64) -> u64 {
    compute(n)
}

#[cached]
pub fn text_unbounded(_s: &str, n: u64) -> u64 {
    compute(n)
}

#[cached(max_size = 10_000)]
pub fn text(_s: &str, n: u64) -> u64 {
    compute(n)
}

#[concurrent_cached(max_size = 10_000)]
pub fn text_concurrent(_s: &str, n: u64) -> u64 {
    compute(n)
}

#[cached(max_size = 10_000, ttl_secs = 3_600)]
pub fn number_for_an_hour(n: u64) -> u64 {
    compute(n)
}

#[concurrent_cached(max_size = 10_000, ttl_secs = 3_600)]
pub fn number_for_an_hour_concurrent(n: u64) -> u64 {
    compute(n)
}
