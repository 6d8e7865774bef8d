//! The runbook is about the lines that are logged: each of them, and no other.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The Rust sources below a folder, tests of their own not left out.
fn sources(folder: &Path, found: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

/// The texts that are logged at a level that somebody is to see, and those that layers hand on to be logged.
fn logged(source: &str) -> BTreeSet<String> {
    let calls = ["tracing::warn!(", "tracing::error!(", "tracing::info!(", "self.log(&"];
    let calls = calls.iter().flat_map(|call| source.match_indices(call).map(|(at, call)| at + call.len()));
    calls.filter_map(|at| last_text(&source[at..])).filter(|text| text != "{message}").collect()
}

/// The last text among a call's arguments, where it has one besides the target.
fn last_text(call: &str) -> Option<String> {
    let arguments = &call[..call.find(");\n").unwrap_or(call.len())];
    let arguments = arguments.replace("\\\n", "");
    let text = arguments.split('"').nth_back(1)?;
    let words: Vec<_> = text.split_whitespace().collect();
    (words.len() > 1).then(|| words.join(" "))
}

#[test]
fn the_runbook_has_every_line_of_the_log_and_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut source = String::new();
    for package in ["ctu-core/src", "ctu-backends/src"] {
        sources(&root.join(package), &mut source);
    }
    let runbook = fs::read_to_string(root.join("docs/OPERATIONS.md")).unwrap();
    let headings = runbook.lines().filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`'));
    let explained: BTreeSet<String> = headings.map(str::to_owned).collect();
    assert_eq!(explained, logged(&source));
    assert!(explained.len() > 10, "{explained:?}");
}
