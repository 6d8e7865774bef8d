//! A memoized hit of ctu beside those of its peers.
//!
//! `cargo bench -p benches --bench hit` takes about half a minute and prints a table per row, for one thread and two, and
//! whether ctu's aims are met. `-- --quick`, or `BENCH_QUICK=1` in the environment, only shows that it works: its figures
//! mean little. With `--features parking_lot` the locks of `quick_cache` are those, which is not what users of ctu get
//! unless another crate in their build asks for it.

use benches::contestants::{cached, ctu, memoize, moka, nothing, quick_cache};
use benches::{Aim, Contestant, Effort, Row, describe, measure, numbers, print, texts};

const FLOOR: &str = "nothing: an empty call";
const BARE: &str = "quick_cache, bare";
const CTU: &str = "ctu #[cached]";
const CTU_HOUR: &str = "ctu #[cached(ttl)]";
const CTU_COUNTED: &str = "ctu by hand";
const CTU_UNCOUNTED: &str = "ctu by hand, stats(false)";
const CACHED_UNBOUNDED: &str = "cached #[cached], unbounded";
const CACHED: &str = "cached #[cached(max_size)]";
const CACHED_CONCURRENT: &str = "cached #[concurrent_cached(max_size)]";
const CACHED_HOUR: &str = "cached #[cached(max_size, ttl)]";
const CACHED_CONCURRENT_HOUR: &str = "cached #[concurrent_.. (max_size, ttl)]";
const MOKA: &str = "moka get_with";
const MOKA_HOUR: &str = "moka get_with, time_to_live";
const MEMOIZE: &str = "memoize SharedCache, Capacity";
const MEMOIZE_THREAD: &str = "memoize per thread, Capacity";
const MEMOIZE_THREAD_UNBOUNDED: &str = "memoize per thread, unbounded";

fn by_number() -> Row<u64> {
    Row {
        name: "u64 to u64",
        keys: numbers(),
        contestants: vec![
            Contestant { name: FLOOR, call: nothing },
            Contestant { name: BARE, call: quick_cache::number },
            Contestant { name: CTU, call: ctu::number },
            Contestant { name: CTU_COUNTED, call: ctu::number_by_hand },
            Contestant { name: CTU_UNCOUNTED, call: ctu::number_by_hand_uncounted },
            Contestant { name: CACHED_UNBOUNDED, call: cached::number_unbounded },
            Contestant { name: CACHED, call: cached::number },
            Contestant { name: CACHED_CONCURRENT, call: cached::number_concurrent },
            Contestant { name: MOKA, call: moka::number },
            Contestant { name: MEMOIZE, call: memoize::number },
            Contestant { name: MEMOIZE_THREAD, call: memoize::number_per_thread },
            Contestant { name: MEMOIZE_THREAD_UNBOUNDED, call: memoize::number_per_thread_unbounded },
        ],
    }
}

fn by_text() -> Row<(&'static str, u64)> {
    Row {
        name: "(&str, u64) to u64",
        keys: texts(),
        contestants: vec![
            Contestant { name: FLOOR, call: |(_, n)| nothing(n) },
            Contestant { name: BARE, call: |(s, n)| quick_cache::text(s, n) },
            Contestant { name: CTU, call: |(s, n)| ctu::text(s, n) },
            Contestant { name: CTU_COUNTED, call: |(s, n)| ctu::text_by_hand(s, n) },
            Contestant { name: CTU_UNCOUNTED, call: |(s, n)| ctu::text_by_hand_uncounted(s, n) },
            Contestant { name: CACHED_UNBOUNDED, call: |(s, n)| cached::text_unbounded(s, n) },
            Contestant { name: CACHED, call: |(s, n)| cached::text(s, n) },
            Contestant { name: CACHED_CONCURRENT, call: |(s, n)| cached::text_concurrent(s, n) },
            Contestant { name: MOKA, call: |(s, n)| moka::text(s, n) },
        ],
    }
}

fn for_an_hour() -> Row<u64> {
    Row {
        name: "u64 to u64 with a ttl of an hour",
        keys: numbers(),
        contestants: vec![
            Contestant { name: FLOOR, call: nothing },
            Contestant { name: CTU, call: ctu::number },
            Contestant { name: CTU_HOUR, call: ctu::number_for_an_hour },
            Contestant { name: CACHED_HOUR, call: cached::number_for_an_hour },
            Contestant { name: CACHED_CONCURRENT_HOUR, call: cached::number_for_an_hour_concurrent },
            Contestant { name: MOKA_HOUR, call: moka::number_for_an_hour },
        ],
    }
}

fn run<K: Copy + Send + Sync>(row: &Row<K>, baseline: &str, aims: &[Aim], effort: Effort) {
    for threads in [1, 2] {
        // The aims are those of one thread.
        let aims = if threads == 1 { aims } else { &[] };
        print(row.name, threads, baseline, aims, &measure(row, threads, effort));
    }
}

fn main() {
    let asked = std::env::args().any(|arg| arg == "--quick");
    let is_quick = asked || std::env::var_os("BENCH_QUICK").is_some_and(|value| !value.is_empty() && value != "0");
    let effort = if is_quick { Effort::QUICK } else { Effort::FULL };
    println!("{}", describe());
    if is_quick {
        println!("quick: these figures mean little");
    }
    run(&by_number(), BARE, &[Aim { of: CTU, over: BARE, at_most: 1.3 }], effort);
    let aims = [
        Aim { of: CTU, over: BARE, at_most: 1.3 },
        Aim { of: CTU, over: CACHED, at_most: 1.0 / 2.5 },
        Aim { of: CTU, over: CACHED_CONCURRENT, at_most: 1.0 / 2.5 },
    ];
    run(&by_text(), BARE, &aims, effort);
    let aims = [
        Aim { of: CTU_HOUR, over: CTU, at_most: 1.6 },
        Aim { of: CTU_HOUR, over: CACHED_HOUR, at_most: 1.0 / 3.0 },
        Aim { of: CTU_HOUR, over: CACHED_CONCURRENT_HOUR, at_most: 1.0 / 3.0 },
    ];
    run(&for_an_hour(), CTU, &aims, effort);
}
