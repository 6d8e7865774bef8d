//! What users of other libraries complain of, and how it is here: each test names the complaint.

#![deny(warnings, rust_2018_idioms, unused_results, clippy::all, clippy::pedantic)]
// These are about the functions as they are written, cached or not.
#![allow(clippy::needless_pass_by_value, clippy::trivially_copy_pass_by_ref, clippy::unnecessary_wraps)]

use std::sync::LazyLock;

use memo::testing::Broken;
use memo::{MemoryCache, cache_methods, cached};

static TEXTS: LazyLock<MemoryCache<String, u64>> = LazyLock::new(|| MemoryCache::new(1_000));

/// `cached`, `memoize`: a method can't be cached, or all objects share its answers.
#[test]
fn methods_see_self() {
    struct Scale(u64);
    #[cache_methods(crate = memo, self_key = self.0)]
    impl Scale {
        #[cached]
        fn apply(&self, n: u64) -> u64 {
            self.0 * n
        }
    }
    assert_eq!((Scale(2).apply(3), Scale(3).apply(3)), (6, 9));
}

/// `cached`: generic functions fail.
#[test]
fn functions_are_generic() {
    #[cached(crate = memo)]
    fn size<T: 'static>(n: usize) -> usize {
        n * size_of::<T>()
    }
    assert_eq!((size::<u8>(2), size::<u64>(2)), (2, 16));
}

/// `cached`: `&str` arguments need a conversion, and are copied on each hit (tests/allocations.rs counts none).
#[test]
fn borrowed_arguments_need_nothing() {
    #[cached(crate = memo)]
    fn length(s: &str) -> usize {
        s.len()
    }
    assert_eq!(length(&String::from("abc")), 3);
}

/// `cached`: in Redis the prefix is the bare name, so that functions of one name collide.
#[test]
fn functions_of_one_name_do_not_collide() -> memo::Result<()> {
    mod first {
        #[memo::cached(crate = memo, cache = super::TEXTS)]
        pub(super) fn f(n: u64) -> u64 {
            n
        }
    }
    mod second {
        #[memo::cached(crate = memo, cache = super::TEXTS)]
        pub(super) fn f(n: u64) -> u64 {
            n * 2
        }
    }
    assert_eq!((first::f(1), second::f(1)), (1, 2));
    assert_ne!(first::f::key(1)?, second::f::key(1)?);
    Ok(())
}

/// `cached`: a cache's errors become the function's, which must have a type for them, and building a store panics.
#[test]
fn a_cache_that_fails_does_not_fail_the_function() {
    #[cached(crate = memo, cache = Broken::default())]
    fn plain(n: u64) -> u64 {
        n
    }
    #[cached(crate = memo, cache = Broken::default())]
    fn fallible(s: &str) -> Result<u64, std::num::ParseIntError> {
        s.parse()
    }
    assert_eq!((plain(1), fallible("1")), (1, Ok(1)));
}

/// `cached`: `sync_writes = "by_key"` can lock up under recursion; moka: a key that asks for itself.
#[test]
fn recursion_over_other_keys_ends() {
    #[cached(crate = memo, capacity = 4)]
    fn ackermann(m: u64, n: u64) -> u64 {
        match (m, n) {
            (0, n) => n + 1,
            (m, 0) => ackermann(m - 1, 1),
            (m, n) => ackermann(m - 1, ackermann(m, n - 1)),
        }
    }
    assert_eq!(ackermann(2, 3), 9);
}

/// `cached`: `Result` is recognised by name only.
#[test]
fn a_result_by_another_name_says_what_is_stored() {
    type Parsed = Result<u64, std::num::ParseIntError>;
    #[cached(crate = memo, result)]
    fn parse(s: &str) -> Parsed {
        s.parse()
    }
    assert!(parse("x").is_err());
    assert_eq!(parse::stats().writes, 0);
}

/// `cached`: an argument named `key` broke the expansion.
#[test]
fn arguments_have_any_name() {
    #[cached(crate = memo)]
    fn names(key: u64, cache: u64, store: u64, value: u64, result: u64, site: u64) -> u64 {
        key + cache + store + value + result + site
    }
    assert_eq!(names(1, 1, 1, 1, 1, 1), 6);
}

/// `cached`: what is generated and not called gives dead-code warnings, which are errors here.
#[test]
fn companions_that_nobody_calls_are_no_warnings() {
    #[cached(crate = memo)]
    fn alone(n: u64) -> u64 {
        n
    }
    assert_eq!(alone(1), 1);
}

/// `cached`: the user's docs were erased; where `missing_docs` is denied, as in `src/lib.rs`, that is an error.
#[test]
fn docs_are_kept() {
    assert_eq!(user_crate::texts::length("abc"), 3);
}

/// `cached`: Rust is written in strings, so that neither compiler nor editor sees it.
#[test]
fn expressions_are_written_as_rust() {
    #[cached(crate = memo, cache = TEXTS, key = |s, _| s.len(), cache_if = |n| *n > 0)]
    fn f(s: &str, times: u64) -> u64 {
        s.len() as u64 * times
    }
    assert_eq!(f("ab", 2), 4);
}

/// `memoize`, `cachelito`, `hitbox`, `cachet`: sync or async only, or by two crates.
#[test]
fn sync_and_async_functions_share_a_store() {
    #[cached(crate = memo, cache = TEXTS)]
    fn now(n: u64) -> u64 {
        n
    }
    #[cached(crate = memo, cache = TEXTS)]
    async fn later(n: u64) -> u64 {
        std::future::ready(now(n)).await
    }
    assert_eq!(pollster::block_on(later(1)), 1);
}

/// `cachelito`: keys are made of `Debug` text, which may be the same for different arguments.
#[test]
fn keys_do_not_depend_on_debug() {
    #[derive(Clone, PartialEq, Eq, Hash)]
    struct Secret(u64);
    impl std::fmt::Debug for Secret {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("Secret(..)")
        }
    }
    #[cached(crate = memo)]
    fn open(secret: Secret) -> u64 {
        secret.0
    }
    assert_eq!((open(Secret(1)), open(Secret(2))), (1, 2));
}
