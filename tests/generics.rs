//! Generic functions and methods of generic types: each choice of types is a function of its own.

#![cfg(feature = "memory")]

mod computed;

use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::LazyLock;

use ctu::{MemoryCache, SharedMemory, cache_methods, cached};
use serde::Serialize;

use computed::{computed, count};

#[test]
fn law5_apart_different_type_arguments_never_meet() -> ctu::Result<()> {
    #[cached]
    fn size<T: 'static>(n: usize) -> usize {
        count(n * size_of::<T>())
    }
    assert_eq!((size::<u8>(3), size::<u64>(3), size::<u8>(3)), (3, 24, 3));
    assert_eq!(computed(), 2);
    assert!(size::evict::<u8>(3)?);
    assert!(!size::in_cache::<u8>(3)?);
    assert!(size::in_cache::<u64>(3)?);
    assert_eq!(size::peek::<u64>(3)?, Some(24));
    size::prime::<u8>(3, &7)?;
    assert_eq!((size::<u8>(3), size::refresh::<u8>(3), size::uncached::<u8>(3)), (7, 3, 3));
    Ok(())
}

#[test]
fn arguments_and_results_may_be_generic() {
    #[cached(capacity = 100)]
    fn show<T>(value: &T, times: usize) -> Vec<T>
    where
        T: Clone + Debug + Eq + Hash + Send + Sync + 'static,
    {
        count(vec![value.clone(); times])
    }
    assert_eq!((show(&"a", 2), show(&1_u8, 2), show(&"a", 2)), (vec!["a"; 2], vec![1; 2], vec!["a"; 2]));
    assert_eq!((computed(), show::stats().hits), (2, 1));
}

#[test]
fn const_parameters_count() {
    #[cached]
    fn sum<const N: usize>(n: u64) -> u64 {
        count(n * N as u64)
    }
    assert_eq!((sum::<2>(5), sum::<3>(5), sum::<2>(5)), (10, 15, 10));
    assert_eq!(computed(), 2);
}

#[test]
fn text_keys_of_a_generic_function_name_the_types() -> ctu::Result<()> {
    static STORE: LazyLock<MemoryCache<String, usize>> = LazyLock::new(|| MemoryCache::new(100));
    #[cached(cache = STORE)]
    fn json<T: Serialize + 'static>(value: &T) -> usize {
        count(size_of_val(value))
    }
    #[cached(key = "{value}")]
    fn own<T: Display + 'static>(value: &T) -> usize {
        count(size_of_val(value))
    }
    #[cached(key = |value| value.to_string().len())]
    fn closure<T: Display + 'static>(value: &T) -> usize {
        count(size_of_val(value))
    }
    assert_eq!((json(&1_u8), json(&1_u64), json(&1_u8)), (1, 8, 1));
    assert!(json::key(&1_u8)?.ends_with("(core::marker::PhantomData<u8>,).[1]"), "{}", json::key(&1_u8)?);
    assert_eq!((own(&1_u8), own(&1_u64), own(&1_u8)), (1, 8, 1));
    assert_eq!((closure(&1_u8), closure(&1_u64), closure(&2_u8)), (1, 8, 1));
    assert_eq!(computed(), 6);
    Ok(())
}

#[test]
fn async_generic_functions_are_cached() {
    #[cached]
    async fn later<T: Clone + Eq + Hash + Send + Sync + 'static>(value: T) -> Option<T> {
        std::future::ready(()).await;
        count(Some(value))
    }
    pollster::block_on(async {
        assert_eq!((later("a").await, later(1).await, later("a").await), (Some("a"), Some(1), Some("a")));
        assert!(later::evict("a").await.unwrap());
    });
    assert_eq!(computed(), 2);
}

struct Table<T, const N: usize> {
    id: u32,
    of: PhantomData<T>,
}

static SHARED: LazyLock<SharedMemory> = LazyLock::new(|| SharedMemory::new(100));

#[cache_methods(self_key = self.id)]
#[allow(clippy::unused_self)]
impl<T: Display + Default + 'static, const N: usize> Table<T, N> {
    #[cached]
    fn cell(&self, n: usize) -> String {
        count(format!("{}{}", T::default(), n * N))
    }

    #[cached(self_key = none)]
    fn mixed<U: Default + Display + 'static>(&self) -> String {
        count(format!("{}{}", T::default(), U::default()))
    }

    #[cached(cache = SHARED, key = typed)]
    fn shared(&self, n: usize) -> usize {
        count(n * N)
    }

    #[cached]
    fn associated(n: usize) -> usize {
        count(n * N)
    }
}

fn table<T, const N: usize>(id: u32) -> Table<T, N> {
    Table { id, of: PhantomData }
}

#[test]
fn law5_apart_methods_of_different_generic_types_never_meet() -> ctu::Result<()> {
    let (numbers, texts) = (table::<u8, 2>(1), table::<String, 2>(1));
    assert_eq!((numbers.cell(3), texts.cell(3), table::<u8, 3>(1).cell(3)), ("06".into(), "6".into(), "09".into()));
    assert_eq!((numbers.cell(3), table::<u8, 2>(2).cell(3)), ("06".into(), "06".into()));
    assert_eq!(computed(), 4);
    assert_eq!(
        (numbers.mixed::<u8>(), numbers.mixed::<bool>(), numbers.mixed::<u8>()),
        ("00".into(), "0false".into(), "00".into())
    );
    assert_eq!(computed(), 2);
    assert_eq!((numbers.shared(5), table::<u8, 3>(1).shared(5), numbers.shared(5)), (10, 15, 10));
    assert!(numbers.shared_evict(5)?);
    assert_eq!((Table::<u8, 2>::associated(5), Table::<u8, 3>::associated(5)), (10, 15));
    Ok(())
}

#[cached]
fn text<const IS_LOUD: bool, const END: char, const N: i8>(s: &str) -> String {
    let s = if IS_LOUD { s.to_uppercase() } else { s.to_owned() };
    format!("{s}{END}{N}")
}

#[test]
fn law5_apart_const_parameters_of_any_type_count() {
    for _ in 0..2 {
        assert_eq!(text::<true, '!', 1>("a"), "A!1");
        assert_eq!(text::<false, '!', 1>("a"), "a!1");
        assert_eq!(text::<false, '?', 1>("a"), "a?1");
        assert_eq!(text::<false, '?', -1>("a"), "a?-1");
    }
    assert_eq!((text::stats().hits, text::stats().entries), (4, Some(4)));
}
