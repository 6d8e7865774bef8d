//! Cached functions wherever functions are, under the strictest lints.

#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    rust_2018_idioms,
    unreachable_pub,
    unused_qualifications,
    unused_results,
    clippy::all,
    clippy::pedantic
)]

use memo::cached;

/// At module level, with arguments of names that the expansion might use itself.
#[cached(crate = memo)]
#[must_use]
pub fn key(key: &str, cache: u32, value: u32, store: u32, site: u32) -> String {
    format!("{key}{cache}{value}{store}{site}")
}

/// A name that is a keyword elsewhere, and patterns.
#[cached(crate = memo)]
pub(crate) fn self_(self_: &str, (a, b): (u32, u32), mut list: Vec<u8>, _: u8, [first, ..]: [u8; 3]) -> Vec<u8> {
    list.push(first);
    println!("{self_}{a}{b}");
    list
}

/// A raw name.
#[cached(crate = memo)]
#[must_use]
pub fn r#match(r#type: u32) -> u32 {
    r#type
}

/// What hides the names that the expansion would use if they were not absolute.
pub mod hostile {
    #![allow(non_camel_case_types, dead_code, missing_docs, missing_debug_implementations)]

    use memo::cached;

    struct String;
    struct Result;
    struct Option;
    struct Vec;
    struct Duration;
    trait Clone {}
    mod std {}
    mod core {}

    /// Still works.
    #[cached(crate = ::memo, ttl = "1m", cache_if = |n| *n > 0)]
    #[must_use]
    pub fn f(n: u64) -> u64 {
        n
    }
}

/// Used through `use`.
pub mod nested {
    use memo::cached;

    /// Parses.
    ///
    /// # Errors
    ///
    /// When it is no number.
    #[cached(crate = ::memo, ttl = "1m", cache_if = |v| *v > 3)]
    pub fn parse(s: &str) -> Result<u32, std::num::ParseIntError> {
        s.parse()
    }

    /// Async, with a key that is a text.
    #[cached(crate = memo, key = json)]
    pub async fn slow(s: String) -> String {
        std::future::ready(()).await;
        s
    }

    /// With lifetimes and a `where` clause.
    #[cached(crate = memo)]
    #[must_use]
    pub fn with_lifetimes<'a, 'b>(s: &'a str, t: &'b [u8]) -> usize
    where
        'a: 'b,
    {
        s.len() + t.len()
    }

    /// Without arguments.
    #[cached(crate = memo)]
    #[must_use]
    pub fn nothing() -> u32 {
        3
    }

    /// Old.
    #[cached(crate = memo)]
    #[deprecated = "use `nothing`"]
    #[must_use]
    pub fn old(n: u32) -> u32 {
        n
    }
}

/// A type with cached methods.
#[derive(Debug)]
pub struct Shop {
    id: u64,
}

#[memo::cache_methods(crate = memo, self_key = self.id)]
impl Shop {
    /// Makes one.
    #[must_use]
    pub const fn new(id: u64) -> Self {
        Self { id }
    }

    /// A price.
    #[cached]
    #[must_use]
    pub fn price(&self, article: &str) -> u64 {
        self.id + article.len() as u64
    }

    /// Another, later.
    ///
    /// # Errors
    ///
    /// Never.
    #[cached(ttl = "1m")]
    pub async fn later(&self, article: &str) -> Result<u64, String> {
        std::future::ready(()).await;
        Ok(self.id + article.len() as u64)
    }
}

/// What has an area.
pub trait Area {
    /// The area.
    fn area(&self, scale: u64) -> u64;
}

#[memo::cache_methods(crate = memo, self_key = self.id)]
impl Area for Shop {
    #[cached]
    fn area(&self, scale: u64) -> u64 {
        self.id * scale
    }
}

/// Cached by the module.
#[memo::cache_functions(crate = memo, capacity = 10)]
pub mod texts {
    /// The length.
    #[must_use]
    pub fn length(text: &str) -> usize {
        text.len()
    }
}

use nested::parse;

/// Uses them all.
///
/// # Panics
///
/// When an answer is wrong.
pub fn use_them() {
    #[cached(crate = memo)]
    fn inner(n: u64) -> u64 {
        if n < 2 { 1 } else { inner(n - 1) }
    }
    assert_eq!(key("a", 1, 2, 3, 4), "a1234");
    assert_eq!(self_("a", (1, 2), vec![], 3, [4; 3]), [4]);
    assert_eq!(r#match(7), 7);
    assert_eq!(hostile::f(7), 7);
    assert_eq!(parse("7"), Ok(7));
    assert!(matches!(parse::evict("7"), Ok(true)));
    assert_eq!(nested::with_lifetimes("a", &[1]), 2);
    assert_eq!(nested::nothing(), 3);
    assert_eq!(inner(3), 1);
    assert_eq!(Shop::new(1).price("abc"), 4);
    assert!(matches!(Shop::new(1).price_evict("abc"), Ok(true)));
    assert_eq!(Shop::new(2).area(3), 6);
    assert_eq!(texts::length("abc"), 3);
}

#[cfg(test)]
mod tests {
    #[test]
    fn they_work() {
        super::use_them();
    }
}
