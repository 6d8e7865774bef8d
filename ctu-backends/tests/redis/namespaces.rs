//! A namespace's keys are its own, and only they are cleared.

use ctu_core::{AsyncCacheExt, ErrorKind, Ttl};
use servers::RedisServer;

use crate::form::{Form, Options, bytes, on_both_forms, raw};

on_both_forms! {
    law5_apart_clear_removes_the_namespace_only
    law5_apart_a_namespace_is_no_pattern
    clear_without_a_namespace_says_what_to_do
    clear_and_len_see_thousands_of_keys
    flush_server_removes_everything
}

async fn law5_apart_clear_removes_the_namespace_only<F: Form>() {
    let options = Options::shared();
    let one = F::open(&options.clone().namespace("apart.one."));
    let two = F::open(&options.namespace("apart.two."));
    one.set(b"key", &bytes("1")).await.unwrap();
    two.set(b"key", &bytes("2")).await.unwrap();
    assert_eq!((one.len().await.unwrap(), two.len().await.unwrap()), (1, 1));
    one.clear().await.unwrap();
    assert_eq!(one.get(b"key").await.unwrap(), None);
    assert_eq!(two.get(b"key").await.unwrap(), Some(bytes("2")));
    two.clear().await.unwrap();
}

async fn law5_apart_a_namespace_is_no_pattern<F: Form>() {
    let server = RedisServer::start();
    let options = Options::new(server.url());
    let all = F::open(&options);
    let odd: [&[u8]; 9] = [b"*", b"?", b"[a-z]", b"[^a]", b"\\", b"\\*", b"a\0b\r\n", b"\xff*", b"]"];
    for namespace in odd {
        all.put_many(&[(b"a", &bytes("1")), (b"ab", &bytes("2")), (b"zzz", &bytes("3"))], Ttl::Never).await.unwrap();
        let cache = F::open(&options.clone().namespace(namespace));
        assert!(cache.is_empty().await.unwrap());
        cache.set(b"key", &bytes("4")).await.unwrap();
        assert_eq!(cache.len().await.unwrap(), 1);
        cache.clear().await.unwrap();
        assert!(cache.is_empty().await.unwrap());
        assert_eq!(all.len().await.unwrap(), 3, "{}", namespace.escape_ascii());
    }
}

async fn clear_without_a_namespace_says_what_to_do<F: Form>() {
    let cache = F::open(&Options::shared().namespace(""));
    cache.set(b"unnamed", &bytes("1")).await.unwrap();
    let error = cache.clear().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("namespace") && error.to_string().contains("flush_server()"), "{error}");
    assert!(cache.contains(b"unnamed").await.unwrap());
}

async fn clear_and_len_see_thousands_of_keys<F: Form>() {
    let cache = F::open(&Options::shared());
    let value = bytes("1");
    let keys: Vec<Vec<u8>> = (0..5_000).map(|n| format!("key{n}").into_bytes()).collect();
    let entries: Vec<_> = keys.iter().map(|key| (key.as_slice(), &value)).collect();
    cache.put_many(&entries, Ttl::Default).await.unwrap();
    assert_eq!(cache.len().await.unwrap(), 5_000);
    cache.clear().await.unwrap();
    assert_eq!(cache.len().await.unwrap(), 0);
}

async fn flush_server_removes_everything<F: Form>() {
    let server = RedisServer::start();
    let cache = F::open(&Options::new(format!("{}/3", server.url())).namespace("mine."));
    cache.set(b"key", &bytes("1")).await.unwrap();
    assert_eq!(raw(server.port(), "SET other 1"), "+OK\r\n");
    cache.flush_server().await.unwrap();
    assert!(cache.is_empty().await.unwrap());
    assert_eq!(raw(server.port(), "DBSIZE"), ":0\r\n");
}
