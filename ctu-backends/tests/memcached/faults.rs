//! Servers that go, stall and come back.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use ctu_backends::MemcachedCache;
use ctu_core::{AsyncCache, Cache, ErrorKind, Ttl};
use servers::MemcachedServer;

use crate::support::{Proxy, Setup, Subject, Watch, key, on_both, value};

const SHORT: Duration = Duration::from_millis(20);

#[test]
fn law2_harmless_a_server_that_is_down_at_the_start_may_come_later() {
    let server = MemcachedServer::start();
    let builder = || Setup::new(&server.url()).connect_timeout(SHORT).response_timeout(SHORT);
    on_both(builder, |cache| {
        server.kill();
        let watch = Watch::new();
        cache.every_operation(|name, run| {
            let error = watch.within(SHORT, name, run).expect(name);
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{name}");
            assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
        });
        server.restart_on_same_port();
        recovers(cache);
    });
}

/// Within two seconds, without help.
fn recovers(cache: &Subject) {
    let start = Instant::now();
    while cache.put(b"k", &value(1), Ttl::Default).is_err() {
        assert!(start.elapsed() < Duration::from_secs(2), "it does not recover");
        thread::sleep(Duration::from_millis(1));
    }
    while cache.get(b"k").is_err() {
        assert!(start.elapsed() < Duration::from_secs(2), "it does not recover");
    }
}

#[test]
fn law2_harmless_a_server_that_stops_costs_each_call_its_deadline() {
    let server = MemcachedServer::start();
    let builder = || Setup::new(&server.url()).connect_timeout(SHORT).response_timeout(SHORT);
    on_both(builder, |cache| {
        for n in 0..50 {
            while cache.put(&key(n), &value(n), Ttl::Default).is_err() {}
        }
        let watch = Watch::new();
        let (mut late, mut hits) = (0, 0);
        for call in 0..1_000 {
            match call {
                450 => server.pause(),
                550 => server.resume(),
                _ => {}
            }
            let n = call % 50;
            match watch.within(SHORT, "a call", || cache.get(&key(n))) {
                Ok(Some(found)) => {
                    assert_eq!(found, value(n));
                    hits += 1;
                }
                Ok(None) => panic!("the value was there"),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Timeout);
                    late += 1;
                }
            }
        }
        assert!(late >= 95, "{late} calls were late while the server was stopped");
        assert!(hits >= 500, "{hits} hits");
        server.pause();
        cache.every_operation(|name, run| {
            let error = watch.within(SHORT, name, run).expect(name);
            assert_eq!(error.kind(), ErrorKind::Timeout, "{name}");
            assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
        });
        // A new one: this one would yet do what it was asked to, the flush too.
        server.restart_on_same_port();
    });
}

#[test]
fn law2_harmless_a_server_that_is_killed_and_comes_back_is_used_again() {
    let server = MemcachedServer::start();
    let builder = || Setup::new(&server.url());
    on_both(builder, |cache| {
        cache.put(b"k", &value(1), Ttl::Default).unwrap();
        server.kill();
        assert_eq!(cache.get(b"k").unwrap_err().kind(), ErrorKind::Unavailable);
        server.restart_on_same_port();
        recovers(cache);
        // While nobody looked: not even one call fails.
        server.restart_on_same_port();
        assert_eq!(cache.get(b"k").unwrap(), None);
        assert_eq!(cache.get(b"k").unwrap(), None);
        assert_eq!(cache.stats().unwrap().errors, 1);
    });
}

#[test]
fn law2_harmless_broken_connections_are_replaced_unnoticed() {
    let server = MemcachedServer::start();
    let proxy = Proxy::new(server.port(), || ());
    let builder = || Setup::new(&proxy.url()).response_timeout(Duration::from_secs(5));
    let cache = builder().build().unwrap();
    for round in 0..5 {
        // A connection for each of the threads.
        thread::scope(|scope| {
            for n in 0..8 {
                let cache = &cache;
                scope.spawn(move || {
                    for _ in 0..20 {
                        cache.put(&*key(n), &value(n), Ttl::Default).unwrap();
                        assert_eq!(Cache::get(cache, &*key(n)).unwrap(), Some(value(n)), "round {round}");
                    }
                });
            }
        });
        proxy.sever();
    }
    on_both(builder, |cache| {
        for n in 0..20 {
            cache.put(&key(n), &value(n), Ttl::Default).unwrap();
            proxy.sever();
            assert_eq!(cache.get(&key(n)).unwrap(), Some(value(n)));
            proxy.sever();
            assert!(cache.remove(&key(n)).unwrap());
        }
    });
}

#[test]
fn law2_harmless_a_server_that_is_flushed_has_misses() {
    let server = MemcachedServer::start();
    on_both(
        || Setup::new(&server.url()),
        |cache| {
            cache.put(b"k", &value(1), Ttl::Default).unwrap();
            MemcachedCache::open(&server.url()).unwrap().flush_server().unwrap();
            assert_eq!(cache.get(b"k").unwrap(), None);
            cache.put(b"k", &value(2), Ttl::Default).unwrap();
            assert_eq!(cache.get(b"k").unwrap(), Some(value(2)));
        },
    );
}

#[test]
fn law2_harmless_whoever_waits_for_a_connection_waits_no_longer_than_the_deadline() {
    let server = MemcachedServer::start();
    let cache = Setup::new(&server.url()).response_timeout(SHORT * 20).pool_size(2).build().unwrap();
    let ask = |check: &(dyn Fn(ctu_core::Result<Option<Bytes>>) + Sync)| {
        let watch = Watch::new();
        thread::scope(|scope| {
            for n in 0..12 {
                let (cache, watch) = (&cache, &watch);
                scope.spawn(move || check(watch.within(SHORT * 20, "a call", || cache.get(&*key(n)))));
            }
        });
    };
    ask(&|found| assert_eq!(found.unwrap(), None));
    server.pause();
    ask(&|found| assert_eq!(found.unwrap_err().kind(), ErrorKind::Timeout));
    server.resume();
    ask(&|found| assert_eq!(found.unwrap(), None));
}

#[test]
fn law2_harmless_a_host_is_found_by_its_name_or_is_an_error_in_time() {
    let server = MemcachedServer::start();
    on_both(
        || Setup::new(&format!("memcached://localhost:{}", server.port())),
        |cache| cache.put(b"k", &value(1), Ttl::Default).unwrap(),
    );
    let builder = || Setup::new("memcached://there-is-no-such-host.invalid").connect_timeout(SHORT * 20);
    on_both(builder, |cache| {
        let error = Watch::new().within(SHORT * 20, "a call", || cache.get(b"k")).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Timeout), "{error:?}");
    });
}

/// Passes every piece of a reply on, a tenth of them after the deadline.
fn stalling(server: &MemcachedServer, deadline: Duration) -> Proxy {
    let seed = AtomicU64::new(1);
    Proxy::new(server.port(), move || {
        let mut x = seed.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        if (x >> 32).is_multiple_of(10) {
            // From 0.8 to 1.5 deadlines.
            thread::sleep(deadline * (8 + (x >> 40) as u32 % 8) / 10);
        }
    })
}

#[test]
fn law1_exact_a_late_reply_is_not_taken_for_the_next_answer() {
    let server = MemcachedServer::start();
    let deadline = Duration::from_millis(10);
    let direct = MemcachedCache::open(&server.url()).unwrap();
    (0..100).for_each(|n| direct.put(&*key(n), &value(n), Ttl::Default).unwrap());
    let proxy = stalling(&server, deadline);
    let builder = || Setup::new(&proxy.url()).response_timeout(deadline).pool_size(4);
    let cache = builder().build().unwrap();
    let (late, hits) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let check = |n: usize, found: ctu_core::Result<Option<Bytes>>| match found {
        Ok(Some(found)) => {
            assert_eq!(found, value(n));
            hits.fetch_add(1, Ordering::Relaxed);
        }
        Ok(None) => panic!("the value was there"),
        Err(_) => {
            late.fetch_add(1, Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        for worker in 0..8 {
            let (cache, check) = (&cache, &check);
            scope.spawn(move || {
                for call in 0..1_250 {
                    let n = (worker * 31 + call * 7) % 100;
                    if call % 10 == 0 {
                        let others = [n, (n + 1) % 100, (n + 2) % 100].map(key);
                        let found = cache.get_many(&[&*others[0], &*others[1], &*others[2]]);
                        let found = found.map(|found| found.into_iter().enumerate().collect::<Vec<_>>());
                        found.into_iter().flatten().for_each(|(i, found)| check((n + i) % 100, Ok(found)));
                    } else {
                        check(n, cache.get(&*key(n)));
                    }
                }
            });
        }
    });
    let (late, hits) = (late.into_inner(), hits.into_inner());
    assert!(late > 100 && hits > 5_000, "{late} late, {hits} hits");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn law1_exact_late_replies_and_abandoned_calls_disturb_no_other_async_call() {
    let server = MemcachedServer::start();
    let deadline = Duration::from_millis(10);
    let direct = MemcachedCache::open(&server.url()).unwrap();
    (0..100).for_each(|n| direct.put(&*key(n), &value(n), Ttl::Default).unwrap());
    let proxy = stalling(&server, deadline);
    let cache = Setup::new(&proxy.url()).response_timeout(deadline).pool_size(4).build_async().unwrap();
    let cache = std::sync::Arc::new(cache);
    let workers: Vec<_> = (0..8)
        .map(|worker| {
            let cache = std::sync::Arc::clone(&cache);
            tokio::spawn(async move {
                let mut hits = 0;
                for call in 0..1_250 {
                    let n = (worker * 31 + call * 7) % 100;
                    let key = key(n);
                    let get = AsyncCache::<[u8], Bytes>::get(&*cache, &key);
                    if call % 5 == 0 {
                        let _ = tokio::time::timeout(Duration::from_micros(200), get).await;
                        continue;
                    }
                    if let Ok(found) = get.await {
                        assert_eq!(found, Some(value(n)));
                        hits += 1;
                    }
                }
                hits
            })
        })
        .collect();
    let mut hits = 0;
    for worker in workers {
        hits += worker.await.unwrap();
    }
    assert!((4_000..8_000).contains(&hits), "{hits} hits");
}
