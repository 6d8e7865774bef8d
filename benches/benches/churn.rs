//! Resident memory while ten million distinct keys pass through a bounded cache.
//!
//! `cargo bench -p benches --bench churn [-- CAPACITY]` prints, for caches of `u64` to `u64` with and without a ttl and of
//! text to text, the entries held and the resident memory of the process after each two million keys, and the time per
//! key. Memory that is bounded shows the same figure on the first line of a cache and on its last. Linux only: it reads
//! `/proc/self/statm`.

use std::error::Error;
use std::fs;
use std::time::{Duration, Instant};

use ctu_backends::MemoryCache;
use ctu_core::{Cache, Store, Ttl};

const KEYS: u64 = 10_000_000;
const STEP: u64 = 2_000_000;
const CAPACITY: usize = 100_000;
/// Of a page, on the machines this runs on.
const PAGE_BYTES: u64 = 4_096;

fn resident_bytes() -> Result<u64, Box<dyn Error>> {
    let statm = fs::read_to_string("/proc/self/statm")?;
    let pages: u64 = statm.split_whitespace().nth(1).ok_or("no second field in statm")?.parse()?;
    Ok(pages * PAGE_BYTES)
}

#[allow(clippy::cast_precision_loss)] // figures to look at
fn churn<K, V>(name: &str, cache: &MemoryCache<K, V>, entry: impl Fn(u64) -> (K, V)) -> Result<(), Box<dyn Error>>
where
    K: Clone + Eq + std::hash::Hash,
    V: Clone,
{
    println!("{name}");
    let (before, start) = (resident_bytes()?, Instant::now());
    for n in 0..KEYS {
        let (key, value) = entry(n);
        cache.put(&key, &value, Ttl::Default)?;
        if (n + 1) % STEP == 0 {
            let mb = (resident_bytes()?.saturating_sub(before)) as f64 / 1e6;
            println!("  {:>9} keys: {:>7} entries, {mb:6.1} MB resident for the cache", n + 1, cache.len()?);
        }
    }
    println!("  {:.0} ns per key", start.elapsed().as_nanos() as f64 / KEYS as f64);
    Ok(())
}

fn main() {
    benches::record("Memory under churn", || run().expect("Linux, and a number as capacity"));
}

fn run() -> Result<(), Box<dyn Error>> {
    // Cargo adds `--bench`.
    let capacity = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let capacity = capacity.map_or(Ok(CAPACITY), |capacity| capacity.parse())?;
    println!("churn of {KEYS} distinct keys through caches of {capacity} entries");

    let plain = MemoryCache::new(capacity);
    churn("u64 to u64", &plain, |n| (n, n))?;
    drop(plain);
    let expiring = MemoryCache::builder().capacity(capacity).ttl(Duration::from_millis(1)).build();
    churn("u64 to u64, ttl 1 ms", &expiring, |n| (n, n))?;
    drop(expiring);
    let text = MemoryCache::new(capacity);
    churn("text to text, 40 bytes each", &text, |n| (format!("{n:040}"), format!("{n:>40}")))
}
