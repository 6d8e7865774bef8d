//! Stacks on a Redis server.

use std::sync::LazyLock;

use bytes::Bytes;
use ctu::prelude::*;
use ctu::{
    DebugCache, EncryptedCache, ErrorKind, JsonCache, MasterKey, PrefixedCache, RedisCache, StatsCache, ToBytesCache,
};
use servers::RedisServer;

use crate::{VAL, run_cached, setgetdel};

/// A server for these tests alone; each has a namespace of its own there.
static SERVER: LazyLock<RedisServer> = LazyLock::new(RedisServer::start);

fn redis(namespace: &str) -> RedisCache {
    RedisCache::builder(&SERVER.url()).namespace(namespace).build().expect("the url is right")
}

/// Texts and numbers in one store.
fn setgetdel_both<C: Cache<str, String> + Cache<str, i64>>(cache: &C) -> ctu::Result<()> {
    setgetdel(cache, &VAL.to_owned())?;
    setgetdel(cache, &65_536)
}

#[test]
fn test_redis() -> ctu::Result<()> {
    type Stack = DebugCache<ToBytesCache<EncryptedCache<RedisCache>>>;
    static CACHE: LazyLock<Stack> = LazyLock::new(|| {
        let key = MasterKey::generate().expect("the system has random numbers");
        redis("test_redis.").encrypted(key, "tests").to_bytes().debug("test_redis")
    });
    run_cached!(CACHE);
    assert_eq!(CACHE.len()?, 50);
    assert_eq!(CACHE.get(r#"[1,"a",true]"#)?, Some(111));
    assert_eq!(CACHE.get("[3,null,false]")?, Some(-17));
    setgetdel_both(&*CACHE)
}

#[test]
fn test_key_redis() -> ctu::Result<()> {
    type Stack = JsonCache<PrefixedCache<RedisCache>>;
    static C1: LazyLock<Stack> = LazyLock::new(|| redis("test_key_redis.").prefixed("CacheToolsUtils.").json());
    run_cached!(C1);
    assert_eq!(C1.len()?, 50);
    assert_eq!(C1.get(r#"[1,"a",true]"#)?, Some(111));
    assert_eq!(C1.get("[3,null,false]")?, Some(-17));
    setgetdel_both(&*C1)?;

    C1.set("Hello", &"World!".to_owned())?;
    assert_eq!(redis("").get(b"test_key_redis.CacheToolsUtils.Hello")?, Some(Bytes::from("\"World!\"")));
    assert!(Cache::<str, String>::remove(&*C1, "Hello")?);
    assert!(!Cache::<str, String>::contains(&*C1, "Hello")?);
    Ok(())
}

#[test]
fn test_stats_redis() -> ctu::Result<()> {
    static C1: LazyLock<JsonCache<RedisCache>> = LazyLock::new(|| redis("test_stats_redis.").json());
    run_cached!(C1);
    assert_eq!(C1.len()?, 50);
    assert_eq!(C1.get(r#"[1,"a",true]"#)?, Some(111));
    assert_eq!(C1.get("[3,null,false]")?, Some(-17));
    let stats = C1.stats()?; // the server's own
    assert!(stats.reads >= 1_002 && stats.hits >= 952, "{stats:?}");
    assert!(stats.hit_rate() > 0.0);
    setgetdel_both(&*C1)
}

#[test]
fn test_stacked_redis() -> ctu::Result<()> {
    type Counted = StatsCache<RedisCache>;
    static C2: LazyLock<Counted> = LazyLock::new(|| redis("test_stacked_redis.").with_stats());
    static C3: LazyLock<JsonCache<PrefixedCache<&Counted>>> =
        LazyLock::new(|| (&*C2).prefixed("CacheToolsUtilsTests.").json());
    run_cached!(C3);
    assert_eq!(C3.len()?, 50);
    let stats = C2.stats()?;
    assert_eq!((stats.reads, stats.hits, stats.writes), (1_000, 950, 50));
    setgetdel_both(&C2.inner().json())?;
    setgetdel_both(&(&*C2).json())?;
    setgetdel_both(&*C3)?;

    // Clearing is for the namespace, never for the whole server.
    assert_eq!(C3.clear().unwrap_err().kind(), ErrorKind::Unsupported);
    C2.clear()?;
    assert!(C2.is_empty()?);
    Ok(())
}
