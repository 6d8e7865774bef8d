//! ctu: by attribute, by hand, and over other stores than a function's own.

use std::pin::pin;
use std::sync::{Arc, LazyLock};

use ctu::{Args, Cache, DictCache, JsonCache, MemoryCache, Scoped, SharedMemory, StackExt, Ttl, TwoLevelCache, cached};

use super::{CAPACITY, Point, block_on_ready, bytes, short};
use crate::compute;

#[cached]
pub fn number(n: u64) -> u64 {
    compute(n)
}

#[cached]
pub fn name(s: &str) -> u64 {
    compute(s.len() as u64)
}

#[cached]
pub fn owned(s: String) -> u64 {
    compute(s.len() as u64)
}

#[cached]
pub fn point(point: Point) -> u64 {
    compute(point.id)
}

#[cached]
pub fn text(_s: &str, n: u64) -> u64 {
    compute(n)
}

#[cached]
pub fn to_text(n: u64) -> String {
    short(n)
}

#[cached]
pub fn to_arc(n: u64) -> Arc<Vec<u8>> {
    Arc::new(bytes(n))
}

#[cached]
pub fn to_bytes(n: u64) -> Vec<u8> {
    bytes(n)
}

#[cached(ttl = "1h")]
pub fn number_for_an_hour(n: u64) -> u64 {
    compute(n)
}

#[cached(coalesce = false)]
pub fn number_uncoalesced(n: u64) -> u64 {
    compute(n)
}

#[cached]
async fn number_later(n: u64) -> u64 {
    compute(n)
}

pub fn number_async(n: u64) -> u64 {
    block_on_ready(pin!(number_later(n)))
}

static UNBOUNDED: LazyLock<DictCache<Scoped<(u64,)>, u64>> = LazyLock::new(DictCache::new);

#[cached(cache = UNBOUNDED, key = typed)]
pub fn number_unbounded(n: u64) -> u64 {
    compute(n)
}

static SHARED: LazyLock<SharedMemory> = LazyLock::new(|| SharedMemory::new(CAPACITY));

#[cached(cache = SHARED, key = typed)]
pub fn number_shared(n: u64) -> u64 {
    compute(n)
}

#[cached(cache = SHARED, key = typed)]
pub fn text_shared(_s: &str, n: u64) -> u64 {
    compute(n)
}

#[cached(cache = SHARED, key = json)]
pub fn text_by_json(_s: &str, n: u64) -> u64 {
    compute(n)
}

static TEXT_KEYS: LazyLock<MemoryCache<String, u64>> = LazyLock::new(|| MemoryCache::new(CAPACITY));

#[cached(cache = TEXT_KEYS, key = json)]
pub fn text_by_json_of_one_type(_s: &str, n: u64) -> u64 {
    compute(n)
}

type Bytes = MemoryCache<Vec<u8>, bytes::Bytes>;

static SERIALIZED: LazyLock<JsonCache<Bytes>> = LazyLock::new(|| Bytes::new(CAPACITY).json());

#[cached(cache = SERIALIZED, key = json)]
pub fn text_serialized(_s: &str, n: u64) -> u64 {
    compute(n)
}

type Levels = TwoLevelCache<MemoryCache<String, u64>, MemoryCache<String, u64>>;

static LEVELS: LazyLock<Levels> = LazyLock::new(|| MemoryCache::new(CAPACITY).two_level(MemoryCache::new(CAPACITY)));

#[cached(cache = LEVELS, key = json)]
pub fn text_in_two_levels(_s: &str, n: u64) -> u64 {
    compute(n)
}

static COUNTED: LazyLock<MemoryCache<u64, u64>> = LazyLock::new(|| MemoryCache::new(CAPACITY));

pub fn number_by_hand(n: u64) -> u64 {
    by_hand(&*COUNTED, &n, n)
}

static UNCOUNTED: LazyLock<MemoryCache<u64, u64>> =
    LazyLock::new(|| MemoryCache::builder().capacity(CAPACITY).stats(false).build());

pub fn number_by_hand_uncounted(n: u64) -> u64 {
    by_hand(&*UNCOUNTED, &n, n)
}

static TEXT_COUNTED: LazyLock<MemoryCache<(String, u64), u64>> = LazyLock::new(|| MemoryCache::new(CAPACITY));

pub fn text_by_hand(s: &str, n: u64) -> u64 {
    by_hand(&*TEXT_COUNTED, &Args((s, &n)), n)
}

static TEXT_UNCOUNTED: LazyLock<MemoryCache<(String, u64), u64>> =
    LazyLock::new(|| MemoryCache::builder().capacity(CAPACITY).stats(false).build());

pub fn text_by_hand_uncounted(s: &str, n: u64) -> u64 {
    by_hand(&*TEXT_UNCOUNTED, &Args((s, &n)), n)
}

fn by_hand<K>(cache: &impl Cache<K, u64>, key: &K, n: u64) -> u64 {
    if let Ok(Some(value)) = cache.get(key) {
        return value;
    }
    let value = compute(n);
    // Not stored, it would be found out as a miss.
    let _ = cache.put(key, &value, Ttl::Default);
    value
}
