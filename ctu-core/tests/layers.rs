//! Stacks of layers as a program writes them: what they keep, what they pass on, and where they can live.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use std::thread;

use bytes::Bytes;
use ctu_core::{
    Args, Cache, DebugCache, Entry, Error, ErrorKind, JsonCache, LockedCache, PrefixedCache, Result, StackExt, Stats,
    StatsCache, Store, Ttl, TwoLevelCache,
};

type Bottom = LockedCache<HashMap<Vec<u8>, Bytes>>;

/// A byte store that only knows batches: what reaches it as single operations fails.
#[derive(Default)]
struct BatchesOnly(Bottom);

fn single<T>() -> Result<T> {
    Err(Error::new(ErrorKind::Unsupported, "not a batch"))
}

impl Cache<[u8], Bytes> for BatchesOnly {
    fn get(&self, _: &[u8]) -> Result<Option<Bytes>> {
        single()
    }
    fn get_entry(&self, _: &[u8]) -> Result<Option<Entry<Bytes>>> {
        single()
    }
    fn put(&self, _: &[u8], _: &Bytes, _: Ttl) -> Result<()> {
        single()
    }
    fn remove(&self, _: &[u8]) -> Result<bool> {
        single()
    }
    fn contains(&self, _: &[u8]) -> Result<bool> {
        single()
    }
    fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<Bytes>>> {
        self.0.get_many(keys)
    }
    fn put_many(&self, entries: &[(&[u8], &Bytes)], ttl: Ttl) -> Result<()> {
        self.0.put_many(entries, ttl)
    }
}

/// A byte store whose entries all have an hour left.
#[derive(Default)]
struct AnHourLeft(Bottom);

const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);

impl Cache<[u8], Bytes> for AnHourLeft {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>> {
        self.0.get(key)
    }
    fn get_entry(&self, key: &[u8]) -> Result<Option<Entry<Bytes>>> {
        Ok(self.0.get(key)?.map(|value| Entry { value, ttl: Some(HOUR) }))
    }
    fn put(&self, key: &[u8], value: &Bytes, ttl: Ttl) -> Result<()> {
        self.0.put(key, value, ttl)
    }
    fn remove(&self, key: &[u8]) -> Result<bool> {
        self.0.remove(key)
    }
    fn contains(&self, key: &[u8]) -> Result<bool> {
        self.0.contains(key)
    }
}

#[test]
fn a_batch_is_a_batch_through_all_layers_and_a_lifetime_a_lifetime() {
    let batches = BatchesOnly::default().prefixed("p.").with_stats().debug("bytes").to_bytes().with_stats();
    batches.put_many(&[("a", &1), ("b", &2)], Ttl::Default).unwrap();
    assert_eq!(batches.get_many(&["b", "none", "a"]).unwrap(), [Some(2), None, Some(1)]);

    let hour = AnHourLeft::default().prefixed("p.").with_stats().debug("bytes").json();
    hour.put("k", &1, Ttl::Default).unwrap();
    assert_eq!(hour.get_entry("k").unwrap(), Some(Entry { value: 1, ttl: Some(HOUR) }));
}

#[test]
fn one_stack_serves_values_of_many_types() {
    let cache = Bottom::default().prefixed("p.").json().with_stats();
    cache.put("number", &1.5, Ttl::Default).unwrap();
    cache.put("list", &vec!["a".to_owned()], Ttl::Default).unwrap();
    assert_eq!(cache.get("number").unwrap(), Some(1.5));
    assert_eq!(cache.get("list").unwrap(), Some(vec!["a".to_owned()]));
    assert_eq!(cache.get("list").unwrap(), None::<f64>, "not of that type: a miss");
    assert_eq!(cache.stats().unwrap().rejected, 1, "told through the stack");
}

#[test]
fn typed_keys_pass_through_the_wrappers() {
    type Table = LockedCache<HashMap<(String, u64), u32>>;
    let cache = Table::default().with_stats().two_level(Table::default()).debug("typed");
    cache.put(&Args(("a", &1_u64)), &7, Ttl::Default).unwrap();
    assert_eq!(cache.get(&Args(("a", &1_u64))).unwrap(), Some(7));
    assert_eq!(cache.get(&Args(("a", &2_u64))).unwrap(), None);
}

type Six = StatsCache<
    JsonCache<
        PrefixedCache<TwoLevelCache<DebugCache<Bottom>, PrefixedCache<Arc<LockedCache<HashMap<Vec<u8>, Bytes>>>>>>,
    >,
>;

static SHARED: LazyLock<Arc<Bottom>> = LazyLock::new(Arc::default);
static SIX: LazyLock<Six> = LazyLock::new(|| {
    let far = Arc::clone(&SHARED).prefixed("far.");
    Bottom::default().debug("near").two_level(far).prefixed("app.").json().with_stats()
});

#[test]
fn a_stack_of_six_layers_is_a_static_that_threads_share() {
    fn is_shareable<C: Send + Sync + 'static>(_: &C) {}
    is_shareable(&*SIX);
    thread::scope(|scope| {
        for t in 0..4_u64 {
            scope.spawn(move || {
                for i in 0..100 {
                    let key = format!("{t}.{i}");
                    SIX.put(&key, &(t, i), Ttl::Default).unwrap();
                    assert_eq!(SIX.get(&key).unwrap(), Some((t, i)));
                }
            });
        }
    });
    assert_eq!(SHARED.get(&b"far.app.3.99"[..]).unwrap().as_deref(), Some(&b"[3,99]"[..]));
    assert!((SIX.hit_rate() - 1.0).abs() < 1e-9);
    assert_eq!(SIX.stats().unwrap().writes, 400);
    assert!(Cache::<str, (u64, u64)>::remove(&SIX, "3.99").unwrap());
    assert_eq!(SHARED.get(&b"far.app.3.99"[..]).unwrap(), None);
    assert_eq!(SIX.clear().unwrap_err().kind(), ErrorKind::Unsupported, "the far level is shared");
}

#[test]
fn a_stack_can_be_type_erased() {
    let cache: Arc<dyn Cache<str, u32> + Send + Sync> = Arc::new(Bottom::default().json().debug("erased"));
    cache.put("k", &1, Ttl::Default).unwrap();
    assert_eq!(cache.with_stats().get("k").unwrap(), Some(1));
}

#[test]
fn law7_silent_no_layer_shows_an_entry_in_its_debug_form() {
    let cache = Bottom::default().two_level(Bottom::default()).prefixed("p.").to_bytes().debug("d").with_stats();
    cache.put("secret key", &"secret value".to_owned(), Ttl::Default).unwrap();
    let shown = format!("{cache:?}");
    assert!(shown.contains("LockedCache") && !shown.contains("secret"), "{shown}");
}

#[test]
fn the_layers_below_are_within_reach() {
    let cache = Bottom::default().with_stats().prefixed("p.").json();
    cache.put("k", &1, Ttl::Default).unwrap();
    let stats: &StatsCache<Bottom> = cache.inner().inner();
    assert_eq!(stats.counters().stats().writes, 1);
    let bottom: Bottom = cache.into_inner().into_inner().into_inner();
    assert_eq!(bottom.stats().map(|Stats { entries, .. }| entries).unwrap(), Some(1));
}
