//! `timeout`: a caller waits only so long. Time is tokio's, and stands still until everybody waits.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use ctu::{ErrorKind, cached};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep};

use crate::support::{Closed, HOUR, SECOND, Shelf, Shop};

async fn idle(in_flight: impl Fn() -> usize) {
    while in_flight() > 0 {
        sleep(SECOND).await;
    }
}

#[tokio::test(start_paused = true)]
async fn hard_without_a_value_the_call_fails_when_its_time_is_up_and_the_next_one_tries_again() {
    static SHOP: Shelf = Shelf::new(Shop::new);
    static TAKES: AtomicU64 = AtomicU64::new(5);
    #[cached(cache = SHOP.texts, key = "one", timeout = "2s")]
    async fn price() -> ctu::Result<u32> {
        sleep(Duration::from_secs(TAKES.load(SeqCst))).await;
        Ok(SHOP.ask().unwrap())
    }
    let start = Instant::now();
    let error = price().await.unwrap_err();
    assert_eq!((error.kind(), start.elapsed()), (ErrorKind::Timeout, SECOND * 2));
    assert_eq!((SHOP.asked(), price::__site().in_flight()), (0, 0));
    TAKES.store(1, SeqCst);
    assert_eq!(price().await.unwrap(), 1);
    TAKES.store(5, SeqCst);
    assert_eq!(price().await.unwrap(), 1, "a hit has no timeout to pass");
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_another_waits_as_long_as_its_own_timeout_and_takes_over() {
    static SHOP: Shelf = Shelf::new(Shop::new);
    static FIRST: AtomicBool = AtomicBool::new(true);
    #[cached(cache = SHOP.texts, key = "one", timeout = "10s")]
    async fn price() -> ctu::Result<u32> {
        let takes = if FIRST.swap(false, SeqCst) { 100 } else { 3 };
        sleep(SECOND * takes).await;
        Ok(SHOP.ask().unwrap())
    }
    let start = Instant::now();
    let first = tokio::spawn(price());
    sleep(SECOND * 4).await;
    let second = tokio::spawn(price());
    sleep(SECOND * 4).await;
    let third = tokio::spawn(price());
    assert_eq!(first.await.unwrap().unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(start.elapsed(), SECOND * 10);
    // The second computes now, for three seconds, of which its own timeout allows four.
    assert_eq!((second.await.unwrap().unwrap(), third.await.unwrap().unwrap()), (1, 1));
    assert_eq!((start.elapsed(), SHOP.asked()), (SECOND * 13, 1));
}

#[tokio::test(start_paused = true)]
async fn soft_the_expired_value_is_served_and_the_computation_goes_on_and_is_stored() {
    static SHOP: Shelf = Shelf::new(Shop::new);
    static TAKES: AtomicU64 = AtomicU64::new(0);
    #[cached(cache = SHOP.any, key = typed, ttl = "1h", stale = "1h", timeout = "2s")]
    async fn price(article: &str) -> Result<u32, Closed> {
        let _ = article;
        sleep(Duration::from_secs(TAKES.load(SeqCst))).await;
        SHOP.ask()
    }
    assert_eq!(price("a").await, Ok(1));
    SHOP.hand.advance(HOUR);
    TAKES.store(5, SeqCst);
    let start = Instant::now();
    assert_eq!((price("a").await, start.elapsed()), (Ok(1), SECOND * 2));
    // Another waits for the same computation, and has not to wait long any more.
    sleep(Duration::from_millis(2_500)).await;
    assert_eq!((price("a").await, start.elapsed()), (Ok(2), SECOND * 5));
    assert_eq!((price("a").await, SHOP.asked(), price::stats().stale), (Ok(2), 2, 1));

    // In time, or failing: as without a timeout.
    SHOP.hand.advance(HOUR);
    TAKES.store(1, SeqCst);
    assert_eq!(price("a").await, Ok(3));
    SHOP.hand.advance(HOUR);
    SHOP.close();
    assert_eq!((price("a").await, SHOP.asked(), price::stats().stale), (Ok(3), 4, 2));

    // An error type that is not made of the cache's: without a value at hand, one waits.
    price::evict("a").await.unwrap();
    SHOP.open();
    TAKES.store(100, SeqCst);
    let start = Instant::now();
    assert_eq!((price("a").await, start.elapsed()), (Ok(4), SECOND * 100));
    idle(|| price::__site().in_flight()).await;
}

#[tokio::test(start_paused = true)]
async fn soft_with_many_callers_all_are_served_and_one_computation_is_made() {
    static SHOP: Shelf = Shelf::new(Shop::new);
    static TAKES: AtomicU64 = AtomicU64::new(0);
    #[cached(cache = SHOP.texts, key = "one", ttl = "1h", stale = "1h", timeout = "2s")]
    async fn price() -> u32 {
        sleep(Duration::from_secs(TAKES.load(SeqCst))).await;
        SHOP.ask().unwrap()
    }
    assert_eq!(price().await, 1);
    SHOP.hand.advance(HOUR);
    TAKES.store(5, SeqCst);
    let start = Instant::now();
    let callers: Vec<_> = (0..1_000).map(|_| tokio::spawn(price())).collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), 1);
    }
    assert_eq!((start.elapsed(), price::stats().stale), (SECOND * 2, 1_000));
    idle(|| price::__site().in_flight()).await;
    assert_eq!((price().await, SHOP.asked()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn law4_an_eviction_during_a_computation_that_was_left_alone_wins() {
    static SHOP: Shelf = Shelf::new(Shop::new);
    static TAKES: AtomicU64 = AtomicU64::new(0);
    #[cached(cache = SHOP.texts, key = "one", ttl = "1h", stale = "1h", timeout = "2s")]
    async fn price() -> u32 {
        sleep(Duration::from_secs(TAKES.load(SeqCst))).await;
        SHOP.ask().unwrap()
    }
    assert_eq!(price().await, 1);
    SHOP.hand.advance(HOUR);
    TAKES.store(5, SeqCst);
    assert_eq!(price().await, 1);
    assert!(price::evict().await.unwrap());
    sleep(SECOND * 10).await;
    assert_eq!((SHOP.asked(), price::peek().await.unwrap()), (2, None));
}

#[tokio::test(start_paused = true)]
async fn a_panic_within_the_timeout_is_the_caller_s() {
    static SHOP: Shelf = Shelf::new(Shop::new);
    static PANICS: AtomicBool = AtomicBool::new(false);
    #[cached(cache = SHOP.texts, key = "one", ttl = "1h", stale = "1h", timeout = "2s")]
    async fn price() -> u32 {
        yield_now().await;
        assert!(!PANICS.load(SeqCst), "on purpose");
        SHOP.ask().unwrap()
    }
    assert_eq!(price().await, 1);
    SHOP.hand.advance(HOUR);
    PANICS.store(true, SeqCst);
    assert!(tokio::spawn(price()).await.unwrap_err().is_panic());
    PANICS.store(false, SeqCst);
    assert_eq!(price().await, 2);
}

#[test]
fn without_a_runtime_there_are_no_timers_and_the_caller_waits() {
    static SHOP: Shelf = Shelf::new(Shop::new);
    #[cached(cache = SHOP.texts, key = "one", timeout = "1ms")]
    async fn price() -> ctu::Result<u32> {
        let mut is_first = true;
        std::future::poll_fn(|context| {
            if std::mem::take(&mut is_first) {
                context.waker().wake_by_ref();
                return std::task::Poll::Pending;
            }
            std::task::Poll::Ready(())
        })
        .await;
        Ok(SHOP.ask().unwrap())
    }
    assert_eq!(pollster::block_on(price()).unwrap(), 1);
}
