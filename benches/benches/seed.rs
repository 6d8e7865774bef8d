//! Hits in memory beside those of the Python library.
//!
//! `cargo bench -p benches --bench seed`, if the Python named by `PYTHON`, or else `python3`, has the library.

use std::hint::black_box;
use std::sync::LazyLock;

use benches::contestants::ctu::text;
use benches::{Aim, Entrant, Python, record, take_turns, timed};
use bytes::Bytes;
use ctu::{DictCache, JsonCache, PrefixedCache, StackExt, StatsCache, cached};

/// A turn of about a millisecond: ours, and Python's.
const CALLS: [usize; 2] = [20_000, 1_000];
/// Of the arguments that are asked for.
const NAME: &str = "user:00000001";

type Stack = StatsCache<PrefixedCache<JsonCache<DictCache<Vec<u8>, Bytes>>>>;

static STACK: LazyLock<Stack> = LazyLock::new(|| DictCache::new().json().prefixed("app.").with_stats());

#[cached(cache = STACK, key = json)]
fn stacked(name: &str, id: u64) -> (u64, String) {
    (3 * id, name.to_owned())
}

fn main() {
    record("The Python library in memory", run);
}

fn run() {
    row("a function of a text and a number", "lru", "ctu #[cached]", || {
        black_box(text(black_box(NAME), 1));
    });
    row("through counts, a prefix, JSON and a lock", "stack", "ctu #[cached(cache = .., key = json)]", || {
        black_box(stacked(black_box(NAME), 1));
    });
}

fn row(name: &str, kind: &str, ours: &'static str, mut call: impl FnMut()) {
    const PYTHON: &str = "CacheToolsUtils (Python), the same";
    let Some(mut python) = Python::start("seed_memory.py", [kind]) else { return };
    let entrants: Vec<Entrant<'_>> =
        vec![(ours, Box::new(|| timed(CALLS[0], &mut call))), (PYTHON, Box::new(|| python.turn(CALLS[1])))];
    take_turns((name, 1), ours, &[Aim { of: ours, over: PYTHON, at_most: 0.1 }], CALLS[0], entrants);
}
