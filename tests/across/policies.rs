//! Old answers and late ones, of functions that are one in two processes: the same keys in the same store, and nothing
//! else in common. The store's time is moved by hand.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Condvar, LazyLock, Mutex};
use std::thread;
use std::time::Duration;

use ctu::testing::{Flaky, ModelStore};
use ctu::{Cache, Claim, ErrorKind, Lease, Leased, ManualClock, Ttl, cached};

const HOUR: Duration = Duration::from_secs(3_600);

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Closed;

/// A store, and a supplier who may keep one waiting.
pub(crate) struct World {
    hand: ManualClock,
    pub(crate) store: Arc<ModelStore<String, u32>>,
    asked: AtomicU32,
    price: AtomicU32,
    is_open: AtomicBool,
    is_shut: Mutex<bool>,
    changed: Condvar,
}

impl World {
    fn new() -> Self {
        let hand = ManualClock::new();
        Self {
            store: Arc::new(ModelStore::new().clock(&hand)),
            hand,
            asked: AtomicU32::new(0),
            price: AtomicU32::new(0),
            is_open: AtomicBool::new(true),
            is_shut: Mutex::new(false),
            changed: Condvar::new(),
        }
    }

    fn ask(&self) -> Result<u32, Closed> {
        let price = self.price.fetch_add(1, SeqCst) + 1;
        self.asked.fetch_add(1, SeqCst);
        drop(self.changed.wait_while(self.is_shut.lock().unwrap(), |is_shut| *is_shut).unwrap());
        if self.is_open.load(SeqCst) { Ok(price) } else { Err(Closed) }
    }

    /// Keeps all who ask waiting, or lets them go.
    fn shut(&self, is_shut: bool) {
        *self.is_shut.lock().unwrap() = is_shut;
        self.changed.notify_all();
    }

    fn asked(&self) -> u32 {
        self.asked.load(SeqCst)
    }

    fn wait_until_asked(&self, times: u32) {
        eventually(|| self.asked() == times);
    }
}

fn eventually(is_so: impl Fn() -> bool) {
    while !is_so() {
        thread::yield_now();
    }
}

type Shared = LazyLock<World>;

/// The function in both processes.
macro_rules! processes {
    ($world:ident: $($arguments:tt)*) => {
        static $world: Shared = Shared::new(World::new);
        #[cached(cache = $world.store, key = "one", prefix = "", ttl = "1h", $($arguments)*)]
        fn here() -> Result<u32, Closed> {
            $world.ask()
        }
        #[cached(cache = $world.store, key = "one", prefix = "", ttl = "1h", $($arguments)*)]
        fn there() -> Result<u32, Closed> {
            $world.ask()
        }
    };
}

fn grant<C: Lease<str, u32>>(store: &C, claim: Claim) -> ctu::Token {
    match store.lease("one", claim, Duration::from_secs(5)).unwrap() {
        Leased::Granted(token) => token,
        other => panic!("{other:?}"),
    }
}

#[test]
fn law3_once_an_expired_value_is_served_at_once_everywhere_while_one_process_computes() {
    processes!(WORLD: coalesce = cluster, stale = "1h", stale_on = expiry);
    assert_eq!((here(), there()), (Ok(1), Ok(1)));
    WORLD.hand.advance(HOUR);
    WORLD.shut(true);
    assert_eq!(here(), Ok(1));
    WORLD.wait_until_asked(2);
    for _ in 0..100 {
        assert_eq!((here(), there()), (Ok(1), Ok(1)));
    }
    WORLD.shut(false);
    eventually(|| here::__site().in_flight() == 0);
    assert_eq!((here(), there(), WORLD.asked()), (Ok(2), Ok(2), 2));
    assert_eq!((here::stats().stale, there::stats().stale), (101, 100));
    assert_eq!((here::stats().errors, there::stats().errors), (0, 0));
}

#[test]
fn strict_processes_each_compute_an_expired_value_and_the_first_to_store_wins() {
    processes!(WORLD: invalidation = "strict", stale = "1h", stale_on = expiry);
    assert_eq!(here(), Ok(1));
    WORLD.hand.advance(HOUR);
    WORLD.shut(true);
    assert_eq!((here(), there()), (Ok(1), Ok(1)));
    WORLD.wait_until_asked(3);
    WORLD.shut(false);
    eventually(|| here::__site().in_flight() + there::__site().in_flight() == 0);
    assert_eq!(here::stats().writes + there::stats().writes, 2, "one of them, after the first value");
    assert_eq!((here(), WORLD.asked()), (there(), 3));
}

#[test]
fn law4_gone_is_gone_for_a_computation_in_the_background_of_another_process() {
    processes!(WORLD: coalesce = cluster, stale = "1h", stale_on = expiry);
    type Word = fn() -> Option<u32>;
    let words: [Word; 3] = [
        || {
            there::evict().unwrap();
            None
        },
        || {
            there::prime(&100).unwrap();
            Some(100)
        },
        || {
            Cache::<str, u32>::remove(&WORLD.store, "one").unwrap();
            None
        },
    ];
    for word in words {
        there::prime(&50).unwrap();
        WORLD.hand.advance(HOUR);
        WORLD.shut(true);
        let asked = WORLD.asked();
        assert_eq!(here(), Ok(50));
        WORLD.wait_until_asked(asked + 1);
        let left = word();
        WORLD.shut(false);
        eventually(|| here::__site().in_flight() == 0);
        assert_eq!((here::peek().unwrap(), there::peek().unwrap()), (left, left));
    }
}

#[test]
fn an_error_is_answered_with_the_expired_value_whichever_process_had_it() {
    processes!(WORLD: coalesce = cluster, stale = "1h");
    assert_eq!(here(), Ok(1));
    WORLD.hand.advance(HOUR);
    WORLD.is_open.store(false, SeqCst);
    WORLD.shut(true);
    thread::scope(|scope| {
        let first = scope.spawn(here);
        WORLD.wait_until_asked(2);
        let second = scope.spawn(there);
        // It may have asked for the lease by now; if not, it computes.
        eventually(|| there::__site().in_flight() == 1);
        WORLD.shut(false);
        assert_eq!((first.join().unwrap(), second.join().unwrap()), (Ok(1), Ok(1)));
    });
    assert!(WORLD.asked() <= 3);
    assert_eq!((here::stats().stale, there::stats().stale), (1, 1));
    // Nobody has the lease: the next one computes.
    WORLD.is_open.store(true, SeqCst);
    let asked = WORLD.asked();
    assert_eq!(there(), Ok(asked + 1));
    assert_eq!(here(), Ok(asked + 1));
}

#[test]
fn who_waits_for_another_process_gets_its_value_and_serves_no_expired_one() {
    processes!(WORLD: coalesce = cluster, stale = "1h");
    assert_eq!(here(), Ok(1));
    WORLD.hand.advance(HOUR);
    WORLD.shut(true);
    thread::scope(|scope| {
        let first = scope.spawn(here);
        WORLD.wait_until_asked(2);
        let second = scope.spawn(there);
        eventually(|| there::__site().in_flight() == 1);
        WORLD.shut(false);
        assert_eq!((first.join().unwrap(), second.join().unwrap()), (Ok(2), Ok(2)));
    });
    assert_eq!((WORLD.asked(), there::stats().stale), (2, 0));
}

#[test]
fn an_expired_value_is_served_until_the_lease_of_a_process_that_was_killed_ends() {
    processes!(WORLD: coalesce = cluster, stale = "1h", stale_on = expiry);
    assert_eq!(here(), Ok(1));
    WORLD.hand.advance(HOUR);
    grant(&WORLD.store, Claim::ExclusiveOver(HOUR));
    assert_eq!((here(), there()), (Ok(1), Ok(1)));
    assert_eq!((here::__site().in_flight(), there::__site().in_flight(), WORLD.asked()), (0, 0, 1));
    WORLD.hand.advance(Duration::from_secs(5));
    // A process that has just seen the lease does not ask again at once.
    eventually(|| there() == Ok(2));
    assert_eq!(WORLD.asked(), 2);
}

#[test]
fn law3_once_a_value_is_computed_early_by_one_process_and_the_others_give_up_silently() {
    processes!(WORLD: coalesce = cluster, refresh_ahead = 1e300);
    assert_eq!(here(), Ok(1));
    // What a computation takes is known to a process that has computed.
    there::evict().unwrap();
    assert_eq!(there(), Ok(2));
    WORLD.shut(true);
    assert_eq!(here(), Ok(2));
    WORLD.wait_until_asked(3);
    for _ in 0..100 {
        assert_eq!((here(), there()), (Ok(2), Ok(2)));
    }
    assert_eq!((there::__site().in_flight(), there::stats().errors), (0, 0));
    // An eviction there wins over it, here.
    there::evict().unwrap();
    WORLD.shut(false);
    eventually(|| here::__site().in_flight() == 0);
    assert_eq!((here::peek().unwrap(), WORLD.asked()), (None, 3));
}

#[test]
fn a_value_that_is_not_to_be_stored_takes_the_expired_one_away_and_nothing_newer() {
    #[allow(clippy::trivially_copy_pass_by_ref)] // what a predicate is given
    fn is_small(price: &u32) -> bool {
        *price < 2
    }
    processes!(WORLD: coalesce = cluster, stale = "1h", stale_on = expiry, cache_if = is_small);
    assert_eq!(here(), Ok(1));
    WORLD.hand.advance(HOUR);
    assert_eq!(here(), Ok(1));
    eventually(|| here::__site().in_flight() == 0);
    assert_eq!(Cache::<str, u32>::get(&WORLD.store, "one").unwrap(), None);

    Cache::<str, u32>::put(&WORLD.store, "one", &1, Ttl::After(HOUR)).unwrap();
    WORLD.shut(true);
    assert_eq!(here(), Ok(1), "expired, as far as it can be told");
    WORLD.wait_until_asked(3);
    there::prime(&0).unwrap();
    WORLD.shut(false);
    eventually(|| here::__site().in_flight() == 0);
    assert_eq!(there::peek().unwrap(), Some(0));
}

#[derive(Debug, PartialEq)]
struct Failed(Option<ErrorKind>);

impl From<ctu::Error> for Failed {
    fn from(error: ctu::Error) -> Self {
        Self(Some(error.kind()))
    }
}

#[test]
fn a_lease_that_fails_is_the_function_s_failure_where_that_is_asked_for() {
    static COMPUTED: AtomicU32 = AtomicU32::new(0);
    // The lookup goes well, and the lease does not.
    static FLAKY: LazyLock<Flaky<ModelStore<String, u32>>> =
        LazyLock::new(|| Flaky::script([None, Some(ErrorKind::Unavailable)], ModelStore::new()));
    #[cached(cache = FLAKY, key = "one", prefix = "", coalesce = cluster, on_error = fail)]
    #[allow(clippy::unnecessary_wraps)] // for the error of the cache
    fn price() -> Result<u32, Failed> {
        Ok(COMPUTED.fetch_add(1, SeqCst))
    }
    assert_eq!(price(), Err(Failed(Some(ErrorKind::Unavailable))));
    assert_eq!((COMPUTED.load(SeqCst), price::stats().errors, price::__site().in_flight()), (0, 1, 0));
    assert_eq!(price(), Ok(0));
    assert_eq!(price::peek().unwrap(), Some(0));
}

#[test]
fn law2_harmless_a_lease_that_fails_leaves_an_expired_value_where_it_is() {
    static WORLD: Shared = Shared::new(World::new);
    static FLAKY: LazyLock<Flaky<Arc<ModelStore<String, u32>>>> =
        LazyLock::new(|| Flaky::script([None, Some(ErrorKind::Unavailable)], Arc::clone(&WORLD.store)));
    #[cached(cache = FLAKY, key = "one", prefix = "", ttl = "1h", coalesce = cluster, stale = "1h")]
    fn price() -> Result<u32, Closed> {
        WORLD.ask()
    }
    Cache::<str, u32>::put(&WORLD.store, "one", &50, Ttl::After(HOUR)).unwrap();
    assert_eq!(price(), Ok(1));
    assert_eq!(Cache::<str, u32>::get(&WORLD.store, "one").unwrap(), Some(50), "it is not stored, nor is this removed");
    WORLD.is_open.store(false, SeqCst);
    assert_eq!(price(), Ok(50));
}
