//! Servers that stop, die and come back: each operation ends by its deadline, and what it finds is right.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ctu_core::{AsyncCacheExt, ErrorKind};
use servers::RedisServer;

use crate::form::{Form, Options, Stopwatch, bytes, every_operation, on_both_forms, raw};

on_both_forms! {
    law2_harmless_a_server_that_is_down_at_the_start
    law2_harmless_a_server_that_stops_in_the_middle
    law2_harmless_a_server_that_is_killed_and_comes_back
    law2_harmless_a_restart_between_two_questions_goes_unnoticed
    law2_harmless_connections_killed_by_the_server
    a_flushed_server_is_empty
    law2_harmless_a_host_that_does_not_answer
    law2_harmless_a_name_that_does_not_exist
}

const QUICK: Duration = Duration::from_millis(20);
const RECOVERY: Duration = Duration::from_secs(2);

async fn law2_harmless_a_server_that_is_down_at_the_start<F: Form>() {
    let server = RedisServer::start();
    server.kill();
    let deadlines = (Duration::from_millis(300), Duration::from_millis(200));
    let cache = F::open(&Options::new(server.url()).deadlines(deadlines.0, deadlines.1));
    let mut stopwatch = Stopwatch::new(Duration::ZERO);
    let failures = every_operation(&cache, &mut stopwatch).await;
    assert!(failures.iter().all(|failure| *failure == Some(ErrorKind::Unavailable)), "{failures:?}");
    stopwatch.check();
    server.restart_on_same_port();
    recovers(&cache).await;
}

async fn law2_harmless_a_server_that_stops_in_the_middle<F: Form>() {
    let server = RedisServer::start();
    F::open(&Options::new(server.url())).set(b"key", &bytes("value")).await.unwrap();
    let cache = F::open(&Options::new(server.url()).deadlines(QUICK, QUICK));
    let mut stopwatch = Stopwatch::new(QUICK * 2);
    let mut found = 0;
    for call in 0..1_000 {
        match call {
            350 => server.pause(),
            650 => {
                assert!(found > 300, "{found} of 350");
                found = 0;
                server.resume();
            }
            _ => {}
        }
        match stopwatch.time(cache.get(b"key")).await {
            Ok(value) => {
                assert_eq!(value, Some(bytes("value")));
                assert!(!(350..650).contains(&call));
                found += 1;
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}"),
        }
    }
    assert!(found > 250, "{found} of 350");
    stopwatch.check();
}

async fn law2_harmless_a_server_that_is_killed_and_comes_back<F: Form>() {
    let server = RedisServer::start();
    let cache = F::open(&Options::new(server.url()));
    for _ in 0..3 {
        cache.set(b"key", &bytes("value")).await.unwrap();
        assert_eq!(cache.get(b"key").await.unwrap(), Some(bytes("value")));
        server.kill();
        let mut stopwatch = Stopwatch::new(Duration::ZERO);
        for _ in 0..10 {
            assert_eq!(stopwatch.time(cache.get(b"key")).await.unwrap_err().kind(), ErrorKind::Unavailable);
        }
        stopwatch.check();
        server.restart_on_same_port();
        recovers(&cache).await;
        assert_eq!(cache.get(b"key").await.unwrap(), None);
    }
}

async fn law2_harmless_a_restart_between_two_questions_goes_unnoticed<F: Form>() {
    let server = RedisServer::start();
    let cache = Arc::new(F::open(&Options::new(server.url())));
    crowd(&cache).await;
    server.restart_on_same_port();
    cache.set(b"key", &bytes("new")).await.unwrap();
    crowd(&cache).await;
    assert_eq!(cache.get(b"key").await.unwrap(), Some(bytes("new")));
}

async fn law2_harmless_connections_killed_by_the_server<F: Form>() {
    let server = RedisServer::start();
    let cache = Arc::new(F::open(&Options::new(server.url())));
    cache.set(b"key", &bytes("value")).await.unwrap();
    for _ in 0..10 {
        crowd(&cache).await;
        raw(server.port(), "CLIENT KILL TYPE normal SKIPME yes");
        assert_eq!(cache.get(b"key").await.unwrap(), Some(bytes("value")));
    }
}

async fn a_flushed_server_is_empty<F: Form>() {
    let server = RedisServer::start();
    let cache = F::open(&Options::new(server.url()));
    cache.set(b"key", &bytes("value")).await.unwrap();
    raw(server.port(), "FLUSHALL");
    assert_eq!(cache.get(b"key").await.unwrap(), None);
    assert_eq!(cache.get_entry(b"key").await.unwrap(), None);
    assert!(!cache.contains(b"key").await.unwrap());
    assert!(!cache.remove(b"key").await.unwrap());
}

async fn law2_harmless_a_host_that_does_not_answer<F: Form>() {
    // An address that is for documentation only.
    let cache = F::open(&Options::new("redis://192.0.2.1:6390").deadlines(QUICK * 5, QUICK));
    let mut stopwatch = Stopwatch::new(QUICK * 6);
    let failures = every_operation(&cache, &mut stopwatch).await;
    let expected = [Some(ErrorKind::Timeout), Some(ErrorKind::Unavailable)];
    assert!(failures.iter().all(|failure| expected.contains(failure)), "{failures:?}");
    stopwatch.check();
}

async fn law2_harmless_a_name_that_does_not_exist<F: Form>() {
    let cache = F::open(&Options::new("redis://nobody.invalid").deadlines(QUICK * 5, QUICK));
    let mut stopwatch = Stopwatch::new(QUICK * 6);
    let failures = every_operation(&cache, &mut stopwatch).await;
    let expected = [Some(ErrorKind::Timeout), Some(ErrorKind::Unavailable)];
    assert!(failures.iter().all(|failure| expected.contains(failure)), "{failures:?}");
    stopwatch.check();
}

/// The server is back: so is the cache, by itself.
async fn recovers<F: Form>(cache: &F) {
    let start = Instant::now();
    while let Err(error) = cache.set(b"back", &bytes("1")).await {
        assert!(start.elapsed() < RECOVERY, "{error:?}");
    }
}

/// Many use the cache at a time, so that a pool holds several connections afterwards.
async fn crowd<F: Form>(cache: &Arc<F>) {
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let cache = Arc::clone(cache);
            tokio::spawn(async move { cache.get(b"crowd").await.map(drop) })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
}
