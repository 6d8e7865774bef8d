//! Panics and cancellations at random.

use std::cell::Cell;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use ctu::cached;
use pollster::block_on;

use super::rounds;

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

/// Threads and tasks on one function, each of which may panic or give up, while others evict.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn law3_once_threads_and_tasks_that_give_up_at_random_leave_no_one_waiting() {
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
    let rounds = rounds(500);
    let callers = 0..6_u64;
    let calls = move |caller: u64| async move {
        let mut chance = Chance(caller);
        for round in 0..rounds {
            let (key, seed) = (round / 3, u64::from(round) % 5);
            let call = give_up(load(key, seed), chance.next(8));
            if let Ok(Some(value)) = catch(call).await {
                assert_eq!(value, key + 1);
            }
            if chance.next(7) == 0 {
                load::evict(key, seed).await.unwrap();
            }
        }
    };
    let threads: Vec<_> = callers.clone().map(|caller| thread::spawn(move || block_on(calls(caller)))).collect();
    let tasks: Vec<_> = callers.map(|caller| tokio::spawn(calls(caller + 100))).collect();
    for task in tasks {
        task.await.unwrap();
    }
    tokio::task::spawn_blocking(|| threads.into_iter().for_each(|thread| thread.join().unwrap())).await.unwrap();
    assert_eq!(load::__site().in_flight(), 0);
}

/// Drops `future` where it has to wait after having been polled `polls` times before; 7: never.
async fn give_up<F: Future>(future: F, mut polls: u64) -> Option<F::Output> {
    let is_patient = polls == 7;
    let mut future = Box::pin(future);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if polls == 0 => Poll::Ready(None),
        Poll::Pending => {
            polls -= u64::from(!is_patient);
            Poll::Pending
        }
    })
    .await
}

/// The output of `future`, or that it panicked.
async fn catch<F: Future>(future: F) -> Result<F::Output, ()> {
    let mut future = Box::pin(future);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(polled) => polled.map(Ok),
        Err(_) => Poll::Ready(Err(())),
    })
    .await
}
