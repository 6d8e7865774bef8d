//! `stale_on = expiry`: an expired value is served at once, and computed again in the background, by one.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Barrier};
use std::thread;

use ctu::{MemoryCache, cache_methods, cached};
use pollster::block_on;

use crate::support::{Closed, Door, HOUR, Shelf, Shop, eventually};

#[test]
fn law3_once_a_thousand_threads_at_expiry_are_served_at_once_and_one_computation_is_made() {
    static SHOP: Shelf = Shelf::new(Shop::new);
    static DOOR: Door = Door::new();
    static COMPUTING: AtomicU32 = AtomicU32::new(0);
    #[cached(cache = SHOP.texts, key = "one", ttl = "1h", stale = "1h", stale_on = expiry)]
    fn price() -> u32 {
        COMPUTING.fetch_add(1, SeqCst);
        DOOR.pass();
        SHOP.ask().unwrap()
    }
    assert_eq!(price(), 1);
    SHOP.hand.advance(HOUR);
    DOOR.close();
    let barrier = Barrier::new(1_000);
    thread::scope(|scope| {
        for _ in 0..1_000 {
            let caller = || {
                barrier.wait();
                assert_eq!(price(), 1);
            };
            thread::Builder::new().stack_size(256 << 10).spawn_scoped(scope, caller).unwrap();
        }
    });
    // All have returned, and the computation still waits at the door.
    assert_eq!((SHOP.asked(), price::stats().stale, price::__site().in_flight()), (1, 1_000, 1));
    DOOR.open();
    eventually(|| price::__site().in_flight() == 0);
    assert_eq!((price(), COMPUTING.load(SeqCst)), (2, 2));
    let stats = price::stats();
    assert_eq!((stats.reads, stats.hits, stats.stale, stats.writes), (1_002, 1, 1_000, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn law3_once_a_thousand_tasks_at_expiry_are_served_at_once_and_one_computation_is_made() {
    static SHOP: Shelf = Shelf::new(Shop::new);
    static DOOR: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(1);
    #[cached(cache = SHOP.texts, key = "one", ttl = "1h", stale = "1h", stale_on = expiry)]
    async fn price() -> u32 {
        DOOR.acquire().await.unwrap().forget();
        SHOP.ask().unwrap()
    }
    assert_eq!(price().await, 1);
    SHOP.hand.advance(HOUR);
    let callers: Vec<_> = (0..1_000).map(|_| tokio::spawn(price())).collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), 1);
    }
    assert_eq!((SHOP.asked(), price::stats().stale, price::__site().in_flight()), (1, 1_000, 1));
    DOOR.add_permits(1);
    while price::__site().in_flight() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!((price().await, SHOP.asked()), (2, 2));
}

#[test]
fn arguments_are_copied_for_the_background_and_then_only() {
    #[derive(Debug)]
    struct Counted(u32, Arc<AtomicU32>);
    impl Clone for Counted {
        fn clone(&self) -> Self {
            self.1.fetch_add(1, SeqCst);
            Self(self.0, Arc::clone(&self.1))
        }
    }
    static SHOP: Shelf = Shelf::new(Shop::new);
    #[cached(cache = SHOP.any, key = typed, ttl = "1h", stale = "1h", stale_on = expiry, skip(counted, others))]
    fn price(article: &str, size: [u8; 2], counted: &Counted, others: &[u32], name: &'static str) -> String {
        let price = SHOP.ask().unwrap();
        format!("{article} {size:?} {} {others:?} {name} {price}", counted.0)
    }
    let copies = Arc::new(AtomicU32::new(0));
    let call = || price(&String::from("a"), [1, 2], &Counted(7, Arc::clone(&copies)), &[3], "b");
    assert_eq!(call(), "a [1, 2] 7 [3] b 1");
    assert_eq!(call(), "a [1, 2] 7 [3] b 1");
    assert_eq!(copies.load(SeqCst), 0);
    SHOP.hand.advance(HOUR);
    assert_eq!(call(), "a [1, 2] 7 [3] b 1");
    eventually(|| price::__site().in_flight() == 0);
    assert_eq!(call(), "a [1, 2] 7 [3] b 2");
    assert_eq!(copies.load(SeqCst), 1);
}

#[test]
fn law4_what_comes_during_a_computation_in_the_background_wins() {
    static SHOP: Shelf = Shelf::new(Shop::new);
    static DOOR: Door = Door::new();
    #[cached(cache = SHOP.texts, key = "one", ttl = "1h", stale = "1h", stale_on = expiry)]
    fn price() -> Result<u32, Closed> {
        let price = SHOP.ask();
        DOOR.pass();
        price
    }
    for change in 0..3 {
        let before = price().unwrap();
        SHOP.hand.advance(HOUR);
        DOOR.close();
        let asked = SHOP.asked();
        assert_eq!(price(), Ok(before));
        eventually(|| SHOP.asked() == asked + 1);
        let expected = match change {
            0 => {
                assert!(price::evict().unwrap());
                None
            }
            1 => {
                price::prime(&1_000).unwrap();
                Some(1_000)
            }
            _ => {
                DOOR.open();
                Some(price::refresh().unwrap())
            }
        };
        assert_eq!(price::peek().unwrap(), expected);
        DOOR.open();
        eventually(|| price::__site().in_flight() == 0);
        assert_eq!(price::peek().unwrap(), expected, "the older result is not stored over change {change}");
        price::evict().unwrap();
    }
}

#[test]
fn an_error_in_the_background_is_nobody_s_and_the_next_caller_tries_again() {
    static SHOP: Shelf = Shelf::new(Shop::new);
    #[cached(cache = SHOP.texts, key = "one", ttl = "1h", stale = "1h", stale_on = expiry)]
    fn price() -> Result<u32, Closed> {
        SHOP.ask()
    }
    assert_eq!(price(), Ok(1));
    SHOP.hand.advance(HOUR);
    SHOP.close();
    for asked in 2..5 {
        assert_eq!(price(), Ok(1));
        eventually(|| SHOP.asked() == asked && price::__site().in_flight() == 0);
    }
    SHOP.hand.advance(HOUR);
    assert_eq!(price(), Err(Closed), "it is served as long as it is kept, however often");
}

#[test]
fn a_panic_in_the_background_is_nobody_s_and_the_next_caller_tries_again() {
    static SHOP: Shelf = Shelf::new(Shop::new);
    static PANICS: AtomicBool = AtomicBool::new(false);
    static PANICKED: AtomicU32 = AtomicU32::new(0);
    #[cached(cache = SHOP.texts, key = "one", ttl = "1h", stale = "1h", stale_on = expiry)]
    fn price() -> u32 {
        if PANICS.load(SeqCst) {
            PANICKED.fetch_add(1, SeqCst);
            panic!("on purpose, in the background");
        }
        SHOP.ask().unwrap()
    }
    assert_eq!(price(), 1);
    SHOP.hand.advance(HOUR);
    PANICS.store(true, SeqCst);
    for panicked in 1..4 {
        assert_eq!(price(), 1);
        eventually(|| PANICKED.load(SeqCst) == panicked && price::__site().in_flight() == 0);
    }
    PANICS.store(false, SeqCst);
    assert_eq!(price(), 1);
    eventually(|| price::__site().in_flight() == 0);
    assert_eq!(price(), 2);
}

#[test]
fn without_a_runtime_one_caller_computes_and_the_others_are_served() {
    static SHOP: Shelf = Shelf::new(Shop::new);
    static DOOR: Door = Door::new();
    #[cached(cache = SHOP.texts, key = "one", ttl = "1h", stale = "1h", stale_on = expiry)]
    async fn price() -> Result<u32, Closed> {
        let price = SHOP.ask();
        DOOR.pass();
        price
    }
    assert_eq!(block_on(price()), Ok(1));
    SHOP.hand.advance(HOUR);
    DOOR.close();
    thread::scope(|scope| {
        let computing = scope.spawn(|| block_on(price()));
        eventually(|| SHOP.asked() == 2);
        assert_eq!((block_on(price()), block_on(price())), (Ok(1), Ok(1)));
        DOOR.open();
        assert_eq!(computing.join().unwrap(), Ok(2));
    });
    SHOP.hand.advance(HOUR);
    SHOP.close();
    assert_eq!((block_on(price()), SHOP.asked()), (Ok(2), 3), "and if it fails, it is served too");
    let stats = price::stats();
    assert_eq!((stats.reads, stats.hits, stats.stale), (5, 0, 3));
}

/// An object that is gone when its background ends, in whose place another stands.
#[test]
fn law5_apart_the_computation_of_one_object_is_no_answer_for_the_next_at_its_address() {
    static DOOR: Door = Door::new();
    #[derive(Clone)]
    struct Stand {
        shop: Arc<Shop>,
        texts: Arc<MemoryCache<String, u32>>,
        factor: u32,
    }
    #[cache_methods(cache = self.texts, ttl = "1h", stale = "1h", stale_on = expiry)]
    impl Stand {
        #[cached]
        fn price(&self, article: &str) -> u32 {
            let _ = article;
            let price = self.shop.ask().unwrap() * self.factor;
            DOOR.pass();
            price
        }
    }
    let (first, second) = (Arc::new(Shop::new()), Arc::new(Shop::new()));
    let mut stand = Stand { texts: Arc::clone(&first.texts), shop: Arc::clone(&first), factor: 1 };
    assert_eq!(stand.price("a"), 1);
    first.hand.advance(HOUR);
    DOOR.close();
    assert_eq!(stand.price("a"), 1);
    eventually(|| first.asked() == 2);
    // In the place of the first, while the computation for that goes on.
    stand = Stand { texts: Arc::clone(&second.texts), shop: second, factor: 100 };
    thread::scope(|scope| {
        let answer = scope.spawn(|| stand.price("a"));
        eventually(|| Stand::price_stats().reads == 3);
        DOOR.open();
        assert_eq!(answer.join().unwrap(), 100);
    });
    eventually(|| Stand::__price_site().in_flight() == 0);
    stand = Stand { texts: Arc::clone(&first.texts), shop: first, factor: 1 };
    assert_eq!(stand.price("a"), 2, "it has reached the store of its own object");
}

#[tokio::test]
async fn methods_are_computed_again_on_a_copy_of_the_object() {
    #[derive(Clone)]
    struct Stand {
        shop: Arc<Shop>,
    }
    #[cache_methods(cache = self.shop.texts, ttl = "1h", stale = "1h", stale_on = expiry)]
    impl Stand {
        #[cached]
        async fn price(&self, article: &str, ask: Option<String>) -> Result<u32, Closed> {
            let _ = (article, ask);
            self.shop.ask()
        }
    }
    let stand = Stand { shop: Arc::new(Shop::new()) };
    assert_eq!(stand.price("a", None).await, Ok(1));
    stand.shop.hand.advance(HOUR);
    assert_eq!(stand.price("a", None).await, Ok(1));
    while Stand::__price_site().in_flight() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(stand.price("a", None).await, Ok(2));
}

#[test]
fn functions_with_type_parameters_and_own_stores_have_it_too() {
    static SHOP: Shelf = Shelf::new(Shop::new);
    #[cached(cache = SHOP.any, key = typed, ttl = "1h", stale = "1h", stale_on = expiry)]
    #[allow(clippy::needless_pass_by_value)]
    fn describe<T: std::fmt::Debug + std::hash::Hash + Eq + Clone + Send + Sync + 'static>(it: T) -> String {
        format!("{it:?} {}", SHOP.ask().unwrap())
    }
    assert_eq!((describe(1_u8), describe("a")), ("1 1".to_owned(), "\"a\" 2".to_owned()));
    SHOP.hand.advance(HOUR);
    assert_eq!(describe(1_u8), "1 1");
    eventually(|| describe::__site().in_flight() == 0);
    assert_eq!(describe(1_u8), "1 3");
    assert_eq!(describe("a"), "\"a\" 2");

    #[cached(ttl = "1h", stale = "1h", stale_on = expiry, capacity = 10)]
    fn own(text: &str, n: usize) -> String {
        text.repeat(n)
    }
    assert_eq!(own("a", 2), "aa");
    assert_eq!(own::peek("a", 2).unwrap().as_deref(), Some("aa"));
}
