//! What the builder and the server refuse, and what is shown of a store.

use std::time::Duration;

use ctu_backends::{AsyncRedisCache, RedisCache};
use ctu_core::{AsyncCache, AsyncCacheExt, ErrorKind, Ttl};
use servers::RedisServer;

use crate::form::{Form, Options, bytes, on_both_forms};

on_both_forms! {
    opening_checks_the_url_only
    law7_silent_a_refused_login_is_an_error_without_the_password
    a_database_that_is_not_there_is_an_error_of_the_settings
    the_lifetime_by_default_can_be_set
}

async fn opening_checks_the_url_only<F: Form>() {
    // Nobody is there, and nobody is asked.
    F::build(&Options::new("redis://192.0.2.1:1")).map(drop).unwrap();
    for url in ["http://localhost", "redis://", "redis://:hunter2@localhost:x"] {
        let error = F::build(&Options::new(url)).map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(!format!("{error:?}{error}").contains("hunter2"));
    }
    let none = Options::new("redis://localhost").deadlines(Duration::ZERO, Duration::from_secs(1));
    assert!(F::build(&none).map(drop).unwrap_err().to_string().contains("connect_timeout"));
}

async fn law7_silent_a_refused_login_is_an_error_without_the_password<F: Form>() {
    let server = RedisServer::start_with(&["--requirepass", "open sesame"]);
    let with = |login: &str| F::open(&Options::new(format!("redis://{login}127.0.0.1:{}", server.port())));
    for login in ["", ":hunter2@", "hunter2:hunter2@"] {
        let error = with(login).set(b"key", &bytes("hunter2")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{error:?}");
        assert!(!format!("{error:?}{error}").contains("hunter2"));
    }
    with(":open%20sesame@").set(b"key", &bytes("1")).await.unwrap();
    assert_eq!(with("default:open%20sesame@").get(b"key").await.unwrap(), Some(bytes("1")));
    // One that needs none.
    let url = Options::shared().url.replace("redis://", "redis://:hunter2@");
    let error = F::open(&Options::new(url)).get(b"key").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config, "{error:?}");
}

async fn a_database_that_is_not_there_is_an_error_of_the_settings<F: Form>() {
    let url = format!("{}/4711", Options::shared().url);
    let error = F::open(&Options::new(url)).get(b"key").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config, "{error:?}");
    assert!(error.to_string().contains("database"), "{error}");
}

async fn the_lifetime_by_default_can_be_set<F: Form>() {
    let options = Options::shared();
    let cache = RedisCache::builder(&options.url).namespace(&options.namespace);
    ctu_core::Cache::put(&cache.ttl(Ttl::Never).build().unwrap(), b"endless", &bytes("1"), Ttl::Default).unwrap();
    let cache = AsyncRedisCache::builder(&options.url).namespace(&options.namespace);
    let cache = cache.ttl(Duration::from_secs(5)).build().unwrap();
    cache.set(b"short", &bytes("1")).await.unwrap();
    let cache = F::open(&options);
    assert_eq!(cache.get_entry(b"endless").await.unwrap().unwrap().ttl, None);
    assert!(cache.get_entry(b"short").await.unwrap().unwrap().ttl.unwrap() <= Duration::from_secs(5));
}

#[test]
fn law7_silent_debug_shows_the_address_without_the_login() {
    let url = "redis://someone:hunter2@localhost:7000/1";
    let builder = RedisCache::builder(url).namespace("shop.");
    let text = format!("{builder:?} {:?} {:?}", RedisCache::open(url).unwrap(), AsyncRedisCache::open(url).unwrap());
    assert!(text.contains("shop.") && text.contains("localhost:7000"), "{text}");
    assert!(!text.contains("hunter2") && !text.contains("someone"), "{text}");
}

#[test]
fn an_async_store_outside_of_tokio_is_an_error() {
    let cache = AsyncRedisCache::open(&Options::shared().url).unwrap();
    let error = ctu_core::testing::block_on(AsyncCache::get(&cache, b"key".as_slice())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
}

#[test]
fn an_async_store_moves_from_runtime_to_runtime() {
    let cache = AsyncRedisCache::builder(&Options::shared().url).namespace("runtimes.").build().unwrap();
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (first, second) = (runtime(), runtime());
    first.block_on(cache.set(b"key", &bytes("1"))).unwrap();
    // The task of the connection rests with the first.
    assert_eq!(second.block_on(cache.get(b"key")).unwrap(), Some(bytes("1")));
    drop(second);
    assert_eq!(first.block_on(cache.get(b"key")).unwrap(), Some(bytes("1")));
}
