//! Law 3 across processes: with `coalesce = cluster` one process computes for all.
//!
//! The other processes are this test program again, which is told by its environment what to do.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Barrier, LazyLock};
use std::thread;
use std::time::{Duration, Instant};

use ctu::{AsyncRedisCache, Cache, Json, Mapped, RedisCache, StackExt, Ttl, cached};
use servers::RedisServer;

const PROCESSES: usize = 10;
const CALLERS: usize = 100;
/// What a computation takes.
const COST: Duration = Duration::from_millis(300);
/// No deadline that a busy machine could miss.
const PATIENCE: Duration = Duration::from_secs(20);

fn told(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is set by the test that starts this"))
}

static CACHE: LazyLock<Mapped<Json, RedisCache>> = LazyLock::new(|| {
    let builder = RedisCache::builder(&told("ACROSS_URL"));
    builder.connect_timeout(PATIENCE).response_timeout(PATIENCE).build().unwrap().json()
});
static ASYNC: LazyLock<Mapped<Json, AsyncRedisCache>> = LazyLock::new(|| {
    let builder = AsyncRedisCache::builder(&told("ACROSS_URL"));
    builder.connect_timeout(PATIENCE).response_timeout(PATIENCE).build().unwrap().json()
});

/// A line for each computation, in a file that all processes write to.
fn computed() {
    let mut log = OpenOptions::new().append(true).create(true).open(told("ACROSS_LOG")).unwrap();
    log.write_all(format!("{}\n", std::process::id()).as_bytes()).unwrap();
}

#[cached(cache = CACHE, coalesce = cluster, lease = "3s")]
fn slow(n: u64) -> u64 {
    computed();
    thread::sleep(COST);
    n * 2
}

#[cached(cache = ASYNC, coalesce = cluster, lease = "3s")]
async fn slow_async(n: u64) -> u64 {
    computed();
    tokio::time::sleep(COST).await;
    n * 2
}

/// The one that is killed, then the others.
#[cached(cache = CACHE, coalesce = cluster, lease = "1s")]
fn slower(n: u64) -> u64 {
    computed();
    if std::env::var_os("ACROSS_HANGS").is_some() {
        thread::sleep(Duration::from_secs(600));
    }
    thread::sleep(COST);
    n * 2
}

/// Served at once when they have expired, while one process computes.
#[cached(cache = CACHE, prefix = "stale.", key = "{n}", coalesce = cluster, ttl = "1h", stale = "1h", stale_on = expiry)]
fn stale(n: u64) -> u64 {
    computed();
    thread::sleep(COST);
    n * 2
}

#[cached(cache = ASYNC, prefix = "stale.", key = "{n}", coalesce = cluster, ttl = "1h", stale = "1h", stale_on = expiry)]
async fn stale_async(n: u64) -> u64 {
    computed();
    tokio::time::sleep(COST).await;
    n * 2
}

/// Calls until the new value is there, and counts nothing but 41, the old one, before that.
fn call_until_new() {
    while stale(21) == 41 {
        thread::yield_now();
    }
    assert_eq!(stale(21), 42);
}

async fn call_until_new_async() {
    while stale_async(21).await == 41 {
        tokio::task::yield_now().await;
    }
    assert_eq!(stale_async(21).await, 42);
}

#[test]
#[ignore = "a process that the other tests start"]
fn process() {
    match &*told("ACROSS_PART") {
        "stale" => thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(call_until_new);
            }
        }),
        "stale-async" => {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let callers: Vec<_> = (0..4).map(|_| tokio::spawn(call_until_new_async())).collect();
                for caller in callers {
                    caller.await.unwrap();
                }
            });
        }
        "async" => {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let callers: Vec<_> = (0..CALLERS).map(|_| tokio::spawn(slow_async(21))).collect();
                for caller in callers {
                    assert_eq!(caller.await.unwrap(), 42);
                }
            });
        }
        part => {
            let function = if part == "sync" { slow } else { slower };
            let start = Barrier::new(CALLERS);
            thread::scope(|scope| {
                for _ in 0..CALLERS {
                    scope.spawn(|| {
                        start.wait();
                        assert_eq!(function(21), 42);
                    });
                }
            });
        }
    }
}

/// Processes on a server of their own, and the file that they write to.
struct Processes {
    server: RedisServer,
    log: PathBuf,
}

impl Processes {
    fn new(name: &str) -> Self {
        let log = std::env::temp_dir().join(format!("ctu-across-{}-{name}", std::process::id()));
        let _ = fs::remove_file(&log);
        Self { server: RedisServer::start(), log }
    }

    fn start(&self, part: &str, hangs: bool) -> Child {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "cluster::process", "--ignored", "--quiet"]).stdout(Stdio::null());
        command.env("ACROSS_PART", part).env("ACROSS_URL", self.server.url()).env("ACROSS_LOG", &self.log);
        if hangs {
            command.env("ACROSS_HANGS", "1");
        }
        command.spawn().unwrap()
    }

    fn computations(&self) -> usize {
        fs::read_to_string(&self.log).map_or(0, |log| log.lines().count())
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.log);
    }
}

fn all_succeed(processes: Vec<Child>) {
    for mut process in processes {
        assert!(process.wait().unwrap().success());
    }
}

#[test]
fn law3_once_a_thousand_callers_in_ten_processes_compute_once() {
    for part in ["sync", "async"] {
        let processes = Processes::new(part);
        all_succeed((0..PROCESSES).map(|_| processes.start(part, false)).collect());
        assert_eq!(processes.computations(), 1, "{part}");
    }
}

#[test]
fn law3_once_a_process_that_is_killed_is_followed_by_one() {
    let processes = Processes::new("killed");
    let mut holder = processes.start("killed", true);
    while processes.computations() == 0 {
        thread::sleep(Duration::from_millis(5));
    }
    let others: Vec<_> = (0..PROCESSES - 1).map(|_| processes.start("killed", false)).collect();
    // SIGKILL: nothing is given back.
    holder.kill().unwrap();
    holder.wait().unwrap();
    let start = Instant::now();
    all_succeed(others);
    assert_eq!(processes.computations(), 2);
    assert!(start.elapsed() < Duration::from_secs(30), "took {:?}", start.elapsed());
}

#[test]
fn law3_once_ten_processes_serve_an_expired_value_while_one_computes() {
    for part in ["stale", "stale-async"] {
        let processes = Processes::new(part);
        let cache = RedisCache::open(&processes.server.url()).unwrap().json();
        // As if it had been stored an hour ago, or more.
        Cache::<str, u64>::put(&cache, "stale.21", &41, Ttl::After(Duration::from_secs(3_000))).unwrap();
        all_succeed((0..PROCESSES).map(|_| processes.start(part, false)).collect());
        assert_eq!(processes.computations(), 1, "{part}");
    }
}
