//! `AsyncCache::NEVER_WAITS`: a call is answered without a future that waits, and as ever by a cache that promises too much.

mod computed;

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{LazyLock, Mutex};
use std::task::Poll;

use ctu::{AsyncCache, Entry, Error, ErrorKind, Result, Ttl, cached};
use pollster::block_on;

use computed::{computed, count};

/// What its lookups do before they answer.
enum Lookup {
    Answer,
    /// Wait, although it says that they never do.
    Wait,
    Fail,
}

/// A cache that says it never waits.
struct Quick {
    lookup: Lookup,
    lookups: AtomicUsize,
    entries: Mutex<HashMap<String, u64>>,
}

impl Quick {
    fn that(lookup: Lookup) -> Self {
        Self { lookup, lookups: AtomicUsize::new(0), entries: Mutex::default() }
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, HashMap<String, u64>> {
        self.entries.lock().unwrap()
    }
}

impl AsyncCache<str, u64> for Quick {
    const NEVER_WAITS: bool = true;

    fn get(&self, key: &str) -> impl Future<Output = Result<Option<u64>>> + Send {
        let key = key.to_owned();
        self.lookups.fetch_add(1, Relaxed);
        let mut has_waited = false;
        poll_fn(move |context| match self.lookup {
            Lookup::Wait if !has_waited => {
                has_waited = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Lookup::Fail => Poll::Ready(Err(Error::new(ErrorKind::Unavailable, "down"))),
            _ => Poll::Ready(Ok(self.entries().get(&*key).copied())),
        })
    }

    async fn get_entry(&self, key: &str) -> Result<Option<Entry<u64>>> {
        let found = AsyncCache::get(self, key).await?;
        Ok(found.map(|value| Entry { value, ttl: None }))
    }

    async fn put(&self, key: &str, value: &u64, _: Ttl) -> Result<()> {
        self.entries().insert(key.to_owned(), *value);
        Ok(())
    }

    async fn remove(&self, key: &str) -> Result<bool> {
        Ok(self.entries().remove(key).is_some())
    }

    async fn contains(&self, key: &str) -> Result<bool> {
        Ok(self.entries().contains_key(key))
    }
}

#[test]
fn a_lookup_is_made_once_for_a_hit_and_once_for_a_miss() {
    static CACHE: LazyLock<Quick> = LazyLock::new(|| Quick::that(Lookup::Answer));
    #[cached(cache = CACHE, key = json, coalesce = false)]
    async fn double(n: u64) -> u64 {
        std::future::ready(count(n * 2)).await
    }
    assert_eq!(block_on(double(4)), 8);
    assert_eq!(block_on(double(4)), 8);
    assert_eq!((computed(), CACHE.lookups.load(Relaxed)), (1, 2));
    let stats = double::stats();
    assert_eq!((stats.reads, stats.hits, stats.writes), (2, 1, 1));
}

#[test]
fn nothing_is_looked_up_before_the_future_is_polled() {
    static CACHE: LazyLock<Quick> = LazyLock::new(|| Quick::that(Lookup::Answer));
    #[cached(cache = CACHE, key = json)]
    async fn double(n: u64) -> u64 {
        std::future::ready(count(n * 2)).await
    }
    block_on(double::prime(4, &9)).unwrap();
    let call = double(4);
    assert_eq!(CACHE.lookups.load(Relaxed), 0);
    assert!(block_on(double::evict(4)).unwrap());
    assert_eq!((block_on(call), computed()), (8, 1));
}

#[test]
fn law2_harmless_a_cache_that_waits_although_it_says_that_it_never_does_is_waited_for() {
    static CACHE: LazyLock<Quick> = LazyLock::new(|| Quick::that(Lookup::Wait));
    #[cached(cache = CACHE, key = json)]
    async fn double(n: u64) -> u64 {
        std::future::ready(count(n * 2)).await
    }
    block_on(double::prime(4, &9)).unwrap();
    assert_eq!((block_on(double(4)), computed()), (9, 0));
    assert_eq!((block_on(double(5)), computed()), (10, 1));
    let stats = double::stats();
    assert_eq!((stats.reads, stats.hits, stats.errors), (2, 1, 0));
}

#[test]
fn law2_harmless_a_lookup_that_fails_at_once_is_one_error_and_is_not_repeated() {
    static CACHE: LazyLock<Quick> = LazyLock::new(|| Quick::that(Lookup::Fail));
    #[cached(cache = CACHE, key = json)]
    async fn double(n: u64) -> u64 {
        std::future::ready(count(n * 2)).await
    }
    assert_eq!((block_on(double(4)), computed()), (8, 1));
    let stats = double::stats();
    assert_eq!((CACHE.lookups.load(Relaxed), stats.reads, stats.errors, stats.writes), (1, 1, 1, 0));
}

#[cfg(feature = "memory")]
#[test]
fn stores_in_memory_never_wait_nor_do_references_to_them_and_layers_that_only_map() {
    use ctu::{Args, JsonCache, MemoryCache, SharedMemory};

    const fn never_waits<K: ?Sized + Sync, V: Send + Sync, C: AsyncCache<K, V>>() -> bool {
        C::NEVER_WAITS
    }
    assert!(never_waits::<Args<(&u64,)>, u64, MemoryCache<(u64,), u64>>());
    assert!(never_waits::<Args<(&u64,)>, u64, LazyLock<SharedMemory>>());
    assert!(never_waits::<str, u64, &JsonCache<MemoryCache<Vec<u8>, ctu::Bytes>>>());
}
