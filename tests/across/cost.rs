//! What leases cost, in round trips.

use std::sync::LazyLock;
use std::time::Duration;

use ctu::{AsyncRedisCache, Json, Mapped, RedisCache, StackExt, cached};
use servers::RedisServer;

use crate::support::{self, raw};

/// One that nobody else uses, so that its counts are of this test alone.
static SERVER: LazyLock<RedisServer> = LazyLock::new(RedisServer::start);
static CACHE: LazyLock<Mapped<Json, RedisCache>> = LazyLock::new(|| RedisCache::open(&SERVER.url()).unwrap().json());
static ASYNC: LazyLock<Mapped<Json, AsyncRedisCache>> =
    LazyLock::new(|| AsyncRedisCache::open(&SERVER.url()).unwrap().json());

#[cached(cache = CACHE)]
fn plain(n: u64) -> u64 {
    n
}

#[cached(cache = CACHE, invalidation = "strict")]
fn strict(n: u64) -> u64 {
    n
}

#[cached(cache = CACHE, coalesce = cluster)]
fn cluster(n: u64) -> u64 {
    n
}

#[cached(cache = ASYNC, invalidation = "strict")]
async fn strict_async(n: u64) -> u64 {
    n
}

#[cached(cache = ASYNC, coalesce = cluster)]
async fn cluster_async(n: u64) -> u64 {
    n
}

/// How often the server has read from a client: once for each round trip.
fn reads() -> u64 {
    let info = raw(SERVER.port(), "INFO stats");
    let line = info.lines().find_map(|line| line.strip_prefix("total_reads_processed:"));
    line.expect("Redis 6 counts its reads").trim().parse().unwrap()
}

fn round_trips<T>(call: impl FnOnce() -> T) -> u64 {
    let of_looking = {
        let before = reads();
        reads() - before
    };
    let before = reads();
    call();
    reads() - before - of_looking
}

#[test]
fn a_hit_costs_one_round_trip_and_a_miss_one_more_than_without_leases() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    // Connected, and the server knows the script.
    (strict(0), cluster(0));
    runtime.block_on(async { (strict_async(0).await, cluster_async(0).await) });

    assert_eq!(round_trips(|| plain(1)), 2, "a miss as ever");
    assert_eq!(round_trips(|| plain(1)), 1);
    assert_eq!(round_trips(|| strict(1)), 3);
    assert_eq!(round_trips(|| strict(1)), 1);
    assert_eq!(round_trips(|| cluster(1)), 3);
    assert_eq!(round_trips(|| cluster(1)), 1);
    assert_eq!(round_trips(|| runtime.block_on(strict_async(1))), 3);
    assert_eq!(round_trips(|| runtime.block_on(strict_async(1))), 1);
    assert_eq!(round_trips(|| runtime.block_on(cluster_async(1))), 3);
    assert_eq!(round_trips(|| runtime.block_on(cluster_async(1))), 1);
    assert_eq!(round_trips(|| strict::evict(1)), 1);
    assert_eq!(round_trips(|| strict::refresh(1)), 2);
    assert_eq!(round_trips(|| strict::prime(1, &2)), 1);
}

#[test]
fn a_lease_is_as_long_as_was_asked_for() {
    static SHARED: LazyLock<Mapped<Json, RedisCache>> =
        LazyLock::new(|| RedisCache::open(&support::SERVER.url()).unwrap().json());

    #[cached(cache = SHARED, prefix = "length.", key = "{n}", invalidation = "strict", lease = "90s")]
    fn long(n: u64) -> i64 {
        let left = raw(support::SERVER.port(), &format!("PTTL length.{n}"));
        left.trim_matches([':', '\r', '\n']).parse().unwrap()
    }

    let left = long(1);
    assert!((60_000..=90_000).contains(&left), "{left}");
    // What was stored has the store's own lifetime.
    let entry = ctu::Cache::<str, i64>::get_entry(&*SHARED, "length.1").unwrap().unwrap();
    assert!(entry.ttl > Some(Duration::from_secs(500)));
}
