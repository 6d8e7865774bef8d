//! Nodes that stop, die and come back: each operation ends by its deadline, and other nodes' keys are served.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ctu_core::{AsyncCache, AsyncCacheExt, ErrorKind, Ttl};
use servers::RedisCluster;

use crate::form::{Form, Options, Stopwatch, bytes, every_operation, raw};
use crate::support::{key_on_each, on_both_cluster_forms};

on_both_cluster_forms! {
    law2_harmless_a_cluster_that_is_down_at_the_start
    law2_harmless_a_node_that_stops_costs_its_own_keys_the_deadline
    law2_harmless_a_node_that_is_killed_and_comes_back
    law2_harmless_nodes_of_the_url_that_are_gone
    law2_harmless_connections_killed_by_the_nodes
}

const QUICK: Duration = Duration::from_millis(200);
const RECOVERY: Duration = Duration::from_secs(2);

async fn law2_harmless_a_cluster_that_is_down_at_the_start<F: Form>() {
    let cluster = RedisCluster::start();
    cluster.nodes().iter().for_each(servers::RedisServer::kill);
    let cache = F::open(&Options::new(cluster.url()).deadlines(QUICK, QUICK));
    let mut stopwatch = Stopwatch::new(Duration::ZERO);
    let failures = every_operation(&cache, &mut stopwatch).await;
    assert!(failures.iter().all(|failure| *failure == Some(ErrorKind::Unavailable)), "{failures:?}");
    stopwatch.check();
    cluster.nodes().iter().for_each(servers::RedisServer::restart_on_same_port);
    cluster.wait();
    for key in key_on_each(&cluster) {
        recovers(&cache, &key).await;
    }
}

async fn law2_harmless_a_node_that_stops_costs_its_own_keys_the_deadline<F: Form>() {
    let cluster = RedisCluster::start();
    let keys = key_on_each(&cluster);
    let value = bytes("value");
    for (stopped, connected) in [(0, true), (1, true), (2, false)] {
        let cache = F::open(&Options::new(cluster.url()).deadlines(QUICK, QUICK));
        if connected {
            for key in &keys {
                cache.put(key, &value, Ttl::Never).await.unwrap();
            }
        }
        cluster.nodes()[stopped].pause();
        // Connecting works: it is the system that does it.
        let (mut late, mut prompt) = (Stopwatch::new(QUICK), Stopwatch::new(Duration::ZERO));
        for _ in 0..5 {
            for (node, key) in keys.iter().enumerate() {
                if node == stopped {
                    let error = late.time(cache.get(key)).await.unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
                } else {
                    assert_eq!(prompt.time(cache.get(key)).await.unwrap(), Some(value.clone()));
                }
            }
            let all: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
            let error = late.time(cache.get_many(&all)).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
        }
        let failures = every_operation(&cache, &mut late).await;
        assert!(failures.iter().all(|failure| matches!(failure, None | Some(ErrorKind::Timeout))), "{failures:?}");
        late.check();
        prompt.check();
        cluster.nodes()[stopped].resume();
        cluster.wait();
        for key in &keys {
            recovers(&cache, key).await;
            cache.put(key, &value, Ttl::Never).await.unwrap();
        }
    }
}

async fn law2_harmless_a_node_that_is_killed_and_comes_back<F: Form>() {
    let cluster = RedisCluster::start();
    let keys = key_on_each(&cluster);
    let cache = F::open(&Options::new(cluster.url()));
    for killed in [1, 0] {
        for key in &keys {
            cache.put(key, &bytes("value"), Ttl::Never).await.unwrap();
        }
        cluster.nodes()[killed].kill();
        let mut stopwatch = Stopwatch::new(Duration::ZERO);
        for (node, key) in keys.iter().enumerate().cycle().take(30) {
            match stopwatch.time(cache.get(key)).await {
                Err(error) => assert!(node == killed && error.kind() == ErrorKind::Unavailable, "{error:?}"),
                Ok(found) => assert!(node != killed && found == Some(bytes("value"))),
            }
        }
        stopwatch.check();
        cluster.nodes()[killed].restart_on_same_port();
        cluster.wait();
        recovers(&cache, &keys[killed]).await;
        let all: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
        assert_eq!(cache.get_many(&all).await.unwrap().iter().flatten().count(), 3);
    }
}

async fn law2_harmless_nodes_of_the_url_that_are_gone<F: Form>() {
    let cluster = RedisCluster::start();
    let last = cluster.nodes()[2].port();
    let keys = key_on_each(&cluster);
    // The first does not exist, the second is stopped: the third knows all, and has most of the time left.
    cluster.nodes()[1].pause();
    let url = format!("redis-cluster://127.0.0.1:1,127.0.0.1:{},127.0.0.1:{last}", cluster.nodes()[1].port());
    let cache = F::open(&Options::new(url).deadlines(QUICK, QUICK));
    let mut stopwatch = Stopwatch::new(QUICK);
    for key in [&keys[0], &keys[2], &keys[0]] {
        stopwatch.time(cache.set(key, &bytes("1"))).await.unwrap();
    }
    stopwatch.check();
    cluster.nodes()[1].resume();
    recovers(&cache, &keys[1]).await;
}

async fn law2_harmless_connections_killed_by_the_nodes<F: Form>() {
    let cluster = RedisCluster::start();
    let cache = Arc::new(F::open(&Options::new(cluster.url())));
    let keys = key_on_each(&cluster);
    for key in &keys {
        cache.set(key, &bytes("value")).await.unwrap();
    }
    for _ in 0..5 {
        let all: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
        for node in cluster.nodes() {
            raw(node.port(), "CLIENT KILL TYPE normal SKIPME yes");
        }
        assert_eq!(cache.get_many(&all).await.unwrap().iter().flatten().count(), 3);
    }
}

/// The nodes are back: so is the cache, by itself.
async fn recovers<F: Form>(cache: &F, key: &[u8]) {
    let start = Instant::now();
    while let Err(error) = cache.set(key, &bytes("1")).await {
        assert!(start.elapsed() < RECOVERY, "{error:?}");
    }
}
