//! Stores in memory, and prefixes over them.

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZero;
use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use ctu::prelude::*;
use ctu::{
    DictCache, Flagged, HashJsonKey, JsonSerde, LockedCache, MemoryCache, PrefixedCache, Reject, SharedMemory,
    StatsCache, Ttl, full_hash_key, hash_json_key,
};
use lru::LruCache;

use crate::{KEY, VAL, json, run_by_hand, run_cached, setgetdel};

/// The seed's `TTLCache(maxsize=100, ttl=100)`.
fn hundred<K: Eq + Hash, V: Clone>() -> MemoryCache<K, V> {
    MemoryCache::builder().capacity(100).ttl(Duration::from_secs(100)).build()
}

fn setgetdel_bytes(cache: &impl Cache<[u8], Bytes>) -> ctu::Result<()> {
    let (key, val, cst) = (KEY.as_bytes(), Bytes::from(VAL), Bytes::from("FOO"));
    assert_eq!(cache.get_or_set_with(key, Ttl::Default, || val.clone()), val);
    assert!(cache.contains(key)?);
    assert_eq!(cache.get(key)?, Some(val.clone()));
    assert_eq!(cache.get_or_set_with(key, Ttl::Default, || cst.clone()), val);
    assert_eq!(cache.take(key)?, Some(val));
    assert!(!cache.contains(key)?);
    assert_eq!(cache.get(key)?.unwrap_or(cst.clone()), cst);
    assert_eq!(cache.take(key)?.unwrap_or(cst.clone()), cst);
    assert_eq!(cache.take(key)?, None);
    Ok(())
}

#[test]
fn test_key_ct() -> ctu::Result<()> {
    type Texts = MemoryCache<String, i64>;
    type Prefixed = LazyLock<PrefixedCache<&'static Texts>>;
    static C0: LazyLock<Texts> = LazyLock::new(hundred);
    static C1: Prefixed = LazyLock::new(|| (&*C0).prefixed("f."));
    static C2: Prefixed = LazyLock::new(|| (&*C0).prefixed("f."));
    static C3: Prefixed = LazyLock::new(|| (&*C0).prefixed("g."));
    run_cached!(C1);
    run_cached!(C2);
    assert_eq!(C0.len()?, 50);
    assert!(C0.contains(r#"f.[0,"a",false]"#)?);
    assert_eq!(C1.get(r#"[3,"bb",true]"#)?, Some(123));
    assert!(C0.contains("f.[4,null,true]")?);
    assert_eq!(C2.get(r#"[4,"ccc",true]"#)?, Some(134));
    run_cached!(C3);
    assert_eq!(C0.len()?, 100);
    assert_eq!(C3.get(r#"[2,"",true]"#)?, Some(102));
    C0.clear()?;
    setgetdel(&*C0, &65_536)?;
    setgetdel(&*C1, &65_536)?;
    setgetdel(&*C2, &65_536)?;
    setgetdel(&*C3, &65_536)
}

/// Of the same test: texts beside numbers, in a store of any types.
#[test]
fn test_key_ct_of_any_types() -> ctu::Result<()> {
    let c0 = SharedMemory::new(100);
    let (c1, c2, c3) = ((&c0).prefixed("f."), (&c0).prefixed("f."), (&c0).prefixed("g."));
    setgetdel(&c0, &VAL.to_owned())?;
    setgetdel(&c0, &65_536)?;
    for cache in [&c1, &c2, &c3] {
        setgetdel(cache, &VAL.to_owned())?;
        setgetdel(cache, &65_536)?;
    }
    assert!(c0.is_empty()?);
    Ok(())
}

/// Of the same test: bytes; and the keys, which a `HashMap` can tell.
#[test]
fn test_key_ct_of_bytes() -> ctu::Result<()> {
    let c0 = LockedCache::new(HashMap::<Vec<u8>, Bytes>::new());
    let (c1, c2, c3) = ((&c0).prefixed("f."), (&c0).prefixed("f."), (&c0).prefixed("g."));
    for cache in [&c1, &c2, &c3] {
        setgetdel(&cache.json(), &VAL.to_owned())?;
        setgetdel(&cache.json(), &65_536)?;
        cache.json().set(KEY, &VAL.to_owned())?;
    }
    assert_eq!(c0.len()?, 2);
    assert!(c0.inner().keys().all(|key| key.starts_with(b"f.") || key.starts_with(b"g.")));
    c0.clear()?;
    setgetdel_bytes(&c0)?;
    setgetdel_bytes(&c1)?;
    setgetdel_bytes(&c2)?;
    setgetdel_bytes(&c3)
}

/// Runs the function under each kind of keys, in a store that `make` makes.
macro_rules! run_cached_keys {
    ($make:expr) => {{
        run_by_hand::<(i64, Option<String>, bool), _>(&$make, |i, s, b| (i, s.map(str::to_owned), b));
        run_by_hand::<str, _>(&$make, json);
        run_by_hand::<str, _>(&$make, |i, s, b| full_hash_key(&(i, s, b)).unwrap());
        run_by_hand::<HashJsonKey, _>(&$make, |i, s, b| hash_json_key(&(i, s, b)).unwrap());
    }};
}

/// The least recently used of 1,024 makes room.
fn lru<K: Hash + Eq>() -> LockedCache<LruCache<K, i64>> {
    LockedCache::new(LruCache::new(NonZero::new(1_024).unwrap()))
}

#[test]
fn test_caches() {
    run_cached_keys!(MemoryCache::new(1_024));
    run_cached_keys!(DictCache::new());
    run_cached_keys!(LockedCache::new(HashMap::new()));
    run_cached_keys!(lru());
}

/// The same test under the attribute, with each kind of keys that it has.
#[test]
fn test_caches_by_the_attribute() {
    #[allow(clippy::needless_pass_by_value)] // the key owns it
    #[ctu::cached(capacity = 1_024)]
    fn typed(i: i64, s: Option<String>, b: bool) -> i64 {
        crate::compute(i, s.as_deref(), b)
    }
    #[ctu::cached(capacity = 1_024, key = json)]
    fn json(i: i64, s: Option<&str>, b: bool) -> i64 {
        crate::compute(i, s, b)
    }
    #[ctu::cached(capacity = 1_024, key = hash)]
    fn hash(i: i64, s: Option<&str>, b: bool) -> i64 {
        crate::compute(i, s, b)
    }
    crate::check_sum(|i, s, b| typed(i, s.map(str::to_owned), b));
    crate::check_sum(json);
    crate::check_sum(hash);
    for stats in [typed::stats(), json::stats(), hash::stats()] {
        assert_eq!((stats.reads, stats.hits, stats.entries), (500, 450, Some(50)));
    }
}

#[test]
fn test_corners() -> ctu::Result<()> {
    static CS: LazyLock<StatsCache<DictCache<String, i64>>> = LazyLock::new(|| DictCache::new().with_stats());
    run_cached!(CS);
    assert!(!CS.is_empty()?);
    CS.set("foo-bla-khan", &1)?;
    assert!(CS.contains("foo-bla-khan")?);
    assert!(CS.remove("foo-bla-khan")?);
    assert!(!CS.contains("foo-bla-khan")?);

    let unknown = Flagged { flags: 42, data: "bla".into() };
    assert_eq!(JsonSerde.deserialize::<String>(&unknown), Err(Reject::new("unknown flags")));
    Ok(())
}

#[test]
fn test_locked() -> ctu::Result<()> {
    let cache = LockedCache::new(HashMap::<String, String>::new());
    cache.set("hello", &"world!".to_owned())?;
    assert!(cache.contains("hello")?);
    assert_eq!(cache.get("hello")?.as_deref(), Some("world!"));
    assert!(cache.remove("hello")?);
    assert!(!cache.contains("hello")?);
    Ok(())
}
