//! The store in memory of the `foyer` crate, by hand as it has no attribute.

use std::convert::Infallible;
use std::hash::Hash;
use std::pin::pin;
use std::sync::{Arc, LazyLock};

use equivalent::Equivalent;
use foyer_memory::{Cache, CacheBuilder, CacheProperties};

use super::{CAPACITY, Point, block_on_ready, bytes, runtime, short};
use crate::compute;

fn remembered<Q, K, V>(cache: &Cache<K, V>, key: &Q, owned: impl FnOnce() -> K, compute: impl FnOnce() -> V) -> V
where
    Q: Hash + Equivalent<K> + ?Sized,
    K: Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    cache.get(key).map(|entry| entry.value().clone()).unwrap_or_else(|| {
        let value = compute();
        cache.insert(owned(), value.clone());
        value
    })
}

/// Functions with stores of their own: the borrowed key, and how it becomes an owned one.
macro_rules! functions {
    ($($name:ident($($arg:ident: $type:ty),*) -> $value:ty, $key:expr, $owned_type:ty, $owned:expr, $compute:expr;)*) => {$(
        pub fn $name($($arg: $type),*) -> $value {
            static STORE: LazyLock<Cache<$owned_type, $value>> =
                LazyLock::new(|| CacheBuilder::new(CAPACITY).build::<CacheProperties>());
            remembered(&STORE, $key, || $owned, || $compute)
        }
    )*};
}

/// Hashes as its owned form does.
#[derive(Hash)]
struct Borrowed<'s>(&'s str, u64);

impl Equivalent<(String, u64)> for Borrowed<'_> {
    fn equivalent(&self, key: &(String, u64)) -> bool {
        self.1 == key.1 && self.0 == key.0
    }
}

functions! {
    number(n: u64) -> u64, &n, u64, n, compute(n);
    name(s: &str) -> u64, s, String, s.to_owned(), compute(s.len() as u64);
    owned(s: String) -> u64, &s, String, s.clone(), compute(s.len() as u64);
    point(point: Point) -> u64, &point, Point, point, compute(point.id);
    text(s: &str, n: u64) -> u64, &Borrowed(s, n), (String, u64), (s.to_owned(), n), compute(n);
    to_text(n: u64) -> String, &n, u64, n, short(n);
    to_arc(n: u64) -> Arc<Vec<u8>>, &n, u64, n, Arc::new(bytes(n));
    to_bytes(n: u64) -> Vec<u8>, &n, u64, n, bytes(n);
}

pub fn number_async(n: u64) -> u64 {
    static STORE: LazyLock<Cache<u64, u64>> = LazyLock::new(|| CacheBuilder::new(CAPACITY).build::<CacheProperties>());
    // It spawns what it fetches.
    let _runtime = runtime().enter();
    let fetched = block_on_ready(pin!(STORE.get_or_fetch(&n, || async move { Ok::<_, Infallible>(compute(n)) })));
    fetched.map_or(0, |entry| *entry.value())
}
