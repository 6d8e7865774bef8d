//! A memoized hit of ctu beside those of its peers.
//!
//! `cargo bench -p benches --bench hit` takes a few minutes. It prints a table per row, says who is faster than ctu and
//! whether ctu's aims are met, and draws `plots/hit-*.svg`. With `--features sharded-lock` the locks of `quick_cache`
//! are those, in ctu and bare.

mod rows;

use benches::contestants::{cached, ctu, moka, nothing, quick_cache};
use benches::{Aim, Row, Spread, bars, effort, is_quick, measure, numbers, print, record, scaling, verdict};

use rows::{BARE, CACHED, CACHED_CONCURRENT, CTU};

fn main() {
    record("Hits", run);
}

/// Measures on so many threads each; the aims are those of one thread. The first is drawn.
fn row<K: Copy + Send + Sync>(row: &Row<K>, threads: &[usize], aims: &[Aim]) {
    let ours = row.contestants.iter().find(|one| one.name.starts_with("ctu")).expect("ctu takes part").name;
    for &count in threads {
        let timings = measure(row, count, effort());
        print(row.name, count, ours, if count == 1 { aims } else { &[] }, &timings);
        if count == 1 && !is_quick() && !cfg!(debug_assertions) {
            let file: String = row.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
            bars(&format!("hit-{file}"), &format!("A hit: {}, one thread", row.name), &timings).expect("a plot");
        }
    }
}

fn aim(of: &'static str, over: &'static str, at_most: f64) -> Aim {
    Aim { of, over, at_most }
}

fn run() {
    let faster = |times: f64| 1.0 / times;
    let aims = [aim(CTU, BARE, 1.15), aim(CTU, CACHED, faster(1.5)), aim(CTU, rows::MOKA, faster(8.0))];
    row(&rows::by_number(), &[1, 2, 4], &aims);
    row(&rows::hot(), &[1, 2, 4], &[]);
    row(&rows::by_zipf(), &[1, 2, 4], &[]);
    let peers = [BARE, CACHED, CACHED_CONCURRENT, rows::MOKA, rows::FOYER, rows::CACHELITO];
    let bounded = |times: f64| peers[1..].iter().map(move |peer| aim(CTU, peer, faster(times))).collect::<Vec<_>>();
    row(&rows::by_text(), &[1, 2], &bounded(3.0));
    row(&rows::by_name(), &[1], &[]);
    row(&rows::by_long_text(), &[1], &[]);
    row(&rows::by_string(), &[1], &[]);
    row(&rows::by_struct(), &[1], &[]);
    row(&rows::to_text(), &[1], &[]);
    row(&rows::to_arc(), &[1], &[]);
    row(&rows::to_bytes(), &[1], &[]);
    let mut aims = vec![aim(rows::CTU_HOUR, CTU, 1.6)];
    aims.extend(rows::WITH_TTL.map(|peer| aim(rows::CTU_HOUR, peer, faster(3.0))));
    row(&rows::for_an_hour(), &[1, 2], &aims);
    row(&rows::counted(), &[1, 2], &[]);
    row(&rows::unbounded(), &[1, 2], &[]);
    row(&rows::later(), &[1], &[aim(rows::CTU_ASYNC, CTU, 1.2)]);
    row(&rows::stores(), &[1], &[]);
    throughput();
}

/// What a second and a third thread bring.
fn throughput() {
    println!("\n### Threads together, times the throughput of one of them\n");
    println!(
        "The empty call shows what the machine had to give: on a busy one, two threads do not have two processors.\n"
    );
    println!("| {:<40} | keys     | 2 threads            | 4 threads            |", "contestant");
    println!("|:{:-<41}|:---------|:---------------------|:---------------------|", "");
    let distinct = |threads: usize| -> Vec<Vec<u64>> {
        let keys = numbers();
        keys.chunks(keys.len() / threads).take(threads).map(<[u64]>::to_vec).collect()
    };
    let hot = |threads: usize| vec![vec![7_u64; 250]; threads];
    let calls: [rows::Call<u64>; 6] = [
        // What the machine gives two threads at the moment: nobody can have more.
        (rows::FLOOR, nothing),
        (CTU, ctu::number),
        (BARE, quick_cache::number),
        (CACHED, cached::number),
        (CACHED_CONCURRENT, cached::number_concurrent),
        (rows::MOKA, moka::number),
    ];
    let mut ours = Vec::new();
    for (name, call) in calls {
        let of = |keys: &[Vec<u64>]| Spread::of(scaling(call, keys, effort()));
        let (two, hot_two) = (of(&distinct(2)), of(&hot(2)));
        println!("| {name:<40} | distinct | {two:<20} | {:<20} |", of(&distinct(4)).to_string());
        println!("| {name:<40} | one hot  | {hot_two:<20} | {:<20} |", of(&hot(4)).to_string());
        if name == CTU {
            ours = vec![("distinct keys", two, 1.7), ("one hot key", hot_two, 1.2)];
        }
    }
    for (keys, ratio, at_least) in ours {
        let inverse = Spread { low: 1.0 / ratio.high, median: 1.0 / ratio.median, high: 1.0 / ratio.low };
        println!(
            "\n{}",
            verdict(&format!("one thread's throughput on {keys}, over two threads',"), inverse, 1.0 / at_least)
        );
    }
}
