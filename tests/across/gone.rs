//! Law 4, across processes: whatever another process does to a key wins over a computation in flight here.
//!
//! `ROUNDS=10000 cargo test --features full --test across law4` is the long form.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use ctu::{AsyncRedisCache, Json, Mapped, RedisCache, StackExt, cached};

use crate::gate::{Gate, Step};
use crate::gated::{Gated, STEPS};
use crate::support::{Random, SERVER};

/// No deadline that a busy machine could miss.
const PATIENCE: Duration = Duration::from_secs(20);

fn rounds() -> u64 {
    std::env::var("ROUNDS").map_or(60, |rounds| rounds.parse().unwrap())
}

fn redis(namespace: &str) -> RedisCache {
    let builder = RedisCache::builder(&SERVER.url()).namespace(namespace);
    builder.connect_timeout(PATIENCE).response_timeout(PATIENCE).build().unwrap()
}

fn async_redis(namespace: &str) -> AsyncRedisCache {
    let builder = AsyncRedisCache::builder(&SERVER.url()).namespace(namespace);
    builder.connect_timeout(PATIENCE).response_timeout(PATIENCE).build().unwrap()
}

/// Two functions that are one in two processes: the same keys on the same server, and nothing else in common.
macro_rules! processes {
    ($module:ident, $store:ident, $open:ident, [$($async:ident)?], [$($wait:tt)*], [$($arguments:tt)*]) => {
        mod $module {
            use super::*;

            pub(super) static GATE: Gate = Gate::new();
            /// What the function is about.
            pub(super) static TRUTH: AtomicU64 = AtomicU64::new(0);
            static HERE: LazyLock<Mapped<Json, Gated<$store>>> =
                LazyLock::new(|| Gated { gate: &GATE, inner: $open(stringify!($module)) }.json());
            pub(super) static THERE: LazyLock<Mapped<Json, $store>> =
                LazyLock::new(|| $open(stringify!($module)).json());

            #[cached(cache = HERE, prefix = "f.", key = "{id}", ttl = "1h", $($arguments)*)]
            pub(super) $($async)? fn here(id: u64) -> u64 {
                let truth = TRUTH.load(SeqCst);
                GATE.pass(Step::Computing);
                truth + id * 0
            }

            #[cached(cache = THERE, prefix = "f.", key = "{id}", ttl = "1h", $($arguments)*)]
            pub(super) $($async)? fn there(id: u64) -> u64 {
                TRUTH.load(SeqCst) + id * 0
            }
        }
    };
}

/// What another process does to the key.
#[derive(Debug, Clone, Copy)]
enum Act {
    Evict,
    Remove,
    Prime,
    Refresh,
}

const ACTS: [Act; 4] = [Act::Evict, Act::Remove, Act::Prime, Act::Refresh];

/// What a call comes to, waiting where it has to be waited for.
macro_rules! run {
    ($run:expr, $future:ident, $call:expr) => {{
        let $future = $call;
        $run
    }};
}

/// One test for each pair, as a gate stops one caller at a time.
macro_rules! wins {
    ($name:ident: $module:ident, $cache:ident, |$future:ident| $run:expr) => {
        #[test]
        fn $name() {
            use $module::{GATE, THERE, TRUTH, here, there};

            let mut id = 0;
            let mut round = |step: Step, act: Act, is_refresh: bool| {
                id += 1;
                let older = TRUTH.fetch_add(1, SeqCst) + 1;
                if is_refresh {
                    run!($run, $future, there::prime(id, &older)).unwrap();
                }
                GATE.stop_at(step);
                let caller = thread::spawn(move || {
                    if is_refresh { run!($run, $future, here::refresh(id)) } else { run!($run, $future, here(id)) }
                });
                GATE.wait_for_a_caller();
                let newer = TRUTH.fetch_add(1, SeqCst) + 1;
                match act {
                    Act::Evict => drop(run!($run, $future, there::evict(id)).unwrap()),
                    Act::Remove => {
                        let key = format!("f.{id}");
                        let removed = ctu::$cache::<str, u64>::remove(&*THERE, &key);
                        run!($run, $future, removed).unwrap();
                    }
                    Act::Prime => run!($run, $future, there::prime(id, &newer)).unwrap(),
                    Act::Refresh => assert_eq!(run!($run, $future, there::refresh(id)), newer),
                }
                GATE.open();
                let returned = caller.join().unwrap();
                assert!(returned == older || returned == newer, "{step:?} {act:?}");
                let stored = run!($run, $future, there::peek(id)).unwrap();
                assert!(
                    stored.is_none_or(|stored| stored == newer),
                    "{step:?} {act:?} {is_refresh}: an older value is back"
                );
                assert_eq!(run!($run, $future, here(id)), newer, "{step:?} {act:?} {is_refresh}");
                assert_eq!(run!($run, $future, there(id)), newer, "{step:?} {act:?} {is_refresh}");
            };
            for step in STEPS {
                for at in 0..rounds() {
                    let act = ACTS[usize::try_from(at % 4).unwrap()];
                    // A refresh does not read.
                    round(step, act, at % 8 > 3 && !matches!(step, Step::BeforeRead | Step::AfterRead));
                }
            }
        }
    };
}

processes!(strict, RedisCache, redis, [], [], [invalidation = "strict"]);
processes!(cluster, RedisCache, redis, [], [], [coalesce = cluster]);
processes!(strict_async, AsyncRedisCache, async_redis, [async], [.await], [invalidation = "strict"]);
processes!(cluster_async, AsyncRedisCache, async_redis, [async], [.await], [coalesce = cluster]);

wins!(law4_gone_is_gone_whatever_another_process_does_at_any_step: strict, Cache, |done| done);
wins!(law4_gone_is_gone_with_one_computation_for_all_processes: cluster, Cache, |done| done);
wins!(law4_gone_is_gone_in_async_functions: strict_async, AsyncCache, |done| RUNTIME.block_on(done));
wins!(law4_gone_is_gone_in_async_functions_with_one_computation: cluster_async, AsyncCache, |done| RUNTIME.block_on(done));

static RUNTIME: LazyLock<tokio::runtime::Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap());

/// What the world is at the moment, and how long it takes to look.
static WORLD: AtomicU64 = AtomicU64::new(0);
static HERE: LazyLock<Mapped<Json, RedisCache>> = LazyLock::new(|| redis("world.").json());
static THERE: LazyLock<Mapped<Json, RedisCache>> = LazyLock::new(|| redis("world.").json());

#[cached(cache = HERE, prefix = "world.", invalidation = "strict")]
fn world(id: u64) -> u64 {
    let seen = WORLD.load(SeqCst);
    for _ in 0..(seen * 7919 + id) % 2000 {
        std::hint::spin_loop();
    }
    seen
}

#[cached(cache = THERE, prefix = "world.", invalidation = "strict")]
fn world_elsewhere(id: u64) -> u64 {
    WORLD.load(SeqCst) + id * 0
}

#[test]
fn law4_gone_is_gone_at_random_moments() {
    let is_over = std::sync::atomic::AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !is_over.load(SeqCst) {
                    world(1);
                }
            });
        }
        let mut random = Random(1);
        for _ in 0..rounds() * 10 {
            for _ in 0..random.below(30_000) {
                std::hint::spin_loop();
            }
            let newest = WORLD.fetch_add(1, SeqCst) + 1;
            world_elsewhere::evict(1).unwrap();
            assert!(world_elsewhere(1) >= newest, "an older value is back");
            assert!(world(1) >= newest);
        }
        is_over.store(true, SeqCst);
    });
}
