//! A store that is chosen by a url, in both forms.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use ctu_backends::{AnyCache, AsyncAnyCache, MemcachedCache, RedisCache};
use ctu_core::testing::{Check, Conformance, block_on};
use ctu_core::{AsyncCache, AsyncStore, Cache, ErrorKind, Result, StackExt, Store, Ttl};
use servers::{MemcachedServer, RedisServer};

static REDIS: LazyLock<RedisServer> = LazyLock::new(RedisServer::start);
static MEMCACHED: LazyLock<MemcachedServer> = LazyLock::new(MemcachedServer::start);

fn urls() -> [String; 3] {
    ["memory:?capacity=5000".to_owned(), REDIS.url(), MEMCACHED.url()]
}

/// Apart from what other tests have on the same servers.
fn prefix() -> String {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    format!("test{}.", NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// Those that neither count nor clear what others have on the same servers, nor wait for lifetimes.
const CHECKS: [Check; 5] = [Check::RoundTrip, Check::OddKeys, Check::OddValues, Check::GetMany, Check::PutMany];

fn suite() -> Conformance<[u8], Bytes> {
    Conformance::real_time(Duration::from_secs(2)).only(CHECKS).max_value_bytes(100_000)
}

#[test]
fn each_store_keeps_the_contract() {
    for url in urls() {
        suite().check(|| AnyCache::open(&url).unwrap().prefixed(prefix()));
    }
}

#[tokio::test]
async fn each_async_store_keeps_the_contract() {
    for url in urls() {
        suite().check_async(|| AsyncAnyCache::open(&url).unwrap().prefixed(prefix())).await;
    }
}

#[test]
fn entries_are_in_the_store_that_the_url_names() -> Result<()> {
    let value = Bytes::from_static(b"here");
    AnyCache::open(&REDIS.url())?.put(b"place", &value, Ttl::Default)?;
    assert_eq!(RedisCache::open(&REDIS.url())?.get(b"place")?, Some(value.clone()));
    AnyCache::open(&MEMCACHED.url())?.put(b"place", &value, Ttl::Default)?;
    assert_eq!(MemcachedCache::open(&MEMCACHED.url())?.get(b"place")?, Some(value));
    Ok(())
}

#[test]
fn a_unix_socket_is_a_place_too() -> Result<()> {
    let cache = AnyCache::open(&format!("redis+unix://{}", REDIS.socket().display()))?;
    cache.put(b"socket", &Bytes::from_static(b"v"), Ttl::Default)?;
    assert!(cache.contains(b"socket")?);
    Ok(())
}

#[test]
fn law6_bounded_memory_has_the_capacity_of_the_url() -> Result<()> {
    for (url, most) in [("memory:?capacity=100", 100), ("memory:", 10_000), ("memory://?capacity=0", 0)] {
        let cache = AnyCache::open(url)?;
        for number in 0..11_000_u32 {
            cache.put(&number.to_be_bytes(), &Bytes::from_static(b"v"), Ttl::Default)?;
        }
        let len = Store::len(&cache)?;
        assert!(len <= most && len >= most / 2, "{url}: {len}");
        Store::clear(&cache)?;
        assert!(Store::is_empty(&cache)?);
        assert!(Store::stats(&cache)?.writes > 0 || most == 0);
    }
    Ok(())
}

#[tokio::test]
async fn what_the_store_refuses_is_refused() -> Result<()> {
    for url in [REDIS.url(), MEMCACHED.url()] {
        assert_eq!(Store::clear(&AnyCache::open(&url)?).unwrap_err().kind(), ErrorKind::Unsupported);
        assert_eq!(AsyncStore::clear(&AsyncAnyCache::open(&url)?).await.unwrap_err().kind(), ErrorKind::Unsupported);
    }
    Ok(())
}

#[test]
fn law7_silent_a_wrong_url_is_an_error_that_names_the_part_and_shows_none() {
    for (url, part) in [
        ("", "begins with"),
        ("hunter2", "begins with"),
        ("http://:hunter2@host", "begins with"),
        ("memory:hunter2", "after `memory:`"),
        ("memory:?hunter2=1", "`capacity`"),
        ("memory:?capacity=hunter2", "number"),
        ("memory:?capacity=-1", "number"),
        ("redis:hunter2", "scheme"),
        ("redis://:hunter2@host:port", "port"),
        ("memcached://me:hunter2@host", "password"),
    ] {
        for error in [AnyCache::open(url).unwrap_err(), AsyncAnyCache::open(url).unwrap_err()] {
            assert_eq!(error.kind(), ErrorKind::Config, "{url}");
            assert!(error.to_string().contains(part), "{url}: {error}");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
    }
    let cache = AnyCache::open("redis://:hunter2@localhost").unwrap();
    assert!(!format!("{cache:?}").contains("hunter2"), "{cache:?}");
}

#[test]
fn law2_harmless_opening_does_not_connect() {
    // Nothing listens on the port 1.
    for url in ["redis://127.0.0.1:1", "memcached://127.0.0.1:1"] {
        let cache = AnyCache::open(url).unwrap();
        assert_eq!(cache.get(b"k").unwrap_err().kind(), ErrorKind::Unavailable);
    }
    let cache = AsyncAnyCache::open("memory:").unwrap();
    assert_eq!(block_on(cache.get(b"k")).unwrap(), None);
}
