//! Each form of a function, in an older edition.
#![deny(warnings)]
#![allow(missing_docs, clippy::needless_lifetimes)]

use std::hash::Hash;
use std::sync::LazyLock;

use ctu::{cache_methods, cached, SharedMemory};

static CACHE: LazyLock<SharedMemory> = LazyLock::new(|| SharedMemory::new(10));

#[cached]
pub fn text(s: &str, n: usize) -> String {
    s.repeat(n)
}

#[cached(cache = CACHE)]
pub fn shared(s: &str, n: u32, option: Option<&str>) -> String {
    s.repeat(n as usize) + option.unwrap_or_default()
}

#[cached(key = "named:{a}", ttl = "1h", skip(b))]
pub fn named<'a, 'b>(a: &'a str, b: &'b [u32]) -> usize {
    a.len() + b.len()
}

#[cached]
pub async fn later(s: &str, owned: String) -> Result<String, std::fmt::Error> {
    Ok(s.to_owned() + &owned)
}

#[cached(cache = CACHE)]
pub async fn shared_later(s: &str, owned: String) -> String {
    s.to_owned() + &owned
}

#[cached(ttl = "1h", stale = "1h", stale_on = expiry)]
pub fn stale(s: &str, owned: String) -> String {
    s.to_owned() + &owned
}

#[cached]
pub fn generic<T: Hash + Eq + Clone + Send + Sync + 'static, const N: usize>(t: &T, n: usize) -> usize {
    let _ = t;
    n + N
}

pub struct Shop<'n, T> {
    pub cache: SharedMemory,
    pub name: &'n str,
    pub goods: T,
}

#[cache_methods(cache = self.cache, self_key = self.name)]
impl<'n, T: Send + Sync + 'static> Shop<'n, T> {
    #[cached]
    pub fn price(&self, article: &str) -> usize {
        self.name.len() + article.len()
    }

    #[cached]
    pub async fn price_later(&self, article: &str) -> usize {
        self.name.len() + article.len()
    }

    #[cached(self_key = self.name.len())]
    pub fn length(&self, n: &u8) -> u8 {
        *n
    }
}

/// Calls each, and whether the futures can be sent.
pub fn all() {
    fn is_send(_: impl Send) {}
    let shop = Shop { cache: SharedMemory::new(10), name: "a", goods: 1 };
    assert_eq!(text("a", 2) + &shared("a", 2, None) + &stale("a", String::new()), "aaaaa");
    assert_eq!(named("a", &[]) + generic::<u8, 3>(&1, 1) + shop.price("bc") + usize::from(shop.length(&1)), 9);
    is_send(later("a", String::new()));
    is_send(shared_later("a", String::new()));
    is_send(shop.price_later("bc"));
    assert!(text::evict("a", 2).is_ok_and(|was_there| was_there));
}
