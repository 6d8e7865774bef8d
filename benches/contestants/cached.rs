//! The `cached` crate, by its three attributes: `#[cached]`, `#[concurrent_cached]`, and in [`once`] the third.

use std::pin::pin;
use std::sync::Arc;

use cached::macros::{cached, concurrent_cached, once};

use super::{Point, block_on_ready, bytes, short};
use crate::compute;

#[cached]
pub fn number_unbounded(n: u64) -> u64 {
    compute(n)
}

#[concurrent_cached]
pub fn number_concurrent_unbounded(n: u64) -> u64 {
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

/// One value, whatever the argument.
#[once]
pub fn once_only(n: u64) -> u64 {
    compute(n)
}

#[cached(max_size = 10_000)]
pub fn name(s: &str) -> u64 {
    compute(s.len() as u64)
}

#[concurrent_cached(max_size = 10_000)]
pub fn name_concurrent(s: &str) -> u64 {
    compute(s.len() as u64)
}

#[cached(max_size = 10_000)]
pub fn owned(s: String) -> u64 {
    compute(s.len() as u64)
}

#[concurrent_cached(max_size = 10_000)]
pub fn owned_concurrent(s: String) -> u64 {
    compute(s.len() as u64)
}

#[cached(max_size = 10_000)]
pub fn point(point: Point) -> u64 {
    compute(point.id)
}

#[concurrent_cached(max_size = 10_000)]
pub fn point_concurrent(point: Point) -> u64 {
    compute(point.id)
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

#[cached(max_size = 10_000)]
pub fn to_text(n: u64) -> String {
    short(n)
}

#[concurrent_cached(max_size = 10_000)]
pub fn to_text_concurrent(n: u64) -> String {
    short(n)
}

#[cached(max_size = 10_000)]
pub fn to_arc(n: u64) -> Arc<Vec<u8>> {
    Arc::new(bytes(n))
}

#[concurrent_cached(max_size = 10_000)]
pub fn to_arc_concurrent(n: u64) -> Arc<Vec<u8>> {
    Arc::new(bytes(n))
}

#[cached(max_size = 10_000)]
pub fn to_bytes(n: u64) -> Vec<u8> {
    bytes(n)
}

#[concurrent_cached(max_size = 10_000)]
pub fn to_bytes_concurrent(n: u64) -> Vec<u8> {
    bytes(n)
}

#[cached(max_size = 10_000, ttl_secs = 3_600)]
pub fn number_for_an_hour(n: u64) -> u64 {
    compute(n)
}

#[concurrent_cached(max_size = 10_000, ttl_secs = 3_600)]
pub fn number_for_an_hour_concurrent(n: u64) -> u64 {
    compute(n)
}

#[cached(max_size = 10_000)]
async fn number_later(n: u64) -> u64 {
    compute(n)
}

pub fn number_async(n: u64) -> u64 {
    block_on_ready(pin!(number_later(n)))
}

#[concurrent_cached(max_size = 10_000)]
async fn number_later_concurrent(n: u64) -> u64 {
    compute(n)
}

pub fn number_async_concurrent(n: u64) -> u64 {
    block_on_ready(pin!(number_later_concurrent(n)))
}
