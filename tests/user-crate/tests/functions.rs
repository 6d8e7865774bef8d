//! Functions that `#[cached]` takes, each a case by its test's name, under the strictest lints.

#![deny(warnings, rust_2018_idioms, unused_qualifications, unused_results, clippy::all, clippy::pedantic)]
// These are about the functions as they are written, cached or not.
#![allow(clippy::boxed_local, clippy::many_single_char_names, clippy::too_many_arguments)]
#![allow(clippy::needless_pass_by_value, clippy::trivially_copy_pass_by_ref, clippy::unnecessary_wraps)]

use std::collections::BTreeMap;
use std::num::ParseIntError;
use std::sync::Arc;

use memo::cached;

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
