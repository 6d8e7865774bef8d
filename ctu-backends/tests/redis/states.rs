//! Servers that answer, but refuse: replicas after a failover, servers without memory, users without rights.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering::SeqCst};
use std::thread;

use bytes::Bytes;
use ctu_core::{AsyncCacheExt, ErrorKind, Ttl};
use servers::RedisServer;

use crate::fake;
use crate::form::{Form, Options, bytes, on_both_forms, raw};

on_both_forms! {
    law2_harmless_a_failover_behind_the_urls_name_is_followed
    law6_bounded_a_replica_is_not_asked_on_ever_new_connections
    law6_bounded_a_server_that_loads_its_data_is_asked_on_one_connection
    law2_harmless_a_server_without_memory_refuses_values_only
    law7_silent_a_user_without_rights_is_told_what_to_do
}

/// A port that leads to another one: new connections do when it is changed.
fn forward(to: &Arc<AtomicU16>) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let (port, to) = (listener.local_addr().unwrap().port(), Arc::clone(to));
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let server = TcpStream::connect(("127.0.0.1", to.load(SeqCst))).unwrap();
            for (mut from, mut to) in [(client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client)] {
                thread::spawn(move || {
                    let _ = io::copy(&mut from, &mut to);
                    let _ = to.shutdown(Shutdown::Both);
                });
            }
        }
    });
    port
}

async fn law2_harmless_a_failover_behind_the_urls_name_is_followed<F: Form>() {
    let (first, second) = (RedisServer::start(), RedisServer::start());
    let target = Arc::new(AtomicU16::new(first.port()));
    let cache = Arc::new(F::open(&Options::new(format!("redis://127.0.0.1:{}", forward(&target)))));
    // Several connections, if there is a pool.
    let ask_all = || {
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                tokio::spawn({
                    let cache = Arc::clone(&cache);
                    async move { cache.get(b"key").await.unwrap() }
                })
            })
            .collect();
        async move {
            let mut found = Vec::new();
            for task in tasks {
                found.push(task.await.unwrap());
            }
            found
        }
    };
    cache.set(b"key", &bytes("old")).await.unwrap();
    assert_eq!(ask_all().await, vec![Some(bytes("old")); 8]);
    // A connection is kept for a second at least.
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;

    // It goes on to answer, as a replica of a server that it does not reach.
    assert!(raw(first.port(), "REPLICAOF 127.0.0.1 1").starts_with("+OK"));
    target.store(second.port(), SeqCst);
    cache.set(b"key", &bytes("new")).await.unwrap();
    assert_eq!(ask_all().await, vec![Some(bytes("new")); 8], "no connection to the first is left");
    let entries: [(&[u8], &Bytes); 2] = [(b"a", &bytes("1")), (b"b", &bytes("2"))];
    cache.put_many(&entries, Ttl::Default).await.unwrap();
    assert!(cache.remove(b"key").await.unwrap());
    assert!(raw(first.port(), "GET key").contains("old") && raw(second.port(), "DBSIZE").starts_with(":2"));
}

async fn law6_bounded_a_replica_is_not_asked_on_ever_new_connections<F: Form>() {
    let server = RedisServer::start();
    let cache = F::open(&Options::new(server.url()));
    cache.set(b"key", &bytes("value")).await.unwrap();
    raw(server.port(), "REPLICAOF 127.0.0.1 1");
    let connections = || {
        let stats = raw(server.port(), "INFO stats");
        let line = stats.lines().find_map(|line| line.strip_prefix("total_connections_received:")).unwrap();
        line.trim().parse::<usize>().unwrap()
    };
    let before = connections();
    let start = std::time::Instant::now();
    for _ in 0..200 {
        let error = cache.set(b"key", &bytes("other")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert_eq!(cache.get(b"key").await.unwrap(), Some(bytes("value")));
    }
    // Each look is a connection too.
    let made = connections() - before - 1;
    let seconds = usize::try_from(start.elapsed().as_secs()).unwrap();
    assert!(made <= 1 + seconds, "{made} connections in {seconds} s");
    raw(server.port(), "REPLICAOF NO ONE");
    cache.set(b"key", &bytes("other")).await.unwrap();
}

async fn law6_bounded_a_server_that_loads_its_data_is_asked_on_one_connection<F: Form>() {
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    let url = fake::server(move |mut commands| {
        counted.fetch_add(1, SeqCst);
        while commands.next().is_some() && commands.answer(b"-LOADING Redis is loading the dataset in memory\r\n") {}
    });
    let cache = F::open(&Options::new(url));
    for _ in 0..20 {
        assert_eq!(cache.get(b"key").await.unwrap_err().kind(), ErrorKind::Unavailable);
    }
    assert_eq!(connections.load(SeqCst), 1);
}

async fn law2_harmless_a_server_without_memory_refuses_values_only<F: Form>() {
    let server = RedisServer::start();
    let cache = F::open(&Options::new(server.url()));
    cache.set(b"key", &bytes("value")).await.unwrap();
    raw(server.port(), "CONFIG SET maxmemory 1");
    let error = cache.set(b"other", &bytes("value")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert!(error.to_string().contains("`maxmemory-policy`"), "{error}");
    let entries: [(&[u8], &Bytes); 2] = [(b"a", &bytes("1")), (b"b", &bytes("2"))];
    assert_eq!(cache.put_many(&entries, Ttl::Default).await.unwrap_err().kind(), ErrorKind::Limit);
    assert_eq!(cache.get(b"key").await.unwrap(), Some(bytes("value")));
    assert!(cache.remove(b"key").await.unwrap());
    raw(server.port(), "CONFIG SET maxmemory 0");
    cache.set(b"other", &bytes("value")).await.unwrap();
}

async fn law7_silent_a_user_without_rights_is_told_what_to_do<F: Form>() {
    let server = RedisServer::start();
    raw(server.port(), "ACL SETUSER hunter2 on >hunter2 ~app.* +get");
    let url = format!("redis://hunter2:hunter2@127.0.0.1:{}", server.port());
    let cache = F::open(&Options::new(url).namespace("app."));
    assert_eq!(cache.get(b"key").await.unwrap(), None);
    // A command, one in a transaction, and below a key.
    for error in [
        cache.set(b"key", &bytes("hunter2")).await.unwrap_err(),
        cache.get_entry(b"key").await.map(drop).unwrap_err(),
        F::open(&Options::new(format!("redis://hunter2:hunter2@127.0.0.1:{}", server.port())))
            .get(b"key")
            .await
            .unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Config, "{error:?}");
        assert!(error.to_string().contains("`ACL SETUSER`"), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}
