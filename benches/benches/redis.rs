//! The stores on Redis beside the bare redis crate, on one server of its own, in one run.
//!
//! `cargo bench -p benches --bench redis`. Rounds of the two alternate, and the best round of each counts: what else the
//! machine does only makes a round slower.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use ctu_backends::{AsyncRedisCache, RedisCache};
use ctu_core::{AsyncCache, Cache, Ttl};
use servers::RedisServer;

const ROUNDS: usize = 15;
const CALLS: u32 = 2_000;
const TASKS: usize = 64;
const TASK_CALLS: u32 = 100;
const BATCH: u32 = 100;

fn main() {
    benches::record("Redis", run);
}

fn run() {
    let server = RedisServer::start();
    let cache = RedisCache::open(&server.url()).unwrap();
    let client = redis::Client::open(server.url()).unwrap();
    let value = Bytes::from(vec![b'v'; 100]);
    Cache::put(&cache, b"key", &value, Ttl::Never).unwrap();
    blocking(&cache, &client);
    threads(&cache);
    batches(&cache, &value);
    multiplexed(&server, &client);
}

fn blocking(cache: &RedisCache, client: &redis::Client) {
    let mut bare = client.get_connection().unwrap();
    let get = || assert!(Cache::get(cache, b"key").unwrap().is_some());
    let bare = || {
        let found: Option<Vec<u8>> = redis::cmd("GET").arg("key").query(&mut bare).unwrap();
        assert!(found.is_some());
    };
    compare("GET, one thread", CALLS, repeated(get), repeated(bare));
}

fn threads(cache: &RedisCache) {
    for threads in [2, 8] {
        let round = || {
            std::thread::scope(|scope| {
                for _ in 0..threads {
                    scope.spawn(repeated(|| assert!(Cache::get(cache, b"key").unwrap().is_some())));
                }
            });
        };
        let best = (0..ROUNDS).map(|_| time(round)).min().unwrap();
        println!("GET, {threads} threads: {:.1} us", micros(best, CALLS * threads));
    }
}

fn batches(cache: &RedisCache, value: &Bytes) {
    let keys: Vec<Vec<u8>> = (0..BATCH).map(|n| format!("key{n}").into_bytes()).collect();
    let keys: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
    let entries: Vec<(&[u8], &Bytes)> = keys.iter().map(|key| (*key, value)).collect();
    Cache::put_many(cache, &entries, Ttl::Never).unwrap();
    let many = || (0..CALLS / BATCH).for_each(|_| assert_eq!(cache.get_many(&keys).unwrap().len(), keys.len()));
    let single = || {
        let one = |key: &&[u8]| assert!(Cache::get(cache, key).unwrap().is_some());
        (0..CALLS / BATCH).for_each(|_| keys.iter().for_each(one));
    };
    compare("a key of get_many of 100, beside single gets", CALLS, many, single);
}

fn multiplexed(server: &RedisServer, client: &redis::Client) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let cache = Arc::new(AsyncRedisCache::open(&server.url()).unwrap());
    let bare = runtime.block_on(client.get_multiplexed_async_connection()).unwrap();
    let ours = || {
        tasks(&runtime, || {
            let cache = Arc::clone(&cache);
            async move {
                for _ in 0..TASK_CALLS {
                    assert!(cache.get(b"key".as_slice()).await.unwrap().is_some());
                }
            }
        });
    };
    let theirs = || {
        tasks(&runtime, || {
            let mut bare = bare.clone();
            async move {
                for _ in 0..TASK_CALLS {
                    let found: Option<Vec<u8>> = redis::cmd("GET").arg("key").query_async(&mut bare).await.unwrap();
                    assert!(found.is_some());
                }
            }
        });
    };
    compare("GET, 64 tasks", TASK_CALLS * 64, ours, theirs);
}

fn tasks<F: Future<Output = ()> + Send + 'static>(runtime: &tokio::runtime::Runtime, task: impl Fn() -> F) {
    let tasks: Vec<_> = (0..TASKS).map(|_| runtime.spawn(task())).collect();
    tasks.into_iter().for_each(|task| runtime.block_on(task).unwrap());
}

fn repeated(mut call: impl FnMut()) -> impl FnMut() {
    move || (0..CALLS).for_each(|_| call())
}

fn compare(what: &str, calls: u32, mut ours: impl FnMut(), mut bare: impl FnMut()) {
    let (mut best, mut best_bare) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        best = best.min(time(&mut ours));
        best_bare = best_bare.min(time(&mut bare));
    }
    let ratio = best.as_secs_f64() / best_bare.as_secs_f64();
    println!("{what}: {:.1} us, bare {:.1} us, ratio {ratio:.2}", micros(best, calls), micros(best_bare, calls));
}

fn time(round: impl FnOnce()) -> Duration {
    let start = Instant::now();
    round();
    start.elapsed()
}

fn micros(time: Duration, calls: u32) -> f64 {
    time.as_secs_f64() * 1e6 / f64::from(calls)
}
