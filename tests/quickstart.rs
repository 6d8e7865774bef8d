//! The `quickstart` example, as a newcomer runs it.

#![cfg(feature = "memory")]

use std::env::{self, consts::EXE_SUFFIX};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::LazyLock;

// Their own unit tests run as part of this program: cargo runs none of an example's.
#[path = "../examples/quickstart/distance.rs"]
mod distance;
#[path = "../examples/quickstart/words.rs"]
mod words;

/// The example, built from the present sources: `cargo test --test quickstart` alone would leave an old one.
static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    // This test is <target>/<profile>/deps/quickstart-<hash>.
    let test = env::current_exe().expect("a running program has a path");
    let folder = test.ancestors().nth(2).expect("cargo puts tests two folders deep");
    let profile = folder.file_name().and_then(|name| name.to_str()).expect("profiles are named in ASCII");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "ctu", "--example", "quickstart"])
        .args(if cfg!(feature = "redis") { &["--features", "redis"][..] } else { &[] })
        .args(["--profile", if profile == "debug" { "dev" } else { profile }])
        .arg("--target-dir")
        .arg(folder.parent().expect("a profile's folder lies in the target folder"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status();
    assert!(built.expect("cargo can be run").success(), "the example does not build");
    folder.join("examples").join(format!("quickstart{EXE_SUFFIX}"))
});

/// A folder of files to check, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str, files: &[(&str, &[u8])]) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("quickstart-{test}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("the folder for temporary files is writable");
        for (name, content) in files {
            fs::write(path.join(name), content).expect("the folder for temporary files is writable");
        }
        Self(path)
    }

    fn run(&self, args: &[&str]) -> Run {
        let output = Command::new(&*PROGRAM).args(args).current_dir(&self.0).output();
        Run::from(output.expect("the example was just built"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[derive(Debug)]
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("the example prints UTF-8");
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Run {
    /// What follows `title` in the closing table.
    fn value(&self, title: &str) -> &str {
        let row = self.out.lines().find_map(|line| line.trim().strip_prefix(title));
        row.unwrap_or_else(|| panic!("no {title} in {self:?}")).trim()
    }

    fn count(&self, title: &str) -> usize {
        self.value(title).replace(',', "").parse().unwrap_or_else(|_| panic!("{title} is not a number in {self:?}"))
    }
}

#[test]
fn calls_are_distinct_words_plus_hits() {
    let folder = Folder::new("counts", &[("a.md", b"alpha beta alpha\nBETA gamma"), ("b.rs", b"fn alpha_beta()")]);
    let run = folder.run(&["a.md", "b.rs"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{run:?}");
    assert_eq!((run.count("calls"), run.count("distinct words"), run.count("hits")), (7, 3, 4), "{run:?}");
    assert_eq!(run.value("hit rate"), "57.1 %");
    assert_eq!(run.value("same answers"), "yes");
    assert!(run.out.starts_with("Checking 7 words in 2 files"), "{run:?}");
}

#[test]
fn a_typo_is_listed_with_its_first_place_and_the_word_meant() {
    let folder = Folder::new("typo", &[("a.md", b"all is well\n\nteh end"), ("b.md", b"teh end")]);
    let run = folder.run(&["a.md", "b.md"]);
    let row = run.out.lines().find(|line| line.contains("teh")).unwrap_or_else(|| panic!("no teh in {run:?}"));
    let columns: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(columns[..4], ["2", "teh", "a.md:3", "the,"], "{run:?}");
    assert!(run.out.contains("Unknown words (1)"), "{run:?}");
}

#[test]
fn a_file_that_cannot_be_read_is_reported_and_the_others_go_on() {
    let folder = Folder::new("unreadable", &[("good.md", b"good words"), ("bad.md", b"bad \xff words")]);
    let run = folder.run(&["bad.md", "missing.md", "good.md"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert_eq!(run.count("calls"), 2, "{run:?}");
    let errors: Vec<&str> = run.err.lines().collect();
    assert_eq!(errors.len(), 2, "{run:?}");
    assert!(errors[0].starts_with("quickstart: bad.md: not UTF-8 text (byte 5"), "{run:?}");
    assert!(errors[1].starts_with("quickstart: missing.md: "), "{run:?}");
}

#[test]
fn no_readable_file_at_all_is_a_usage_error() {
    let run = Folder::new("none", &[]).run(&["missing.md"]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{run:?}");
    assert!(run.err.contains("missing.md: "), "{run:?}");
    assert!(run.err.contains("Usage: quickstart"), "{run:?}");
}

#[test]
fn an_unknown_option_is_a_usage_error() {
    let run = Folder::new("option", &[("a.md", b"words")]).run(&["a.md", "--fast"]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{run:?}");
    assert!(run.err.contains("unknown option --fast"), "{run:?}");
    assert!(run.err.contains("Usage: quickstart"), "{run:?}");
}

#[test]
fn help_is_printed_on_request() {
    let run = Folder::new("help", &[]).run(&["--help"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{run:?}");
    assert!(run.out.starts_with("Usage: quickstart"), "{run:?}");
}

#[test]
fn files_without_words_are_no_error() {
    let run = Folder::new("empty", &[("empty.md", b"")]).run(&["empty.md"]);
    assert_eq!((run.code, run.err.as_str(), run.out.lines().count()), (Some(0), "", 1), "{run:?}");
    assert!(run.out.starts_with("Checking 0 words in 1 file against "), "{run:?}");
}

#[test]
fn the_run_without_the_cache_can_be_skipped() {
    let run = Folder::new("skip", &[("a.md", b"some words")]).run(&["--cached-only", "a.md"]);
    assert_eq!((run.code, run.count("calls")), (Some(0), 2), "{run:?}");
    assert!(!run.out.contains("without the cache"), "{run:?}");
}

#[test]
fn piped_output_has_no_escape_codes_and_no_progress_bar() {
    let folder = Folder::new("piped", &[("a.md", "wrods and words ".repeat(100).as_bytes())]);
    let run = folder.run(&["--", "a.md"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{run:?}");
    assert!(!run.out.contains(['\x1b', '\r']), "{run:?}");
    assert!(run.out.lines().all(|line| line.trim_end() == line), "{run:?}");
}

#[test]
fn a_url_of_no_store_is_a_usage_error_that_does_not_show_it() {
    let folder = Folder::new("bad-url", &[("a.md", b"words")]);
    for (url, problem) in
        [("http://hunter2", "--store: the cache's url begins with none of memory:"), ("memory:?hunter2", "setting")]
    {
        let run = folder.run(&["--store", url, "a.md"]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.err.contains(problem) && !run.err.contains("hunter2"), "{run:?}");
    }
    let run = folder.run(&["--store"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.err.contains("--store needs a URL"), "{run:?}");
}

#[test]
fn results_can_be_kept_as_bytes_in_memory() {
    let folder = Folder::new("memory", &[("a.md", b"wrods and wrods and words")]);
    let run = folder.run(&["--store", "memory:?capacity=10", "a.md"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{run:?}");
    assert_eq!((run.count("calls"), run.count("hits")), (5, 2), "{run:?}");
    assert_eq!(run.value("same answers"), "yes");
}

#[cfg(feature = "redis")]
mod redis {
    use servers::RedisServer;

    use super::Folder;

    #[test]
    fn a_second_run_is_served_from_the_store() {
        let server = RedisServer::start();
        let folder = Folder::new("store", &[("a.md", b"wrods and wrods, \nand words like teh end")]);
        let first = folder.run(&["--store", &server.url(), "a.md"]);
        assert_eq!((first.code, first.err.as_str()), (Some(0), ""), "{first:?}");
        assert_eq!((first.count("calls"), first.count("hits")), (8, 2), "{first:?}");

        let second = folder.run(&["--store", &server.url(), "a.md"]);
        assert_eq!((second.code, second.err.as_str()), (Some(0), ""), "{second:?}");
        assert_eq!(second.value("hit rate"), "100.0 %", "{second:?}");
        assert_eq!(second.value("same answers"), "yes");
        let unknown = |out: &str| out.split("What the cache did").next().map(str::to_owned);
        assert_eq!(unknown(&first.out), unknown(&second.out));
    }

    #[test]
    fn law2_harmless_without_its_store_the_program_works_and_says_so_once() {
        let server = RedisServer::start();
        server.kill();
        let folder = Folder::new("store-down", &[("a.md", b"wrods and wrods and words")]);
        let run = folder.run(&["--store", &server.url(), "a.md"]);
        assert_eq!((run.code, run.count("calls"), run.count("hits")), (Some(0), 5, 2), "{run:?}");
        assert_eq!(run.value("same answers"), "yes");
        assert_eq!(run.err.lines().count(), 1, "{run:?}");
        assert!(run.err.starts_with("quickstart: the store can't be used, results are kept in memory: "), "{run:?}");
    }
}
