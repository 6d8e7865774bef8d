//! `RESULTS.md`: what the benchmarks print, each in a part of its own, so that each can be run again alone.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{Effort, describe};

/// Set for the process that measures.
const MEASURES: &str = "CTU_BENCH_MEASURES";

/// How a benchmark was asked to run: by `--quick`, or `BENCH_QUICK=1` in the environment, only to see that it works.
pub fn is_quick() -> bool {
    let asked = env::args().any(|arg| arg == "--quick");
    asked || env::var_os("BENCH_QUICK").is_some_and(|value| !value.is_empty() && value != "0")
}

/// How long to measure.
pub fn effort() -> Effort {
    if is_quick() { Effort::QUICK } else { Effort::FULL }
}

/// Runs a benchmark, and puts what it prints into `RESULTS.md`, in place of what its last run printed. A quick run, and
/// one with arguments of its own, only prints.
///
/// # Panics
///
/// When the benchmark fails, or the file can't be written.
pub fn record(title: &str, run: impl FnOnce()) {
    // Cargo adds `--bench`.
    let is_plain = env::args().skip(1).all(|arg| arg == "--bench");
    if is_quick() || !is_plain || cfg!(debug_assertions) || env::var_os(MEASURES).is_some() {
        return run();
    }
    let mut measures = Command::new(env::current_exe().expect("it runs"))
        .env(MEASURES, "1")
        .stdout(Stdio::piped())
        .spawn()
        .expect("it ran before");
    let mut printed = format!("## {title}\n\n{}. {}.\n", describe(), when());
    println!("{printed}");
    for line in BufReader::new(measures.stdout.take().expect("piped")).lines() {
        let line = line.expect("text");
        println!("{line}");
        printed.push('\n');
        printed.push_str(line.trim_end());
    }
    assert!(measures.wait().expect("it was spawned").success(), "the benchmark failed");
    let path = directory().join("RESULTS.md");
    let all = fs::read_to_string(&path).unwrap_or_default();
    fs::write(&path, replaced(&all, title, &printed)).expect("RESULTS.md can be written");
}

/// Where `RESULTS.md` is.
pub fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The text with this part in place of the one of the same title, or at its end.
fn replaced(all: &str, title: &str, part: &str) -> String {
    let (begin, end) = (format!("<!-- measured: {title} -->"), format!("<!-- end: {title} -->"));
    let part = format!("{begin}\n{}\n{end}", part.trim_end());
    match (all.find(&begin), all.find(&end)) {
        (Some(start), Some(stop)) if start < stop => format!("{}{part}{}", &all[..start], &all[stop + end.len()..]),
        _ => format!("{}\n\n{part}\n", all.trim_end()),
    }
}

/// The day, the commit, and how busy the machine is.
fn when() -> String {
    let output = |program: &str, args: &[&str]| {
        let output = Command::new(program).args(args).current_dir(directory()).output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let day = output("date", &["-u", "+%Y-%m-%d"]).unwrap_or_default();
    let commit = output("git", &["rev-parse", "--short", "HEAD"]).unwrap_or_default();
    // But for what is being written.
    let changes = output("git", &["status", "--porcelain", "--untracked-files=no", "..", ":!RESULTS.md", ":!plots"]);
    let changed = if changes.is_none_or(|changes| changes.is_empty()) { "" } else { ", with changes" };
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("unknown").to_owned();
    format!("Measured {day} at {commit}{changed}, with a load of {load} when it began")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_replaced_and_what_stands_around_it_stays() {
        let first = replaced("By hand.\n", "hits", "## Hits\n1\n");
        let both = replaced(&first, "misses", "## Misses\n2");
        assert_eq!(both, format!("{first}\n{}", "<!-- measured: misses -->\n## Misses\n2\n<!-- end: misses -->\n"));
        assert_eq!(replaced(&both, "hits", "3"), both.replace("## Hits\n1", "3"));
        assert!(both.starts_with("By hand."));
    }
}
