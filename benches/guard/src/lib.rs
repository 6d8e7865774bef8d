//! Counts instructions with valgrind's callgrind: the same on every machine of a kind, however busy it is.
//!
//! A program calls [`counted`] with the functions it wants counted. That runs the program once more under valgrind, in
//! which each function is called with many keys, first to warm up and then to be counted. Hash functions have secret seeds,
//! which differ from run to run; over many keys the counts differ by less than one in a hundred.

#![forbid(unsafe_code)]

use std::env;
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How many calls are counted.
pub const CALLS: u32 = 4_000;
/// Of few keys, each eight times.
const FEW: u32 = CALLS / 8;

/// Set for the process that is counted.
const COUNTED: &str = "CTU_GUARD_COUNTED";

/// A function to be counted.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    /// Its name.
    pub name: &'static str,
    /// The function.
    pub call: fn(u32) -> u64,
    /// What it is counted with.
    pub keys: Keys,
}

/// What a function is counted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// The numbers it was warmed up with: hits.
    Known,
    /// So few of them, and so often, that the thread has all nearby.
    Few,
    /// So many, and so often, that the thread has found out that it can't have them nearby.
    Many,
    /// Others: misses.
    New,
}

/// The instructions of a call of each, in their order: those of the loop that calls it are among them.
///
/// # Errors
///
/// When valgrind is not there, or fails.
pub fn counted(subjects: &[Subject]) -> Result<Vec<f64>, Box<dyn Error>> {
    if env::var_os(COUNTED).is_some() {
        subjects.iter().for_each(run);
        std::process::exit(0);
    }
    let directory = env::temp_dir().join(format!("ctu-guard-{}", std::process::id()));
    fs::create_dir_all(&directory)?;
    let counts = count(&directory, subjects.len());
    fs::remove_dir_all(&directory)?;
    counts
}

fn run(subject: &Subject) {
    let keys = if subject.keys == Keys::Few { FEW } else { CALLS };
    let rounds = match subject.keys {
        Keys::Few => 64,
        Keys::Many => 16,
        Keys::Known | Keys::New => 1,
    };
    for n in (0..rounds).flat_map(|_| 0..keys) {
        (subject.call)(n);
    }
    warmed_up(subject);
    let start = if subject.keys == Keys::New { CALLS } else { 0 };
    counted_calls(subject.call, start, keys);
}

/// Where callgrind begins to count: it knows the function by this name.
#[inline(never)]
fn warmed_up(subject: &Subject) {
    black_box(subject);
}

/// What callgrind counts: it knows the function by this name.
#[inline(never)]
fn counted_calls(call: fn(u32) -> u64, start: u32, keys: u32) {
    for _ in 0..CALLS / keys {
        for n in start..start + keys {
            black_box(black_box(call)(black_box(n)));
        }
    }
}

fn count(directory: &Path, subjects: usize) -> Result<Vec<f64>, Box<dyn Error>> {
    let out = directory.join("out");
    let status = Command::new("valgrind")
        .args(["--quiet", "--tool=callgrind", "--dump-after=guard::warmed_up*", "--dump-after=guard::counted_calls*"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(env::current_exe()?)
        .env(COUNTED, "1")
        .stdout(Stdio::null())
        .status()
        .map_err(|error| format!("valgrind is needed to count instructions: {error}"))?;
    if !status.success() {
        return Err(format!("valgrind: {status}").into());
    }
    // Two parts for each: the warm-up, and what counts.
    (1..=subjects).map(|subject| total(&directory.join(format!("out.{}", 2 * subject)))).collect()
}

/// Per call, what callgrind says it counted in a part.
fn total(part: &PathBuf) -> Result<f64, Box<dyn Error>> {
    let text = fs::read_to_string(part)?;
    let totals = text.lines().find_map(|line| line.strip_prefix("totals: "));
    let total: u64 = totals.ok_or("callgrind wrote no totals")?.trim().parse()?;
    #[allow(clippy::cast_precision_loss)] // billions at most
    Ok(total as f64 / f64::from(CALLS))
}
