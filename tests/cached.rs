//! `#[cached]` on free functions, through the public API.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use ctu::{MemoryCache, cached};

static CALLS: AtomicU32 = AtomicU32::new(0);

#[cached]
fn fib(n: u64) -> u64 {
    if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
}

#[cached(capacity = 100, ttl = "10m")]
fn repeat(s: &str, n: usize) -> String {
    CALLS.fetch_add(1, Ordering::Relaxed);
    s.repeat(n)
}

static TEXTS: LazyLock<MemoryCache<String, String>> = LazyLock::new(|| MemoryCache::new(100));

#[cached(cache = TEXTS)]
fn shared(s: &str, n: usize) -> String {
    s.repeat(n)
}

#[cached(cache = TEXTS, key = "who:{name}:{n}")]
fn shared2(name: String, n: usize) -> Result<String, std::num::ParseIntError> {
    let k: usize = name.parse()?;
    Ok(format!("{}", k + n))
}

#[cached(key = |s, _| s.len())]
async fn slow(s: &str, n: usize) -> String {
    s.repeat(n)
}

#[cached(key = hash)]
async fn slow_hash(s: String, x: f64) -> String {
    format!("{s}{x}")
}

#[test]
fn it_works() {
    assert_eq!(fib(80), 23_416_728_348_467_685);
    assert_eq!(repeat("aa", 3), "aaaaaa");
    assert_eq!(repeat("aa", 3), "aaaaaa");
    assert_eq!(CALLS.load(Ordering::Relaxed), 1);
    assert!(repeat::in_cache("aa", 3).unwrap());
    assert!(repeat::evict("aa", 3).unwrap());
    assert!(!repeat::evict("aa", 3).unwrap());
    assert_eq!(repeat::key("aa", 3).unwrap(), ("aa".to_owned(), 3));
    assert_eq!(shared("aa", 3), "aaaaaa");
    assert_eq!(shared::key("aa", 3).unwrap(), "cached::shared#85ca286f.[\"aa\",3]");
    assert_eq!(shared2("12".into(), 3).unwrap(), "15");
    assert_eq!(shared2::key("12".into(), 3).unwrap(), "");
    println!("{:?}", repeat::stats());
}
