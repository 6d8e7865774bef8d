//! Callers of one key at the same time share one computation.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Barrier, LazyLock};
use std::thread;

use ctu::{MemoryCache, cached};
use pollster::block_on;

use super::{LOADING, herd, rounds};

#[test]
fn law3_once_threads_that_call_at_the_same_time_share_one_computation() {
    static COMPUTED: AtomicU32 = AtomicU32::new(0);
    #[cached]
    fn load(key: &str) -> String {
        COMPUTED.fetch_add(1, SeqCst);
        thread::sleep(LOADING);
        key.to_uppercase()
    }
    assert_eq!(herd(1_000, || load("a")), vec!["A".to_owned(); 1_000]);
    assert_eq!(COMPUTED.load(SeqCst), 1);
    let stats = load::stats();
    assert_eq!((stats.reads, stats.hits + stats.coalesced, stats.writes), (1_000, 999, 1));
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

/// A thousand, half of them threads, on one function.
#[tokio::test(flavor = "multi_thread")]
async fn law3_once_threads_and_tasks_share_one_computation() {
    static COMPUTED: AtomicU32 = AtomicU32::new(0);
    #[cached]
    async fn load(key: &str) -> String {
        COMPUTED.fetch_add(1, SeqCst);
        tokio::time::sleep(LOADING).await;
        key.to_uppercase()
    }
    let runtime = tokio::runtime::Handle::current();
    let tasks: Vec<_> = (0..500).map(|_| tokio::spawn(load("a"))).collect();
    let threads = tokio::task::spawn_blocking(move || {
        herd(500, || {
            // The timer is the runtime's, whoever waits for it.
            let _entered = runtime.enter();
            block_on(load("a"))
        })
    });
    assert_eq!(threads.await.unwrap(), vec!["A".to_owned(); 500]);
    for task in tasks {
        assert_eq!(task.await.unwrap(), "A");
    }
    assert_eq!(COMPUTED.load(SeqCst), 1);
    assert_eq!(load::__site().in_flight(), 0);
}

/// Each has a computation of its own, which the other's callers neither share nor delay.
#[tokio::test(flavor = "multi_thread")]
async fn law3_once_a_function_of_threads_and_one_of_tasks_compute_once_each_in_one_store() {
    static STORE: LazyLock<MemoryCache<String, String>> = LazyLock::new(|| MemoryCache::new(100));
    static COMPUTED: [AtomicU32; 2] = [const { AtomicU32::new(0) }; 2];
    #[cached(cache = STORE, key = "{key}")]
    fn load(key: &str) -> String {
        COMPUTED[0].fetch_add(1, SeqCst);
        thread::sleep(LOADING);
        key.to_uppercase()
    }
    #[cached(cache = STORE, key = "{key}")]
    async fn load_async(key: &str) -> String {
        COMPUTED[1].fetch_add(1, SeqCst);
        tokio::time::sleep(LOADING).await;
        key.repeat(2)
    }
    let tasks: Vec<_> = (0..500).map(|_| tokio::spawn(load_async("a"))).collect();
    let threads = tokio::task::spawn_blocking(|| herd(500, || load("a")));
    assert_eq!(threads.await.unwrap(), vec!["A".to_owned(); 500]);
    for task in tasks {
        assert_eq!(task.await.unwrap(), "aa");
    }
    assert_eq!(COMPUTED.each_ref().map(|computed| computed.load(SeqCst)), [1, 1]);
    assert_eq!(load::__site().in_flight() + load_async::__site().in_flight(), 0);
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
