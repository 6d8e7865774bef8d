//! The stores on Redis beside the bare redis crate and the Python library, on one server of its own, in one run.
//!
//! `cargo bench -p benches --bench redis`. All contestants of a row take turns of about a millisecond; ratios are taken
//! within a round. The Python library takes part if the Python named by `PYTHON`, or else `python3`, has it.

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Instant;

use benches::{Aim, Python, Timings, print};
use bytes::Bytes;
use ctu_backends::{AsyncRedisCache, RedisCache};
use ctu_core::{AsyncCache, Cache, JsonCache, PrefixedCache, StackExt, Ttl, write_json};
use redis::aio::MultiplexedConnection;
use servers::RedisServer;
use tokio::runtime::Runtime;

/// Turns are shorter than the time slices of a busy machine, so that most are not interrupted.
const ROUNDS: usize = 400;
const CALLS: usize = 20;
const TASKS: usize = 64;
const TASK_CALLS: usize = 5;
const WORKERS: usize = 2;
const BATCH: usize = 100;

const BARE: &str = "redis crate, GET of bytes";
const STACK: &str = "ctu, GET through prefix and JSON";
const BYTES: &str = "ctu, GET of bytes";
const PYTHON: &str = "CacheToolsUtils (Python), the same stack";

const PREFIX: &str = "app.";
const KEY: &str = r#"repeat.["aa",3]"#;
/// Both, as the server has it.
const PLACE: &str = r#"app.repeat.["aa",3]"#;

type Value = (String, u32, Vec<f64>);
type Stack<C> = JsonCache<PrefixedCache<C>>;

/// One who takes part: a name, and a turn that returns the nanoseconds per call.
type Contestant<'t> = (&'static str, Box<dyn FnMut() -> f64 + 't>);

fn main() {
    benches::record("Redis", run);
}

fn run() {
    let server = RedisServer::start();
    let value: Value = ("a name of some length".to_owned(), 42, vec![0.5, 1.25, -3.0]);
    let cache = RedisCache::open(&server.url()).expect("a good url").prefixed(PREFIX).json();
    cache.put(KEY, &value, Ttl::Never).expect("stored");
    let mut json = String::new();
    write_json(&mut json, &value).expect("plain values have a text");
    println!("A value of {} bytes under a key of {}.", json.len(), PLACE.len());
    let client = redis::Client::open(server.url()).expect("a good url");

    one_thread(&server, &cache, &client, &json);
    for threads in [2, 8] {
        on_threads(threads, &cache, &client);
    }
    in_tasks(&server, &client);
    in_batches(&server, &client);
}

fn aim(of: &'static str, over: &'static str, at_most: f64) -> Aim {
    Aim { of, over, at_most }
}

fn row(name: &str, threads: usize, ours: &str, aims: &[Aim], calls: usize, mut contestants: Vec<Contestant<'_>>) {
    let count = contestants.len();
    let mut nanos = vec![Vec::with_capacity(ROUNDS); count];
    // The first round warms up.
    for round in 0..=ROUNDS {
        for place in 0..count {
            let place = if round % 2 == 0 { place } else { count - 1 - place };
            let index = (place + round) % count;
            let turn = contestants[index].1();
            if round > 0 {
                nanos[index].push(turn);
            }
        }
    }
    let timings: Vec<_> =
        contestants.iter().zip(nanos).map(|((name, _), nanos)| Timings { name, calls, nanos }).collect();
    print(name, threads, ours, aims, &timings);
}

/// Nanoseconds for each of so many calls.
fn timed(calls: usize, work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64() * 1e9 / calls as f64
}

fn found<C: Cache<str, Value>>(cache: &C) {
    assert!(cache.get(KEY).expect("the server answers").is_some());
}

fn found_bare(connection: &mut redis::Connection) {
    let found: Option<Vec<u8>> = redis::cmd("GET").arg(PLACE).query(connection).expect("the server answers");
    assert!(found.is_some());
}

fn one_thread(server: &RedisServer, cache: &Stack<RedisCache>, client: &redis::Client, json: &str) {
    let mut bare = client.get_connection().expect("the server listens");
    let bytes = RedisCache::open(&server.url()).expect("a good url");
    let mut contestants: Vec<Contestant<'_>> = vec![
        (STACK, Box::new(|| timed(CALLS, || (0..CALLS).for_each(|_| found(cache))))),
        (
            BYTES,
            Box::new(|| {
                timed(CALLS, || {
                    for _ in 0..CALLS {
                        assert!(bytes.get(PLACE.as_bytes()).expect("the server answers").is_some());
                    }
                })
            }),
        ),
        (BARE, Box::new(|| timed(CALLS, || (0..CALLS).for_each(|_| found_bare(&mut bare))))),
    ];
    let port = server.port().to_string();
    if let Some(mut python) = Python::start("seed_redis.py", [&port, PREFIX, KEY, json]) {
        contestants.push((PYTHON, Box::new(move || python.turn(CALLS))));
    }
    row("A GET that is found", 1, STACK, &[aim(STACK, BARE, 1.10)], CALLS, contestants);
}

/// The slowest of the threads, which begin at once, each with a state of its own.
fn turn_of<S: Send>(states: &mut [S], call: impl Fn(&mut S) + Sync) -> f64 {
    let barrier = Barrier::new(states.len());
    let work = |state: &mut S| {
        barrier.wait();
        timed(CALLS, || (0..CALLS).for_each(|_| call(state)))
    };
    let work = &work;
    thread::scope(|scope| {
        let threads: Vec<_> = states.iter_mut().map(|state| scope.spawn(move || work(state))).collect();
        let nanos = threads.into_iter().map(|thread| thread.join().expect("no panic"));
        nanos.fold(0.0, f64::max)
    })
}

fn on_threads(threads: usize, cache: &Stack<RedisCache>, client: &redis::Client) {
    let mut caches = vec![cache; threads];
    let connect = |_| client.get_connection().expect("the server listens");
    let mut connections: Vec<_> = (0..threads).map(connect).collect();
    let contestants: Vec<Contestant<'_>> = vec![
        (STACK, Box::new(move || turn_of(&mut caches, |cache| found(*cache)))),
        (BARE, Box::new(move || turn_of(&mut connections, found_bare))),
    ];
    row("A GET that is found, a connection for each thread of the bare crate", threads, STACK, &[], CALLS, contestants);
}

fn turn_in_tasks<F: Future<Output = ()> + Send + 'static>(runtime: &Runtime, task: impl Fn() -> F) -> f64 {
    // Of a worker, as it is for threads.
    timed(TASKS * TASK_CALLS / WORKERS, || {
        let tasks: Vec<_> = (0..TASKS).map(|_| runtime.spawn(task())).collect();
        tasks.into_iter().for_each(|task| runtime.block_on(task).expect("no panic"));
    })
}

async fn found_in_task<C: AsyncCache<str, Value>>(cache: Arc<C>) {
    for _ in 0..TASK_CALLS {
        assert!(cache.get(KEY).await.expect("the server answers").is_some());
    }
}

async fn found_bytes_in_task(cache: Arc<AsyncRedisCache>) {
    for _ in 0..TASK_CALLS {
        assert!(cache.get(PLACE.as_bytes()).await.expect("the server answers").is_some());
    }
}

async fn found_bare_in_task(mut connection: MultiplexedConnection) {
    for _ in 0..TASK_CALLS {
        let found: Option<Vec<u8>> =
            redis::cmd("GET").arg(PLACE).query_async(&mut connection).await.expect("the server answers");
        assert!(found.is_some());
    }
}

fn in_tasks(server: &RedisServer, client: &redis::Client) {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(WORKERS).enable_all().build().expect("a runtime");
    let open = || AsyncRedisCache::open(&server.url()).expect("a good url");
    let (bytes, stack) = (Arc::new(open()), Arc::new(open().prefixed(PREFIX).json()));
    let bare = runtime.block_on(client.get_multiplexed_async_connection()).expect("the server listens");
    let contestants: Vec<Contestant<'_>> = vec![
        (BYTES, Box::new(|| turn_in_tasks(&runtime, || found_bytes_in_task(Arc::clone(&bytes))))),
        (STACK, Box::new(|| turn_in_tasks(&runtime, || found_in_task(Arc::clone(&stack))))),
        (BARE, Box::new(|| turn_in_tasks(&runtime, || found_bare_in_task(bare.clone())))),
    ];
    let aims = [aim(BYTES, BARE, 1.2)];
    row("64 tasks on one multiplexed connection", WORKERS, BYTES, &aims, TASKS * TASK_CALLS / WORKERS, contestants);
}

fn in_batches(server: &RedisServer, client: &redis::Client) {
    const MANY: &str = "ctu, a key of get_many of 100";
    let (cache, value) = (RedisCache::open(&server.url()).expect("a good url"), Bytes::from(vec![b'v'; 100]));
    let keys: Vec<Vec<u8>> = (0..BATCH).map(|n| format!("key{n}").into_bytes()).collect();
    let keys: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
    let entries: Vec<(&[u8], &Bytes)> = keys.iter().map(|key| (*key, &value)).collect();
    cache.put_many(&entries, Ttl::Never).expect("stored");
    let mut bare = client.get_connection().expect("the server listens");
    let single = |key: &&[u8]| assert!(Cache::get(&cache, key).expect("the server answers").is_some());
    let contestants: Vec<Contestant<'_>> = vec![
        (
            MANY,
            Box::new(|| {
                timed(BATCH, || assert!(cache.get_many(&keys).expect("the server answers").iter().all(Option::is_some)))
            }),
        ),
        (BYTES, Box::new(|| timed(BATCH, || keys.iter().for_each(single)))),
        (
            "redis crate, a key of MGET of 100",
            Box::new(|| {
                timed(BATCH, || {
                    let found: Vec<Option<Vec<u8>>> =
                        redis::cmd("MGET").arg(&keys).query(&mut bare).expect("the server answers");
                    assert!(found.iter().all(Option::is_some));
                })
            }),
        ),
    ];
    row("100 keys", 1, MANY, &[aim(MANY, BYTES, 0.1)], BATCH, contestants);
}
