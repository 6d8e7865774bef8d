//! What the builder and the nodes refuse, and what is shown of a store.

use std::time::Duration;

use ctu_backends::{AnyCache, AsyncAnyCache, AsyncRedisClusterCache, RedisClusterCache};
use ctu_core::{AsyncCache, AsyncCacheExt, ErrorKind, Ttl};
use servers::{RedisCluster, RedisServer};

use crate::form::{Form, Options, bytes};
use crate::support::{cluster, on_both_cluster_forms, options};

on_both_cluster_forms! {
    opening_checks_the_url_only
    one_node_of_the_url_is_enough
    a_server_that_is_in_no_cluster_is_an_error_of_the_settings
    law7_silent_a_refused_login_is_an_error_without_the_password
}

async fn opening_checks_the_url_only<F: Form>() {
    // Nobody is there, and nobody is asked.
    F::build(&Options::new("redis-cluster://192.0.2.1:1,192.0.2.2:1")).map(drop).unwrap();
    for url in ["http://localhost", "redis-cluster://", "redis-cluster://:hunter2@one,two:x", "redis-cluster://one/1"] {
        let error = F::build(&Options::new(url)).map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(!format!("{error:?}{error}").contains("hunter2"));
    }
    let none = Options::new("redis-cluster://localhost").deadlines(Duration::ZERO, Duration::from_secs(1));
    assert!(F::build(&none).map(drop).unwrap_err().to_string().contains("connect_timeout"));
    let longest = Options::new(cluster().url()).deadlines(Duration::MAX, Duration::MAX);
    assert_eq!(F::open(&longest).get(b"none").await.unwrap(), None);
}

async fn one_node_of_the_url_is_enough<F: Form>() {
    let options = options();
    for node in cluster().nodes() {
        // By another name than the one it has in the cluster.
        let url = format!("redis://localhost:{}", node.port());
        let cache = F::open(&Options::new(url).namespace(&options.namespace));
        for n in 0..30 {
            cache.set(format!("key{n}").as_bytes(), &bytes("1")).await.unwrap();
        }
        assert_eq!(cache.len().await.unwrap(), 30);
    }
}

async fn a_server_that_is_in_no_cluster_is_an_error_of_the_settings<F: Form>() {
    let server = RedisServer::start();
    let error = F::open(&Options::new(server.url())).get(b"key").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config, "{error:?}");
    assert!(error.to_string().contains("`RedisCache`"), "{error}");
}

async fn law7_silent_a_refused_login_is_an_error_without_the_password<F: Form>() {
    let url = cluster().url().replace("://", "://:hunter2@");
    let error = F::open(&Options::new(url)).set(b"key", &bytes("hunter2")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config, "{error:?}");
    assert!(!format!("{error:?}{error}").contains("hunter2"));
}

#[tokio::test]
async fn a_url_of_any_store_opens_it() {
    let value = bytes("1");
    let (any, asynchronous) =
        (AnyCache::open(&cluster().url()).unwrap(), AsyncAnyCache::open(&cluster().url()).unwrap());
    for n in 0..10_u8 {
        ctu_core::Cache::put(&any, &[b'a', n], &value, Ttl::Default).unwrap();
        assert_eq!(asynchronous.get(&[b'a', n]).await.unwrap(), Some(value.clone()));
    }
}

/// Clusters whose nodes are told a password after they found each other.
#[test]
fn all_nodes_get_the_login_of_the_url() {
    let own = RedisCluster::start();
    for node in own.nodes() {
        assert_eq!(crate::form::raw(node.port(), "CONFIG SET requirepass sesame"), "+OK\r\n");
    }
    let cache = RedisClusterCache::open(&own.url().replace("://", "://:sesame@")).unwrap();
    for n in 0..30_u8 {
        ctu_core::CacheExt::set(&cache, &[n], &bytes("1")).unwrap();
    }
}

#[test]
fn law7_silent_debug_shows_the_nodes_without_the_login() {
    let url = "redis-cluster://someone:hunter2@localhost:7000,other:7001";
    let builder = RedisClusterCache::builder(url).namespace("shop.");
    let (one, two) = (RedisClusterCache::open(url).unwrap(), AsyncRedisClusterCache::open(url).unwrap());
    let text = format!("{builder:?} {one:?} {two:?}");
    assert!(text.contains("shop.") && text.contains("localhost:7000") && text.contains("other:7001"), "{text}");
    assert!(!text.contains("hunter2") && !text.contains("someone"), "{text}");
}

#[test]
fn an_async_store_outside_of_tokio_is_an_error() {
    let cache = AsyncRedisClusterCache::open(&cluster().url()).unwrap();
    let error = ctu_core::testing::block_on(AsyncCache::get(&cache, b"key".as_slice())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
}

#[test]
fn an_async_store_moves_from_runtime_to_runtime() {
    let cache = AsyncRedisClusterCache::builder(&cluster().url()).namespace("runtimes.").build().unwrap();
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (first, second) = (runtime(), runtime());
    first.block_on(cache.set(b"key", &bytes("1"))).unwrap();
    assert_eq!(second.block_on(cache.get(b"key")).unwrap(), Some(bytes("1")));
    drop(second);
    assert_eq!(first.block_on(cache.get(b"key")).unwrap(), Some(bytes("1")));
}

#[test]
fn threads_with_few_connections_never_wait_in_a_circle() {
    let cache = RedisClusterCache::builder(&cluster().url()).namespace("circle.").pool_size(1);
    let cache = cache.response_timeout(Duration::from_secs(20)).build().unwrap();
    let keys: Vec<Vec<u8>> = (0..20_u8).map(|n| vec![n]).collect();
    let forwards: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
    let backwards: Vec<&[u8]> = forwards.iter().rev().copied().collect();
    std::thread::scope(|scope| {
        for keys in [&forwards, &backwards, &forwards, &backwards] {
            scope.spawn(|| {
                for _ in 0..100 {
                    assert_eq!(ctu_core::Cache::get_many(&cache, keys).unwrap().len(), 20);
                    ctu_core::Store::stats(&cache).unwrap();
                }
            });
        }
    });
}
