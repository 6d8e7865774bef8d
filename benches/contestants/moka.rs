//! The `moka` crate, by hand as it has no attribute. It can't be asked with a borrowed `(&str, u64)`.

use std::sync::LazyLock;
use std::time::Duration;

use moka::sync::Cache;

use super::CAPACITY;
use crate::compute;

static NUMBERS: LazyLock<Cache<u64, u64>> = LazyLock::new(|| Cache::new(CAPACITY as u64));

pub fn number(n: u64) -> u64 {
    NUMBERS.get_with(n, || compute(n))
}

static TEXTS: LazyLock<Cache<(String, u64), u64>> = LazyLock::new(|| Cache::new(CAPACITY as u64));

pub fn text(s: &str, n: u64) -> u64 {
    TEXTS.get_with((s.to_owned(), n), || compute(n))
}

static HOUR: LazyLock<Cache<u64, u64>> =
    LazyLock::new(|| Cache::builder().max_capacity(CAPACITY as u64).time_to_live(Duration::from_hours(1)).build());

pub fn number_for_an_hour(n: u64) -> u64 {
    HOUR.get_with(n, || compute(n))
}
