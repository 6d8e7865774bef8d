//! Law 5 where it matters most: one Redis for functions, objects, type arguments and tenants that are not each other's.

use std::fmt::Debug;
use std::sync::LazyLock;

use ctu::prelude::*;
use ctu::{JsonCache, PrefixedCache, RedisCache, cache_methods, cached};
use servers::RedisServer;

static SERVER: LazyLock<RedisServer> = LazyLock::new(RedisServer::start);
static CACHE: LazyLock<JsonCache<RedisCache>> = LazyLock::new(store);

/// As each process opens it.
fn store() -> JsonCache<RedisCache> {
    RedisCache::builder(&SERVER.url()).namespace("app.").build().unwrap().json()
}

macro_rules! module {
    ($name:ident) => {
        mod $name {
            #[ctu::cached(cache = super::CACHE)]
            pub(super) fn json(text: &str) -> String {
                format!("{} {text}", stringify!($name))
            }

            #[ctu::cached(cache = super::CACHE, key = "{text}")]
            pub(super) fn template(text: &str) -> String {
                format!("{} {text}", stringify!($name))
            }

            #[ctu::cached(cache = super::CACHE, key = hash)]
            pub(super) fn hash(text: &str) -> String {
                format!("{} {text}", stringify!($name))
            }
        }
    };
}

module!(near);
module!(far);

#[test]
fn law5_apart_functions_of_one_name_in_two_modules() -> ctu::Result<()> {
    for _ in 0..2 {
        for text in ["", "a", "\",\"", &near::json::key("a")?, &far::template::key("a")?, "*", "\r\nFLUSHALL\r\n"] {
            let (near, far) = (format!("near {text}"), format!("far {text}"));
            assert_eq!([near::json(text), near::template(text), near::hash(text)], [&near; 3].map(String::clone));
            assert_eq!([far::json(text), far::template(text), far::hash(text)], [&far; 3].map(String::clone));
        }
    }
    assert_eq!((near::json::stats().hits, far::template::stats().hits), (7, 7));
    assert!(near::json::evict("a")? && far::json::in_cache("a")?);
    Ok(())
}

struct Shop {
    id: u64,
}

#[cache_methods(cache = CACHE, self_key = self.id)]
impl Shop {
    #[cached]
    fn price(&self, article: &str) -> String {
        format!("{article} of {}", self.id)
    }
}

#[test]
fn law5_apart_two_objects() -> ctu::Result<()> {
    let (first, second) = (Shop { id: 1 }, Shop { id: 11 });
    for _ in 0..2 {
        for article in ["", "1", "1,\"1\""] {
            assert_eq!(first.price(article), format!("{article} of 1"));
            assert_eq!(second.price(article), format!("{article} of 11"));
        }
    }
    assert!(first.price_evict("1")? && second.price_in_cache("1")?);
    Ok(())
}

#[cached(cache = CACHE)]
fn show<T: Debug + serde::Serialize>(value: T) -> String {
    format!("{} {value:?}", std::any::type_name::<T>())
}

#[test]
fn law5_apart_two_type_arguments() {
    for _ in 0..2 {
        assert_eq!((show(1_u8), show(1_i64)), ("u8 1".to_owned(), "i64 1".to_owned()));
        assert_eq!((show(Some(1)), show([1])), ("core::option::Option<i32> Some(1)".into(), "[i32; 1] [1]".into()));
    }
}

struct Tenant {
    name: &'static str,
    cache: PrefixedCache<JsonCache<RedisCache>>,
}

#[cache_methods(cache = self.cache)]
impl Tenant {
    #[cached(key = "{user}", prefix = "")]
    fn greet(&self, user: &str) -> String {
        format!("{} greets {user}", self.name)
    }
}

#[test]
fn law5_apart_two_tenants() -> ctu::Result<()> {
    let tenant = |name| Tenant { name, cache: store().prefixed(format!("{name}.")) };
    let (acme, other) = (tenant("acme"), tenant("other"));
    for _ in 0..2 {
        for user in ["", "ann", "acme.ann", "other.ann"] {
            assert_eq!(acme.greet(user), format!("acme greets {user}"));
            assert_eq!(other.greet(user), format!("other greets {user}"));
        }
    }
    assert!(acme.greet_evict("ann")? && other.greet_in_cache("ann")?);
    Ok(())
}
