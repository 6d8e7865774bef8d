//! The `cachelito` crate. Its keys are the arguments' `Debug` texts. By the default policy (first in, first out) a hit
//! does not reorder anything, which is its fastest.

use std::sync::Arc;

use cachelito::cache;

use super::{bytes, short};
use crate::compute;

#[cache(limit = 10_000)]
pub fn number(n: u64) -> u64 {
    compute(n)
}

#[cache]
pub fn number_unbounded(n: u64) -> u64 {
    compute(n)
}

#[cache(limit = 10_000)]
pub fn name(s: &str) -> u64 {
    compute(s.len() as u64)
}

#[cache(limit = 10_000)]
pub fn owned(s: String) -> u64 {
    compute(s.len() as u64)
}

#[cache(limit = 10_000)]
pub fn text(_s: &str, n: u64) -> u64 {
    compute(n)
}

#[cache(limit = 10_000)]
pub fn to_text(n: u64) -> String {
    short(n)
}

#[cache(limit = 10_000)]
pub fn to_arc(n: u64) -> Arc<Vec<u8>> {
    Arc::new(bytes(n))
}

#[cache(limit = 10_000)]
pub fn to_bytes(n: u64) -> Vec<u8> {
    bytes(n)
}

#[cache(limit = 10_000, ttl = 3_600)]
pub fn number_for_an_hour(n: u64) -> u64 {
    compute(n)
}
