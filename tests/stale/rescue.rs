//! `stale_on = error`: an expired value is the answer when the function has none.

use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::Duration;

use ctu::{MemoryCache, Ttl, cache_methods, cached};
use pollster::block_on;

use crate::support::{Closed, Door, HOUR, MINUTE, Shelf, Shop, TICK, eventually};

/// A sync and an async function, and their methods, over the life of a value.
macro_rules! rescue {
    ($name:ident, [$($async:ident)?], [$($wait:tt)*]) => {
        mod $name {
            use super::*;

            #[test]
            fn an_error_is_answered_with_the_expired_value_until_that_is_over() -> ctu::Result<()> {
                static SHOP: Shelf = LazyLock::new(Shop::new);
                #[cached(cache = SHOP.any, key = typed, ttl = "1h", stale = "10m")]
                $($async)? fn price(article: &str) -> Result<u32, Closed> {
                    let _ = article;
                    SHOP.ask()
                }
                block_on(async {
                    assert_eq!(price("a")$($wait)*, Ok(1));
                    SHOP.close();
                    SHOP.hand.advance(HOUR - TICK);
                    assert_eq!((price("a")$($wait)*, SHOP.asked()), (Ok(1), 1), "a hit to the last tick of its ttl");
                    SHOP.hand.advance(TICK);
                    assert_eq!((price("a")$($wait)*, SHOP.asked()), (Ok(1), 2), "the first after it asks");
                    SHOP.hand.advance(MINUTE * 10 - TICK);
                    assert_eq!((price("a")$($wait)*, SHOP.asked()), (Ok(1), 3), "serving it has not prolonged it");
                    SHOP.hand.advance(TICK);
                    assert_eq!((price("a")$($wait)*, SHOP.asked()), (Err(Closed), 4), "nor is it served any longer");
                    let stats = price::stats();
                    assert_eq!((stats.reads, stats.hits, stats.stale, stats.writes), (5, 1, 2, 1));
                    SHOP.open();
                    assert_eq!(price("a")$($wait)*, Ok(2));
                    Ok(())
                })
            }

            #[test]
            fn a_new_value_takes_the_place_of_the_expired_one_for_its_whole_ttl() {
                static SHOP: Shelf = LazyLock::new(Shop::new);
                #[cached(cache = SHOP.texts, key = "one", ttl = HOUR, stale = "1h", stale_on = error)]
                $($async)? fn price() -> Result<u32, Closed> {
                    SHOP.ask()
                }
                block_on(async {
                    assert_eq!(price()$($wait)*, Ok(1));
                    SHOP.hand.advance(HOUR);
                    assert_eq!(price()$($wait)*, Ok(2), "an expired value is not served when there is a new one");
                    SHOP.hand.advance(HOUR - TICK);
                    assert_eq!(price()$($wait)*, Ok(2));
                    assert_eq!((SHOP.asked(), price::stats().stale), (2, 0));
                });
            }

            #[test]
            fn in_cache_and_peek_see_fresh_values_only_and_evict_removes_others_too() -> ctu::Result<()> {
                static SHOP: Shelf = LazyLock::new(Shop::new);
                #[cached(cache = SHOP.texts, key = "one", ttl = "1h", stale = "1h")]
                $($async)? fn price() -> Result<u32, Closed> {
                    SHOP.ask()
                }
                block_on(async {
                    assert_eq!(price()$($wait)*, Ok(1));
                    assert_eq!((price::in_cache()$($wait)*?, price::peek()$($wait)*?), (true, Some(1)));
                    SHOP.hand.advance(HOUR);
                    SHOP.close();
                    assert_eq!((price::in_cache()$($wait)*?, price::peek()$($wait)*?), (false, None));
                    assert_eq!(price()$($wait)*, Ok(1));
                    assert!(price::evict()$($wait)*?);
                    assert_eq!(price()$($wait)*, Err(Closed), "what is evicted is gone");
                    price::prime(&7)$($wait)*?;
                    assert_eq!(price()$($wait)*, Ok(7));
                    SHOP.hand.advance(HOUR);
                    assert_eq!(price()$($wait)*, Ok(7), "what is primed is kept as long");
                    assert_eq!(price::refresh()$($wait)*, Err(Closed), "who asks for a new one is told that there is none");
                    SHOP.hand.advance(HOUR);
                    assert_eq!(price()$($wait)*, Err(Closed));
                    SHOP.open();
                    assert_eq!(price::refresh()$($wait)*, Ok(2));
                    SHOP.hand.advance(HOUR);
                    SHOP.close();
                    assert_eq!(price()$($wait)*, Ok(2), "and what is refreshed");
                    Ok(())
                })
            }

            #[test]
            fn what_is_not_to_be_stored_any_more_takes_the_expired_value_away() {
                static SHOP: Shelf = LazyLock::new(Shop::new);
                #[cached(cache = SHOP.texts, key = "one", ttl = "1h", stale = "1h", cache_if = |price| *price == 1)]
                $($async)? fn price() -> Result<u32, Closed> {
                    SHOP.ask()
                }
                block_on(async {
                    assert_eq!(price()$($wait)*, Ok(1));
                    SHOP.hand.advance(HOUR);
                    assert_eq!(price()$($wait)*, Ok(2));
                    SHOP.close();
                    assert_eq!(price()$($wait)*, Err(Closed));
                });
            }

            #[test]
            fn methods_have_it_too_by_default_of_their_impl() -> ctu::Result<()> {
                #[derive(Clone)]
                struct Stand {
                    shop: Arc<Shop>,
                }
                #[cache_methods(cache = self.shop.texts, ttl = "1h", stale = "1h")]
                impl Stand {
                    #[cached]
                    $($async)? fn price(&self, article: &str) -> Result<u32, Closed> {
                        let _ = article;
                        self.shop.ask()
                    }
                    #[cached(stale_on = error, ttl = "2h")]
                    $($async)? fn longer(&self) -> Result<u32, Closed> {
                        self.shop.ask()
                    }
                }
                let stand = Stand { shop: Arc::new(Shop::new()) };
                block_on(async {
                    assert_eq!((stand.price("a")$($wait)*, stand.longer()$($wait)*), (Ok(1), Ok(2)));
                    stand.shop.close();
                    stand.shop.hand.advance(HOUR);
                    assert_eq!((stand.price("a")$($wait)*, stand.longer()$($wait)*), (Ok(1), Ok(2)));
                    assert!(!stand.price_in_cache("a")$($wait)*?);
                    assert!(stand.longer_in_cache()$($wait)*?);
                    stand.shop.hand.advance(HOUR);
                    assert_eq!((stand.price("a")$($wait)*, stand.longer()$($wait)*), (Err(Closed), Ok(2)));
                    assert_eq!((Stand::price_stats().stale, Stand::longer_stats().stale), (1, 1));
                    Ok(())
                })
            }
        }
    };
}

rescue!(plain, [], []);
rescue!(later, [async], [.await]);

#[test]
fn what_never_expires_is_never_stale_and_a_store_s_own_ttl_ends_with_the_stale_time() {
    static SHOP: Shelf = LazyLock::new(Shop::new);
    static SHORT: LazyLock<MemoryCache<String, u32>> =
        LazyLock::new(|| MemoryCache::builder().capacity(10).ttl(HOUR * 2).clock(&SHOP.hand).build());
    #[cached(cache = SHOP.texts, key = "never", ttl = Ttl::Never, stale = "1h")]
    fn never() -> Result<u32, Closed> {
        SHOP.ask()
    }
    #[cached(cache = SHORT, key = "default", ttl = Ttl::Default, stale = "1h")]
    fn default() -> Result<u32, Closed> {
        SHOP.ask()
    }
    assert_eq!((never(), default()), (Ok(1), Ok(2)));
    SHOP.close();
    SHOP.hand.advance(HOUR - TICK);
    assert_eq!((never(), default(), SHOP.asked()), (Ok(1), Ok(2), 2));
    SHOP.hand.advance(TICK);
    assert_eq!((never(), default(), SHOP.asked()), (Ok(1), Ok(2), 3));
    SHOP.hand.advance(HOUR);
    assert_eq!((never(), default(), SHOP.asked()), (Ok(1), Err(Closed), 4));
}

#[test]
fn a_ttl_of_the_value_s_own_is_followed_by_the_stale_time() {
    static SHOP: Shelf = LazyLock::new(Shop::new);
    #[cached(cache = SHOP.texts, key = "one", ttl = |price| MINUTE * *price, stale = "1m")]
    fn price() -> Result<u32, Closed> {
        SHOP.ask()
    }
    for minutes in 1..4 {
        assert_eq!(price(), Ok(minutes));
        SHOP.hand.advance(MINUTE * minutes - TICK);
        assert_eq!((price(), SHOP.asked()), (Ok(minutes), minutes));
        SHOP.hand.advance(TICK);
    }
}

#[test]
fn law3_once_callers_of_an_expired_value_share_one_failure_and_are_all_served() {
    static SHOP: Shelf = LazyLock::new(Shop::new);
    static DOOR: Door = Door::new();
    #[cached(cache = SHOP.texts, key = "one", ttl = "1h", stale = "1h")]
    fn price() -> Result<u32, Closed> {
        let price = SHOP.ask();
        DOOR.pass();
        price
    }
    assert_eq!(price(), Ok(1));
    SHOP.hand.advance(HOUR);
    SHOP.close();
    DOOR.close();
    thread::scope(|scope| {
        let callers: Vec<_> = (0..64).map(|_| scope.spawn(price)).collect();
        // Each has counted its miss, and then waits for the one at the door.
        eventually(|| price::stats().reads == 65);
        thread::sleep(Duration::from_millis(20));
        DOOR.open();
        assert!(callers.into_iter().all(|caller| caller.join().unwrap() == Ok(1)));
    });
    assert_eq!(price::stats().stale, 64);
    // One, and whoever was kept from waiting in time.
    assert!(SHOP.asked() < 32, "{}", SHOP.asked());
}
