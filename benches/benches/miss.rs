//! What a miss costs that is computed and stored, in full caches, so that each evicts another entry.
//!
//! `cargo bench -p benches --bench miss`: with keys that were never asked for, and with such that are asked for now and
//! then, of which some are hits.

use std::error::Error;

use benches::contestants::{CAPACITY, cached, cachelito, ctu, foyer, memoize, moka, nothing, quick_cache};
use benches::{Aim, Contestant, Random, Timings, bars, is_quick, measure_stream, names, print, record};

const CTU: &str = "ctu #[cached]";
const UNCOALESCED: &str = "ctu #[cached(coalesce = false)]";
const BY_HAND: &str = "ctu by hand";
const BARE: &str = "quick_cache, bare";
const CACHED: &str = "cached #[cached(max_size)]";
const CACHED_CONCURRENT: &str = "cached #[concurrent_cached(max_size)]";
const MOKA: &str = "moka get_with";
const FOYER: &str = "foyer, in memory";
const MEMOIZE: &str = "memoize SharedCache, Capacity";

type Call<K> = (&'static str, fn(K) -> u64);

const NUMBERS: [Call<u64>; 11] = [
    ("nothing: an empty call", nothing),
    (CTU, ctu::number),
    (UNCOALESCED, ctu::number_uncoalesced),
    (BY_HAND, ctu::number_by_hand_uncounted),
    (BARE, quick_cache::number),
    (CACHED, cached::number),
    (CACHED_CONCURRENT, cached::number_concurrent),
    (MOKA, moka::number),
    (FOYER, foyer::number),
    ("cachelito #[cache(limit)]", cachelito::number),
    (MEMOIZE, memoize::number),
];

const TEXTS: [Call<(&str, u64)>; 7] = [
    (CTU, |(s, n)| ctu::text(s, n)),
    (BY_HAND, |(s, n)| ctu::text_by_hand_uncounted(s, n)),
    (BARE, |(s, n)| quick_cache::text(s, n)),
    (CACHED, |(s, n)| cached::text(s, n)),
    (CACHED_CONCURRENT, |(s, n)| cached::text_concurrent(s, n)),
    (MOKA, |(s, n)| moka::text(s, n)),
    (FOYER, |(s, n)| foyer::text(s, n)),
];

fn main() {
    record("Misses", || run().expect("plots can be drawn"));
}

fn measured<K: Copy>(calls: &[Call<K>], keys: impl FnMut() -> K) -> Vec<Timings> {
    let contestants: Vec<_> = calls.iter().map(|&(name, call)| Contestant { name, call }).collect();
    let (warm_up, calls, rounds) = if is_quick() { (100, 100, 3) } else { (2 * CAPACITY, 2_000, 100) };
    measure_stream(&contestants, keys, (warm_up, calls), rounds)
}

/// Keys that were never asked for.
fn fresh() -> impl FnMut() -> u64 {
    let mut next = 0;
    move || {
        next += 1;
        next
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let aims = [CACHED, CACHED_CONCURRENT, MOKA, FOYER, MEMOIZE].map(|over| Aim { of: CTU, over, at_most: 1.2 });
    let timings = measured(&NUMBERS, fresh());
    print("A miss, u64 to u64, stored", 1, CTU, &aims, &timings);
    if !is_quick() && !cfg!(debug_assertions) {
        bars("miss", "A miss: u64 to u64, stored, another evicted, one thread", &timings)?;
    }
    let (name, mut keys) = (names()[0], fresh());
    print("A miss, (&str, u64) to u64, stored", 1, CTU, &aims[..4], &measured(&TEXTS, || (name, keys())));
    let mut random = Random::new(6);
    let churn = measured(&NUMBERS, || random.below(10 * CAPACITY as u64));
    print("Churn: ten times as many u64 keys as there is room for", 1, CTU, &[], &churn);
    Ok(())
}
