//! Methods and modules that the attributes take, each a case by its test's name, under the strictest lints.

#![deny(warnings, rust_2018_idioms, unused_qualifications, unused_results, clippy::all, clippy::pedantic)]
// These are about the functions as they are written, cached or not.
#![allow(clippy::needless_pass_by_value, clippy::trivially_copy_pass_by_ref, clippy::unnecessary_wraps)]

use std::fmt::Display;
use std::hash::Hash;
use std::sync::{Arc, LazyLock};

use memo::{MemoryCache, cache_functions, cache_methods};

static TEXTS: LazyLock<MemoryCache<String, u64>> = LazyLock::new(|| MemoryCache::new(1_000));

struct Shop {
    id: u64,
    name: String,
    inner: Inner,
}

struct Inner {
    cache: Arc<MemoryCache<String, u64>>,
}

fn shop(id: u64) -> Shop {
    Shop { id, name: format!("shop {id}"), inner: Inner { cache: Arc::new(MemoryCache::new(10)) } }
}

#[cache_methods(crate = memo, cache = &self.inner.cache)]
impl Shop {
    #[cached]
    fn member_cache(&self, n: u64) -> u64 {
        self.id + n
    }

    #[cached(cache = TEXTS, self_key = (self.id, &*self.name))]
    fn several_parts_of_self(&self, n: u64) -> u64 {
        self.id + n
    }

    #[cached(cache = TEXTS, key = "{self.id}")]
    fn template_of_self(&self) -> u64 {
        self.id
    }

    #[cached(cache = TEXTS, key = |_| self.id)]
    fn closure_over_self(&self, n: u64) -> u64 {
        self.id + n
    }

    #[cached(capacity = 10, self_key = self.id)]
    fn own_store(&self, n: u64) -> String {
        format!("{}{n}", self.name)
    }

    #[cached(cache = TEXTS)]
    fn associated(n: u64) -> u64 {
        n
    }

    #[cached(companion = look_up)]
    async fn later(&self, n: u64) -> Result<u64, String> {
        std::future::ready(()).await;
        Ok(self.id + n)
    }

    fn untouched(&mut self) -> u64 {
        self.id += 1;
        self.id
    }
}

#[test]
fn a_cache_within_a_member() {
    let (one, two) = (shop(1), shop(2));
    assert_eq!((one.member_cache(1), two.member_cache(1), one.member_cache(1)), (2, 3, 2));
}

#[test]
fn parts_of_self_in_the_key() {
    let (one, two) = (shop(1), shop(2));
    assert_eq!((one.several_parts_of_self(1), two.several_parts_of_self(1)), (2, 3));
    assert_eq!((one.template_of_self(), two.template_of_self()), (1, 2));
    assert_eq!((one.closure_over_self(1), two.closure_over_self(1)), (2, 3));
    assert_eq!((one.own_store(1), two.own_store(1)), ("shop 11".into(), "shop 21".into()));
}

#[test]
fn associated_async_and_untouched_methods() {
    let mut one = shop(1);
    assert_eq!((Shop::associated(1), one.untouched()), (1, 2));
    assert_eq!(pollster::block_on(one.later(1)), Ok(3));
    assert!(matches!(pollster::block_on(one.look_up_evict(1)), Ok(true)));
}

struct Wrapper<T>(T);

trait Describe {
    fn describe(&self, times: usize) -> String;
}

#[cache_methods(crate = memo, self_key = self.0)]
impl<T: Display + Clone + Eq + Hash + Send + Sync + 'static> Describe for Wrapper<T> {
    #[cached]
    fn describe(&self, times: usize) -> String {
        self.0.to_string().repeat(times)
    }
}

#[cache_methods(crate = memo, self_key = self.0)]
impl<T> Wrapper<T>
where
    T: Display + Clone + Eq + Hash + Send + Sync + 'static,
{
    #[cached]
    fn length(&self) -> usize {
        self.0.to_string().len()
    }
}

#[test]
fn generic_impls_and_traits() {
    assert_eq!((Wrapper(1).describe(2), Wrapper("ab").describe(2)), ("11".into(), "abab".into()));
    assert_eq!((Wrapper(1).length(), Wrapper("ab").length()), (1, 2));
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Level {
    Low,
    High,
}

#[cache_methods(crate = memo, self_key = *self)]
impl Level {
    #[cached]
    fn value(&self, n: u64) -> u64 {
        if matches!(self, Self::High) { n * 10 } else { n }
    }
}

#[test]
fn enums() {
    assert_eq!((Level::Low.value(1), Level::High.value(1), Level::Low.value(1)), (1, 10, 1));
}

#[cache_functions(crate = memo, cache = TEXTS, key = hash, ttl = "1m", version = 1)]
mod numbers {
    use super::TEXTS;

    pub(super) const ONE: u64 = 1;

    pub(super) fn double(n: u64) -> u64 {
        n * 2
    }

    #[cached(capacity = 5, key = typed)]
    pub(super) fn own(n: u64) -> u64 {
        n
    }

    #[uncached]
    pub(super) fn plain(n: &mut u64) -> u64 {
        *n += 1;
        *n
    }
}

#[test]
fn modules() {
    assert_eq!((numbers::double(2), numbers::own(numbers::ONE), numbers::plain(&mut 1)), (4, 1, 2));
}
