//! Spell-checks files with a memoized function, and measures what the memoization was worth.
//!
//! ```sh
//! cargo run --release --example quickstart            # checks this workspace
//! cargo run --release --example quickstart README.md  # checks the given files
//!
//! # Keeps the results on a Redis server: a second run computes nothing.
//! cargo run --release --features redis --example quickstart -- --store redis://localhost
//! ```
//!
//! The memoized function is `nearest` in `suggest.rs`.

mod distance;
mod input;
mod options;
mod progress;
mod report;
mod suggest;
mod words;

use std::collections::HashSet;
use std::env;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use ctu::Stats;
use input::{Input, Occurrence};
use options::{Command, Options};
use report::{Account, counted, grouped};
use suggest::{Suggestions, nearest, nearest_in_store};

/// How many words are checked between two movements of the progress bar, which cost more than a hit.
const STEP: usize = 64;

fn main() -> ExitCode {
    match options::parse(env::args_os().skip(1)) {
        Ok(Command::Help) => {
            print(options::USAGE);
            ExitCode::SUCCESS
        }
        Ok(Command::Check(options)) => run(&options),
        Err(problem) => refuse(&problem),
    }
}

fn run(options: &Options) -> ExitCode {
    if let Some(url) = &options.store
        && let Err(problem) = suggest::open_store(url)
    {
        return refuse(&format!("--store: {problem}"));
    }
    let by_default = options.files.is_empty();
    let input = input::read(&if by_default { input::workspace_sources() } else { options.files.clone() });
    for failure in &input.failures {
        eprintln!("quickstart: {failure}");
    }
    if input.files.is_empty() {
        return refuse(if by_default { "no workspace sources found" } else { "none of the files could be read" });
    }
    print(&format!(
        "Checking {} in {} against {}.\n",
        counted(input.occurrences.len(), "word"),
        counted(input.files.len(), "file"),
        counted(suggest::known_words(), "known word"),
    ));
    if !input.occurrences.is_empty() {
        check_all(&input, options);
    }
    if input.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn check_all(input: &Input, options: &Options) {
    let (nearest_cached, stats) = memoized(options);
    let (answers, with_cache) = check("with the cache   ", &input.occurrences, nearest_cached);
    let stats = stats();
    if stats.errors > 0 {
        eprintln!("quickstart: the store failed {} times; what it did not find was computed", grouped(&stats.errors));
    }
    print(&format!("\n{}", report::unknown_words(input, &answers)));

    let without_cache = (!options.cached_only).then(|| {
        let (uncached, time) = check("without the cache", &input.occurrences, nearest::uncached);
        (time, uncached == answers)
    });
    let account =
        Account { calls: stats.reads, hits: stats.hits, distinct: distinct(input), with_cache, without_cache };
    print(&format!("\n{}", report::account(&account)));
}

/// The function in its store, and its figures. A store that fails costs its deadline at each call, and there are
/// thousands: one that does not answer at first is not asked again.
#[allow(clippy::type_complexity)] // a function and its figures
fn memoized(options: &Options) -> (fn(&str) -> Suggestions, fn() -> Stats) {
    if options.store.is_none() {
        return (nearest, nearest::stats);
    }
    match nearest_in_store::in_cache("") {
        Ok(_) => (nearest_in_store, nearest_in_store::stats),
        Err(problem) => {
            eprintln!("quickstart: the store can't be used, results are kept in memory: {problem}");
            (nearest, nearest::stats)
        }
    }
}

/// Asks `nearest` about every occurrence: the answers, and how long that took.
fn check(label: &'static str, words: &[Occurrence], nearest: fn(&str) -> Suggestions) -> (Vec<Suggestions>, Duration) {
    let bar = progress::bar(label, words.len());
    let start = Instant::now();
    let mut answers = Vec::with_capacity(words.len());
    for step in words.chunks(STEP) {
        answers.extend(step.iter().map(|occurrence| nearest(&occurrence.word)));
        bar.inc(step.len() as u64);
    }
    let time = start.elapsed();
    bar.finish_and_clear();
    (answers, time)
}

fn distinct(input: &Input) -> usize {
    input.occurrences.iter().map(|occurrence| &occurrence.word).collect::<HashSet<_>>().len()
}

fn refuse(problem: &str) -> ExitCode {
    eprint!("quickstart: {problem}\n\n{}", options::USAGE);
    ExitCode::from(2)
}

/// Prints without failing when the reader has gone (`quickstart | head`).
fn print(text: &str) {
    let _ = io::stdout().write_all(text.as_bytes());
}
