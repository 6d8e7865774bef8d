//! What is stored is what is read, for as long as was asked for.

use std::time::Duration;

use bytes::Bytes;
use ctu_core::testing::Conformance;
use ctu_core::{AsyncCache, AsyncCacheExt, StackExt, Ttl};

use crate::form::{Form, Options, bytes, on_both_forms, raw};

on_both_forms! {
    keeps_the_contract
    keys_and_values_are_stored_as_they_are
    law1_exact_keys_of_any_bytes_stay_apart
    lifetimes_are_kept_to_the_millisecond
    entries_expire_after_ten_minutes_by_default
    a_key_of_another_type_is_a_miss_and_can_be_stored_over
    batches_are_one_command
    stats_are_those_of_the_server
    a_unix_socket_works_too
    law1_exact_typed_stacks_stand_on_it
}

async fn keeps_the_contract<F: Form>() {
    let suite = Conformance::<[u8], Bytes>::real_time(Duration::from_millis(400));
    suite.steps(1_000).check_async(|| F::open(&Options::shared())).await;
}

async fn keys_and_values_are_stored_as_they_are<F: Form>() {
    let options = Options::shared();
    F::open(&options).set(b"key", &bytes("value")).await.unwrap();
    let namespace = String::from_utf8(options.namespace.clone()).unwrap();
    assert_eq!(raw(options.port(), &format!("GET {namespace}key")), "$5\r\nvalue\r\n");
}

async fn law1_exact_keys_of_any_bytes_stay_apart<F: Form>() {
    let cache = F::open(&Options::shared());
    let injection = b"a\r\nDEL b\r\n*1\r\n$8\r\nFLUSHALL\r\n";
    let (long, longer) = (vec![b'k'; 10_000], vec![b'k'; 10_001]);
    let keys: [&[u8]; 12] =
        [b"", b" ", b"\0", b"\0\0", b"\r\n", b"a", b"a\r\n", b"a b", b"\xff\xfe", injection, &long, &longer];
    let values: Vec<Bytes> = keys.iter().map(|key| [b"<", *key, b">"].concat().into()).collect();
    for (key, value) in keys.iter().zip(&values) {
        assert!(!cache.contains(key).await.unwrap());
        cache.set(key, value).await.unwrap();
    }
    assert_eq!(cache.len().await.unwrap(), keys.len());
    let found = cache.get_many(&keys).await.unwrap();
    assert!(found.iter().map(Option::as_ref).eq(values.iter().map(Some)));
    for (key, value) in keys.iter().zip(&values) {
        assert_eq!(cache.get(key).await.unwrap().as_ref(), Some(value));
        assert!(cache.remove(key).await.unwrap());
    }
    assert!(cache.is_empty().await.unwrap());
}

async fn lifetimes_are_kept_to_the_millisecond<F: Form>() {
    let options = Options::shared();
    let cache = F::open(&options);
    let namespace = String::from_utf8(options.namespace.clone()).unwrap();
    let millis = |key: &str| -> i64 {
        raw(options.port(), &format!("PTTL {namespace}{key}")).trim_matches([':', '\r', '\n']).parse().unwrap()
    };
    cache.put(b"long", &bytes("1"), Ttl::After(Duration::from_millis(987_654_321))).await.unwrap();
    assert!((987_600_000..=987_654_321).contains(&millis("long")));
    let left = cache.get_entry(b"long").await.unwrap().unwrap().ttl.unwrap();
    assert!(left > Duration::from_secs(987_600) && left <= Duration::from_millis(987_654_321));
    // A nanosecond more is a millisecond more: never earlier than asked for.
    cache.put(b"odd", &bytes("1"), Ttl::After(Duration::from_nanos(100_000_000_001))).await.unwrap();
    assert!((90_000..=100_001).contains(&millis("odd")));
    cache.put(b"endless", &bytes("1"), Ttl::Never).await.unwrap();
    assert_eq!(millis("endless"), -1);
    assert_eq!(cache.get_entry(b"endless").await.unwrap().unwrap().ttl, None);
    cache.put(b"eternal", &bytes("1"), Ttl::After(Duration::MAX)).await.unwrap();
    assert!(cache.get_entry(b"eternal").await.unwrap().unwrap().ttl > Some(Duration::from_secs(1 << 40)));
    // Less than a millisecond is one, not an error of the server.
    cache.put(b"short", &bytes("1"), Ttl::After(Duration::from_nanos(1))).await.unwrap();
    cache.put(b"endless", &bytes("1"), Ttl::After(Duration::ZERO)).await.unwrap();
    assert_eq!(millis("endless"), -2);
}

async fn entries_expire_after_ten_minutes_by_default<F: Form>() {
    let cache = F::open(&Options::shared());
    cache.set(b"key", &bytes("1")).await.unwrap();
    cache.put_many(&[(b"one".as_slice(), &bytes("1")), (b"two", &bytes("2"))], Ttl::Default).await.unwrap();
    for key in [b"key".as_slice(), b"one", b"two"] {
        let left = cache.get_entry(key).await.unwrap().unwrap().ttl.unwrap();
        assert!(left > Duration::from_secs(540) && left <= Duration::from_secs(600));
    }
}

async fn a_key_of_another_type_is_a_miss_and_can_be_stored_over<F: Form>() {
    let options = Options::shared();
    let cache = F::open(&options);
    let list = format!("RPUSH {}list a b c", String::from_utf8(options.namespace.clone()).unwrap());
    assert_eq!(raw(options.port(), &list), ":3\r\n");
    cache.set(b"string", &bytes("1")).await.unwrap();
    assert_eq!(cache.get(b"list").await.unwrap(), None);
    assert_eq!(cache.get_entry(b"list").await.unwrap(), None);
    assert!(!cache.contains(b"list").await.unwrap());
    assert_eq!(cache.get_many(&[b"list", b"string"]).await.unwrap(), [None, Some(bytes("1"))]);
    cache.set(b"list", &bytes("2")).await.unwrap();
    assert_eq!(cache.get(b"list").await.unwrap(), Some(bytes("2")));
}

async fn batches_are_one_command<F: Form>() {
    let server = servers::RedisServer::start();
    let cache = F::open(&Options::new(server.url()));
    let keys: Vec<Vec<u8>> = (0..100).map(|n| format!("key{n}").into_bytes()).collect();
    let values: Vec<Bytes> = (0..100).map(|n| bytes(&format!("value{n}"))).collect();
    let entries: Vec<(&[u8], &Bytes)> = keys.iter().map(Vec::as_slice).zip(&values).collect();
    cache.put_many(&entries, Ttl::Default).await.unwrap();
    let keys: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
    let found = cache.get_many(&keys).await.unwrap();
    assert!(found.into_iter().eq(values.into_iter().map(Some)));
    assert!(cache.get_entry(b"key0").await.unwrap().is_some());
    assert!(cache.get_many(&[]).await.unwrap().is_empty());
    cache.put_many(&[], Ttl::Default).await.unwrap();
    assert!(raw(server.port(), "INFO commandstats").contains("cmdstat_mget:calls=1,"));
}

async fn stats_are_those_of_the_server<F: Form>() {
    let server = servers::RedisServer::start();
    let cache = F::open(&Options::new(server.url()));
    cache.set(b"key", &bytes("1")).await.unwrap();
    for _ in 0..3 {
        assert!(cache.get(b"key").await.unwrap().is_some());
    }
    assert!(cache.get(b"none").await.unwrap().is_none());
    let stats = cache.stats().await.unwrap();
    assert_eq!((stats.reads, stats.hits, stats.entries), (4, 3, Some(1)));
    assert!((stats.hit_rate() - 0.75).abs() < 1e-9);
}

async fn a_unix_socket_works_too<F: Form>() {
    let server = servers::RedisServer::start();
    let cache = F::open(&Options::new(format!("redis+unix://{}?db=1", server.socket().display())));
    cache.set(b"key", &bytes("1")).await.unwrap();
    assert_eq!(cache.get(b"key").await.unwrap(), Some(bytes("1")));
    assert_eq!(raw(server.port(), "EXISTS key"), ":0\r\n");
    server.pause();
    let quick = Duration::from_millis(20);
    let options = Options::new(format!("redis+unix://{}", server.socket().display())).deadlines(quick, quick);
    let (hasty, mut stopwatch) = (F::open(&options), crate::form::Stopwatch::new(quick * 2));
    for _ in 0..20 {
        assert!(stopwatch.time(hasty.get(b"key")).await.is_err());
    }
    stopwatch.check();
    server.resume();
}

async fn law1_exact_typed_stacks_stand_on_it<F: Form>() {
    let stack = F::open(&Options::shared()).prefixed("f.").json();
    let value = (String::from("é\n"), vec![1.5, -0.0], None::<u64>);
    AsyncCacheExt::set(&stack, "key", &value).await.unwrap();
    assert_eq!(stack.get("key").await.unwrap(), Some(value));
    stack.put("other", &7_u64, Ttl::After(Duration::from_secs(9))).await.unwrap();
    let entry: ctu_core::Entry<u64> = stack.get_entry("other").await.unwrap().unwrap();
    assert!(entry.value == 7 && entry.ttl.unwrap() <= Duration::from_secs(9));
    // What another type was stored as is a miss.
    let text: Option<String> = stack.get("other").await.unwrap();
    assert_eq!(text, None);
}
