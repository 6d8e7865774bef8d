//! Old answers from two levels, of which the first keeps values for less than their lifetime.

use std::sync::LazyLock;

use ctu::{ManualClock, MemoryCache, StackExt, TwoLevelCache, cached};
use pollster::block_on;

use crate::support::{Closed, HOUR, MINUTE, SECOND, Shelf, Shop};

type Store = MemoryCache<String, u32>;

/// Two levels by the clock of a shop.
fn levels(hand: &ManualClock) -> TwoLevelCache<Store, Store> {
    let level = || MemoryCache::builder().capacity(100).clock(hand).build();
    level().two_level(level()).first_ttl(5 * SECOND)
}

macro_rules! levels {
    ($name:ident, [$($async:ident)?], [$($wait:tt)*]) => {
        mod $name {
            use super::*;

            #[test]
            fn law1_exact_a_new_value_is_no_stale_one_because_the_first_level_keeps_it_for_less() {
                static SHOP: Shelf = LazyLock::new(Shop::new);
                static PAIR: LazyLock<TwoLevelCache<Store, Store>> = LazyLock::new(|| levels(&SHOP.hand));
                #[cached(cache = PAIR, key = "one", ttl = "1h", stale = "1h")]
                $($async)? fn price() -> Result<u32, Closed> {
                    SHOP.ask()
                }
                block_on(async {
                    for minute in 0..60 {
                        assert_eq!(price()$($wait)*, Ok(1), "computed once, and a hit {minute} minutes later");
                        assert_eq!(price()$($wait)*, Ok(1));
                        SHOP.hand.advance(MINUTE);
                    }
                    SHOP.close();
                    assert_eq!((price()$($wait)*, SHOP.asked()), (Ok(1), 2), "expired, and kept");
                    assert_eq!((price::stats().hits, price::stats().stale), (119, 1));
                    SHOP.hand.advance(HOUR);
                    assert_eq!(price()$($wait)*, Err(Closed));
                });
            }
        }
    };
}

levels!(plain, [], []);
levels!(waiting, [async], [.await]);
