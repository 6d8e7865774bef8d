//! What a store promises, on a server that behaves.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use ctu_backends::{AsyncMemcachedCache, MemcachedCache};
use ctu_core::testing::{Check, Conformance};
use ctu_core::{AsyncCache, Cache, ErrorKind, Flagged, StackExt, Ttl};
use servers::MemcachedServer;

use crate::support::{Setup, key, on_both, value};

static SERVER: LazyLock<MemcachedServer> = LazyLock::new(|| MemcachedServer::start_with(&["-m", "256"]));

/// A store of its own on the shared server.
fn builder() -> Setup {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    Setup::new(&SERVER.url()).namespace(format!("test{number}.")).response_timeout(Duration::from_secs(10))
}

#[test]
fn the_blocking_store_keeps_the_contract() {
    Conformance::<[u8], Bytes>::real_time(Duration::from_secs(2))
        .max_value_bytes(1_000_000)
        .check(|| builder().build().unwrap());
}

#[test]
fn stacks_of_layers_keep_the_contract() {
    // Lifetimes are the store's own, and waited for above.
    let checks = [Check::RoundTrip, Check::OddKeys, Check::OddValues, Check::GetMany, Check::PutMany, Check::Random];
    let suite = || Conformance::<str, String>::real_time(Duration::from_secs(2)).only(checks).steps(500);
    suite().check(|| builder().build().unwrap().json());
    suite().check(|| builder().build().unwrap().prefixed("f.").json());
    Conformance::<[u8], String>::real_time(Duration::from_secs(2))
        .only(checks)
        .steps(500)
        .check(|| builder().build().unwrap().json_serde());
}

#[tokio::test]
async fn the_async_store_keeps_the_contract() {
    Conformance::<[u8], Bytes>::real_time(Duration::from_secs(2))
        .max_value_bytes(1_000_000)
        .check_async(|| builder().build_async().unwrap())
        .await;
}

#[test]
fn keys_of_any_bytes_are_kept_apart_and_inject_nothing() {
    let keys: Vec<Vec<u8>> = [
        &b""[..],
        b" ",
        b"\0",
        b"\r\n",
        b"k\r\nflush_all\r\n",
        b"k v t\r\nms k 1\r\nx\r\n",
        "\u{e9}".as_bytes(),
        &[0xff; 3],
        &[b'k'; 200],
        &[b'k'; 201],
        &[b'k'; 10_000],
        &[b'k'; 10_001],
    ]
    .map(<[u8]>::to_vec)
    .to_vec();
    for namespace in ["", "unusual."] {
        on_both(
            || builder().namespace(namespace),
            |cache| {
                for (n, key) in keys.iter().enumerate() {
                    cache.put(key, &value(n), Ttl::Default).unwrap();
                }
                for (n, key) in keys.iter().enumerate() {
                    assert_eq!(cache.get(key).unwrap(), Some(value(n)), "{key:?}");
                }
                let borrowed: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
                let found = cache.get_many(&borrowed).unwrap();
                assert!(found.iter().enumerate().all(|(n, found)| *found == Some(value(n))));
                for key in &keys {
                    assert!(cache.remove(key).unwrap());
                    assert!(!cache.contains(key).unwrap());
                }
            },
        );
    }
}

#[test]
fn lifetimes_are_in_seconds_rounded_up() {
    on_both(builder, |cache| {
        let left = |ttl: Ttl| {
            cache.put(b"k", &value(1), ttl).unwrap();
            cache.get_entry(b"k").unwrap().unwrap().ttl
        };
        // The server's clock may tick in between.
        let about = |ttl: Option<Duration>, seconds| {
            let ttl = ttl.unwrap().as_secs();
            assert!(ttl == seconds || ttl == seconds - 1, "{ttl} of {seconds}");
        };
        about(left(Ttl::Default), 600);
        about(left(Ttl::After(Duration::from_millis(1_500))), 2);
        about(left(Ttl::After(Duration::from_secs(86_400 * 30))), 86_400 * 30);
        let long = left(Ttl::After(Duration::from_secs(86_400 * 31))).unwrap().as_secs();
        // By two clocks, one of which counts the seconds since it was started.
        assert!(long.abs_diff(86_400 * 31) <= 5, "{long}");
        assert!(left(Ttl::After(Duration::MAX)).unwrap().as_secs() > 86_400 * 365);
        assert_eq!(left(Ttl::Never), None);
        cache.put(b"k", &value(1), Ttl::After(Duration::ZERO)).unwrap();
        assert_eq!(cache.get(b"k").unwrap(), None);
        cache.put(b"k", &value(1), Ttl::After(Duration::from_nanos(1))).unwrap();
        assert!(cache.get_entry(b"k").unwrap().is_none_or(|entry| entry.ttl <= Some(Duration::from_secs(1))));
    });
}

#[test]
fn a_default_lifetime_may_be_without_end() {
    on_both(
        || builder().ttl(Ttl::Never),
        |cache| {
            cache.put(b"k", &value(1), Ttl::Default).unwrap();
            assert_eq!(cache.get_entry(b"k").unwrap().unwrap().ttl, None);
        },
    );
}

#[test]
fn law6_bounded_a_value_over_the_limit_is_refused_in_both_directions() {
    let limit = |error: ctu_core::Error| assert_eq!(error.kind(), ErrorKind::Limit);
    on_both(
        || builder().max_value(1_000),
        |cache| {
            let (fits, large) = (Bytes::from(vec![b'x'; 1_000]), Bytes::from(vec![b'y'; 1_001]));
            cache.put(b"k", &fits, Ttl::Default).unwrap();
            limit(cache.put(b"k", &large, Ttl::Default).unwrap_err());
            assert_eq!(cache.get(b"k").unwrap(), Some(fits.clone()));
            limit(cache.put_many(&[(b"a", &fits), (b"b", &large)], Ttl::Default).unwrap_err());
            assert_eq!(cache.get_many(&[b"a", b"b"]).unwrap(), [Some(fits), None]);
        },
    );
    let namespace = "large.";
    let other = builder().namespace(namespace).build().unwrap();
    other.put(&b"k"[..], &Bytes::from(vec![b'x'; 1_001]), Ttl::Default).unwrap();
    on_both(
        || builder().namespace(namespace).max_value(1_000),
        |cache| {
            limit(cache.get(b"k").unwrap_err());
            limit(cache.get_entry(b"k").unwrap_err());
            limit(cache.contains(b"k").unwrap_err());
            limit(cache.get_many(&[b"k"]).unwrap_err());
            assert_eq!(cache.get(b"other").unwrap(), None);
        },
    );
}

#[test]
fn law6_bounded_a_value_that_the_server_refuses_is_of_the_kind_limit() {
    on_both(builder, |cache| {
        let large = Bytes::from(vec![b'x'; 1 << 20]);
        cache.put(b"k", &value(1), Ttl::Default).unwrap();
        assert_eq!(cache.put(b"k", &large, Ttl::Default).unwrap_err().kind(), ErrorKind::Limit);
        assert_eq!(cache.get(b"k").unwrap(), None);
        let entries: [(&[u8], &Bytes); 3] = [(b"a", &value(1)), (b"b", &large), (b"c", &value(3))];
        assert_eq!(cache.put_many(&entries, Ttl::Default).unwrap_err().kind(), ErrorKind::Limit);
        assert_eq!(cache.get_many(&[b"a", b"b", b"c"]).unwrap(), [Some(value(1)), None, Some(value(3))]);
    });
}

#[test]
fn law5_apart_namespaces_do_not_see_each_other() {
    on_both(builder, |cache| {
        cache.put(b"k", &value(1), Ttl::Default).unwrap();
        let other = builder().build().unwrap();
        assert_eq!(Cache::<[u8], Bytes>::get(&other, b"k").unwrap(), None);
    });
}

#[test]
fn what_memcached_can_not_do_is_unsupported_and_says_the_cure() {
    on_both(builder, |cache| {
        cache.put(b"k", &value(1), Ttl::Default).unwrap();
        let error = cache.clear().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("flush_server"), "{error}");
        assert_eq!(cache.len().unwrap_err().kind(), ErrorKind::Unsupported);
        assert!(cache.contains(b"k").unwrap());
    });
}

#[test]
fn the_servers_figures_are_summed_up() {
    let servers = [MemcachedServer::start(), MemcachedServer::start()];
    let url = format!("memcached://127.0.0.1:{},127.0.0.1:{}", servers[0].port(), servers[1].port());
    on_both(
        || Setup::new(&url),
        |cache| {
            cache.flush_server().unwrap();
            let before = cache.stats().unwrap();
            for n in 0..100 {
                cache.put(&key(n), &value(n), Ttl::Default).unwrap();
                assert!(cache.get(&key(n)).unwrap().is_some());
                assert!(cache.get(&key(n + 1_000)).unwrap().is_none());
            }
            assert!(cache.remove(&key(0)).unwrap());
            let after = cache.stats().unwrap();
            assert_eq!(after.writes - before.writes, 100);
            assert_eq!(after.reads - before.reads, 200);
            assert_eq!(after.hits - before.hits, 100);
            assert_eq!(after.dels - before.dels, 1);
            assert_eq!((after.errors, after.entries), (0, Some(99)));
            assert_eq!(cache.len().unwrap(), 99);
            cache.flush_server().unwrap();
            assert_eq!(cache.get(&key(1)).unwrap(), None);
            cache.put(&key(1), &value(1), Ttl::Default).unwrap();
            assert_eq!(cache.get(&key(1)).unwrap(), Some(value(1)));
        },
    );
}

#[test]
fn flags_are_kept_for_those_who_ask_for_them() {
    let cache = builder().build().unwrap();
    let flagged = Flagged { flags: 7, data: "x".into() };
    cache.put(&b"k"[..], &flagged, Ttl::Default).unwrap();
    assert_eq!(cache.get(&b"k"[..]).unwrap(), Some(flagged));
    assert_eq!(cache.get(&b"k"[..]).unwrap(), Some(Bytes::from("x")));
    cache.put(&b"k"[..], &Bytes::from("y"), Ttl::Default).unwrap();
    assert_eq!(cache.get(&b"k"[..]).unwrap(), Some(Flagged { flags: 0, data: "y".into() }));
}

#[test]
fn stacks_of_layers_sit_on_the_store() {
    let cache = builder().build().unwrap().json();
    cache.put("numbers", &vec![1, 2, 3], Ttl::Default).unwrap();
    assert_eq!(cache.get("numbers").unwrap(), Some(vec![1, 2, 3]));
    let serde = builder().build().unwrap().json_serde();
    serde.put(&b"text"[..], &"hello".to_owned(), Ttl::Default).unwrap();
    assert_eq!(serde.get(&b"text"[..]).unwrap(), Some("hello".to_owned()));
}

#[test]
fn one_async_store_serves_several_runtimes() {
    let cache = builder().build_async().unwrap();
    let cache: &'static AsyncMemcachedCache = Box::leak(Box::new(cache));
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let check = async || {
        cache.put(&b"k"[..], &value(1), Ttl::Default).await.unwrap();
        assert_eq!(cache.get(&b"k"[..]).await.unwrap(), Some(value(1)));
    };
    // One that is not driven any more, then one that has ended.
    let first = runtime();
    first.block_on(check());
    runtime().block_on(check());
    runtime().block_on(check());
    first.block_on(check());
}

#[test]
fn law2_harmless_without_a_runtime_the_async_store_is_an_error() {
    let cache = builder().build_async().unwrap();
    let error = ctu_core::testing::block_on(AsyncCache::<[u8], Bytes>::get(&cache, b"k")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("runtime"), "{error}");
}

#[test]
fn wrong_settings_are_named() {
    let error = |builder: Setup| {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        error.to_string()
    };
    let good = || Setup::new("memcached://localhost");
    assert!(good().build().is_ok());
    assert!(error(good().namespace("a b")).contains("namespace"));
    assert!(error(good().pool_size(0)).contains("pool"));
    assert!(error(good().response_timeout(Duration::ZERO)).contains("timeout"));
    assert!(error(good().connect_timeout(Duration::ZERO)).contains("timeout"));
    assert!(error(Setup::new("memcached://user:secret@host")).contains("password"));
    assert!(good().connect_timeout(Duration::MAX).response_timeout(Duration::MAX).build().is_ok());
    assert!(!format!("{:?}", MemcachedCache::builder("memcached://user:secret@host")).contains("secret"));
}
