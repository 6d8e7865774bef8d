//! What the compiler says to a user whose use of an attribute is wrong: one message, on the right token, with the cure.
//!
//! Messages are reviewed when they change: `TRYBUILD=overwrite cargo test --test ui` writes them anew.

use std::path::Path;

/// All lines of the files of this kind in a folder that begin so.
fn lines(folder: &Path, kind: &str, begins: &str) -> usize {
    let entries = std::fs::read_dir(folder).expect("a folder of this repository").flatten();
    entries
        .map(|entry| match entry.path() {
            path if path.is_dir() => lines(&path, kind, begins),
            path if path.extension().is_some_and(|extension| extension == kind) => {
                let text = std::fs::read_to_string(&path).expect("a text");
                text.lines().filter(|line| line.trim_start().starts_with(begins)).count()
            }
            _ => 0,
        })
        .sum()
}

/// What is promised of the number of cases: a message for each mistake, and as many uses without a mistake.
#[test]
fn there_are_enough_cases_of_misuse_and_of_use() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let messages = lines(&tests.join("ui"), "stderr", "error");
    assert!(messages >= 60, "{messages} messages");
    // With the strictest lints, in another crate that has another name for the library.
    let uses = lines(&tests.join("user-crate"), "rs", "#[cached");
    assert!(uses >= 40, "{uses} uses");
}

#[test]
fn misuse_is_an_error_on_the_right_token_that_says_the_cure() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*/*.rs");
}

/// Where the compiler lists what would do instead, which depends on the features.
#[cfg(feature = "full")]
#[test]
fn a_store_that_blocks_in_an_async_function_is_an_error_that_names_the_cure() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui-full/*.rs");
}
