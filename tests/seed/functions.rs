//! Memoized functions: companions, prefixes, recursion.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use ctu::prelude::*;
use ctu::{
    AutoPrefixedCache, DictCache, Encoding, ErrorKind, LockedCache, Memo, MemoryCache, Prefix, PrefixedCache,
    StatsCache, ToBytesCache, cache_functions, cached,
};

#[test]
fn test_cached() -> ctu::Result<()> {
    static CACHE: LazyLock<StatsCache<DictCache<String, Option<char>>>> =
        LazyLock::new(|| DictCache::new().with_stats());
    #[cached(cache = CACHE)]
    fn nth(s: &str, i: usize) -> Option<char> {
        s.chars().nth(i)
    }
    assert!(!nth::in_cache("hello", 4)?);
    assert_eq!(nth("hello", 4), Some('o'));
    assert_eq!(nth("hello", 4), Some('o'));
    assert!(nth::in_cache("hello", 4)?);
    let stats = CACHE.stats()?;
    assert_eq!((stats.reads, stats.hits), (2, 1), "hits of 0.5");
    assert!(nth::evict("hello", 4)?);
    assert!(!nth::in_cache("hello", 4)?);
    Ok(())
}

/// The seed's `TTLCache(1024, ttl=60)`, with statistics.
type Summed = StatsCache<MemoryCache<String, u64>>;

fn summed() -> Summed {
    MemoryCache::builder().capacity(1_024).ttl(Duration::from_secs(60)).build().with_stats()
}

/// Of the squares up to 128.
const SUM: u64 = 128 * 129 * 257 / 6;

static FUNCTIONS: LazyLock<Summed> = LazyLock::new(summed);

#[cache_functions(cache = FUNCTIONS)]
mod sums {
    use super::FUNCTIONS;

    #[cached(prefix = "2.")]
    pub(super) fn sum_n2(n: u64) -> u64 {
        if n >= 1 { n * n + sum_n2(n - 1) } else { 0 }
    }
}

#[test]
fn test_functions() -> ctu::Result<()> {
    use sums::sum_n2;

    assert_eq!(sum_n2(128), SUM);
    for n in 1..128 {
        let once = sum_n2(n);
        assert_eq!((sum_n2(n), sum_n2(n)), (once, once));
    }
    assert_eq!(FUNCTIONS.len()?, 129);
    assert!(FUNCTIONS.hit_rate() > 0.7);
    assert!(FUNCTIONS.contains("2.[128]")?);
    assert_eq!(sum_n2::uncached(128), SUM);
    Ok(())
}

/// The same test with a function that is memoized at run time, as all are in Python.
#[test]
fn test_functions_at_run_time() -> ctu::Result<()> {
    type Bytewise = StatsCache<MemoryCache<Vec<u8>, Bytes>>;
    type Typed = ToBytesCache<PrefixedCache<&'static Bytewise>>;
    type Memoized = Memo<Typed, fn(&u64) -> u64>;
    static CS: LazyLock<Bytewise> = LazyLock::new(|| MemoryCache::new(1_024).with_stats());
    static SUM_N2: LazyLock<Memoized> = LazyLock::new(|| {
        Memo::new((&*CS).prefixed("2.").to_bytes(), |&n| if n >= 1 { n * n + SUM_N2.call(&(n - 1)) } else { 0 })
    });
    assert_eq!(SUM_N2.call(&128), SUM);
    for n in 1..128 {
        let once = SUM_N2.call(&n);
        assert_eq!((SUM_N2.call(&n), SUM_N2.call(&n)), (once, once));
    }
    assert_eq!(CS.len()?, 129);
    assert!(CS.hit_rate() > 0.7);
    assert!(CS.contains(&b"2.128"[..])?);
    Ok(())
}

#[test]
fn test_autoprefix_cache() -> ctu::Result<()> {
    type Dict = LockedCache<HashMap<String, i64>>;
    type Auto = LazyLock<AutoPrefixedCache<&'static Dict>>;
    static CACHE: LazyLock<Dict> = LazyLock::new(Dict::default);
    static P: Auto = LazyLock::new(|| (&*CACHE).auto_prefixed());
    static M: Auto = LazyLock::new(|| (&*CACHE).auto_prefixed());

    #[cached(cache = P, prefix = "")]
    fn p1(i: i64) -> i64 {
        i + 1
    }
    #[cached(cache = M, prefix = "")]
    fn m1(i: i64) -> i64 {
        i - 1
    }
    assert!(CACHE.is_empty()?);
    assert_eq!([p1(0), p1(41), p1(2), p1(0)], [1, 42, 3, 1]);
    assert_eq!(CACHE.len()?, 3);
    assert_eq!([m1(1), m1(43), m1(2), m1(43)], [0, 42, 1, 42]);
    assert_eq!(CACHE.len()?, 6);
    assert_eq!([p1(0), p1(41), p1(2), p1(0)], [1, 42, 3, 1]);
    assert_eq!([m1(1), m1(43), m1(2), m1(43)], [0, 42, 1, 42]);
    assert_eq!(CACHE.len()?, 6);

    let entries = CACHE.inner();
    let keys: Vec<_> = entries.keys().map(|key| key.split_once('.').expect("a prefix and a dot")).collect();
    let prefixes: BTreeSet<_> = keys.iter().map(|(prefix, _)| prefix).collect();
    assert_eq!(prefixes.len(), 2);
    let params: BTreeSet<_> = keys.iter().map(|(_, param)| *param).collect();
    assert_eq!(params, ["[0]", "[1]", "[2]", "[41]", "[43]"].into());
    let values: BTreeSet<_> = entries.values().copied().collect();
    assert_eq!(values, [0, 1, 3, 42].into());

    assert_eq!("bad-method".parse::<Encoding>().unwrap_err().kind(), ErrorKind::Config);
    assert_eq!(Prefix::auto(Encoding::B64, "").unwrap_err().kind(), ErrorKind::Config);
    Ok(())
}
