//! Arguments that `#[cached]` takes, each a case by its test's name, under the strictest lints.

#![deny(warnings, rust_2018_idioms, unused_qualifications, unused_results, clippy::all, clippy::pedantic)]
// These are about the functions as they are written, cached or not.
#![allow(clippy::boxed_local, clippy::many_single_char_names, clippy::too_many_arguments)]
#![allow(clippy::needless_pass_by_value, clippy::trivially_copy_pass_by_ref, clippy::unnecessary_wraps)]

use std::sync::LazyLock;
use std::time::Duration;

use memo::{MemoryCache, SharedMemory, Ttl, cached};

static TEXTS: LazyLock<MemoryCache<String, u64>> = LazyLock::new(|| MemoryCache::new(1_000));
static ANY: LazyLock<SharedMemory> = LazyLock::new(|| SharedMemory::new(1_000));
const MINUTE: Duration = Duration::from_secs(60);

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
