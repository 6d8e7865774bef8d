//! Deadlines of `async` functions that are one in two processes. Time is tokio's, and stands still until everybody waits.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use ctu::testing::ModelStore;
use ctu::{AsyncCache, AsyncLease, Cache, Claim, ErrorKind, Leased, ManualClock, cached};
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);

struct World {
    hand: ManualClock,
    store: ModelStore<String, u32>,
    takes: AtomicU64,
    asked: AtomicU32,
}

impl World {
    fn new() -> Self {
        let hand = ManualClock::new();
        let store = ModelStore::new().clock(&hand);
        Self { hand, store, takes: AtomicU64::new(0), asked: AtomicU32::new(0) }
    }

    async fn ask(&self) -> u32 {
        let asked = self.asked.fetch_add(1, SeqCst) + 1;
        sleep(Duration::from_secs(self.takes.load(SeqCst))).await;
        asked
    }

    async fn is_leased(&self) -> bool {
        let claim = Claim::ExclusiveOver(Duration::MAX);
        match AsyncLease::<str, u32>::lease(&self.store, "one", claim, SECOND).await.unwrap() {
            Leased::Granted(token) => {
                AsyncLease::<str, u32>::release(&self.store, "one", token).await.unwrap();
                false
            }
            _ => true,
        }
    }
}

type Shared = LazyLock<World>;

macro_rules! processes {
    ($world:ident: $($arguments:tt)*) => {
        static $world: Shared = Shared::new(World::new);
        #[cached(cache = $world.store, key = "one", prefix = "", coalesce = cluster, $($arguments)*)]
        async fn here() -> ctu::Result<u32> {
            Ok($world.ask().await)
        }
        #[cached(cache = $world.store, key = "one", prefix = "", coalesce = cluster, $($arguments)*)]
        async fn there() -> ctu::Result<u32> {
            Ok($world.ask().await)
        }
    };
}

#[tokio::test(start_paused = true)]
async fn soft_the_expired_value_is_served_in_time_everywhere_and_one_process_goes_on() {
    processes!(WORLD: ttl = "1h", stale = "1h", timeout = "2s");
    assert_eq!(here().await.unwrap(), 1);
    WORLD.hand.advance(HOUR);
    WORLD.takes.store(4, SeqCst);
    let start = Instant::now();
    let first = tokio::spawn(here());
    sleep(SECOND).await;
    assert_eq!((there().await.unwrap(), start.elapsed()), (1, SECOND * 3));
    assert_eq!(first.await.unwrap().unwrap(), 1);
    assert!(WORLD.is_leased().await, "it goes on under its lease");
    assert_eq!((there::__site().in_flight(), here::__site().in_flight()), (0, 1));
    // It is there while another waits for it.
    assert_eq!(there().await.unwrap(), 2);
    assert!(start.elapsed() < SECOND * 5, "{:?}", start.elapsed());
    assert_eq!((here().await.unwrap(), WORLD.asked.load(SeqCst)), (2, 2));
    assert_eq!((here::stats().stale, there::stats().stale), (1, 1));
    assert!(!WORLD.is_leased().await);
}

#[tokio::test(start_paused = true)]
async fn law4_gone_is_gone_for_one_that_goes_on() {
    processes!(WORLD: ttl = "1h", stale = "1h", timeout = "2s");
    assert_eq!(here().await.unwrap(), 1);
    WORLD.hand.advance(HOUR);
    WORLD.takes.store(5, SeqCst);
    assert_eq!(here().await.unwrap(), 1);
    there::prime(&100).await.unwrap();
    sleep(SECOND * 10).await;
    assert_eq!((here().await.unwrap(), there().await.unwrap(), WORLD.asked.load(SeqCst)), (100, 100, 2));
}

#[tokio::test(start_paused = true)]
async fn hard_the_call_fails_in_time_and_its_lease_ends_with_it() {
    processes!(WORLD: timeout = "2s");
    WORLD.takes.store(5, SeqCst);
    let start = Instant::now();
    let error = here().await.unwrap_err();
    assert_eq!((error.kind(), start.elapsed()), (ErrorKind::Timeout, SECOND * 2));
    assert!(!WORLD.is_leased().await);
    WORLD.takes.store(1, SeqCst);
    assert_eq!((there().await.unwrap(), here().await.unwrap()), (2, 2));
    // One that waits for another process fails in its time too.
    Cache::<str, u32>::remove(&WORLD.store, "one").unwrap();
    let Leased::Granted(_) = AsyncLease::<str, u32>::lease(&WORLD.store, "one", Claim::Exclusive, HOUR).await.unwrap()
    else {
        panic!("it is free")
    };
    let start = Instant::now();
    assert_eq!(there().await.unwrap_err().kind(), ErrorKind::Timeout);
    assert!((SECOND * 2..SECOND * 3).contains(&start.elapsed()));
    assert!(WORLD.is_leased().await, "it is another's");
}

#[tokio::test(start_paused = true)]
async fn law3_once_an_expired_value_is_served_at_once_everywhere_while_one_task_computes() {
    processes!(WORLD: ttl = "1h", stale = "1h", stale_on = expiry);
    assert_eq!(here().await.unwrap(), 1);
    WORLD.hand.advance(HOUR);
    WORLD.takes.store(5, SeqCst);
    let start = Instant::now();
    for _ in 0..50 {
        assert_eq!((here().await.unwrap(), there().await.unwrap()), (1, 1));
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
    sleep(SECOND * 6).await;
    assert_eq!((here().await.unwrap(), there().await.unwrap(), WORLD.asked.load(SeqCst)), (2, 2, 2));
    let left = AsyncCache::<str, u32>::get_entry(&WORLD.store, "one").await.unwrap().unwrap().ttl;
    assert_eq!(left, Some(HOUR * 2));
}
