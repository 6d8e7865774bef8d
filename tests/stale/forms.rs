//! Functions of every form, with computations in the background.

use std::future::Future;
use std::pin::Pin;

use ctu::{cache_functions, cache_methods, cached};

use crate::support::{HOUR, Shelf, Shop, eventually};

#[tokio::test]
async fn recursion() {
    static SHOP: Shelf = Shelf::new(Shop::new);
    #[cached(cache = SHOP.any, key = typed, ttl = "1h", stale = "1h", stale_on = expiry)]
    fn plain(n: u64) -> u64 {
        if n < 2 { n } else { plain(n - 1) + plain(n - 2) }
    }
    /// An `async` function that calls itself has to say that its future is `Send`, as to be spawned by hand.
    fn boxed(n: u64) -> Pin<Box<dyn Future<Output = u64> + Send>> {
        Box::pin(later(n))
    }
    #[cached(cache = SHOP.any, key = typed, ttl = "1h", stale = "1h", stale_on = expiry)]
    async fn later(n: u64) -> u64 {
        if n < 2 { n } else { boxed(n - 1).await + boxed(n - 2).await }
    }
    assert_eq!((plain(10), later(10).await), (55, 55));
    SHOP.hand.advance(HOUR);
    assert_eq!((plain(10), later(10).await), (55, 55));
    eventually(|| plain::__site().in_flight() == 0);
    while later::__site().in_flight() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!((plain(10), later(10).await), (55, 55));
}

#[cache_functions(ttl = "1h", stale = "1h", stale_on = expiry, refresh_ahead = 2, jitter = 0.2)]
mod defaults {
    pub(crate) fn double(n: u64) -> u64 {
        n * 2
    }
    #[cached(stale_on = error)]
    pub(crate) fn half(n: u64) -> Result<u64, String> {
        if n.is_multiple_of(2) { Ok(n / 2) } else { Err(format!("{n} is odd")) }
    }
    #[cached(key = json)]
    pub(crate) async fn join((a, b): (String, u8), c: Option<&'static str>) -> String {
        format!("{a}{b}{c:?}")
    }
}

#[tokio::test]
async fn of_a_module() {
    assert_eq!((defaults::double(2), defaults::half(4)), (4, Ok(2)));
    assert!(defaults::half(3).is_err());
    assert_eq!(defaults::join(("a".into(), 1), Some("b")).await, "a1Some(\"b\")");
}

trait Area {
    type Unit;
    fn area(&self, scale: u32) -> Self::Unit;
}

#[derive(Clone)]
struct Square<T> {
    side: T,
}

#[cache_methods(self_key = self.side, ttl = "1h", stale = "1h", stale_on = expiry)]
impl<T> Area for Square<T>
where
    T: Copy + Into<u64> + std::hash::Hash + Eq + Send + Sync + 'static,
{
    type Unit = u64;

    #[cached]
    fn area(&self, scale: u32) -> Self::Unit {
        self.side.into() * self.side.into() * u64::from(scale)
    }
}

#[cache_methods(self_key = none, ttl = "1h", refresh_ahead)]
impl<T: Clone + Send + Sync + 'static> Square<T> {
    #[cached]
    #[allow(clippy::unused_self)]
    fn name(&self) -> &'static str {
        std::any::type_name::<T>()
    }

    #[cached]
    fn describe<const N: usize>(parts: [u8; N], all: bool) -> String {
        format!("{parts:?} {all}")
    }
}

#[test]
fn of_a_trait_and_of_generic_types() {
    assert_eq!((Square { side: 3_u32 }.area(2), Square { side: 3_u8 }.area(2)), (18, 18));
    assert_eq!((Square { side: 3_u32 }.name(), Square { side: 3_u8 }.name()), ("u32", "u8"));
    assert_eq!(Square::<u8>::describe([1, 2], true), "[1, 2] true");
    assert_eq!(Square::<u8>::describe([1], true), "[1] true");
}
