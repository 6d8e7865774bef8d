//! Law 5: two functions, two tenants never see each other's answers, whatever the arguments contain.

#![cfg(feature = "memory")]

use std::sync::{Arc, LazyLock};

use ctu::prelude::*;
use ctu::{MemoryCache, PrefixedCache, Scoped, SharedMemory, cache_methods, cached};

static TEXTS: LazyLock<MemoryCache<String, String>> = LazyLock::new(|| MemoryCache::new(1_000));
static TYPED: LazyLock<MemoryCache<Scoped<(String,)>, String>> = LazyLock::new(|| MemoryCache::new(1_000));
static ANY: LazyLock<SharedMemory> = LazyLock::new(|| SharedMemory::new(1_000));

/// The same functions in several modules, each with answers that say where they come from.
macro_rules! module {
    ($name:ident) => {
        mod $name {
            use super::{ANY, TEXTS, TYPED};

            #[ctu::cached(cache = TEXTS)]
            pub(super) fn json(text: &str) -> String {
                format!("{} {text}", stringify!($name))
            }

            #[ctu::cached(cache = TEXTS, key = hash)]
            pub(super) fn hash(text: &str) -> String {
                format!("{} {text}", stringify!($name))
            }

            #[ctu::cached(cache = TEXTS, key = "{text}")]
            pub(super) fn template(text: &str) -> String {
                format!("{} {text}", stringify!($name))
            }

            #[ctu::cached(cache = TYPED, key = typed)]
            pub(super) fn typed(text: &str) -> String {
                format!("{} {text}", stringify!($name))
            }

            #[ctu::cached(cache = ANY, key = typed)]
            pub(super) fn any(text: &str) -> String {
                format!("{} {text}", stringify!($name))
            }

            #[ctu::cached]
            pub(super) fn own(text: &str) -> String {
                format!("{} {text}", stringify!($name))
            }

            pub(super) fn all(text: &str) -> [String; 6] {
                [json(text), hash(text), template(text), typed(text), any(text), own(text)]
            }

            pub(super) fn hits() -> u64 {
                let stats =
                    [json::stats(), hash::stats(), template::stats(), typed::stats(), any::stats(), own::stats()];
                stats.iter().map(|stats| stats.hits).sum()
            }
        }
    };
}

module!(near);
module!(far);

#[test]
fn law5_apart_functions_of_one_name_in_two_modules_never_see_each_others_answers() -> ctu::Result<()> {
    // Among them what another function's keys look like.
    let texts = ["", "a", "\",\"", &near::json::key("a")?, &far::template::key("a")?];
    for _ in 0..2 {
        for text in texts {
            assert_eq!(near::all(text), [const { "near" }; 6].map(|name| format!("{name} {text}")));
            assert_eq!(far::all(text), [const { "far" }; 6].map(|name| format!("{name} {text}")));
        }
    }
    assert_eq!((near::hits(), far::hits()), (30, 30), "the answers were cached");
    assert!(near::json::evict("a")? && near::typed::evict("a")? && near::any::evict("a")? && near::own::evict("a")?);
    assert!(
        far::json::in_cache("a")? && far::typed::in_cache("a")? && far::any::in_cache("a")? && far::own::in_cache("a")?
    );
    Ok(())
}

/// A customer, whose part of a store that all of them use begins with a prefix.
struct Tenant {
    name: &'static str,
    cache: PrefixedCache<Arc<MemoryCache<String, String>>>,
}

#[cache_methods(cache = self.cache)]
impl Tenant {
    #[cached]
    fn greet(&self, user: &str) -> String {
        format!("{} greets {user}", self.name)
    }

    #[cached(key = "{user}", prefix = "")]
    fn bare(&self, user: &str) -> String {
        format!("{} knows {user}", self.name)
    }
}

#[test]
fn law5_apart_two_tenants_in_one_store_never_see_each_others_answers() -> ctu::Result<()> {
    let store = Arc::new(MemoryCache::new(1_000));
    let tenant = |name| Tenant { name, cache: Arc::clone(&store).prefixed(format!("{name}.")) };
    let (acme, other) = (tenant("acme"), tenant("other"));
    for _ in 0..2 {
        for user in ["", "ann", "acme.ann", "other.ann"] {
            assert_eq!(acme.greet(user), format!("acme greets {user}"));
            assert_eq!(other.greet(user), format!("other greets {user}"));
            assert_eq!(acme.bare(user), format!("acme knows {user}"));
            assert_eq!(other.bare(user), format!("other knows {user}"));
        }
    }
    assert_eq!(store.len()?, 16);
    assert!(acme.greet_evict("ann")? && acme.bare_evict("ann")?);
    assert!(other.greet_in_cache("ann")? && other.bare_in_cache("ann")?);
    assert!(acme.greet_peek("ann")?.is_none());
    Ok(())
}

static ACME: LazyLock<PrefixedCache<Arc<MemoryCache<String, String>>>> = LazyLock::new(|| tenants().prefixed("acme."));
static OTHER: LazyLock<PrefixedCache<Arc<MemoryCache<String, String>>>> =
    LazyLock::new(|| tenants().prefixed("other."));

/// The store below all tenants' parts of it.
fn tenants() -> Arc<MemoryCache<String, String>> {
    static STORE: LazyLock<Arc<MemoryCache<String, String>>> = LazyLock::new(|| Arc::new(MemoryCache::new(1_000)));
    Arc::clone(&STORE)
}

#[test]
fn law5_apart_the_tenant_is_told_by_the_expression_for_the_cache() -> ctu::Result<()> {
    thread_local! {
        static IS_ACME: std::cell::Cell<bool> = const { std::cell::Cell::new(true) };
    }
    // As a server does that knows the tenant of a request.
    #[cached(cache = if IS_ACME.get() { &*ACME } else { &*OTHER }, prefix = "user.")]
    fn user(id: u64) -> String {
        format!("{} {id}", if IS_ACME.get() { "acme" } else { "other" })
    }
    for is_acme in [true, false, true, false] {
        IS_ACME.set(is_acme);
        assert_eq!(user(7), if is_acme { "acme 7" } else { "other 7" });
    }
    assert_eq!((user::stats().hits, tenants().len()?), (2, 2));
    assert!(user::evict(7)?);
    IS_ACME.set(true);
    assert_eq!(user::peek(7)?.as_deref(), Some("acme 7"));
    Ok(())
}

#[test]
fn law5_apart_a_tenant_among_the_arguments_can_not_pass_for_another() {
    #[cached(cache = TEXTS, key = "{tenant}:{user}")]
    fn template(tenant: &str, user: &str) -> String {
        format!("{tenant}/{user}")
    }
    #[cached(cache = TEXTS)]
    fn json(tenant: &str, user: &str) -> String {
        format!("{tenant}/{user}")
    }
    let pairs = [
        ("a:b", "c"),
        ("a", "b:c"),
        ("a%3Ab", "c"),
        ("a%", "3Ab:c"),
        ("a\",\"b", "c"),
        ("a", "b\",\"c"),
        ("", "a:b:c"),
    ];
    for (tenant, user) in pairs.into_iter().chain(pairs) {
        let expected = format!("{tenant}/{user}");
        assert_eq!((template(tenant, user), json(tenant, user)), (expected.clone(), expected));
    }
    assert_eq!((template::stats().hits, json::stats().hits), (7, 7));
}

#[test]
fn law5_apart_functions_of_one_name_in_two_functions_bodies_never_see_each_others_answers() {
    fn first() -> String {
        #[cached(cache = TEXTS)]
        fn inner(n: u64) -> String {
            format!("first {n}")
        }
        inner(1)
    }
    fn second() -> String {
        #[cached(cache = TEXTS)]
        fn inner(n: u64) -> String {
            format!("second {n}")
        }
        inner(1)
    }
    assert_eq!(
        (first(), second(), first(), second()),
        ("first 1".into(), "second 1".into(), "first 1".into(), "second 1".into())
    );
}
