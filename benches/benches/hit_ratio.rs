//! How often ctu's `MemoryCache` has what is asked for, beside exact LRU and LFU, moka, and the best that is possible.
//!
//! `cargo bench -p benches --bench hit_ratio` replays the same seeded traces through all of them, at several capacities.
//! What is asked for and missing is stored. The best possible is Belady's: it evicts what is needed last. It is allowed to
//! not store at all what is needed later than all it has, as no other one here is.

use std::collections::{BTreeSet, HashMap};
use std::num::NonZeroUsize;

use benches::{Random, Series, Zipf, is_quick, lines, record};
use ctu::{Cache, MemoryCache, Ttl};

/// Different keys of a trace, about.
const KEYS: usize = 20_000;
/// Of the keys: 1, 5, 10 and 20 %.
const PARTS: [f64; 4] = [0.01, 0.05, 0.1, 0.2];

struct Trace {
    name: &'static str,
    keys: Vec<u64>,
    /// How many different ones.
    footprint: usize,
}

fn main() {
    record("Hit ratio", run);
}

fn run() {
    let length = if is_quick() { 5_000 } else { 400_000 };
    println!(
        "Parts of the lookups that were hits, in per cent. A trace has {length} lookups; a capacity is a part of the"
    );
    println!("number of different keys in it. `worse` says who has more than half a per cent more hits than ctu.\n");
    println!("| trace                 | capacity      |    ctu |    LRU |    LFU |   moka | optimal | worse than |");
    println!("|:----------------------|--------------:|-------:|-------:|-------:|-------:|--------:|:-----------|");
    let mut panels = Vec::new();
    for trace in traces(length) {
        let mut series = ["ctu", "LRU", "LFU", "moka", "optimal"].map(|name| Series { name, points: Vec::new() });
        for part in PARTS {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // thousands
            let capacity = (trace.footprint as f64 * part).round().max(1.0) as usize;
            let keys = &trace.keys;
            let hits = [
                ctu(keys, capacity),
                lru(keys, capacity),
                lfu(keys, capacity),
                moka(keys, capacity),
                optimal(keys, capacity),
            ];
            let ratios = hits.map(|hits| hits as f64 / keys.len() as f64);
            for (series, ratio) in series.iter_mut().zip(ratios) {
                series.points.push((part, ratio));
            }
            print(&trace, part, capacity, ratios);
        }
        panels.push((trace.name, series.to_vec()));
    }
    if !is_quick() && !cfg!(debug_assertions) {
        lines("hit-ratio", "Hits, by capacity", &panels).expect("a plot");
    }
}

fn print(trace: &Trace, part: f64, capacity: usize, ratios: [f64; 5]) {
    let [ctu, others @ .., optimal] = ratios;
    let worse: Vec<_> = others.iter().zip(["LRU", "LFU", "moka"]).filter(|(other, _)| **other > ctu + 0.005).collect();
    let worse: Vec<_> = worse.into_iter().map(|(_, name)| name).collect();
    let [lru, lfu, moka] = others.map(|ratio| ratio * 100.0);
    println!(
        "| {:<21} | {capacity:>6}, {:>3.0} % | {:6.1} | {lru:6.1} | {lfu:6.1} | {moka:6.1} | {:7.1} | {:<10} |",
        trace.name,
        part * 100.0,
        ctu * 100.0,
        optimal * 100.0,
        worse.join(", "),
    );
}

/// All of them, of about `length` lookups.
fn traces(length: usize) -> Vec<Trace> {
    let zipf = |skew: f64, seed: u64| {
        let (zipf, mut random) = (Zipf::new(KEYS, skew), Random::new(seed));
        (0..length).map(|_| zipf.draw(&mut random)).collect::<Vec<_>>()
    };
    let scan = {
        // Between ten thousand lookups each by Zipf's law, two thousand keys that come up once.
        let mut fresh = KEYS as u64..;
        let mut keys = Vec::with_capacity(length);
        for part in zipf(1.0, 4).chunks(10_000) {
            keys.extend(part);
            keys.extend(fresh.by_ref().take(2_000));
        }
        keys
    };
    let looped = (0..length as u64).map(|n| n % (KEYS as u64 / 4)).collect();
    let shift = {
        // The favourites are others after each tenth of the trace.
        let keys = zipf(1.0, 5);
        let phase = keys.len() / 10;
        keys.iter().enumerate().map(|(at, key)| (key + (at / phase) as u64 * 1_999) % KEYS as u64).collect()
    };
    let trace = |name, keys: Vec<u64>| {
        let footprint = keys.iter().collect::<BTreeSet<_>>().len();
        Trace { name, keys, footprint }
    };
    vec![
        trace("Zipf 0.7", zipf(0.7, 1)),
        trace("Zipf 1.0", zipf(1.0, 2)),
        trace("Zipf 1.2", zipf(1.2, 3)),
        trace("Zipf 1.0 with scans", scan),
        trace("a loop", looped),
        trace("Zipf 1.0, shifting", shift),
    ]
}

fn ctu(keys: &[u64], capacity: usize) -> usize {
    let cache = MemoryCache::new(capacity);
    let is_hit = |key: &&u64| {
        let found: Option<()> = cache.get(*key).expect("a store in memory does not fail");
        if found.is_none() {
            cache.put(*key, &(), Ttl::Default).expect("an entry weighs 1");
        }
        found.is_some()
    };
    keys.iter().filter(is_hit).count()
}

fn moka(keys: &[u64], capacity: usize) -> usize {
    let cache = moka::sync::Cache::new(capacity as u64);
    let mut hits = 0;
    for key in keys {
        if cache.get(key).is_some() {
            hits += 1;
        } else {
            cache.insert(*key, ());
        }
        // Its policy works in the background; so that what is measured is the policy, it keeps up.
        cache.run_pending_tasks();
    }
    hits
}

fn lru(keys: &[u64], capacity: usize) -> usize {
    let mut cache = lru::LruCache::new(NonZeroUsize::new(capacity).expect("at least 1"));
    keys.iter().filter(|key| cache.put(**key, ()).is_some()).count()
}

/// Evicts what was asked for least often since it was stored; of several, what was asked for longest ago.
fn lfu(keys: &[u64], capacity: usize) -> usize {
    let (mut entries, mut order) = (HashMap::new(), BTreeSet::new());
    let mut hits = 0;
    for (time, key) in keys.iter().enumerate() {
        if let Some((count, last)) = entries.get_mut(key) {
            hits += 1;
            order.remove(&(*count, *last, *key));
            (*count, *last) = (*count + 1, time);
            order.insert((*count, *last, *key));
            continue;
        }
        if entries.len() == capacity
            && let Some((_, _, evicted)) = order.pop_first()
        {
            entries.remove(&evicted);
        }
        entries.insert(*key, (1_u32, time));
        order.insert((1, time, *key));
    }
    hits
}

/// Belady's: keeps what is needed soonest.
fn optimal(keys: &[u64], capacity: usize) -> usize {
    const NEVER: usize = usize::MAX;
    let mut next = vec![NEVER; keys.len()];
    let mut soonest = HashMap::new();
    for (time, key) in keys.iter().enumerate().rev() {
        next[time] = soonest.insert(*key, time).unwrap_or(NEVER);
    }
    // When it is needed, and what; each is needed at another time, but for those that never are again.
    let mut held = BTreeSet::new();
    let mut hits = 0;
    for (time, key) in keys.iter().enumerate() {
        hits += usize::from(held.remove(&(time, *key)));
        if next[time] != NEVER {
            held.insert((next[time], *key));
            if held.len() > capacity {
                held.pop_last();
            }
        }
    }
    hits
}
