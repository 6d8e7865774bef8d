//! Computations that panic or are cancelled hand over to one of those who wait.

use std::panic::catch_unwind;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;

use ctu::cached;

use super::{LOADING, herd};

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
