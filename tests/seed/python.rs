//! Keys and values that the Python library has on servers, byte for byte as version 11.0 writes them, for
//! `repeat("é", 2)` with `key=json_key`.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::LazyLock;

use bytes::Bytes;
use ctu::prelude::*;
use ctu::{Args, JsonCache, MemcachedCache, RedisCache, ToBytesCache, cached, json_key};
use servers::{MemcachedServer, RedisServer};

static REDIS: LazyLock<RedisServer> = LazyLock::new(RedisServer::start);

const VALUE: &str = r#""\u00e9\u00e9""#;

/// What the server holds under these bytes.
fn raw(key: &str) -> ctu::Result<Option<Bytes>> {
    RedisCache::open(&REDIS.url())?.get(key.as_bytes())
}

/// `PrefixedRedisCache(redis, "app.")`
#[test]
fn a_prefixed_redis_cache_is_shared_with_python() -> ctu::Result<()> {
    static CACHE: LazyLock<JsonCache<RedisCache>> = LazyLock::new(|| {
        let store = RedisCache::builder(&REDIS.url()).namespace("app.").build();
        store.expect("the url is right").json()
    });
    #[cached(cache = CACHE, prefix = "")]
    fn repeat(s: &str, n: usize) -> String {
        s.repeat(n)
    }
    assert_eq!(repeat("é", 2), "éé");
    assert_eq!(raw(r#"app.["\u00e9",2]"#)?, Some(VALUE.into()));
    Ok(())
}

/// `RedisCache(redis)` and `ToBytesCache(RedisCache(redis, raw=True))`
#[test]
fn a_redis_cache_is_shared_with_python() -> ctu::Result<()> {
    static CACHE: LazyLock<ToBytesCache<RedisCache>> = LazyLock::new(|| {
        let store = RedisCache::open(&REDIS.url());
        store.expect("the url is right").to_bytes()
    });
    #[cached(cache = CACHE, prefix = "")]
    fn repeat(s: &str, n: usize) -> String {
        s.repeat(n)
    }
    assert_eq!(repeat("é", 2), "éé");
    assert_eq!(raw(r#""[\"\\u00e9\",2]""#)?, Some(VALUE.into()));
    Ok(())
}

/// `PrefixedMemCached(Client(serde=JsonSerde()), "app.")`
#[test]
fn a_prefixed_memcached_is_shared_with_python() -> ctu::Result<()> {
    let server = MemcachedServer::start();
    let cache = MemcachedCache::builder(&server.url()).namespace("app.").build()?.json_serde();
    let key = json_key(&Args(("é", &2)))?;
    cache.set(key.as_bytes(), &"éé".to_owned())?;

    let address = server.url().replace("memcached://", "");
    let mut connection = TcpStream::connect(address).expect("the server listens");
    connection.write_all(b"get app.TOwR_Ffe5~A}lgp\r\nquit\r\n").expect("the server reads");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("the server answers and closes");
    assert_eq!(answer, "VALUE app.TOwR_Ffe5~A}lgp 2 4\r\néé\r\nEND\r\n");
    Ok(())
}
