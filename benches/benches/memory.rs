//! Allocations per hit and per miss, counted, and the bytes that an entry takes in a full cache of a million.
//!
//! `cargo bench -p benches --bench memory`. Bytes are those asked of the allocator and not given back: what the allocator
//! adds is not among them. It is a benchmark of its own as its allocator is a slower one, that counts.

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};

use allocation_counter::measure;
use benches::contestants::{cached, cachelito, ctu, foyer, hitbox, memoize, moka, quick_cache};
use benches::{Contestant, is_quick, names, record, texts};
use ctu_core::{Cache, Store, Ttl};

type Call<K> = (&'static str, fn(K) -> u64);

fn main() {
    record("Allocations and bytes", run);
}

fn run() {
    println!("### Allocations per call\n");
    println!("| {:<46} |   hit |  miss |", "contestant");
    println!("|:{:-<47}|------:|------:|", "");
    numbers();
    by_text();
    bytes();
}

/// Allocations of a call on average, hits and misses.
fn allocations<K: Copy>(contestant: &Contestant<K>, hits: &[K], mut fresh: impl FnMut() -> K) {
    hits.iter().for_each(|key| drop(black_box((contestant.call)(*key)).to_string()));
    let of = |keys: &[K]| {
        let info = measure(|| {
            for key in keys {
                black_box((contestant.call)(*key));
            }
        });
        #[allow(clippy::cast_precision_loss)] // thousands
        let average = info.count_total as f64 / keys.len() as f64;
        average
    };
    let hit = of(hits);
    let keys: Vec<K> = (0..hits.len()).map(|_| fresh()).collect();
    println!("| {:<46} | {hit:5.2} | {:5.2} |", contestant.name, of(&keys));
}

fn fresh() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1_000_000);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn numbers() {
    let calls: [Call<u64>; 12] = [
        ("u64: ctu #[cached]", ctu::number),
        ("u64: ctu #[cached(coalesce = false)]", ctu::number_uncoalesced),
        ("u64: ctu #[cached(ttl)]", ctu::number_for_an_hour),
        ("u64: ctu #[cached] async", ctu::number_async),
        ("u64: quick_cache, bare", quick_cache::number),
        ("u64: cached #[cached(max_size)]", cached::number),
        ("u64: cached #[concurrent_cached(max_size)]", cached::number_concurrent),
        ("u64: moka get_with", moka::number),
        ("u64: foyer, in memory", foyer::number),
        ("u64: cachelito #[cache(limit)]", cachelito::number),
        ("u64: memoize SharedCache, Capacity", memoize::number),
        ("u64: hitbox #[cached] async, moka backend", hitbox::number_async),
    ];
    for (name, call) in calls {
        allocations(&Contestant { name, call }, &benches::numbers(), fresh);
    }
}

fn by_text() {
    type Text = (&'static str, u64);
    let calls: [Call<Text>; 11] = [
        ("(&str, u64): ctu #[cached]", |(s, n)| ctu::text(s, n)),
        ("(&str, u64): ctu, SharedMemory", |(s, n)| ctu::text_shared(s, n)),
        ("(&str, u64): ctu, SharedMemory, JSON key", |(s, n)| ctu::text_by_json(s, n)),
        ("(&str, u64): ctu, two levels, JSON key", |(s, n)| ctu::text_in_two_levels(s, n)),
        ("(&str, u64): ctu, JSON key and value", |(s, n)| ctu::text_serialized(s, n)),
        ("(&str, u64): quick_cache, bare", |(s, n)| quick_cache::text(s, n)),
        ("(&str, u64): cached #[cached(max_size)]", |(s, n)| cached::text(s, n)),
        ("(&str, u64): cached #[concurrent_cached(..)]", |(s, n)| cached::text_concurrent(s, n)),
        ("(&str, u64): moka get_with", |(s, n)| moka::text(s, n)),
        ("(&str, u64): foyer, in memory", |(s, n)| foyer::text(s, n)),
        ("(&str, u64): cachelito #[cache(limit)]", |(s, n)| cachelito::text(s, n)),
    ];
    let name = names()[0];
    for (label, call) in calls {
        allocations(&Contestant { name: label, call }, &texts(), || (name, fresh()));
    }
}

/// What entries of `u64` to `u64` take.
fn bytes() {
    let entries: usize = if is_quick() { 10_000 } else { 1_000_000 };
    println!("\n### Bytes per entry, u64 to u64\n");
    println!("Each cache has a capacity of {entries} entries, and twice as many were stored in it.\n");
    println!("| {:<46} | entries | bytes per entry |", "store");
    println!("|:{:-<47}|--------:|----------------:|", "");
    let keys = || 0..2 * entries as u64;
    of("ctu MemoryCache", || {
        let cache = ctu_backends::MemoryCache::<u64, u64>::new(entries);
        keys().for_each(|n| cache.put(&n, &n, Ttl::Default).expect("an entry weighs 1"));
        (cache.len().expect("a store in memory does not fail"), cache)
    });
    of("quick_cache, bare", || {
        let cache = ::quick_cache::sync::Cache::<u64, u64>::new(entries);
        keys().for_each(|n| cache.insert(n, n));
        (cache.len(), cache)
    });
    of("moka", || {
        let cache = ::moka::sync::Cache::<u64, u64>::new(entries as u64);
        keys().for_each(|n| cache.insert(n, n));
        cache.run_pending_tasks();
        (usize::try_from(cache.entry_count()).unwrap_or_default(), cache)
    });
    of("foyer, in memory", || {
        let cache = foyer_memory::CacheBuilder::new(entries).build::<foyer_memory::CacheProperties>();
        keys().for_each(|n| drop(cache.insert(n, n)));
        (cache.entries(), cache)
    });
    of("cached LruCache", || {
        use ::cached::Cached;
        let mut cache = ::cached::LruCache::<u64, u64>::new(entries);
        keys().for_each(|n| {
            cache.cache_set(n, n);
        });
        (cache.cache_size(), cache)
    });
    of("lru", || {
        let mut cache = lru::LruCache::<u64, u64>::new(NonZeroUsize::new(entries).expect("some"));
        keys().for_each(|n| {
            cache.put(n, n);
        });
        (cache.len(), cache)
    });
}

fn of<C>(name: &str, fill: impl FnOnce() -> (usize, C)) {
    let mut filled = None;
    let info = measure(|| filled = Some(fill()));
    let (entries, cache) = filled.expect("it was filled");
    #[allow(clippy::cast_precision_loss)] // millions
    let per_entry = info.bytes_current as f64 / entries as f64;
    println!("| {name:<46} | {entries:>7} | {per_entry:15.1} |");
    drop(cache);
}
