//! Stacks on a Memcached server: one for each test, as it can neither list nor clear the keys of a namespace.

use std::sync::LazyLock;

use bytes::Bytes;
use ctu::prelude::*;
use ctu::{
    EncryptedCache, ErrorKind, Flagged, JsonCache, JsonSerdeCache, MasterKey, MemcachedCache, PrefixedCache,
    ToBytesCache,
};
use servers::MemcachedServer;

use crate::{KEY, VAL, run_cached};

fn memcached(server: &MemcachedServer) -> MemcachedCache {
    MemcachedCache::open(&server.url()).expect("the url is right")
}

#[test]
fn test_memcached() -> ctu::Result<()> {
    static SERVER: LazyLock<MemcachedServer> = LazyLock::new(MemcachedServer::start);
    type Stack = ToBytesCache<EncryptedCache<MemcachedCache>>;
    static CACHE: LazyLock<Stack> = LazyLock::new(|| {
        let key = MasterKey::generate().expect("the system has random numbers");
        memcached(&SERVER).encrypted(key, "tests").to_bytes()
    });
    run_cached!(CACHE);
    assert_eq!(CACHE.len()?, 50);
    // The key is the JSON of a text that is JSON.
    let encrypted = CACHE.inner();
    assert_eq!(encrypted.get(&br#""[1,\"a\",true]""#[..])?, Some(Bytes::from("111")));
    assert_eq!(encrypted.get(&br#""[3,null,false]""#[..])?, Some(Bytes::from("-17")));
    assert!(CACHE.stats()?.reads >= 1_000);
    Ok(())
}

#[test]
fn test_key_memcached() -> ctu::Result<()> {
    static SERVER: LazyLock<MemcachedServer> = LazyLock::new(MemcachedServer::start);
    static C1: LazyLock<JsonCache<PrefixedCache<MemcachedCache>>> =
        LazyLock::new(|| memcached(&SERVER).prefixed("CacheToolsUtils.").json());
    run_cached!(C1);
    assert_eq!(C1.len()?, 50);
    assert_eq!(C1.get(r#"[1,"a",true]"#)?, Some(111));
    assert_eq!(C1.get("[3,null,false]")?, Some(-17));
    Ok(())
}

/// The stack that a Python program shares, with its `JsonSerde` and a prefix of the client's.
#[test]
fn test_stats_memcached() -> ctu::Result<()> {
    static SERVER: LazyLock<MemcachedServer> = LazyLock::new(MemcachedServer::start);
    static C0: LazyLock<MemcachedCache> = LazyLock::new(|| {
        MemcachedCache::builder(&SERVER.url()).namespace("ctu.").build().expect("the settings are right")
    });
    static C1: LazyLock<JsonSerdeCache<&MemcachedCache>> = LazyLock::new(|| (&*C0).json_serde());
    run_cached!(C1);
    assert_eq!(C1.len().unwrap_err().kind(), ErrorKind::Unsupported, "the server counts no namespace");
    assert_eq!(memcached(&SERVER).len()?, 50);
    assert_eq!(C1.get(r#"[1,"a",true]"#)?, Some(111));
    assert_eq!(C1.get("[3,null,false]")?, Some(-17));
    let stats = C1.stats()?; // the server's own
    assert_eq!((stats.reads, stats.hits), (1_002, 952));
    assert!(C1.stats()?.hit_rate() > 0.9);

    let key = KEY.as_bytes();
    C1.set(KEY, &VAL.to_owned())?;
    assert_eq!(C0.get(key)?, Some(Flagged { flags: 2, data: VAL.into() }));
    assert_eq!(C1.get(KEY)?, Some(VAL.to_owned()));
    C1.set(KEY, &65_536)?;
    assert_eq!(C0.get(key)?, Some(Flagged { flags: 3, data: "65536".into() }));
    assert_eq!(C1.get(KEY)?, Some(65_536));
    assert!(Cache::<str, i64>::remove(&*C1, KEY)?);
    assert_eq!(Cache::<str, i64>::get(&*C1, KEY)?, None);
    Ok(())
}
