//! The Python library beside us, in a process of its own.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A script that reads how many calls to time, one number a line, and answers with the nanoseconds per call.
#[derive(Debug)]
pub struct Python {
    process: Child,
    calls: ChildStdin,
    nanos: BufReader<ChildStdout>,
}

impl Python {
    /// Runs a script of `benches/` by the Python that `PYTHON` names, or else `python3`.
    ///
    /// `None`, and a line on standard error that says why, if there is no Python with the packages of
    /// `tests/python/requirements.txt`.
    pub fn start<A: AsRef<OsStr>>(script: &str, args: impl IntoIterator<Item = A>) -> Option<Self> {
        let python = env::var_os("PYTHON").unwrap_or_else(|| OsString::from("python3"));
        let mut process = Command::new(&python)
            .arg(format!("{}/benches/{script}", env!("CARGO_MANIFEST_DIR")))
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let (calls, nanos) = (process.stdin.take()?, process.stdout.take()?);
        let mut started = Self { process, calls, nanos: BufReader::new(nanos) };
        if started.asked(1).is_none() {
            eprintln!(
                "without the Python library: {} lacks packages of tests/python/requirements.txt (PYTHON names another)",
                python.display()
            );
            return None;
        }
        Some(started)
    }

    /// Nanoseconds per call, of so many.
    ///
    /// # Panics
    ///
    /// When the script ended.
    pub fn turn(&mut self, calls: usize) -> f64 {
        self.asked(calls).expect("Python goes on")
    }

    fn asked(&mut self, calls: usize) -> Option<f64> {
        let mut nanos = String::new();
        writeln!(self.calls, "{calls}").ok()?;
        self.nanos.read_line(&mut nanos).ok()?;
        nanos.trim().parse().ok()
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
