//! An outage drill: a Redis that hangs, can't be reached, dies, comes back and flaps, under load, with evictions going on.
//!
//! Six seconds of it; as long as `OUTAGE_SECONDS` says, if it is set.

mod proxy;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use ctu::prelude::*;
use ctu::{BreakerCache, BreakerState, JsonCache, RedisCache, cached};
use proxy::Proxy;
use servers::RedisServer;

const KEYS: usize = 50;
const THREADS: usize = 8;
const DEADLINE: Duration = Duration::from_millis(100);
/// What a call takes that computes.
const WORK: Duration = Duration::from_micros(200);

static SERVER: LazyLock<RedisServer> = LazyLock::new(RedisServer::start);

static WIRE: LazyLock<Proxy> = LazyLock::new(|| Proxy::to(SocketAddr::from(([127, 0, 0, 1], SERVER.port()))));

static CACHE: LazyLock<JsonCache<BreakerCache<RedisCache>>> = LazyLock::new(|| {
    let redis = RedisCache::builder(&format!("redis://{}", WIRE.address()))
        .namespace("drill")
        .connect_timeout(DEADLINE)
        .response_timeout(DEADLINE);
    redis.build().unwrap().circuit_breaker().retry_after(Duration::from_millis(200)).json()
});

/// The truth about each key.
static VERSIONS: [AtomicU64; KEYS] = [const { AtomicU64::new(0) }; KEYS];
/// The version that an evict has returned for: none below may be seen any more.
static LEAST: [AtomicU64; KEYS] = [const { AtomicU64::new(0) }; KEYS];

#[cached(cache = CACHE, ttl = "10m")]
fn version(key: usize) -> u64 {
    let version = VERSIONS[key].load(SeqCst);
    work();
    version
}

fn work() {
    let start = Instant::now();
    while start.elapsed() < WORK {
        std::hint::spin_loop();
    }
}

/// The tests of this file share a server.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn sleep(millis: u64) {
    thread::sleep(Duration::from_millis(millis));
}

/// Calls, and now and then changes a key of its own and evicts it. Returns how long each call took.
fn load(thread: usize, over: &AtomicBool) -> Vec<Duration> {
    let mut took = Vec::new();
    for round in 0.. {
        if over.load(SeqCst) {
            break;
        }
        let key = (round * 7 + thread * 13) % KEYS;
        if round % 5 == 0 && key % THREADS == thread {
            let version = VERSIONS[key].fetch_add(1, SeqCst) + 1;
            let _ = version::evict(key);
            LEAST[key].store(version, SeqCst);
        }
        let least = LEAST[key].load(SeqCst);
        let start = Instant::now();
        let seen = version(key);
        took.push(start.elapsed());
        assert!(seen >= least, "version {seen} of key {key} was evicted: {least} is the least that may be seen");
    }
    took
}

fn weather(until: Instant) {
    while Instant::now() < until {
        sleep(300);
        WIRE.cut();
        sleep(500);
        WIRE.mend();
        sleep(600);
        SERVER.pause();
        sleep(500);
        SERVER.resume();
        sleep(500);
        SERVER.kill();
        sleep(300);
        SERVER.restart_on_same_port();
        sleep(500);
        for _ in 0..5 {
            SERVER.pause();
            sleep(60);
            SERVER.resume();
            sleep(60);
            WIRE.cut();
            sleep(20);
            WIRE.mend();
            sleep(60);
        }
    }
}

/// Waits until a call is a hit.
fn recovered(within: Duration) {
    let start = Instant::now();
    while !version::in_cache(0).unwrap_or(false) {
        assert!(start.elapsed() < within, "not recovered: {:?}", CACHE.inner().state());
        version(0);
        sleep(10);
    }
}

#[test]
fn law4_gone_is_gone_and_law2_harmless_through_a_drill_of_outages() {
    let _alone = alone();
    let seconds = std::env::var("OUTAGE_SECONDS").map_or(6, |seconds| seconds.parse().expect("a number of seconds"));
    let (over, until) = (AtomicBool::new(false), Instant::now() + Duration::from_secs(seconds));
    let mut took: Vec<Duration> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                scope.spawn({
                    let over = &over;
                    move || load(thread, over)
                })
            })
            .collect();
        weather(until);
        over.store(true, SeqCst);
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    recovered(Duration::from_secs(3));
    for key in 0..KEYS {
        assert!(version(key) >= LEAST[key].load(SeqCst));
        assert!(version(key) <= VERSIONS[key].load(SeqCst));
    }
    took.sort_unstable();
    let (calls, p99) = (took.len(), took[took.len() * 99 / 100]);
    let stats = version::stats();
    println!("{calls} calls, p99 {p99:?}, slowest {:?}; {stats:?}; {:?}", took[calls - 1], CACHE.stats());
    assert!(p99 < DEADLINE + Duration::from_millis(50), "p99 of {calls} calls: {p99:?}");
    assert!(stats.hits > 0 && stats.errors > 0, "the drill had no hits or no outage");
}

#[test]
fn law2_harmless_without_its_store_a_function_keeps_its_speed() {
    let _alone = alone();
    SERVER.kill();
    while CACHE.inner().state() == BreakerState::Closed {
        version(0);
    }
    let time = |call: fn(usize) -> u64| {
        let start = Instant::now();
        for key in 0..KEYS {
            call(key);
        }
        start.elapsed()
    };
    let mut ratios: Vec<f64> =
        (0..41).map(|_| time(version::uncached).as_secs_f64() / time(version).as_secs_f64()).collect();
    SERVER.restart_on_same_port();
    recovered(Duration::from_secs(3));
    ratios.sort_unstable_by(f64::total_cmp);
    let median = ratios[ratios.len() / 2];
    println!("{:.1} % of the uncached function's throughput", median * 100.0);
    assert!(median >= 0.9, "only {:.1} % of the uncached function's throughput", median * 100.0);
}
