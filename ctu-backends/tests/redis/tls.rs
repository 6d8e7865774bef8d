//! `rediss://` urls, with a server whose certificate is signed by an authority that only these tests know.

use std::net::TcpListener;
use std::time::Duration;

use ctu_backends::{AsyncRedisCache, RedisCache};
use ctu_core::{AsyncCacheExt, ErrorKind};
use servers::RedisServer;

use crate::form::{Blocking, CERTIFICATES, Form, Options, Stopwatch, bytes, in_another_process, raw, run};

/// A server and its url, with these settings too.
fn server_with(settings: &[&str]) -> (RedisServer, String) {
    let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let (port, file) = (port.to_string(), |name: &str| format!("{CERTIFICATES}/{name}"));
    let (certificate, key, authority) = (file("server.pem"), file("server.key"), file("ca.pem"));
    let files = ["--tls-cert-file", &certificate, "--tls-key-file", &key, "--tls-ca-cert-file", &authority];
    let server = RedisServer::start_with(&[&["--tls-port", &port][..], &files, settings].concat());
    (server, format!("rediss://localhost:{port}/1"))
}

fn server() -> (RedisServer, String) {
    server_with(&["--tls-auth-clients", "no"])
}

async fn works<F: Form>() {
    let (server, url) = server();
    let cache = F::open(&Options::new(&url));
    cache.set(b"key", &bytes("value")).await.unwrap();
    assert_eq!(cache.get(b"key").await.unwrap(), Some(bytes("value")));
    let long = bytes(&"x".repeat(1 << 20));
    cache.set(b"long", &long).await.unwrap();
    assert_eq!(cache.get(b"long").await.unwrap(), Some(long));
    raw(server.port(), "CLIENT KILL TYPE normal SKIPME yes");
    assert_eq!(cache.get(b"key").await.unwrap(), Some(bytes("value")));

    let deadline = Duration::from_millis(100);
    let hasty = F::open(&Options::new(&url).deadlines(deadline, deadline));
    server.pause();
    let mut stopwatch = Stopwatch::new(deadline * 2);
    for _ in 0..10 {
        assert_eq!(stopwatch.time(hasty.get(b"key")).await.unwrap_err().kind(), ErrorKind::Timeout);
    }
    stopwatch.check();
    server.resume();
}

/// Asks the server at a url, which is an error that says what to do, and nothing of the login.
async fn refused<F: Form>(url: &str, cure: &str) {
    let error = F::open(&Options::new(url.replace("://", "://:hunter2@"))).get(b"key").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config, "{error:?}");
    assert!(error.to_string().contains(cure), "{error}");
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
}

async fn distrusts<F: Form>() {
    let (_server, url) = server();
    refused::<F>(&url, "`SSL_CERT_FILE`").await;
}

async fn tells_what_is_wrong<F: Form>() {
    let (_server, url) = server_with(&["--tls-auth-clients", "no", "--bind", "127.0.0.1 127.0.0.2"]);
    refused::<F>(&url.replace("localhost", "127.0.0.2"), "not for the url's host").await;
    // The server asks for one unless it is told not to.
    let (_server, url) = server_with(&[]);
    refused::<F>(&url, "`tls-auth-clients no`").await;
    let plain = crate::fake::parrot_of_bytes(b"-ERR unknown command\r\n");
    refused::<F>(&plain.replace("redis:", "rediss:"), "use `redis://`").await;
}

/// What is trusted is read from the environment: this and the next are run in processes of their own, by those below.
#[test]
#[ignore = "needs its environment"]
fn with_the_authority() {
    run(works::<Blocking<RedisCache>>());
    run(works::<AsyncRedisCache>());
    run(tells_what_is_wrong::<Blocking<RedisCache>>());
    run(tells_what_is_wrong::<AsyncRedisCache>());
}

#[test]
#[ignore = "needs its environment"]
fn with_another_authority() {
    run(distrusts::<Blocking<RedisCache>>());
    run(distrusts::<AsyncRedisCache>());
}

#[test]
fn a_server_with_a_trusted_certificate_is_used() {
    in_another_process("tls::with_the_authority", "ca.pem");
}

#[test]
fn a_server_with_an_unknown_certificate_is_refused() {
    in_another_process("tls::with_another_authority", "stranger.pem");
}
