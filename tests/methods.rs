//! `#[cache_methods]`: methods, associated functions, trait methods.

#![cfg(feature = "memory")]

mod computed;

use std::fmt::Display;
use std::sync::LazyLock;

use ctu::prelude::*;
use ctu::{MemoryCache, Scoped, cache_methods};
use pollster::block_on;

use computed::{computed, count};

static TEXTS: LazyLock<MemoryCache<String, String>> = LazyLock::new(|| MemoryCache::new(1_000));

struct Shop {
    id: u64,
    name: String,
}

fn shops() -> (Shop, Shop) {
    (Shop { id: 1, name: "near".into() }, Shop { id: 2, name: "far".into() })
}

impl Shop {
    fn name(&self) -> &str {
        &self.name
    }
}

#[cache_methods(cache = TEXTS, self_key = self.id)]
impl Shop {
    const TAX: u32 = 2;

    #[cached]
    fn price(&self, article: &str) -> Result<String, std::num::ParseIntError> {
        count(article.parse::<u32>()).map(|n| format!("{} {}", n * Self::TAX, self.name))
    }

    #[cached(self_key = none)]
    #[allow(clippy::unused_self)]
    fn describe(&self, article: &str) -> String {
        count(format!("article {article}"))
    }

    #[cached(self_key = *self.name(), prefix = "by-name.")]
    fn by_name(&self) -> String {
        self.name.clone()
    }

    #[cached(key = "shop:{self.id}:{self.name}:{page}", prefix = "")]
    async fn page(&self, page: u32) -> String {
        std::future::ready(()).await;
        count(format!("{} {page}", self.name))
    }

    #[cached(key = |n| (self.name.len(), *n), self_key = none)]
    fn by_closure(&self, n: u32) -> String {
        format!("{}{n}", self.name)
    }

    #[cached(capacity = 10)]
    fn own_store(&self, n: u32) -> Self {
        Self { id: u64::from(n) + self.id, name: self.name.clone() }
    }

    #[cached]
    fn associated(n: u32) -> String {
        count(n.to_string())
    }

    fn rename(&mut self, name: &str) {
        name.clone_into(&mut self.name);
    }
}

impl Clone for Shop {
    fn clone(&self) -> Self {
        Self { id: self.id, name: self.name.clone() }
    }
}

#[test]
fn law5_apart_two_objects_never_see_each_others_answers() -> ctu::Result<()> {
    let (near, far) = shops();
    for _ in 0..2 {
        assert_eq!(near.price("4"), Ok("8 near".to_owned()));
        assert_eq!(far.price("4"), Ok("8 far".to_owned()));
    }
    assert_eq!(computed(), 2);
    assert!(near.price_evict("4")?);
    assert!(far.price_in_cache("4")?);
    assert_eq!(near.price_peek("4")?, None);
    assert!(near.price("x").is_err());
    far.price_prime("4", &"9".to_owned())?;
    assert_eq!(far.price("4"), Ok("9".to_owned()));
    assert_eq!(far.price_refresh("4"), far.price_uncached("4"));
    assert_eq!((near.own_store(5).id, far.own_store(5).id, near.own_store(5).id), (6, 7, 6));
    Ok(())
}

#[test]
fn what_does_not_depend_on_the_object_is_shared() {
    let (near, far) = shops();
    assert_eq!((near.describe("x"), far.describe("x")), ("article x".into(), "article x".into()));
    assert_eq!(computed(), 1);
    assert_eq!((Shop::associated(7), Shop::associated(7)), ("7".into(), "7".into()));
    assert_eq!(computed(), 1);
    assert_eq!(Shop::associated_stats().hits, 1);
}

#[test]
fn keys_say_which_object_and_which_type() -> ctu::Result<()> {
    let (mut near, _) = shops();
    near.rename("n:r");
    let key = near.price_key("4")?;
    assert!(key.starts_with("methods::Shop::price#") && key.ends_with(r#".[1,"4"]"#), "{key}");
    assert_eq!(near.by_name(), "n:r");
    assert_eq!(near.by_name_key()?, r#"by-name.["n:r"]"#);
    assert_eq!(block_on(near.page(3)), "n:r 3");
    assert_eq!(near.page_key(3)?, "shop:1:n%3Ar:3");
    assert!(block_on(near.page_evict(3))?);
    assert_eq!(near.by_closure(3), "n:r3");
    assert!(near.by_closure_key(3)?.ends_with(".[3,3]"));
    Ok(())
}

struct Holder {
    factor: u64,
    cache: MemoryCache<String, u64>,
}

#[cache_methods(cache = self.cache)]
impl Holder {
    #[cached]
    fn times(&self, n: u64) -> u64 {
        count(n * self.factor)
    }
}

#[test]
fn a_cache_that_is_part_of_the_object_needs_nothing_else() {
    let holder = |factor| Holder { factor, cache: MemoryCache::new(10) };
    let (two, three) = (holder(2), holder(3));
    assert_eq!((two.times(7), three.times(7), two.times(7)), (14, 21, 14));
    assert_eq!(computed(), 2);
}

trait Area {
    type Unit: Display;
    fn area(&self, scale: u32) -> Self::Unit;
    fn name(&self) -> String {
        "shape".into()
    }
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Square(u32);

#[cache_methods(self_key = *self)]
impl Area for Square {
    type Unit = String;

    #[cached]
    fn area(&self, scale: u32) -> Self::Unit {
        let area: Self::Unit = (self.0 * self.0 * scale).to_string();
        count(area)
    }
}

#[test]
fn the_methods_of_a_trait_are_cached_and_their_companions_stand_beside() -> ctu::Result<()> {
    let square: &dyn Area<Unit = String> = &Square(3);
    assert_eq!((square.area(2), square.area(2), square.name()), ("18".into(), "18".into(), "shape".into()));
    assert_eq!(Square(4).area(2), "32");
    assert_eq!(computed(), 2);
    assert!(Square(3).area_evict(2)?);
    assert_eq!(Square(3).area_uncached(2), "18");
    Ok(())
}

struct Borrower<'a> {
    text: &'a str,
}

#[cache_methods(self_key = *self.text)]
impl<'a> Borrower<'a> {
    #[cached]
    fn count(&self, what: char) -> usize {
        count(self.text.matches(what).count())
    }
}

#[test]
fn a_type_with_lifetimes_has_cached_methods() {
    let text = String::from("abca");
    assert_eq!(Borrower { text: &text }.count('a'), 2);
    assert_eq!(Borrower { text: "abca" }.count('a'), 2);
    assert_eq!(Borrower { text: "b" }.count('a'), 0);
    assert_eq!(computed(), 2);
}

static TYPED: LazyLock<MemoryCache<Scoped<(u64, String)>, usize>> = LazyLock::new(|| MemoryCache::new(10));

#[cache_methods(cache = TYPED, key = typed, self_key = self.id)]
impl Shop {
    #[cached]
    fn typed(&self, text: &str) -> usize {
        count(text.len() + self.name.len())
    }
}

#[test]
fn a_typed_store_holds_the_objects_key_before_the_arguments() -> ctu::Result<()> {
    let (near, far) = shops();
    assert_eq!((near.typed("ab"), far.typed("ab"), near.typed("ab")), (6, 5, 6));
    assert_eq!((computed(), TYPED.len()?), (2, 2));
    Ok(())
}

struct Account {
    bank: &'static str,
    number: u64,
}

impl Account {
    fn iban(&self) -> String {
        format!("{}-{}", self.bank, self.number)
    }
}

#[cache_methods(self_key = self.iban())]
impl Account {
    #[cached]
    fn typed(&self, currency: &str, n: u64) -> String {
        format!("{} {currency} {n}", self.iban())
    }

    #[cached(key = json)]
    fn as_text(&self, n: u64) -> String {
        format!("{} {n}", self.iban())
    }

    #[cached]
    async fn later(&self, currency: String) -> String {
        std::future::ready(()).await;
        format!("{} {currency}", self.iban())
    }
}

#[test]
fn law5_apart_what_tells_objects_apart_may_be_made_for_the_call() {
    let (mine, yours) = (Account { bank: "A", number: 1 }, Account { bank: "A", number: 2 });
    for _ in 0..2 {
        assert_eq!((mine.typed("EUR", 3), yours.typed("EUR", 3)), ("A-1 EUR 3".to_owned(), "A-2 EUR 3".to_owned()));
        assert_eq!((mine.as_text(3), yours.as_text(3)), ("A-1 3".to_owned(), "A-2 3".to_owned()));
        let later = |account: &Account| pollster::block_on(account.later("EUR".to_owned()));
        assert_eq!((later(&mine), later(&yours)), ("A-1 EUR".to_owned(), "A-2 EUR".to_owned()));
    }
    assert_eq!(mine.as_text_key(3).unwrap(), r#"["A-1",3]"#);
    assert_eq!((Account::typed_stats().hits, Account::as_text_stats().hits, Account::later_stats().hits), (2, 2, 2));
    assert!(mine.typed_evict("EUR", 3).unwrap());
    assert!(!mine.typed_in_cache("EUR", 3).unwrap());
    assert!(yours.typed_in_cache("EUR", 3).unwrap());
}

struct Rates;

#[cache_methods(self_key = none)]
impl Rates {
    #[cached(skip(force), refresh_if = force)]
    #[allow(clippy::unused_self)]
    fn rate(&self, currency: String, force: bool) -> (String, u32) {
        let _ = force;
        (currency, REFRESHED.replace(REFRESHED.get() + 1))
    }
}

thread_local!(static REFRESHED: std::cell::Cell<u32> = const { std::cell::Cell::new(0) });

#[test]
fn a_method_is_refreshed_when_its_arguments_say_so() {
    let rate = |force| Rates.rate("EUR".to_owned(), force).1;
    assert_eq!([rate(false), rate(false), rate(true), rate(false), rate(true)], [0, 0, 1, 1, 2]);
}
