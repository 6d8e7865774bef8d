//! `refresh_ahead` and `jitter`: what chance decides. The decisions themselves are tested beside them, with numbers given;
//! here they are made certain by extreme ones.

use ctu::cached;

use crate::support::{Closed, HOUR, MINUTE, SECOND, Shelf, Shop, TICK, eventually};

#[test]
fn a_hit_that_is_early_is_served_and_computed_again_in_the_background() {
    static SHOP: Shelf = Shelf::new(Shop::new);
    #[cached(cache = SHOP.texts, key = "one", ttl = "1h", refresh_ahead = 1e30)]
    fn price() -> u32 {
        SHOP.ask().unwrap()
    }
    assert_eq!(price(), 1);
    assert_eq!(price(), 1);
    eventually(|| price::__site().in_flight() == 0);
    assert_eq!(price::peek().unwrap(), Some(2));
    let stats = price::stats();
    assert_eq!((stats.reads, stats.hits, stats.stale, stats.writes), (2, 1, 0, 2));
    SHOP.hand.advance(HOUR);
    assert_eq!(price(), 3, "without `stale`, what has expired is gone");
}

#[tokio::test]
async fn in_async_functions_too() {
    static SHOP: Shelf = Shelf::new(Shop::new);
    #[cached(cache = SHOP.texts, key = "one", ttl = "1h", refresh_ahead = 1e30)]
    async fn price() -> u32 {
        SHOP.ask().unwrap()
    }
    assert_eq!((price().await, price().await), (1, 1));
    while price::__site().in_flight() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(price::peek().await.unwrap(), Some(2));
}

#[test]
fn without_a_runtime_the_caller_computes_early_itself_and_an_error_leaves_the_value_as_it_is() {
    static SHOP: Shelf = Shelf::new(Shop::new);
    #[cached(cache = SHOP.texts, key = "one", ttl = "1h", refresh_ahead = 1e30)]
    async fn price() -> Result<u32, Closed> {
        SHOP.ask()
    }
    assert_eq!(pollster::block_on(price()), Ok(1));
    assert_eq!(pollster::block_on(price()), Ok(2));
    SHOP.close();
    assert_eq!((pollster::block_on(price()), SHOP.asked()), (Ok(2), 3));
    let stats = price::stats();
    assert_eq!((stats.reads, stats.hits, stats.stale), (3, 2, 0));
}

#[test]
fn a_value_far_from_its_end_that_cost_next_to_nothing_is_left_alone() {
    static SHOP: Shelf = Shelf::new(Shop::new);
    #[cached(cache = SHOP.texts, key = "one", ttl = "1h", refresh_ahead = 0.000001, stale = "1h", stale_on = expiry)]
    fn price() -> u32 {
        SHOP.ask().unwrap()
    }
    assert_eq!(price(), 1);
    SHOP.hand.advance(HOUR - MINUTE);
    (0..1_000).for_each(|_| assert_eq!(price(), 1));
    assert_eq!((SHOP.asked(), price::__site().in_flight()), (1, 0));
    // The time as a stale value does not make it early either.
    SHOP.hand.advance(MINUTE - SECOND);
    assert_eq!((price(), SHOP.asked()), (1, 1));
}

#[test]
fn what_never_expires_is_never_early() {
    static SHOP: Shelf = Shelf::new(Shop::new);
    #[cached(cache = SHOP.texts, key = "one", ttl = ctu::Ttl::Never, refresh_ahead = 1e30)]
    fn price() -> u32 {
        SHOP.ask().unwrap()
    }
    (0..100).for_each(|_| assert_eq!(price(), 1));
    assert_eq!(price::__site().in_flight(), 0);
}

#[test]
fn entries_written_together_do_not_expire_together() {
    static SHOP: Shelf = Shelf::new(Shop::new);
    #[cached(cache = SHOP.any, key = typed, ttl = "100m", jitter = "10%")]
    fn price(article: u32) -> u32 {
        SHOP.ask().unwrap() + article
    }
    let left = || (0..1_000).filter(|article| price::in_cache(*article).unwrap()).count();
    (0..1_000).for_each(|article| assert!(price(article) > article));
    SHOP.hand.advance(MINUTE * 90 - TICK);
    assert_eq!(left(), 1_000, "none lives for less than nine tenths of its ttl");
    SHOP.hand.advance(MINUTE * 5);
    let half = left();
    assert!((400..600).contains(&half), "{half} live for more than nineteen twentieths");
    SHOP.hand.advance(MINUTE * 5);
    assert!(left() <= 1, "none lives for longer than its ttl");
    SHOP.hand.advance(TICK);
    assert_eq!(left(), 0);
}

#[test]
fn what_is_primed_and_refreshed_is_jittered_and_kept_as_long_as_what_is_computed() {
    static SHOP: Shelf = Shelf::new(Shop::new);
    #[cached(cache = SHOP.any, key = typed, ttl = "100m", jitter = 0.1, stale = "1h")]
    fn price(article: u32) -> Result<u32, Closed> {
        SHOP.ask().map(|price| price + article)
    }
    (0..500).for_each(|article| price::prime(article, &7).unwrap());
    (500..1_000).for_each(|article| assert!(price::refresh(article).is_ok()));
    SHOP.close();
    SHOP.hand.advance(MINUTE * 95);
    for range in [0..500, 500..1_000] {
        let fresh = range.filter(|article| price::in_cache(*article).unwrap()).count();
        assert!((200..300).contains(&fresh), "{fresh}");
    }
    SHOP.hand.advance(MINUTE * 55 - TICK);
    assert!((0..1_000).all(|article| price(article).is_ok()), "the stale time is not jittered");
    SHOP.hand.advance(MINUTE * 10 + TICK);
    assert!((0..1_000).all(|article| price(article).is_err()));
}
