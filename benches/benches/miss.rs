//! What a miss costs with coalescing, beside the same miss without: in turn, a few milliseconds each.

use std::hint::black_box;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use ctu::prelude::*;
use ctu::{Args, MemoryCache, Ttl, cached};

const ROUNDS: usize = 60;
const CALLS: u64 = 10_000;
const CAPACITY: usize = 1_000;

/// Keys that were never asked for.
fn fresh() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

static STORE: LazyLock<MemoryCache<(u64,), u64>> =
    LazyLock::new(|| MemoryCache::builder().capacity(CAPACITY).stats(false).build());

fn by_hand(n: u64) -> u64 {
    STORE.get_or_set_with(&Args((&n,)), Ttl::Default, || n)
}

#[cached(capacity = CAPACITY, coalesce = false)]
fn uncoalesced(n: u64) -> u64 {
    n
}

#[cached(capacity = CAPACITY)]
fn coalesced(n: u64) -> u64 {
    n
}

static TEXTS: LazyLock<MemoryCache<(String, u64), u64>> =
    LazyLock::new(|| MemoryCache::builder().capacity(CAPACITY).stats(false).build());

const TEXT: &str = "forty bytes of text, which a key has to own";

fn text_by_hand(n: u64) -> u64 {
    TEXTS.get_or_set_with(&Args((TEXT, &n)), Ttl::Default, || n)
}

#[cached(capacity = CAPACITY)]
fn text(s: &str, n: u64) -> u64 {
    n + s.len() as u64
}

fn text_coalesced(n: u64) -> u64 {
    text(TEXT, n)
}

/// Nanoseconds per call.
fn time(call: fn(u64) -> u64) -> u64 {
    let start = Instant::now();
    for _ in 0..CALLS {
        black_box(call(black_box(fresh())));
    }
    u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX) / CALLS
}

fn median(values: impl Iterator<Item = i64>) -> i64 {
    let mut values: Vec<_> = values.collect();
    values.sort_unstable();
    values[values.len() / 2]
}

fn main() {
    type Contestant = (&'static str, fn(u64) -> u64);
    let rows: [&[Contestant]; 2] = [
        &[("u64, by hand", by_hand), ("u64, coalesce = false", uncoalesced), ("u64, coalesced", coalesced)],
        &[("(&str, u64), by hand", text_by_hand), ("(&str, u64), coalesced", text_coalesced)],
    ];
    println!("| a miss | ns | over the one by hand |\n|---|---|---|");
    for row in rows {
        let rounds: Vec<Vec<i64>> = (0..ROUNDS)
            .map(|_| row.iter().map(|contestant| i64::try_from(time(contestant.1)).unwrap_or(i64::MAX)).collect())
            .collect();
        for (index, (name, _)) in row.iter().enumerate() {
            let nanos = median(rounds.iter().map(|round| round[index]));
            let over = median(rounds.iter().map(|round| round[index] - round[0]));
            println!("| {name} | {nanos} | {over} |");
        }
    }
}
