//! The calls that are watched.

#![allow(clippy::unused_async)] // what a hit takes, and not what waiting does

use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

use ctu::{Cache, JsonCache, MemoryCache, PrefixedCache, SharedMemory, StackExt, TwoLevelCache, cached};
use guard::{CALLS, Keys, Subject};

pub(super) fn all() -> Vec<Subject> {
    let hit = |name, call| Subject { name, call, keys: Keys::Known };
    let near = |name, call| Subject { name, call, keys: Keys::Few };
    let miss = |name, call| Subject { name, call, keys: Keys::New };
    vec![
        hit("an empty call", u64::from),
        hit("hit, u64, bare quick_cache", |n| bare(n.into())),
        near("hit, u64", |n| number(n.into())),
        Subject { name: "hit, u64, of many keys", call: |n| number_of_many(n.into()), keys: Keys::Many },
        near("hit, (&str, u64)", |n| text(name(n), n.into())),
        Subject { name: "hit, (&str, u64), of many keys", call: |n| text_of_many(name(n), n.into()), keys: Keys::Many },
        near("hit, u64, with a ttl", |n| for_an_hour(n.into())),
        near("hit, u64, async", |n| ready(later(n.into()))),
        hit("hit, u64, by hand, counted", |n| found(&COUNTED, n)),
        hit("hit, u64, by hand, not counted", |n| found(&UNCOUNTED, n)),
        hit("hit, u64, SharedMemory", |n| shared(n.into())),
        hit("hit, JSON key, SharedMemory", |n| by_json(name(n), n.into())),
        hit("hit, JSON key, MemoryCache<String, u64>", |n| by_text(name(n), n.into())),
        hit("hit, JSON key, two levels", |n| in_two_levels(name(n), n.into())),
        hit("hit, JSON key, prefix, JSON value", |n| serialized(name(n), n.into()).0),
        miss("miss, u64, bare quick_cache", |n| bare_seldom(n.into())),
        miss("miss, u64", |n| number_seldom(n.into())),
        miss("miss, (&str, u64)", |n| text_seldom(name(n), n.into())),
        miss("miss, u64, async", |n| ready(later_seldom(n.into()))),
    ]
}

const CAPACITY: usize = 20_000;

/// Texts of 13 bytes.
fn name(n: u32) -> &'static str {
    static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| (0..2 * CALLS).map(|n| format!("user:{n:08}")).collect());
    &NAMES[n as usize]
}

#[cached(capacity = CAPACITY)]
fn number(n: u64) -> u64 {
    n * 3
}

#[cached(capacity = CAPACITY)]
fn number_of_many(n: u64) -> u64 {
    n * 3
}

#[cached(capacity = CAPACITY)]
fn text(s: &str, n: u64) -> u64 {
    n * 3 + s.len() as u64
}

#[cached(capacity = CAPACITY)]
fn text_of_many(s: &str, n: u64) -> u64 {
    n * 3 + s.len() as u64
}

#[cached(capacity = CAPACITY, ttl = "1h")]
fn for_an_hour(n: u64) -> u64 {
    n * 3
}

#[cached(capacity = CAPACITY)]
async fn later(n: u64) -> u64 {
    n * 3
}

static COUNTED: LazyLock<MemoryCache<u64, u64>> = LazyLock::new(|| filled(true));
static UNCOUNTED: LazyLock<MemoryCache<u64, u64>> = LazyLock::new(|| filled(false));

fn found(cache: &MemoryCache<u64, u64>, n: u32) -> u64 {
    cache.get(&u64::from(n)).ok().flatten().unwrap_or_default()
}

fn filled(stats: bool) -> MemoryCache<u64, u64> {
    let cache = MemoryCache::builder().capacity(CAPACITY).stats(stats).build();
    for n in 0..u64::from(CALLS) {
        cache.put(&n, &n, ctu::Ttl::Default).expect("there is room");
    }
    cache
}

static SHARED: LazyLock<SharedMemory> = LazyLock::new(|| SharedMemory::new(CAPACITY));

#[cached(cache = SHARED, key = typed)]
fn shared(n: u64) -> u64 {
    n * 3
}

#[cached(cache = SHARED, key = json)]
fn by_json(s: &str, n: u64) -> u64 {
    n * 3 + s.len() as u64
}

static TEXTS: LazyLock<MemoryCache<String, u64>> = LazyLock::new(|| MemoryCache::new(CAPACITY));

#[cached(cache = TEXTS, key = json)]
fn by_text(s: &str, n: u64) -> u64 {
    n * 3 + s.len() as u64
}

type Levels = TwoLevelCache<MemoryCache<String, u64>, MemoryCache<String, u64>>;

static LEVELS: LazyLock<Levels> = LazyLock::new(|| MemoryCache::new(CAPACITY).two_level(MemoryCache::new(CAPACITY)));

#[cached(cache = LEVELS, key = json)]
fn in_two_levels(s: &str, n: u64) -> u64 {
    n * 3 + s.len() as u64
}

type Bytes = MemoryCache<Vec<u8>, bytes::Bytes>;

static SERIALIZED: LazyLock<PrefixedCache<JsonCache<Bytes>>> =
    LazyLock::new(|| Bytes::new(CAPACITY).json().prefixed("app."));

#[cached(cache = SERIALIZED, key = json)]
fn serialized(s: &str, n: u64) -> (u64, String) {
    (n * 3, s.to_owned())
}

#[cached(capacity = 1_000)]
fn number_seldom(n: u64) -> u64 {
    n * 3
}

#[cached(capacity = 1_000)]
fn text_seldom(s: &str, n: u64) -> u64 {
    n * 3 + s.len() as u64
}

#[cached(capacity = 1_000)]
async fn later_seldom(n: u64) -> u64 {
    n * 3
}

/// A hit of the crate that ctu stores in, to compare with.
fn bare(n: u64) -> u64 {
    static STORE: LazyLock<quick_cache::sync::Cache<u64, u64>> =
        LazyLock::new(|| quick_cache::sync::Cache::new(CAPACITY));
    STORE.get(&n).unwrap_or_else(|| {
        STORE.insert(n, n * 3);
        n * 3
    })
}

/// The same for a miss.
fn bare_seldom(n: u64) -> u64 {
    static STORE: LazyLock<quick_cache::sync::Cache<u64, u64>> = LazyLock::new(|| quick_cache::sync::Cache::new(1_000));
    STORE.get(&n).unwrap_or_else(|| {
        STORE.insert(n, n * 3);
        n * 3
    })
}

/// The result of a future that does not wait.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => unreachable!("nothing here waits"),
    }
}
