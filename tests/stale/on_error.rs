//! `on_error = fail`: a failure of the cache is one of the function.

// The cache is what fails here.
#![allow(clippy::unnecessary_wraps)]

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use ctu::testing::Broken;
use ctu::{Cache, Entry, ErrorKind, Ttl, cached};
use pollster::block_on;

static DOWN: Broken = Broken::new(ErrorKind::Unavailable);

#[derive(Debug)]
enum MyError {
    Cache(ctu::Error),
    Other,
}

impl From<ctu::Error> for MyError {
    fn from(error: ctu::Error) -> Self {
        Self::Cache(error)
    }
}

fn kind<T>(result: Result<T, MyError>) -> Option<ErrorKind> {
    match result {
        Err(MyError::Cache(error)) => Some(error.kind()),
        _ => None,
    }
}

#[test]
fn a_lookup_that_fails_is_the_function_s_failure_and_nothing_is_computed() {
    static COMPUTED: AtomicU32 = AtomicU32::new(0);
    #[cached(cache = DOWN, on_error = fail)]
    fn plain(n: u32) -> Result<u32, MyError> {
        COMPUTED.fetch_add(1, SeqCst);
        if n == 0 { Err(MyError::Other) } else { Ok(n) }
    }
    #[cached(cache = DOWN, on_error = fail, ttl = "1h", stale = "1h")]
    async fn later(n: u32) -> Result<u32, MyError> {
        COMPUTED.fetch_add(1, SeqCst);
        Ok(n)
    }
    assert_eq!(kind(plain(1)), Some(ErrorKind::Unavailable));
    assert_eq!(kind(block_on(later(1))), Some(ErrorKind::Unavailable));
    assert_eq!(COMPUTED.load(SeqCst), 0);
    let stats = plain::stats();
    assert_eq!((stats.reads, stats.hits, stats.errors), (1, 0, 1));
    assert!(matches!(plain::uncached(0), Err(MyError::Other)));
}

#[test]
fn law2_harmless_unless_said_otherwise() {
    #[cached(cache = DOWN, on_error = compute, ttl = "1h", stale = "1h", refresh_ahead)]
    fn plain(n: u32) -> Result<u32, MyError> {
        Ok(n)
    }
    #[cached(cache = DOWN, ttl = "1h", stale = "1h", stale_on = expiry, jitter = 0.5)]
    async fn later(n: u32) -> u32 {
        n
    }
    assert_eq!((plain(1).ok(), block_on(later(1))), (Some(1), 1));
    assert_eq!((plain::stats().errors, later::stats().errors), (1, 1), "a lookup each, and nothing is stored");
}

/// Reads, and does not write.
struct Full;

impl Cache<str, u32> for Full {
    fn get(&self, _: &str) -> ctu::Result<Option<u32>> {
        Ok(None)
    }
    fn get_entry(&self, _: &str) -> ctu::Result<Option<Entry<u32>>> {
        Ok(None)
    }
    fn put(&self, _: &str, _: &u32, _: Ttl) -> ctu::Result<()> {
        Err(ctu::Error::new(ErrorKind::Limit, "full"))
    }
    fn remove(&self, _: &str) -> ctu::Result<bool> {
        Ok(false)
    }
    fn contains(&self, _: &str) -> ctu::Result<bool> {
        Ok(false)
    }
}

#[test]
fn so_is_a_value_that_can_t_be_stored_and_arguments_without_a_key() {
    #[cached(cache = Full, on_error = fail)]
    fn half(n: f64) -> Result<u32, MyError> {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        if n > 0.0 { Ok((n / 2.0) as u32) } else { Err(MyError::Other) }
    }
    assert_eq!(kind(half(8.0)), Some(ErrorKind::Limit));
    assert_eq!(kind(half(f64::NAN)), Some(ErrorKind::Codec));
    assert!(matches!(half(-8.0), Err(MyError::Other)), "the function's own failures are as they were");
}

#[test]
fn the_error_may_be_the_cache_s_own_or_one_that_takes_any() {
    #[cached(cache = DOWN, on_error = fail)]
    fn own(n: u32) -> ctu::Result<u32> {
        Ok(n)
    }
    #[cached(cache = DOWN, on_error = fail)]
    fn any(n: u32) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
        Ok(n)
    }
    assert_eq!(own(1).unwrap_err().kind(), ErrorKind::Unavailable);
    assert!(any(1).unwrap_err().downcast_ref::<ctu::Error>().is_some());
}
