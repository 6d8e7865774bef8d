//! Functions that `#[cached]` takes, each a case by its test's name, under the strictest lints.

#![deny(warnings, rust_2018_idioms, unused_qualifications, unused_results, clippy::all, clippy::pedantic)]
// These are about the functions as they are written, cached or not.
#![allow(clippy::boxed_local, clippy::many_single_char_names, clippy::too_many_arguments)]
#![allow(clippy::needless_pass_by_value, clippy::trivially_copy_pass_by_ref, clippy::unnecessary_wraps)]

use std::collections::BTreeMap;
use std::num::ParseIntError;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use memo::{MemoryCache, SharedMemory, Ttl, cached};

static TEXTS: LazyLock<MemoryCache<String, u64>> = LazyLock::new(|| MemoryCache::new(1_000));
static ANY: LazyLock<SharedMemory> = LazyLock::new(|| SharedMemory::new(1_000));
const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn no_arguments() {
    #[cached(crate = memo)]
    fn f() -> u64 {
        3
    }
    assert!(f() + f() == 6);
}

#[test]
fn no_result() {
    #[cached(crate = memo)]
    fn f(n: u64) {
        let _ = n;
    }
    assert!({
        f(1);
        f::stats().writes == 1
    });
}

#[test]
fn many_arguments() {
    #[cached(crate = memo)]
    fn f(a: u8, b: u8, c: u8, d: u8, e: u8, g: u8, h: u8, i: u8, j: u8, k: u8, l: u8, m: u8) -> u8 {
        a + b + c + d + e + g + h + i + j + k + l + m
    }
    assert!(f(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1) == 12);
}

#[test]
fn more_arguments_with_a_closure() {
    #[cached(crate = memo, key = |a, b, c, d, e, g, h, i, j, k, l, m, n| [*a, *b, *c, *d, *e, *g, *h, *i, *j, *k, *l, *m, *n])]
    fn f(a: u8, b: u8, c: u8, d: u8, e: u8, g: u8, h: u8, i: u8, j: u8, k: u8, l: u8, m: u8, n: u8) -> u8 {
        a + b + c + d + e + g + h + i + j + k + l + m + n
    }
    assert!(f(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1) == 13);
}

#[test]
fn borrowed_texts_and_slices() {
    #[cached(crate = memo)]
    fn f(s: &str, bytes: &[u8], names: &[String]) -> usize {
        s.len() + bytes.len() + names.len()
    }
    assert!(f("a", &[1], &[]) == 2);
}

#[test]
fn static_references() {
    #[cached(crate = memo)]
    fn f(s: &'static str) -> &'static str {
        s
    }
    assert!(f("a") == "a");
}

#[test]
fn owned_collections() {
    #[cached(crate = memo)]
    fn f(map: BTreeMap<String, Vec<u64>>) -> usize {
        map.len()
    }
    assert!(f(BTreeMap::new()) == 0);
}

#[test]
fn smart_pointers() {
    #[cached(crate = memo)]
    fn f(s: Arc<str>, b: Box<u64>) -> Arc<str> {
        Arc::from(s.repeat(usize::try_from(*b).unwrap_or(0)))
    }
    assert!(&*f("ab".into(), Box::new(2)) == "abab");
}

#[test]
fn tuples_and_arrays() {
    #[cached(crate = memo)]
    fn f(pair: (u64, String), array: [u8; 3]) -> u64 {
        pair.0 + u64::from(array[0])
    }
    assert!(f((1, String::new()), [2; 3]) == 3);
}

#[test]
fn function_pointers() {
    #[cached(crate = memo)]
    fn f(operation: fn(u64) -> u64, n: u64) -> u64 {
        operation(n)
    }
    assert!(f(|n| n + 1, 2) == 3);
}

#[test]
fn options_and_results() {
    #[cached(crate = memo)]
    fn f(n: Option<u64>, m: Result<u64, String>) -> Option<u64> {
        n.or(m.ok())
    }
    assert!(f(None, Ok(3)) == Some(3));
}

#[test]
fn mutable_bindings() {
    #[cached(crate = memo)]
    fn f(mut n: u64) -> u64 {
        n += 1;
        n
    }
    assert!(f(1) == 2);
}

#[test]
fn early_return_and_question_mark() {
    #[cached(crate = memo)]
    fn f(s: &str) -> Result<u64, ParseIntError> {
        if s.is_empty() {
            return Ok(0);
        }
        Ok(s.parse::<u64>()? + 1)
    }
    assert!(f("1") == Ok(2) && f("") == Ok(0) && f("x").is_err());
}

#[test]
fn errors_that_are_not_clone() {
    #[cached(crate = memo)]
    fn f(s: &str) -> Result<u64, Box<dyn std::error::Error>> {
        Ok(s.parse()?)
    }
    assert!(f("1").is_ok() && f("x").is_err());
}

#[test]
fn result_by_path() {
    #[cached(crate = memo)]
    fn f(s: &str) -> std::io::Result<u64> {
        Ok(s.len() as u64)
    }
    assert!(matches!(f("a"), Ok(1)) && matches!(f::peek("a"), Ok(Some(1))));
}

#[test]
fn nested_functions_and_closures() {
    #[cached(crate = memo)]
    fn f(n: u64) -> u64 {
        fn inner(n: u64) -> u64 {
            n + 1
        }
        Some(n).map_or(0, inner)
    }
    assert!(f(1) == 2);
}

#[test]
fn mutual_recursion() {
    #[cached(crate = memo)]
    fn even(n: u64) -> bool {
        n == 0 || odd(n - 1)
    }
    #[cached(crate = memo)]
    fn odd(n: u64) -> bool {
        n != 0 && even(n - 1)
    }
    assert!(even(100) && !odd(100));
}

#[test]
fn generic_types_of_arguments() {
    #[cached(crate = memo)]
    fn f<T>(value: T) -> String
    where
        T: Clone + Eq + std::hash::Hash + ToString + Send + Sync + 'static,
    {
        value.to_string()
    }
    assert!(f(1) == "1" && f("a") == "a");
}

#[test]
fn generic_types_of_the_result() {
    #[cached(crate = memo)]
    fn f<T: Clone + Default + Send + Sync + 'static>(n: usize) -> Vec<T> {
        vec![T::default(); n]
    }
    assert!(f::<u8>(2) == [0, 0] && f::<bool>(1) == [false]);
}

#[test]
fn const_generics() {
    #[cached(crate = memo)]
    fn f<const N: usize>(array: [u8; N]) -> usize {
        array.len()
    }
    assert!(f([1]) == 1 && f([1, 1]) == 2);
}

#[test]
fn named_lifetimes() {
    #[cached(crate = memo)]
    fn f<'a, 'b: 'a>(s: &'a str, t: &'b str) -> usize {
        s.len() + t.len()
    }
    assert!(f("a", "b") == 2);
}

#[test]
fn ttl_as_text_constant_expression_and_closure() {
    #[cached(crate = memo, ttl = "1h 30m")]
    fn text(n: u64) -> u64 {
        n
    }
    #[cached(crate = memo, ttl = MINUTE)]
    fn constant(n: u64) -> u64 {
        n
    }
    #[cached(crate = memo, ttl = Duration::from_secs(60 * 60))]
    fn expression(n: u64) -> u64 {
        n
    }
    #[cached(crate = memo, ttl = |n| if *n > 0 { Ttl::After(MINUTE) } else { Ttl::Never })]
    fn closure(n: u64) -> u64 {
        n
    }
    assert!([text(1), constant(1), expression(1), closure(1)] == [1; 4]);
}

#[test]
fn capacity_as_an_expression() {
    #[cached(crate = memo, capacity = usize::from(u8::MAX) * 2)]
    fn f(n: u64) -> u64 {
        n
    }
    assert!(f(1) == 1);
}

#[test]
fn predicates_as_closure_and_function() {
    #[cached(crate = memo, cache_if = |n| *n > 1)]
    fn closure(n: u64) -> u64 {
        n
    }
    #[cached(crate = memo, cache_if = Result::is_ok, result = false)]
    fn function(n: u64) -> Result<u64, String> {
        Ok(n)
    }
    assert!(closure(1) == 1 && matches!(closure::peek(1), Ok(None)) && function(1) == Ok(1));
}

#[test]
fn skipped_arguments_of_any_type() {
    #[cached(crate = memo, skip(log, names))]
    fn f(log: &mut dyn FnMut(&str), names: &[&str], n: u64) -> u64 {
        log(names[0]);
        n
    }
    assert!(f(&mut |_| {}, &["a"], 1) == 1 && matches!(f::in_cache(1), Ok(true)));
}

#[test]
fn a_cache_as_an_expression() {
    #[cached(crate = memo, cache = &*TEXTS)]
    fn reference(n: u64) -> u64 {
        n
    }
    #[cached(crate = memo, cache = { &TEXTS })]
    fn block(n: u64) -> u64 {
        n + 1
    }
    #[cached(crate = memo, cache = LazyLock::force(&TEXTS))]
    fn call(n: u64) -> u64 {
        n + 2
    }
    assert!((reference(1), block(1), call(1)) == (1, 2, 3));
}

#[test]
fn a_cache_for_all_types() {
    #[cached(crate = memo, cache = ANY, key = typed)]
    fn length(s: &str) -> usize {
        s.len()
    }
    #[cached(crate = memo, cache = ANY, key = typed)]
    fn text(n: u64, m: u64) -> String {
        format!("{n}{m}")
    }
    assert!(length("a") == 1 && text(1, 2) == "12");
}

#[test]
fn keys_of_every_kind() {
    #[cached(crate = memo, cache = TEXTS, key = json)]
    fn json(n: u64) -> u64 {
        n
    }
    #[cached(crate = memo, cache = TEXTS, key = hash)]
    fn hash(n: u64) -> u64 {
        n
    }
    #[cached(crate = memo, cache = TEXTS, key = "n:{n}")]
    fn template(n: u64) -> u64 {
        n
    }
    #[cached(crate = memo, cache = TEXTS, key = |n| n + 1)]
    fn closure(n: u64) -> u64 {
        n
    }
    assert!([json(1), hash(1), template(1), closure(1)] == [1; 4]);
}

#[test]
fn templates_with_members_braces_and_keywords() {
    #[derive(Clone)]
    struct User {
        id: u64,
        name: (String, u8),
    }
    #[cached(crate = memo, key = "{{user}}:{user.id}:{user.name.0}:{type}")]
    fn f(user: &User, r#type: u64) -> String {
        format!("{}{}{type}", user.id, user.name.1, type = r#type)
    }
    assert!(
        f(&User { id: 1, name: ("a:b".into(), 2) }, 3) == "123"
            && matches!(f::key(&User { id: 1, name: ("a:b".into(), 2) }, 3).as_deref(), Ok("{user}:1:a%3Ab:3"))
    );
}

#[test]
fn closures_with_patterns_and_types() {
    #[cached(crate = memo, key = |(a, _): &(u64, f64), _| *a)]
    fn f(pair: (u64, f64), scale: f64) -> String {
        format!("{pair:?}{scale}")
    }
    assert!(f((1, 2.0), 3.0) == "(1, 2.0)3");
}

#[test]
fn arguments_that_serialize_but_do_not_hash() {
    #[derive(serde::Serialize)]
    struct Query<'a> {
        text: &'a str,
        weights: Vec<f64>,
    }
    #[cached(crate = memo, key = json)]
    #[allow(clippy::needless_pass_by_value)]
    fn f(query: Query<'_>) -> usize {
        query.text.len() + query.weights.len()
    }
    assert!(f(Query { text: "a", weights: vec![0.5] }) == 2);
}

#[test]
fn prefix_and_version() {
    #[cached(crate = memo, cache = TEXTS, prefix = "p.")]
    fn prefix(n: u64) -> u64 {
        n
    }
    #[cached(crate = memo, cache = TEXTS, version = 3)]
    fn version(n: u64) -> u64 {
        n
    }
    assert!(prefix(1) + version(1) == 2 && matches!(prefix::key(1).as_deref(), Ok("p.[1]")));
}

#[test]
fn other_attributes() {
    #[inline]
    #[must_use]
    #[cfg(not(any()))]
    #[cached(crate = memo)]
    #[track_caller]
    #[allow(clippy::unnecessary_wraps)]
    fn f(n: u64) -> Option<u64> {
        Some(n)
    }
    assert!(f(1) == Some(1));
}

#[test]
fn async_functions() {
    #[cached(crate = memo, ttl = "1m")]
    async fn f(s: &str) -> Result<usize, String> {
        std::future::ready(()).await;
        Ok(s.len())
    }
    assert!(pollster::block_on(async { f("a").await == Ok(1) && matches!(f::evict("a").await, Ok(true)) }));
}
