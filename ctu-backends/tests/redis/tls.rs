//! `rediss://` urls, with a server whose certificate is signed by an authority that only these tests know.

use std::net::TcpListener;
use std::process::Command;
use std::time::Duration;

use ctu_backends::AsyncRedisCache;
use ctu_core::{AsyncCacheExt, ErrorKind};
use servers::RedisServer;

use crate::form::{Blocking, Form, Options, Stopwatch, bytes, raw, run};

const CERTIFICATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/redis/certificates");

/// A server and its url.
fn server() -> (RedisServer, String) {
    let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let file = |name: &str| format!("{CERTIFICATES}/{name}");
    let server = RedisServer::start_with(&[
        "--tls-port",
        &port.to_string(),
        "--tls-cert-file",
        &file("server.pem"),
        "--tls-key-file",
        &file("server.key"),
        "--tls-ca-cert-file",
        &file("ca.pem"),
        "--tls-auth-clients",
        "no",
    ]);
    (server, format!("rediss://localhost:{port}/1"))
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

async fn distrusts<F: Form>() {
    let (_server, url) = server();
    let error = F::open(&Options::new(&url)).get(b"key").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Config | ErrorKind::Other), "{error:?}");
}

/// What is trusted is read from the environment: this and the next are run in processes of their own, by those below.
#[test]
#[ignore = "needs its environment"]
fn with_the_authority() {
    run(works::<Blocking>());
    run(works::<AsyncRedisCache>());
}

#[test]
#[ignore = "needs its environment"]
fn with_another_authority() {
    run(distrusts::<Blocking>());
    run(distrusts::<AsyncRedisCache>());
}

fn in_another_process(test: &str, authority: &str) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored"]).env("SSL_CERT_FILE", format!("{CERTIFICATES}/{authority}"));
    let output = command.env_remove("SSL_CERT_DIR").output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && shown.contains("1 passed"), "{shown}");
}

#[test]
fn a_server_with_a_trusted_certificate_is_used() {
    in_another_process("tls::with_the_authority", "ca.pem");
}

#[test]
fn a_server_with_an_unknown_certificate_is_refused() {
    in_another_process("tls::with_another_authority", "stranger.pem");
}
