//! Checks that memoized calls take no more instructions than they did: `cargo run --release -p guard`, which needs
//! valgrind. `-- --update` takes what is counted as what is right.

#![forbid(unsafe_code)]

mod paths;

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

/// By how much a count may be more than the one in the file.
const SLACK: f64 = 1.05;

const HEAD: &str = "\
# How many instructions a call takes, counted by valgrind's callgrind, over many keys. `.ci/run` checks that none takes more
# than 5 % more. After a change that is meant, or with another compiler: cargo run --release -p guard -- --update
";

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let paths = paths::all();
    let counts = guard::counted(&paths)?;
    let counted: Vec<(&str, f64)> = paths.iter().map(|path| path.name).zip(counts).collect();
    if env::args().any(|arg| arg == "--update") {
        fs::write(file(), text(&counted))?;
        println!("{}", text(&counted));
        return Ok(ExitCode::SUCCESS);
    }
    let (kind, known) = known(&fs::read_to_string(file())?)?;
    if kind.split_once(',').map(|(target, _)| target) != Some(env::consts::ARCH) {
        println!("not compared: the file is for {kind}, this is {}", env::consts::ARCH);
        return Ok(ExitCode::SUCCESS);
    }
    let mut is_worse = false;
    for (name, count) in &counted {
        let before = known.get(*name);
        let verdict = match before {
            None => "NOT IN THE FILE",
            Some(before) if *count > before * SLACK => "MORE THAN 5 % MORE",
            Some(before) if *count < before / SLACK => "less: update the file",
            Some(_) => "as before",
        };
        is_worse |= before.is_none_or(|before| *count > before * SLACK);
        println!("{name:<44} {count:8.1}, was {:8.1}: {verdict}", before.copied().unwrap_or_default());
    }
    if is_worse {
        println!("The file is for {kind}; this is {}. Its head says how to update it.", this());
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions.txt")
}

fn text(counted: &[(&str, f64)]) -> String {
    let mut text = format!("{HEAD}for: {}\n", this());
    for (name, count) in counted {
        // Writing to a `String` does not fail.
        let _ = writeln!(text, "{name}: {count:.1}");
    }
    text
}

/// What counts depend on: the machine's kind and the compiler.
fn this() -> String {
    let output = Command::new("rustc").arg("--version").output();
    let version = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    format!("{}, {version}", env::consts::ARCH)
}

/// What the file is for, and its counts.
fn known(text: &str) -> Result<(String, HashMap<String, f64>), Box<dyn Error>> {
    let (mut kind, mut counts) = (String::new(), HashMap::new());
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.split_once(": ").ok_or_else(|| format!("not a count: {line}"))?;
        if name == "for" {
            value.clone_into(&mut kind);
        } else {
            counts.insert(name.to_owned(), value.parse()?);
        }
    }
    Ok((kind, counts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let (kind, counts) = known(&text(&[("a hit", 90.25), ("a miss, with text", 700.0)])).unwrap();
        assert!(kind.starts_with(env::consts::ARCH));
        assert_eq!(counts, HashMap::from([("a hit".to_owned(), 90.2), ("a miss, with text".to_owned(), 700.0)]));
    }
}
