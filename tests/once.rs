//! Law 3: concurrent calls for one key compute once; whoever computes and fails leaves nobody waiting.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Barrier, LazyLock};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use ctu::{JsonCache, MemoryCache, StackExt, cached};
use pollster::block_on;

const LOADING: Duration = Duration::from_millis(300);

/// What `call` returns to each of `callers` threads that call at the same time.
fn herd<T: Send>(callers: usize, call: impl Fn() -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(callers);
    thread::scope(|scope| {
        let caller = || {
            barrier.wait();
            call()
        };
        let callers: Vec<_> = (0..callers).map(|_| scope.spawn(caller)).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    })
}

#[test]
fn law3_once_threads_that_call_at_the_same_time_share_one_computation() {
    static COMPUTED: AtomicU32 = AtomicU32::new(0);
    #[cached]
    fn load(key: &str) -> String {
        COMPUTED.fetch_add(1, SeqCst);
        thread::sleep(LOADING);
        key.to_uppercase()
    }
    assert_eq!(herd(64, || load("a")), vec!["A".to_owned(); 64]);
    assert_eq!(COMPUTED.load(SeqCst), 1);
    let stats = load::stats();
    assert_eq!((stats.reads, stats.hits + stats.coalesced, stats.writes), (64, 63, 1));
    assert_eq!(load::__site().in_flight(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn law3_once_a_thousand_tasks_share_one_computation() {
    static COMPUTED: AtomicU32 = AtomicU32::new(0);
    #[cached]
    async fn load(key: &str) -> String {
        COMPUTED.fetch_add(1, SeqCst);
        tokio::time::sleep(LOADING).await;
        key.to_uppercase()
    }
    let tasks: Vec<_> = (0..1_000).map(|_| tokio::spawn(load("a"))).collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), "A");
    }
    assert_eq!(COMPUTED.load(SeqCst), 1);
    assert_eq!(load::__site().in_flight(), 0);
}

/// Many short rounds: what begins after the first has ended, but has missed before, must not compute again either.
#[test]
fn law3_once_latecomers_do_not_compute_again() {
    static COMPUTED: AtomicU32 = AtomicU32::new(0);
    #[cached]
    fn load(round: u32) -> u32 {
        COMPUTED.fetch_add(1, SeqCst);
        round
    }
    let rounds = rounds(2_000);
    let barrier = Barrier::new(4);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for round in 0..rounds {
                    barrier.wait();
                    assert_eq!(load(round), round);
                }
            });
        }
    });
    assert_eq!(COMPUTED.load(SeqCst), rounds);
}

#[test]
fn law3_once_can_be_turned_off() {
    static TOGETHER: Barrier = Barrier::new(4);
    #[cached(coalesce = false)]
    fn load(key: u32) -> u32 {
        TOGETHER.wait();
        key
    }
    assert_eq!(herd(4, || load(1)), [1; 4]);
}

#[test]
fn law3_once_errors_that_can_be_cloned_are_shared() {
    static COMPUTED: AtomicU32 = AtomicU32::new(0);
    #[cached]
    fn load(key: u32) -> Result<u32, String> {
        COMPUTED.fetch_add(1, SeqCst);
        thread::sleep(LOADING);
        Err(format!("no {key}"))
    }
    assert!(herd(16, || load(1)).into_iter().all(|result| result == Err("no 1".to_owned())));
    assert_eq!(COMPUTED.load(SeqCst), 1);
    assert!(load(1).is_err());
    assert_eq!(COMPUTED.load(SeqCst), 2);
}

#[test]
fn law3_once_errors_that_cannot_be_cloned_do_not_queue_up_the_callers() {
    static COMPUTED: AtomicU32 = AtomicU32::new(0);
    #[derive(Debug)]
    struct NotClone;
    #[cached]
    fn load(key: u32) -> Result<u32, NotClone> {
        COMPUTED.fetch_add(1, SeqCst);
        thread::sleep(LOADING / 3);
        if key == 1 { Err(NotClone) } else { Ok(key) }
    }
    let start = std::time::Instant::now();
    assert!(herd(32, || load(1)).iter().all(Result::is_err));
    assert_eq!(COMPUTED.load(SeqCst), 32);
    // One, one more, and all the others at once; in turn it would be 32.
    assert!(start.elapsed() < LOADING / 3 * 16);
    COMPUTED.store(0, SeqCst);
    assert!(herd(32, || load(2)).into_iter().all(|result| result.unwrap() == 2));
    assert_eq!(COMPUTED.load(SeqCst), 1);
    assert_eq!(load::__site().in_flight(), 0);
}

static TEXTS: LazyLock<JsonCache<MemoryCache<Vec<u8>, Bytes>>> = LazyLock::new(|| MemoryCache::new(100).json());

#[test]
fn law3_once_results_that_cannot_be_cloned_are_read_from_the_store() {
    static COMPUTED: AtomicU32 = AtomicU32::new(0);
    #[derive(serde::Serialize, serde::Deserialize)]
    struct NotClone(u32);
    #[cached(cache = TEXTS)]
    fn load(key: u32) -> NotClone {
        COMPUTED.fetch_add(1, SeqCst);
        thread::sleep(LOADING);
        NotClone(key)
    }
    assert!(herd(16, || load(7)).iter().all(|result| result.0 == 7));
    assert_eq!(COMPUTED.load(SeqCst), 1);
}

#[cfg(feature = "testing")]
#[test]
fn law3_once_a_store_that_is_down_lets_no_herd_through() {
    use ctu::testing::Broken;
    static DOWN: LazyLock<Broken> = LazyLock::new(Broken::default);
    static COMPUTED: AtomicU32 = AtomicU32::new(0);
    #[cached(cache = DOWN)]
    fn load(key: u32) -> u32 {
        COMPUTED.fetch_add(1, SeqCst);
        thread::sleep(LOADING);
        key
    }
    assert_eq!(herd(64, || load(7)), [7; 64]);
    assert_eq!(COMPUTED.load(SeqCst), 1);
    assert!(load::evict(7).is_err());
}

#[test]
fn law3_once_a_panic_hands_over_to_one_of_those_who_wait() {
    static COMPUTED: AtomicU32 = AtomicU32::new(0);
    #[cached]
    fn load(key: u32) -> u32 {
        let computed = COMPUTED.fetch_add(1, SeqCst);
        thread::sleep(LOADING / 2);
        assert_ne!(computed, 0, "the first computation panics on purpose");
        key
    }
    let results = herd(16, || catch_unwind(|| load(1)).ok());
    assert_eq!(results.iter().filter(|result| result.is_none()).count(), 1);
    assert!(results.iter().flatten().all(|result| *result == 1));
    assert_eq!(COMPUTED.load(SeqCst), 2);
    assert_eq!(load::__site().in_flight(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn law3_once_a_dropped_future_hands_over_to_one_of_those_who_wait() {
    static COMPUTED: AtomicU32 = AtomicU32::new(0);
    #[cached]
    async fn load(key: u32) -> u32 {
        if COMPUTED.fetch_add(1, SeqCst) == 0 {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(LOADING / 3).await;
        key
    }
    let first = tokio::spawn(load(1));
    while COMPUTED.load(SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    let others: Vec<_> = (0..100).map(|_| tokio::spawn(load(1))).collect();
    tokio::time::sleep(LOADING / 10).await;
    // Some of those who wait go as well, before and after the one who computes.
    others.iter().step_by(3).for_each(tokio::task::JoinHandle::abort);
    first.abort();
    for (index, other) in others.into_iter().enumerate() {
        let result = other.await;
        assert!(index % 3 == 0 || result.unwrap() == 1);
    }
    assert_eq!(COMPUTED.load(SeqCst), 2);
    assert_eq!(load::__site().in_flight(), 0);
}

/// Ten thousand with `CTU_ROUNDS=10000`.
fn rounds(default: u32) -> u32 {
    std::env::var("CTU_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(default)
}

/// A cheap sequence of numbers, other ones for every seed.
struct Chance(u64);

impl Chance {
    fn next(&mut self, of: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % of
    }
}

#[test]
fn law3_once_panics_at_random_leave_no_one_waiting() {
    thread_local! {
        static CHANCE: Cell<u64> = const { Cell::new(0) };
    }
    #[cached(capacity = 16)]
    fn load(key: u32) -> u32 {
        let mut chance = Chance(CHANCE.get());
        let panics = chance.next(3) == 0;
        if chance.next(2) == 0 {
            thread::yield_now();
        }
        CHANCE.set(chance.0);
        // Without the message of a panic, which is slow.
        if panics {
            std::panic::resume_unwind(Box::new(()));
        }
        key + 1
    }
    let rounds = rounds(1_000);
    thread::scope(|scope| {
        for seed in 0..8 {
            scope.spawn(move || {
                CHANCE.set(seed);
                for round in 0..rounds {
                    let key = round / 4;
                    if let Ok(result) = catch_unwind(AssertUnwindSafe(|| load(key))) {
                        assert_eq!(result, key + 1);
                    }
                    if round % 7 == 0 {
                        load::evict(key).unwrap();
                    }
                }
            });
        }
    });
    assert_eq!(load::__site().in_flight(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn law3_once_cancellations_and_panics_at_random_leave_no_one_waiting() {
    #[cached(capacity = 16)]
    async fn load(key: u32, seed: u64) -> u32 {
        let mut chance = Chance(seed);
        for _ in 0..chance.next(4) {
            tokio::task::yield_now().await;
        }
        if chance.next(4) == 0 {
            std::panic::resume_unwind(Box::new(()));
        }
        key + 1
    }
    #[cached(capacity = 16)]
    async fn outer(key: u32, seed: u64) -> u32 {
        load(key / 2, seed % 2).await + load(key / 3, seed % 2).await
    }
    let rounds = rounds(1_000);
    for round in 0..rounds {
        let tasks: Vec<_> = (0..8)
            .map(|caller: u64| {
                let seed = u64::from(round) % 3;
                tokio::spawn(async move {
                    let mut chance = Chance(u64::from(round) * 8 + caller);
                    let patience = Duration::from_micros(chance.next(60));
                    if caller % 4 == 3 {
                        return tokio::time::timeout(patience, outer(round, seed)).await.ok();
                    }
                    Some(outer(round, seed).await)
                })
            })
            .collect();
        for task in tasks {
            if let Ok(Some(result)) = task.await {
                assert_eq!(result, round / 2 + round / 3 + 2);
            }
        }
    }
    assert_eq!((load::__site().in_flight(), outer::__site().in_flight()), (0, 0));
}

#[test]
fn law3_once_recursion_on_the_same_key_computes_on_its_own() {
    thread_local! {
        static DEPTH: Cell<u32> = const { Cell::new(0) };
    }
    #[cached]
    fn again(key: u32) -> u32 {
        DEPTH.set(DEPTH.get() + 1);
        if DEPTH.get() < 3 { again(key) + 1 } else { key }
    }
    assert_eq!(again(1), 3);
    assert_eq!(again::__site().in_flight(), 0);
}

#[test]
fn law3_once_recursion_of_a_task_on_the_same_key_computes_on_its_own() {
    static ROUND: AtomicU32 = AtomicU32::new(0);
    #[cached]
    async fn again_async(key: u32) -> u32 {
        std::future::ready(()).await;
        if ROUND.fetch_add(1, SeqCst) < 2 { Box::pin(again_async(key)).await + 1 } else { key }
    }
    assert_eq!(block_on(again_async(1)), 3);
    assert_eq!(again_async::__site().in_flight(), 0);
}

/// Each of two threads has begun one key and asks for the other's.
#[test]
fn law3_once_threads_whose_keys_cross_do_not_wait_for_each_other() {
    thread_local! {
        static MEETS: Cell<bool> = const { Cell::new(false) };
    }
    static BOTH: Barrier = Barrier::new(2);
    fn meet() {
        if MEETS.replace(false) {
            BOTH.wait();
        }
    }
    #[cached]
    fn left(key: u32) -> u32 {
        meet();
        if key == 0 { 1 } else { right(key - 1) + 1 }
    }
    #[cached]
    fn right(key: u32) -> u32 {
        meet();
        if key == 0 { 1 } else { left(key - 1) + 1 }
    }
    /// 1 asks for 2, and 2 for 1, which is given at the third time.
    #[cached]
    fn circle(key: u32, rounds: u32) -> u32 {
        meet();
        DEPTH.set(DEPTH.get() + 1);
        if DEPTH.get() > rounds { key } else { circle(3 - key, rounds) }
    }
    thread_local! {
        static DEPTH: Cell<u32> = const { Cell::new(0) };
    }
    for _ in 0..20 {
        let run = |call: fn() -> u32| {
            move || {
                MEETS.set(true);
                DEPTH.set(0);
                call()
            }
        };
        thread::scope(|scope| {
            let threads = [scope.spawn(run(|| circle(1, 2))), scope.spawn(run(|| circle(2, 2)))];
            for thread in threads {
                assert!((1..=2).contains(&thread.join().unwrap()));
            }
            circle::evict(1, 2).unwrap();
            circle::evict(2, 2).unwrap();
        });
        thread::scope(|scope| {
            let threads = [scope.spawn(run(|| left(3))), scope.spawn(run(|| right(2)))];
            assert_eq!(threads.map(|thread| thread.join().unwrap()), [4, 3]);
            assert!((0..4).all(|key| left::evict(key).is_ok() && right::evict(key).is_ok()));
        });
    }
    assert_eq!(left::__site().in_flight() + right::__site().in_flight() + circle::__site().in_flight(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn law3_once_tasks_whose_keys_cross_do_not_wait_for_each_other() {
    static BOTH: LazyLock<tokio::sync::Barrier> = LazyLock::new(|| tokio::sync::Barrier::new(2));
    static BEGUN: AtomicU32 = AtomicU32::new(0);
    #[cached]
    async fn circle(key: u32) -> u32 {
        let begun = BEGUN.fetch_add(1, SeqCst);
        if begun < 2 {
            BOTH.wait().await;
        }
        if begun >= 4 { key } else { Box::pin(circle(3 - key)).await }
    }
    for _ in 0..20 {
        BEGUN.store(0, SeqCst);
        let tasks = [tokio::spawn(circle(1)), tokio::spawn(circle(2))];
        for task in tasks {
            assert!((1..=2).contains(&task.await.unwrap()));
        }
        assert_eq!(circle::__site().in_flight(), 0);
        circle::evict(1).await.unwrap();
        circle::evict(2).await.unwrap();
    }
}
