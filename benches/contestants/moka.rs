//! The `moka` crate, by hand as it has no attribute. It can't be asked with a borrowed `(&str, u64)`.

use std::pin::pin;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use moka::{future, sync::Cache};

use super::{CAPACITY, Point, block_on_ready, bytes, short};
use crate::compute;

/// Functions with stores of their own.
macro_rules! functions {
    ($($name:ident($($arg:ident: $type:ty),*) -> $value:ty, $owned:ty, $get:ident($key:expr), $compute:expr;)*) => {$(
        pub fn $name($($arg: $type),*) -> $value {
            static STORE: LazyLock<Cache<$owned, $value>> = LazyLock::new(|| Cache::new(CAPACITY as u64));
            STORE.$get($key, || $compute)
        }
    )*};
}

functions! {
    number(n: u64) -> u64, u64, get_with(n), compute(n);
    name(s: &str) -> u64, String, get_with_by_ref(s), compute(s.len() as u64);
    owned(s: String) -> u64, String, get_with_by_ref(&s), compute(s.len() as u64);
    point(point: Point) -> u64, Point, get_with(point), compute(point.id);
    text(s: &str, n: u64) -> u64, (String, u64), get_with((s.to_owned(), n)), compute(n);
    to_text(n: u64) -> String, u64, get_with(n), short(n);
    to_arc(n: u64) -> Arc<Vec<u8>>, u64, get_with(n), Arc::new(bytes(n));
    to_bytes(n: u64) -> Vec<u8>, u64, get_with(n), bytes(n);
}

pub fn number_for_an_hour(n: u64) -> u64 {
    static STORE: LazyLock<Cache<u64, u64>> =
        LazyLock::new(|| Cache::builder().max_capacity(CAPACITY as u64).time_to_live(Duration::from_hours(1)).build());
    STORE.get_with(n, || compute(n))
}

pub fn number_async(n: u64) -> u64 {
    static STORE: LazyLock<future::Cache<u64, u64>> = LazyLock::new(|| future::Cache::new(CAPACITY as u64));
    block_on_ready(pin!(STORE.get_with(n, async { compute(n) })))
}
