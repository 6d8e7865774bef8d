//! Sixty-four threads that miss one key at the same moment: how often it is computed, and how long that takes.
//!
//! `cargo bench -p benches --bench herd`. Computing takes a millisecond, asleep: so many can.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Barrier, LazyLock};
use std::thread;
use std::time::{Duration, Instant};

use benches::{Spread, is_quick, record};

const THREADS: usize = 64;
const WORK: Duration = Duration::from_millis(1);

static COMPUTED: AtomicUsize = AtomicUsize::new(0);

fn work(n: u64) -> u64 {
    COMPUTED.fetch_add(1, Ordering::Relaxed);
    thread::sleep(WORK);
    n
}

#[ctu::cached]
fn coalesced(n: u64) -> u64 {
    work(n)
}

#[ctu::cached(coalesce = false)]
fn uncoalesced(n: u64) -> u64 {
    work(n)
}

#[cached::macros::cached(max_size = 10_000)]
fn cached_plain(n: u64) -> u64 {
    work(n)
}

#[cached::macros::cached(max_size = 10_000, sync_writes = "by_key")]
fn cached_by_key(n: u64) -> u64 {
    work(n)
}

fn moka(n: u64) -> u64 {
    static STORE: LazyLock<moka::sync::Cache<u64, u64>> = LazyLock::new(|| moka::sync::Cache::new(10_000));
    STORE.get_with(n, || work(n))
}

fn quick_cache(n: u64) -> u64 {
    static STORE: LazyLock<quick_cache::sync::Cache<u64, u64>> =
        LazyLock::new(|| quick_cache::sync::Cache::new(10_000));
    STORE.get_or_insert_with(&n, || Ok::<_, ()>(work(n))).unwrap_or_default()
}

type Call = (&'static str, fn(u64) -> u64);

fn main() {
    record("A herd of 64 threads", run);
}

fn run() {
    let rounds = if is_quick() { 2 } else { 60 };
    println!(
        "All threads ask for one new key at once; {rounds} rounds. The time is from the first call to the last return.\n"
    );
    println!("| {:<44} | computed per herd | milliseconds         |", "contestant");
    println!("|:{:-<45}|------------------:|:---------------------|", "");
    let calls: [Call; 6] = [
        ("ctu #[cached]", coalesced),
        ("ctu #[cached(coalesce = false)]", uncoalesced),
        ("cached #[cached(max_size)]", cached_plain),
        ("cached #[cached(max_size, sync_writes)]", cached_by_key),
        ("moka get_with", moka),
        ("quick_cache get_or_insert_with", quick_cache),
    ];
    let mut herds = calls.map(|_| Vec::new());
    let mut computed = [0; 6];
    for _ in 0..rounds {
        for (index, (_, call)) in calls.iter().enumerate() {
            let before = COMPUTED.load(Ordering::Relaxed);
            herds[index].push(herd(*call).as_secs_f64() * 1e3);
            computed[index] += COMPUTED.load(Ordering::Relaxed) - before;
        }
    }
    for ((name, _), (herds, computed)) in calls.iter().zip(herds.into_iter().zip(computed)) {
        #[allow(clippy::cast_precision_loss)] // thousands
        let per_herd = computed as f64 / f64::from(rounds);
        println!("| {name:<44} | {per_herd:17.2} | {:<20} |", Spread::of(herds).to_string());
    }
}

fn herd(call: fn(u64) -> u64) -> Duration {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let key = NEXT.fetch_add(1, Ordering::Relaxed);
    let barrier = Barrier::new(THREADS);
    let one = || {
        barrier.wait();
        let start = Instant::now();
        assert_eq!(call(key), key);
        (start, Instant::now())
    };
    let times: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(one)).collect();
        threads.into_iter().map(|thread| thread.join().expect("a contestant panicked")).collect()
    });
    let first = times.iter().map(|(start, _)| *start).min();
    let last = times.iter().map(|(_, end)| *end).max();
    first.zip(last).map(|(first, last)| last - first).unwrap_or_default()
}
