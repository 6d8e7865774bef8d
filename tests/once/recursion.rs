//! Nobody waits for a computation that waits for its own.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Barrier, LazyLock};
use std::thread;

use ctu::{MemoryCache, StackExt, StatsCache, Store, cached};
use pollster::block_on;

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

/// Of the many that are under way at a time, each may be far away.
#[test]
fn law3_once_each_key_of_a_deep_recursion_is_looked_up_once() {
    static STORE: LazyLock<StatsCache<MemoryCache<String, u64>>> =
        LazyLock::new(|| MemoryCache::new(10_000).with_stats());
    #[cached(cache = STORE)]
    fn sum(n: u64) -> u64 {
        if n == 0 { 0 } else { n + sum(n - 1) }
    }
    assert_eq!(sum(500), 500 * 501 / 2);
    assert_eq!(STORE.stats().unwrap().reads, 501);
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
