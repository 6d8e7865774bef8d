//! The kinds of keys of `#[cached]`, as texts in a shared store.

#![cfg(feature = "memory")]

use std::sync::LazyLock;

use ctu::prelude::*;
use ctu::{MemoryCache, cached};

static STORE: LazyLock<MemoryCache<String, u64>> = LazyLock::new(|| MemoryCache::new(1_000));

#[cached(cache = STORE)]
fn json(s: &str, n: u64) -> u64 {
    s.len() as u64 + n
}

#[test]
fn in_a_shared_store_the_key_is_json_behind_the_stable_prefix() -> ctu::Result<()> {
    assert_eq!(json("é", 3), 5);
    let key = json::key("é", 3)?;
    assert_eq!(key, r#"keys::json#c4407974.["\u00e9",3]"#, "must never change: entries in stores are found by it");
    assert_eq!(Cache::<str, u64>::get(&STORE, &key)?, Some(5));
    Ok(())
}

mod nested {
    use super::*;

    #[cached(cache = STORE)]
    pub(super) fn json(s: &str, n: u64) -> u64 {
        s.len() as u64 * n
    }
}

mod retyped {
    use super::*;

    #[cached(cache = STORE, version = 1)]
    pub(super) fn first(s: &str, n: u64) -> u64 {
        s.len() as u64 * n
    }

    #[cached(cache = STORE, version = 2)]
    pub(super) fn second(s: &str, n: u32) -> u64 {
        s.len() as u64 * u64::from(n)
    }
}

#[test]
fn law5_apart_functions_of_one_name_or_one_type_have_keys_of_their_own() -> ctu::Result<()> {
    assert_eq!((json("abc", 7), nested::json("abc", 7)), (10, 21));
    assert_ne!(json::key("abc", 7)?, nested::json::key("abc", 7)?);
    let digits = |key: String| key.split(['#', '.']).nth(1).unwrap().to_owned();
    assert_ne!(digits(retyped::first::key("", 1)?), digits(json::key("", 1)?), "the version counts");
    assert_ne!(digits(retyped::second::key("", 1)?), digits(retyped::first::key("", 1)?), "the types count");
    assert_eq!(digits(nested::json::key("", 1)?), digits(json::key("", 1)?), "the module is named apart");
    let _ = (retyped::first("", 1), retyped::second("", 1));
    Ok(())
}

#[test]
fn a_given_prefix_replaces_the_stable_one() -> ctu::Result<()> {
    #[cached(cache = STORE, prefix = "user.")]
    fn user(id: u64) -> u64 {
        id
    }
    assert_eq!(user(7), 7);
    assert_eq!(user::key(7)?, "user.[7]");
    Ok(())
}

#[test]
fn a_hash_key_is_twenty_characters_behind_the_prefix() -> ctu::Result<()> {
    #[cached(cache = STORE, prefix = "h.", key = hash)]
    fn long(text: &str) -> u64 {
        text.len() as u64
    }
    assert_eq!(long("Hello World!"), 12);
    assert_eq!(long::key("Hello World!")?, "h.j#jQnvD$Vrm{P2s(T`v8");
    assert_eq!(long::key(&"x".repeat(100_000))?.len(), 22);
    Ok(())
}

#[test]
fn a_template_key_reads_as_it_is_written() -> ctu::Result<()> {
    struct User {
        id: u64,
        lang: (&'static str, u8),
    }
    #[cached(cache = STORE, prefix = "", key = "user:{user.id}:{user.lang.0}:{{page}}:{page}", skip(unused))]
    fn page(user: &User, page: u32, unused: f64) -> u64 {
        user.id + u64::from(page) + u64::from(user.lang.1) + u64::from(unused > 0.0)
    }
    let user = User { id: 7, lang: ("en", 0) };
    assert_eq!(page(&user, 3, f64::NAN), 10);
    assert_eq!(page::key(&user, 3)?, "user:7:en:{page}:3");
    Ok(())
}

#[test]
fn law1_exact_the_fields_of_a_template_can_not_run_into_each_other() -> ctu::Result<()> {
    #[cached(key = "{a}-{b}")]
    fn joined(a: &str, b: &str) -> String {
        format!("{a}|{b}")
    }
    assert_eq!((joined("x-y", "z"), joined("x", "y-z")), ("x-y|z".into(), "x|y-z".into()));
    assert_eq!((joined::key("x-y", "z")?, joined::key("x", "y-z")?), ("x%2Dy-z".into(), "x-y-z".into()));
    Ok(())
}

#[test]
fn a_closure_makes_a_typed_key_in_the_own_store_and_json_in_a_shared_one() -> ctu::Result<()> {
    #[cached(key = |text, _| (text.len(), text.chars().next()))]
    fn own(text: &str, verbose: bool) -> String {
        format!("{text}{verbose}")
    }
    #[cached(cache = STORE, prefix = "c.", key = |text, _| (text.len(), text.chars().next()))]
    fn shared(text: &str, verbose: bool) -> u64 {
        text.len() as u64 + u64::from(verbose)
    }
    assert_eq!(
        (own("ab", false), own("ac", true), own("b", true)),
        ("abfalse".into(), "abfalse".into(), "btrue".into())
    );
    assert!(own::evict("ax", true)?);
    assert!(!own::in_cache("ab", false)?);
    assert_eq!(shared("ab", true), 3);
    assert_eq!(shared::key("ab", true)?, r#"c.[2,"a"]"#);
    Ok(())
}

#[test]
fn law1_exact_arguments_without_an_exact_form_go_uncached() -> ctu::Result<()> {
    #[cached(cache = STORE)]
    #[allow(clippy::option_option)]
    fn number(x: f64, y: Option<Option<u8>>) -> u64 {
        x.to_bits() + u64::from(y.flatten().unwrap_or(0))
    }
    assert_eq!(number(f64::NAN, None), f64::NAN.to_bits());
    assert_eq!(number(1.5, Some(None)), 1.5_f64.to_bits());
    assert!(!number::in_cache(f64::NAN, None)?);
    assert!(!number::evict(f64::NAN, None)?);
    assert_eq!(number::prime(f64::NAN, None, &1).unwrap_err().kind(), ctu::ErrorKind::Codec);
    assert_eq!((number::stats().writes, number::stats().rejected), (0, 2));
    assert_eq!(number(1.5, None), 1.5_f64.to_bits());
    assert!(number::in_cache(1.5, None)?);
    Ok(())
}
