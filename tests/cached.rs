//! `#[cached]` on free functions: what a caller sees.

#![cfg(feature = "memory")]

mod computed;

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use ctu::prelude::*;
use ctu::{Args, ManualClock, MemoryCache, Scoped, Ttl, cached};
use pollster::block_on;

use computed::{computed, count};

#[test]
fn law1_exact_a_hit_is_what_the_function_gave_back() {
    #[cached]
    fn repeat(s: &str, n: usize) -> String {
        count(s.repeat(n))
    }
    assert_eq!(repeat("aa", 3), "aaaaaa");
    assert_eq!(repeat("aa", 3), "aaaaaa");
    assert_eq!(repeat("aa", 2), "aaaa");
    assert_eq!(computed(), 2);
    let stats = repeat::stats();
    assert_eq!((stats.reads, stats.hits, stats.writes, stats.entries), (3, 1, 2, Some(2)));
}

#[test]
fn recursion_fills_the_cache_on_the_way() {
    #[cached]
    fn fib(n: u64) -> u64 {
        count(if n < 2 { n } else { fib(n - 1) + fib(n - 2) })
    }
    assert_eq!(fib(90), 2_880_067_194_370_816_120);
    assert_eq!(computed(), 91);
}

#[test]
fn companions_ask_evict_prime_refresh_and_compute() -> ctu::Result<()> {
    #[cached]
    fn length(s: &str) -> usize {
        count(s.len())
    }
    assert!(!length::in_cache("abc")?);
    assert_eq!(length::peek("abc")?, None);
    assert_eq!(length("abc"), 3);
    assert!(length::in_cache("abc")?);
    assert_eq!(length::peek("abc")?, Some(3));
    assert!(length::evict("abc")?);
    assert!(!length::evict("abc")?);
    assert!(!length::in_cache("abc")?);
    assert_eq!(computed(), 1);

    length::prime("abc", &4)?;
    assert_eq!(length("abc"), 4);
    assert_eq!(computed(), 0);
    assert_eq!(length::refresh("abc"), 3);
    assert_eq!(length("abc"), 3);
    assert_eq!(length::uncached("abc"), 3);
    assert_eq!(computed(), 2);
    assert_eq!(length::key("abc")?, ("abc".to_owned(),));
    Ok(())
}

#[test]
fn async_functions_have_async_companions() -> ctu::Result<()> {
    #[cached]
    async fn length(s: &str, by_value: Vec<u8>) -> usize {
        std::future::ready(()).await;
        count(s.len() + by_value.len())
    }
    block_on(async {
        assert_eq!(length("abc", vec![1]).await, 4);
        assert_eq!(length("abc", vec![1]).await, 4);
        assert!(length::in_cache("abc", vec![1]).await?);
        assert!(length::evict("abc", vec![1]).await?);
        assert_eq!(length::peek("abc", vec![1]).await?, None);
        length::prime("abc", vec![1], &9).await?;
        assert_eq!(length("abc", vec![1]).await, 9);
        assert_eq!(length::refresh("abc", vec![1]).await, 4);
        assert_eq!(computed(), 2);
        Ok(())
    })
}

#[test]
fn a_cached_future_can_be_sent_to_another_thread() {
    #[cached]
    async fn fallible(s: &str) -> Result<usize, Box<dyn std::error::Error + Send>> {
        std::future::ready(()).await;
        Ok(s.len())
    }
    fn assert_send<T: Send>(future: T) -> T {
        future
    }
    assert_eq!(block_on(assert_send(fallible("abc"))).unwrap(), 3);
}

#[test]
fn of_a_result_only_ok_is_stored() {
    struct NotClone;
    #[cached]
    fn parse(s: &str) -> Result<u32, NotClone> {
        count(s.parse().map_err(|_| NotClone))
    }
    assert!(parse("7").is_ok() && parse("7").is_ok());
    assert_eq!(computed(), 1);
    assert!(parse("x").is_err() && parse("x").is_err());
    assert_eq!(computed(), 2);
    assert_eq!(parse::peek("7").unwrap(), Some(7));
}

#[test]
fn an_alias_of_result_says_whether_errors_are_stored() {
    type Parsed = Result<u32, std::num::ParseIntError>;
    #[cached(result)]
    fn only_ok(s: &str) -> Parsed {
        count(s.parse())
    }
    #[cached(result = false)]
    fn all(s: &str) -> Parsed {
        count(s.parse())
    }
    let _ = (only_ok("x"), only_ok("x"));
    assert_eq!(computed(), 2);
    let _ = (all("x"), all("x"));
    assert_eq!(computed(), 1);
}

#[test]
fn none_is_stored_unless_the_predicate_says_otherwise() {
    #[cached]
    fn digit(c: char) -> Option<u32> {
        count(c.to_digit(10))
    }
    #[cached(cache_if = Option::is_some)]
    fn some_digit(c: char) -> Option<u32> {
        count(c.to_digit(10))
    }
    assert_eq!((digit('x'), digit('x')), (None, None));
    assert_eq!(computed(), 1);
    assert_eq!((some_digit('x'), some_digit('x'), some_digit('1'), some_digit('1')), (None, None, Some(1), Some(1)));
    assert_eq!(computed(), 3);
}

#[test]
fn a_refresh_that_is_not_to_be_stored_leaves_no_older_value() {
    static ROUND: AtomicU32 = AtomicU32::new(0);
    #[cached(cache_if = |round| *round == 0)]
    fn round() -> u32 {
        ROUND.fetch_add(1, Relaxed)
    }
    assert_eq!(round(), 0);
    assert_eq!(round::refresh(), 1);
    assert_eq!(round::peek().unwrap(), None);
}

#[test]
fn law6_bounded_the_own_store_keeps_to_its_capacity() {
    #[cached(capacity = 16)]
    fn square(n: u64) -> u64 {
        n * n
    }
    assert!((0..1_000).all(|n| square(n) == n * n));
    assert_eq!(square::stats().entries, Some(16));
}

static CLOCK: LazyLock<ManualClock> = LazyLock::new(ManualClock::new);
static TIMED: LazyLock<MemoryCache<String, u32>> =
    LazyLock::new(|| MemoryCache::builder().capacity(100).ttl(Duration::from_secs(1)).clock(&*CLOCK).build());

#[test]
fn lifetimes_are_those_of_the_attribute_the_value_or_the_store() -> ctu::Result<()> {
    const HALF_MINUTE: Duration = Duration::from_secs(30);
    #[cached(cache = TIMED, ttl = "1m")]
    fn minute(n: u32) -> u32 {
        n
    }
    #[cached(cache = TIMED, ttl = HALF_MINUTE)]
    fn half(n: u32) -> u32 {
        n
    }
    #[cached(cache = TIMED, ttl = |n| Duration::from_secs(u64::from(*n)))]
    fn own(n: u32) -> u32 {
        n
    }
    #[cached(cache = TIMED, ttl = Ttl::Never)]
    fn ever(n: u32) -> u32 {
        n
    }
    #[cached(cache = TIMED)]
    fn default(n: u32) -> u32 {
        n
    }
    let left = |key: String| Cache::<str, u32>::get_entry(&TIMED, &key).map(|entry| entry.map(|entry| entry.ttl));
    assert_eq!([minute(7), half(7), own(7), ever(7), default(7)], [7; 5]);
    assert_eq!(left(minute::key(7)?)?, Some(Some(Duration::from_secs(60))));
    assert_eq!(left(half::key(7)?)?, Some(Some(HALF_MINUTE)));
    assert_eq!(left(own::key(7)?)?, Some(Some(Duration::from_secs(7))));
    assert_eq!(left(ever::key(7)?)?, Some(None));
    assert_eq!(left(default::key(7)?)?, Some(Some(Duration::from_secs(1))));
    CLOCK.advance(Duration::from_secs(7));
    assert_eq!((own::peek(7)?, default::peek(7)?, half::peek(7)?), (None, None, Some(7)));
    CLOCK.advance(Duration::from_secs(53));
    assert_eq!((minute::peek(7)?, ever::peek(7)?), (None, Some(7)));
    Ok(())
}

#[test]
fn skipped_arguments_are_not_in_the_key_and_companions_do_without_them() -> ctu::Result<()> {
    struct Database(u32);
    #[cached(skip(db))]
    fn user(db: &mut Database, id: u64) -> u64 {
        db.0 += 1;
        count(id * 2)
    }
    let mut db = Database(0);
    assert_eq!((user(&mut db, 4), user(&mut Database(9), 4)), (8, 8));
    assert_eq!(computed(), 1);
    assert!(user::in_cache(4)?);
    user::prime(5, &1)?;
    assert_eq!(user(&mut db, 5), 1);
    assert_eq!(user::refresh(&mut db, 5), 10);
    assert_eq!(db.0, 2);
    Ok(())
}

mod library {
    use super::*;

    /// A function of some other module, with a companion of another name.
    #[cached(companion = renamed)]
    #[must_use]
    pub(super) fn used(n: u32) -> u32 {
        count(n)
    }
}

#[test]
fn a_function_is_used_through_its_module_and_its_companion_may_have_another_name() {
    use library::{renamed, used};
    assert_eq!((used(1), library::used(1)), (1, 1));
    assert_eq!(computed(), 1);
    assert!(renamed::evict(1).unwrap());
}

static SHARED: LazyLock<MemoryCache<Scoped<(String, u64)>, u64>> = LazyLock::new(|| MemoryCache::new(100));

#[test]
fn law5_apart_functions_that_share_a_typed_store_do_not_see_each_others_entries() {
    #[cached(cache = SHARED, key = typed)]
    fn sum(s: &str, n: u64) -> u64 {
        s.len() as u64 + n
    }
    #[cached(cache = SHARED, key = typed)]
    fn product(s: &str, n: u64) -> u64 {
        s.len() as u64 * n
    }
    assert_eq!((sum("abc", 5), product("abc", 5), sum("abc", 5)), (8, 15, 8));
    assert!(sum::evict("abc", 5).unwrap());
    assert!(product::in_cache("abc", 5).unwrap());
    assert_eq!(SHARED.len().unwrap(), 1);
}

#[test]
fn by_hand_a_cache_memoizes_any_expression() -> ctu::Result<()> {
    let cache: MemoryCache<(String, u64), u64> = MemoryCache::new(10);
    for _ in 0..2 {
        assert_eq!(cache.get_or_set_with(&Args(("abc", &5)), Ttl::Default, || count(8)), 8);
    }
    assert_eq!(computed(), 1);
    let failing: Result<u64, &str> = cache.try_get_or_set_with(&Args(("x", &1)), Ttl::Default, || Err("no"));
    assert_eq!(failing, Err("no"));
    assert_eq!(cache.len()?, 1);
    assert_eq!(cache.take(&Args(("abc", &5)))?, Some(8));
    Ok(())
}

#[cached(refresh_if = n > 10 && !text.is_empty())]
fn fresh(text: &str, n: u64) -> (String, u32) {
    let _ = n;
    (text.to_owned(), next_number())
}

#[cached(skip(force), refresh_if = force)]
async fn fresh_later(text: String, force: bool) -> (String, u32) {
    std::future::ready(force).await;
    (text, next_number())
}

fn next_number() -> u32 {
    thread_local!(static COUNT: std::cell::Cell<u32> = const { std::cell::Cell::new(0) });
    COUNT.with(|count| count.replace(count.get() + 1))
}

#[test]
fn a_call_whose_arguments_say_so_computes_anew_and_stores() {
    assert_eq!([fresh("a", 1).1, fresh("a", 1).1], [0, 0]);
    assert_eq!([fresh("a", 11).1, fresh("a", 11).1], [1, 2]);
    assert_eq!(fresh::peek("a", 11).unwrap(), Some(("a".to_owned(), 2)));
    assert_eq!([fresh("", 11).1, fresh("", 11).1], [3, 3]);

    let later = |force| pollster::block_on(fresh_later("a".to_owned(), force)).1;
    assert_eq!([later(false), later(false), later(true), later(false)], [4, 4, 5, 5]);
}

#[cached(ttl = Duration::from_secs(seconds), capacity = 5 + 5)]
fn lasts(seconds: u64) -> u64 {
    seconds
}

#[test]
fn a_lifetime_may_be_told_by_an_argument() {
    assert_eq!((lasts(3), lasts::prime(4, &5).is_ok(), lasts(4)), (3, true, 5));
}
