//! What leases cost, in round trips.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::{LazyLock, Mutex};
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

/// How often the server has read from a client: once for each round trip, this one among them.
///
/// Over one connection: the ends of others would be counted, too, whenever the server comes to them.
fn reads(connection: &mut BufReader<TcpStream>) -> u64 {
    connection.get_mut().write_all(b"*2\r\n$4\r\nINFO\r\n$5\r\nstats\r\n").unwrap();
    let mut length = String::new();
    connection.read_line(&mut length).unwrap();
    let length: usize = length.trim_start_matches('$').trim().parse().unwrap();
    let mut info = vec![0; length + 2];
    connection.read_exact(&mut info).unwrap();
    let info = String::from_utf8(info).unwrap();
    let line = info.lines().find_map(|line| line.strip_prefix("total_reads_processed:"));
    line.expect("Redis 6 counts its reads").trim().parse().unwrap()
}

fn round_trips<T>(call: impl FnOnce() -> T) -> u64 {
    static CONNECTION: LazyLock<Mutex<BufReader<TcpStream>>> =
        LazyLock::new(|| Mutex::new(BufReader::new(TcpStream::connect(("127.0.0.1", SERVER.port())).unwrap())));
    let connection = &mut CONNECTION.lock().unwrap();
    let before = reads(connection);
    call();
    reads(connection) - before - 1
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
