//! A program in Python that shares encrypted entries with ours on a server, and what both sides store there.
//!
//! `PYTHON` names a Python that has the packages of `tests/python/requirements.txt`; by default it is `python3`.

#![allow(dead_code)] // each store's tests use their part

#[path = "../../../ctu-core/tests/support/python.rs"]
mod run;

use std::time::{Duration, SystemTime};

use ctu_core::{Encoding, MasterKey, write_json};

/// A value with what JSON can do.
pub(crate) type Value = (String, u32, Vec<f64>, Option<bool>);

pub(crate) fn key(n: u32) -> String {
    format!("user {n}: é\r\n\0\"")
}

/// Up to some kilobytes.
pub(crate) fn value(n: u32) -> Value {
    let text = format!("é☃\"\u{1}{}", "x".repeat(17 * n as usize));
    (text, n, vec![f64::from(n) / 3.0, -0.5e-7], (n > 2).then_some(n.is_multiple_of(2)))
}

fn secret(n: u8) -> [u8; 32] {
    let mut secret = std::array::from_fn(|i| u8::try_from(i).unwrap());
    secret[31] += n;
    secret
}

/// One of several master keys, the same as [`Python`]'s.
pub(crate) fn master(n: u8) -> MasterKey {
    MasterKey::try_from(secret(n)).unwrap()
}

/// Milliseconds since the epoch.
pub(crate) fn today() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis().try_into().unwrap()
}

/// The program, with the server that it talks to.
pub(crate) struct Python<'a> {
    pub(crate) kind: &'a str,
    pub(crate) port: u16,
    pub(crate) namespace: &'a str,
    pub(crate) master: u8,
    /// Milliseconds since the epoch.
    pub(crate) now: u64,
}

impl Python<'_> {
    /// Its answers to these lines.
    pub(crate) fn ask(&self, lines: impl IntoIterator<Item = String>) -> Vec<String> {
        let args =
            [self.kind, &self.port.to_string(), self.namespace, &hex(&secret(self.master)), &self.now.to_string()];
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/server.py");
        let lines: Vec<_> = lines.into_iter().collect();
        let answers = run::python(script, &args, &lines);
        assert_eq!(answers.len(), lines.len());
        answers
    }

    /// Its answers to a command for each of these keys.
    pub(crate) fn each<'k>(&self, command: &str, keys: impl IntoIterator<Item = &'k str>) -> Vec<String> {
        self.ask(keys.into_iter().map(|key| format!("{command} {}", hex(key.as_bytes()))))
    }

    /// Asserts that it finds the first so many values.
    pub(crate) fn finds(&self, count: u32) {
        let keys: Vec<_> = (0..count).map(key).collect();
        for (n, found) in (0..).zip(self.each("read", keys.iter().map(String::as_str))) {
            assert_eq!(found, hex(text(&value(n)).as_bytes()), "entry {n}");
        }
    }

    /// Lets it write the first so many values.
    pub(crate) fn writes(&self, count: u32, ttl: Duration) {
        let line = |n| {
            let text = text(&value(n));
            format!("write {} {} {}", hex(key(n).as_bytes()), ttl.as_millis(), hex(text.as_bytes()))
        };
        assert!(self.ask((0..count).map(line)).iter().all(|answer| answer == "written"));
    }

    /// Lets it exchange two entries.
    pub(crate) fn swaps(&self, one: &str, other: &str) {
        assert_eq!(self.ask([format!("swap {} {}", hex(one.as_bytes()), hex(other.as_bytes()))]), ["swapped"]);
    }
}

fn text(value: &Value) -> String {
    let mut text = String::new();
    write_json(&mut text, value).unwrap();
    text
}

fn hex(bytes: &[u8]) -> String {
    Encoding::B16.encode(bytes).to_lowercase()
}
