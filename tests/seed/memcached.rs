//! Stacks on a Memcached server: one for each test, as it can neither list nor clear the keys of a namespace.

use std::sync::LazyLock;

use bytes::Bytes;
use ctu::prelude::*;
use ctu::{EncryptedCache, ErrorKind, Flagged, JsonCache, MasterKey, MemcachedCache, PrefixedCache, ToBytesCache};
use servers::MemcachedServer;

use crate::{KEY, VAL, json, run_by_hand, run_cached};

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

/// The stack that a Python program shares, with its `JsonSerde` and a prefix of the client's. Its keys are bytes.
#[test]
fn test_stats_memcached() -> ctu::Result<()> {
    let server = MemcachedServer::start();
    let c0 = MemcachedCache::builder(&server.url()).namespace("ctu.").build()?;
    let c1 = (&c0).json_serde();
    run_by_hand::<[u8], _>(&c1, |i, s, b| json(i, s, b).into_bytes());
    run_by_hand::<[u8], _>(&c1, |i, s, b| json(i, s, b).into_bytes());
    assert_eq!(c1.len().unwrap_err().kind(), ErrorKind::Unsupported, "the server counts no namespace");
    assert_eq!(memcached(&server).len()?, 50);
    assert_eq!(c1.get(&br#"[1,"a",true]"#[..])?, Some(111));
    assert_eq!(c1.get(&b"[3,null,false]"[..])?, Some(-17));
    let stats = c1.stats()?; // the server's own
    assert_eq!((stats.reads, stats.hits), (1_002, 952));

    let key = KEY.as_bytes();
    c1.set(key, &VAL.to_owned())?;
    assert_eq!(c0.get(key)?, Some(Flagged { flags: 2, data: VAL.into() }));
    assert_eq!(c1.get(key)?, Some(VAL.to_owned()));
    c1.set(key, &65_536)?;
    assert_eq!(c0.get(key)?, Some(Flagged { flags: 3, data: "65536".into() }));
    assert_eq!(c1.get(key)?, Some(65_536));
    assert!(Cache::<[u8], i64>::remove(&c1, key)?);
    assert_eq!(Cache::<[u8], i64>::get(&c1, key)?, None);
    Ok(())
}
