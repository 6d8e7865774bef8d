//! Runs Python: `python3` on the path, or what the variable `PYTHON` names.

#![allow(unreachable_pub)] // a module of several tests

use std::env;
use std::ffi::OsString;
use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

/// What the script at this path prints for these arguments and input lines, one string a line.
///
/// # Panics
///
/// When there is no Python, or when the script fails, as it does without its packages.
pub fn python(script: &str, args: &[&str], lines: &[String]) -> Vec<String> {
    let python = env::var_os("PYTHON").unwrap_or_else(|| OsString::from("python3"));
    let mut child = Command::new(&python)
        .arg(script)
        .args(args)
        .env("PYTHONUTF8", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("this test needs Python 3.9 or newer, as python3 or named by PYTHON: {error}"));
    let mut stdin = child.stdin.take().expect("it is piped");
    let input: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
    let writer = thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("Python's output");
    assert!(
        output.status.success(),
        "{} failed: its error is above; it may need the packages of tests/python/requirements.txt",
        python.display()
    );
    writer.join().expect("no panic").expect("Python reads its input");
    let text = String::from_utf8(output.stdout).expect("Python prints ASCII");
    text.lines().map(str::to_owned).collect()
}
