//! A store that is chosen by a url, in both forms.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use ctu_backends::{AnyCache, AsyncAnyCache, MemcachedCache, RedisCache};
use ctu_core::testing::{Check, Conformance, block_on};
use ctu_core::{AsyncCache, AsyncStore, Cache, Entry, ErrorKind, Result, StackExt, Store, Ttl};
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
async fn the_settings_of_the_url_are_those_of_the_store() -> Result<()> {
    let left = |entry: Option<Entry<Bytes>>| entry.unwrap().ttl.unwrap();
    let value = Bytes::from_static(b"v");
    for (number, server) in
        [REDIS.url(), MEMCACHED.url(), format!("redis+unix://{}", REDIS.socket().display())].into_iter().enumerate()
    {
        let url = format!("{server}?namespace=%C3%A9{number}.&ttl=1m&response_timeout=10s");
        let cache = AnyCache::open(&url)?;
        cache.put(b"k", &value, Ttl::Default)?;
        assert!((50..=60).contains(&left(cache.get_entry(b"k")?).as_secs()), "{url}");
        let bare = AnyCache::open(&server)?;
        assert!(!bare.contains(b"k")?);
        if number != 1 {
            assert!(bare.contains(format!("é{number}.k").as_bytes())?);
        }
        let cache = AsyncAnyCache::open(&url)?;
        assert!((50..=60).contains(&left(cache.get_entry(b"k").await?).as_secs()), "{url}");
        cache.put(b"k", &value, Ttl::Default).await?;
        assert!((50..=60).contains(&left(cache.get_entry(b"k").await?).as_secs()), "{url}");
    }
    let cache = AnyCache::open("memory:?ttl=1h")?;
    cache.put(b"k", &value, Ttl::Default)?;
    assert!(left(cache.get_entry(b"k")?) <= Duration::from_secs(3_600));
    let endless = AnyCache::open(&format!("{}?ttl=never&namespace=endless.", REDIS.url()))?;
    endless.put(b"k", &value, Ttl::Default)?;
    assert_eq!(endless.get_entry(b"k")?.unwrap().ttl, None);
    // Only the namespace's own.
    Store::clear(&endless)?;
    assert!(!endless.contains(b"k")?);
    assert!(AnyCache::open(&format!("{}?namespace=%C3%A90.", REDIS.url()))?.contains(b"k")?);
    Ok(())
}

#[tokio::test]
async fn law2_harmless_the_deadlines_of_the_url_are_kept() -> Result<()> {
    let servers = (RedisServer::start(), MemcachedServer::start());
    let quick = "?connect_timeout=30ms&response_timeout=20ms";
    servers.0.pause();
    servers.1.pause();
    for url in [servers.0.url() + quick, servers.1.url() + quick] {
        let start = Instant::now();
        assert_eq!(AnyCache::open(&url)?.get(b"k").unwrap_err().kind(), ErrorKind::Timeout);
        assert_eq!(AsyncAnyCache::open(&url)?.get(b"k").await.unwrap_err().kind(), ErrorKind::Timeout);
        // The defaults are 1.5 s for each of the two, and without any there is no end.
        assert!(start.elapsed() < Duration::from_secs(1), "{url}: {:?}", start.elapsed());
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
        ("memory:?hunter2=1", "none of `capacity`, `ttl`"),
        ("memory:?namespace=hunter2", "none of `capacity`, `ttl`"),
        ("memory:?ttl=hunter2", "`ttl` that is not a duration"),
        ("memory:?ttl=0s", "above zero"),
        ("memory:?ttl=1s&ttl=2s", "`ttl` twice"),
        ("redis://host?hunter2=1", "none of `namespace`, `ttl`, `connect_timeout`, `response_timeout` ("),
        ("redis://:x?hunter2@host", "%3F"),
        ("redis://host?namespace=%hunter2", "`namespace`"),
        ("redis://host?namespace=a#hunter2", "%23"),
        ("redis+unix:///hunter2?database=1", "`response_timeout`, `db`, `user`, `pass`"),
        ("redis+unix:///hunter2?db=hunter2", "database"),
        ("memcached://hunter2?capacity=1", "none of `namespace`"),
        ("memcached://host?connect_timeout=hunter2", "`connect_timeout` that is not a duration"),
        ("memcached://host?namespace=hunter2%20", "namespace"),
        ("memory:?capacity=hunter2", "number"),
        ("memory:?capacity=-1", "number"),
        ("redis:hunter2", "scheme"),
        ("redis://:hunter2@host:port", "port"),
        ("redis-cluster://:hunter2@host,host:port", "port"),
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
    for url in ["redis://127.0.0.1:1", "redis-cluster://127.0.0.1:1", "memcached://127.0.0.1:1"] {
        let cache = AnyCache::open(url).unwrap();
        assert_eq!(cache.get(b"k").unwrap_err().kind(), ErrorKind::Unavailable);
    }
    let cache = AsyncAnyCache::open("memory:").unwrap();
    assert_eq!(block_on(cache.get(b"k")).unwrap(), None);
}
