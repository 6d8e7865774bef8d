//! The files to check, and their words.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use crate::words::words;

/// About how many bytes are checked by default: enough to see the cache work, and a few seconds without it.
const DEFAULT_BYTES: u64 = 80_000;

/// One place where a word stands.
#[derive(Debug)]
pub(crate) struct Occurrence {
    /// The word, in lower case.
    pub(crate) word: String,
    /// Which of [`Input::files`].
    pub(crate) file: usize,
    /// The line, from 1.
    pub(crate) line: usize,
}

/// What could be read.
#[derive(Debug, Default)]
pub(crate) struct Input {
    pub(crate) files: Vec<PathBuf>,
    pub(crate) occurrences: Vec<Occurrence>,
    /// One message for each file that could not be read.
    pub(crate) failures: Vec<String>,
}

/// Reads `files`; those that cannot be read become [`Input::failures`].
pub(crate) fn read(files: &[PathBuf]) -> Input {
    let mut input = Input::default();
    for path in files {
        match read_text(path) {
            Ok(text) => input.add(path, &text),
            Err(why) => input.failures.push(format!("{}: {why}", path.display())),
        }
    }
    input
}

impl Input {
    fn add(&mut self, path: &Path, text: &str) {
        let file = self.files.len();
        self.files.push(path.to_owned());
        for (index, line) in text.lines().enumerate() {
            let found = words(line).into_iter().map(|word| Occurrence { word, file, line: index + 1 });
            self.occurrences.extend(found);
        }
    }
}

fn read_text(path: &Path) -> Result<String, String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    String::from_utf8(bytes)
        .map_err(|error| format!("not UTF-8 text (byte {} makes no sense)", error.utf8_error().valid_up_to() + 1))
}

/// An even sample of the Markdown and Rust files of the workspace this program was built in.
pub(crate) fn workspace_sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    // A folder that cannot be listed has nothing to check: none at all is reported by the caller.
    let _ = collect(Path::new(env!("CARGO_MANIFEST_DIR")), &mut found);
    found.sort();
    let here = env::current_dir().unwrap_or_default();
    sample(found).into_iter().map(|path| path.strip_prefix(&here).map(Path::to_owned).unwrap_or(path)).collect()
}

fn collect(folder: &Path, found: &mut Vec<(PathBuf, u64)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        let name = entry.file_name();
        if kind.is_dir() && name != "target" && !name.as_encoded_bytes().starts_with(b".") {
            collect(&path, found)?;
        } else if kind.is_file() && path.extension().is_some_and(|e| e == "md" || e == "rs") {
            found.push((path, entry.metadata()?.len()));
        }
    }
    Ok(())
}

/// Files spread evenly over `files`, of about [`DEFAULT_BYTES`] in all.
fn sample(files: Vec<(PathBuf, u64)>) -> Vec<PathBuf> {
    let total: u64 = files.iter().map(|(_, size)| size).sum();
    let (mut seen, mut kept) = (0, 0);
    let mut chosen = Vec::new();
    for (path, size) in files {
        // Keep a file whenever the sample lags behind its share of what has been seen.
        if total <= DEFAULT_BYTES || kept * total <= DEFAULT_BYTES * seen {
            kept += size;
            chosen.push(path);
        }
        seen += size;
    }
    chosen
}
