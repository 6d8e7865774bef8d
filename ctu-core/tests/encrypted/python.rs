//! Ours and an independent implementation, in Python on the packages blake3 and pycryptodome, open each other's envelopes.
//!
//! `PYTHON` names a Python that has the packages of `tests/python/requirements.txt`; by default it is `python3`.

use std::fmt::Write as _;
use std::time::Duration;

use bytes::Bytes;
use ctu_core::{Encoding, Encrypt, Map, MasterKey, Ttl};

use crate::support::{self, Rng};
use crate::{START, clock};

/// What the script beside this file prints for these input lines.
pub fn python(script: &str, lines: &[String]) -> Vec<String> {
    let script = format!("{}/tests/encrypted/{script}", env!("CARGO_MANIFEST_DIR"));
    support::python::python(&script, &[], lines)
}

fn hex(bytes: &[u8]) -> String {
    Encoding::B16.encode(bytes).to_lowercase()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

struct Case {
    secret: [u8; 32],
    scope: String,
    key: Vec<u8>,
    value: Bytes,
    ttl: Option<Duration>,
}

impl Case {
    fn encrypt(&self) -> Encrypt {
        Encrypt::new(MasterKey::try_from(self.secret).unwrap(), &*self.scope).clock(&clock())
    }

    /// The fields that both commands begin with.
    fn line(&self, command: &str) -> String {
        let mut line = command.to_owned();
        for field in [&self.secret[..], self.scope.as_bytes(), &self.key] {
            write!(line, " {}", hex(field)).unwrap();
        }
        line
    }
}

fn cases() -> Vec<Case> {
    let mut rng = Rng(11);
    let mut case = |i: u64| {
        let len = usize::try_from(if i < 130 { i } else { rng.below(5_000) }).unwrap();
        let key_len = usize::try_from(rng.below(90)).unwrap();
        Case {
            secret: rng.bytes(32).try_into().unwrap(),
            scope: format!("s{}", rng.text()),
            key: rng.bytes(key_len),
            value: rng.bytes(len).into(),
            ttl: (!i.is_multiple_of(3)).then(|| Duration::from_millis(1 + rng.below(1 << 40))),
        }
    };
    (0..500).map(&mut case).collect()
}

#[test]
fn python_opens_what_rust_seals() {
    let cases = cases();
    let sealed: Vec<_> = cases
        .iter()
        .map(|case| {
            let ttl = Ttl::from(case.ttl);
            let encrypt = case.encrypt();
            (
                encrypt.key(&case.key).unwrap().into_owned(),
                encrypt.encode(&case.key, &case.value, ttl).unwrap().into_owned(),
            )
        })
        .collect();
    let lines: Vec<_> = cases
        .iter()
        .zip(&sealed)
        .map(|(case, (_, envelope))| format!("{} {} {START}", case.line("open"), hex(envelope)))
        .collect();
    for ((case, (skey, _)), answer) in cases.iter().zip(&sealed).zip(python("envelope.py", &lines)) {
        assert_eq!(answer, format!("{} {}", hex(skey), hex(&case.value)));
    }
}

#[test]
fn rust_opens_what_python_seals() {
    let cases = cases();
    let expires = |case: &Case| case.ttl.map_or(u128::from(u64::MAX), |ttl| u128::from(START) + ttl.as_millis());
    let line = |case: &Case| format!("{} {} {START} {}", case.line("seal"), hex(&case.value), expires(case));
    let lines: Vec<_> = cases.iter().map(line).collect();
    for (case, answer) in cases.iter().zip(python("envelope.py", &lines)) {
        let (skey, envelope) = answer.split_once(' ').unwrap();
        let encrypt = case.encrypt();
        assert_eq!(hex(&encrypt.key(&case.key).unwrap()), skey);
        assert_eq!(encrypt.decode(&case.key, unhex(envelope).into()).unwrap(), case.value);
    }
}

#[test]
fn both_reject_the_same_envelopes_for_the_same_reasons() {
    let mut rng = Rng(12);
    let (mut lines, mut ours) = (Vec::new(), Vec::new());
    for case in cases() {
        let encrypt = case.encrypt();
        let mut envelope = encrypt.encode(&case.key, &case.value, Ttl::from(case.ttl)).unwrap().to_vec();
        let at = usize::try_from(rng.below(envelope.len() as u64)).unwrap();
        match rng.below(4) {
            0 => envelope.truncate(at),
            1 => envelope[at] ^= 1 << rng.below(8),
            2 => envelope.push(0),
            _ => envelope[usize::try_from(rng.below(22)).unwrap()] ^= 1 << rng.below(8),
        }
        lines.push(format!("{} {} {START}", case.line("open"), hex(&envelope)));
        let reject = encrypt.decode(&case.key, envelope.into()).unwrap_err();
        ours.push(reject.reason().to_owned());
    }
    let theirs: Vec<_> = python("envelope.py", &lines).iter().map(|line| line[67..].to_owned()).collect();
    assert_eq!(theirs, ours);
}
