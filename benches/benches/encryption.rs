//! What an envelope costs beside the bare cipher: `cargo bench -p benches --bench encryption`.
//!
//! The bare cipher has its key set up and its nonce given, and allocates its output as `Aead::encrypt` does. Sealing
//! derives the entry's place and key, asks the system for a nonce and for the time, and pads. Turns alternate.
//!
//! Last, a hit through prefix, JSON and encryption in memory beside that of the Python library, which the Python named by
//! `PYTHON` (by default `python3`) needs to have: `tests/python/requirements.txt`.

use std::env;
use std::ffi::OsString;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use bytes::Bytes;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ctu_backends::MemoryCache;
use ctu_core::{Cache, Encrypt, Map, MasterKey, StackExt, Ttl, write_json};

const ROUNDS: usize = 128;
/// About how long a turn is.
const TURN_NANOS: f64 = 2e6;
const KEY: &[u8] = b"module::function#01234567.[\"argument\",1]";

/// Does `work` so much deeper in the stack: the vector code of the ciphers takes up to twice as long at some places in
/// memory as at others, for no fault of its caller's, so every round has another place.
#[inline(never)]
fn deeper(depth: usize, work: &mut dyn FnMut() -> f64) -> f64 {
    let room = black_box([0_u8; 16]);
    let result = if depth == 0 { work() } else { deeper(depth - 1, work) };
    black_box(&room);
    result
}

/// Nanoseconds per call.
fn turn(calls: usize, work: &mut dyn FnMut()) -> f64 {
    let start = Instant::now();
    (0..calls).for_each(|_| work());
    start.elapsed().as_secs_f64() * 1e9 / calls as f64
}

/// What so many tenths of the rounds stay below. One tenth is the cost where the place in memory is a good one and nobody
/// disturbs, which is what the aims are about; five tenths say what a busy machine makes of it.
fn below(tenths: usize, mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures[figures.len() * tenths / 10]
}

fn compare(name: &str, len: usize, ours: &mut dyn FnMut(), bare: &mut dyn FnMut()) {
    let calls = ((TURN_NANOS / turn(20, ours)) as usize).max(4);
    turn(calls, bare);
    let rounds: Vec<(f64, f64)> = (0..ROUNDS)
        .map(|round| {
            let mut ours = || deeper(round, &mut || turn(calls, ours));
            let mut bare = || deeper(round, &mut || turn(calls, bare));
            if round % 2 == 0 {
                let ours = ours();
                (ours, bare())
            } else {
                let bare = bare();
                (ours(), bare)
            }
        })
        .collect();
    let of = |tenths, figure: fn(&(f64, f64)) -> f64| below(tenths, rounds.iter().map(figure).collect());
    let (ours, bare) = (of(1, |(ours, _)| *ours), of(1, |(_, bare)| *bare));
    let (busy, busy_bare) = (of(5, |(ours, _)| *ours), of(5, |(_, bare)| *bare));
    let (over, ratio) = (ours - bare, ours / bare);
    let aim = match len {
        60 => format!("at most 1500 ns over: {}", if over <= 1_500.0 { "met" } else { "NOT MET" }),
        100_000 => format!("at most 1.15 times: {}", if ratio <= 1.15 { "met" } else { "NOT MET" }),
        _ => String::new(),
    };
    println!(
        "| {name} | {len:7} | {ours:9.0} | {bare:9.0} | {over:7.0} | {ratio:5.2} | {busy:7.0} and {busy_bare:7.0} | {aim:<29} |"
    );
}

/// The Python library, in a process of its own.
struct Seed {
    process: Child,
    calls: ChildStdin,
    nanos: BufReader<ChildStdout>,
}

impl Seed {
    fn start(prefix: &str, key: &str, value: &str) -> Self {
        let mut process = Command::new(env::var_os("PYTHON").unwrap_or_else(|| OsString::from("python3")))
            .args([concat!(env!("CARGO_MANIFEST_DIR"), "/benches/seed_hit.py"), prefix, key, value])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python, as python3 or named by PYTHON");
        let (calls, nanos) = (process.stdin.take().expect("piped"), process.stdout.take().expect("piped"));
        Self { process, calls, nanos: BufReader::new(nanos) }
    }

    /// Nanoseconds per call.
    fn turn(&mut self, calls: usize) -> f64 {
        let mut nanos = String::new();
        let asked = writeln!(self.calls, "{calls}").and_then(|()| self.nanos.read_line(&mut nanos));
        asked.expect("Python goes on: it needs the packages of tests/python/requirements.txt");
        nanos.trim().parse().expect("Python prints a number")
    }
}

impl Drop for Seed {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

type Value = (String, u32, Vec<f64>);

fn compare_hits() {
    let (prefix, key) = ("app.", r#"repeat.["aa",3]"#);
    let value: Value = ("a name of some length".to_owned(), 42, vec![0.5, 1.25, -3.0]);
    let mut json = String::new();
    write_json(&mut json, &value).expect("plain values have a text");

    let store = MemoryCache::<Vec<u8>, Bytes>::new(1_000);
    let master = MasterKey::generate().expect("the system's random numbers");
    let cache = store.encrypted(master, "bench").json().prefixed(prefix);
    cache.put(key, &value, Ttl::Never).expect("stored");
    let mut ours = || {
        let found: Option<Value> = cache.get(black_box(key)).expect("no error");
        assert!(black_box(found).is_some());
    };
    let mut seed = Seed::start(prefix, key, &json);

    let calls = ((TURN_NANOS / turn(20, &mut ours)) as usize).max(4);
    let seed_calls = ((TURN_NANOS / seed.turn(20)) as usize).max(4);
    let mut rounds: Vec<(f64, f64)> =
        (0..ROUNDS).map(|round| (deeper(round, &mut || turn(calls, &mut ours)), seed.turn(seed_calls))).collect();
    rounds.drain(..2); // both warm up
    let of = |figure: fn(&(f64, f64)) -> f64| below(5, rounds.iter().map(figure).collect());
    let ratios = |tenths| below(tenths, rounds.iter().map(|(ours, seed)| seed / ours).collect());
    let (low, median, high) = (ratios(1), ratios(5), ratios(9));
    println!("\na hit through prefix, JSON and encryption in memory, {} bytes of JSON, medians:", json.len());
    println!("ours {:.0} ns, the Python library's {:.0} ns", of(|(ours, _)| *ours), of(|(_, seed)| *seed));
    let met = if median >= 10.0 { "met" } else { "NOT MET" };
    println!("aim: at least 10 times faster: {median:.1} times ({low:.1} to {high:.1}), {met}");
}

fn main() {
    benches::record("Encryption", run);
}

fn run() {
    println!(
        "| what | bytes   | ours, ns  | bare, ns  | over    | ratio | medians, ns         | aim                           |"
    );
    println!(
        "|------|---------|-----------|-----------|---------|-------|---------------------|-------------------------------|"
    );
    for len in [60, 1_000, 100_000] {
        let value = Bytes::from(vec![7; len]);
        let encrypt = Encrypt::new(MasterKey::generate().expect("the system's random numbers"), "bench");
        let cipher = XChaCha20Poly1305::new(&[9; 32].into());
        let (nonce, aad) = (XNonce::from([3; 24]), [5; 54]);

        let mut ours = || drop(black_box(encrypt.encode(black_box(KEY), &value, Ttl::Never).expect("sealed")));
        let mut bare = || {
            let sealed = cipher.encrypt(&nonce, Payload { msg: black_box(&value), aad: &aad });
            drop(black_box(sealed.expect("encrypted")));
        };
        compare("seal", len, &mut ours, &mut bare);

        let sealed = encrypt.encode(KEY, &value, Ttl::Never).expect("sealed").into_owned();
        let encrypted = cipher.encrypt(&nonce, Payload { msg: &value, aad: &aad }).expect("encrypted");
        // Shared bytes, as a store in memory hands them out: ours has to copy them, as the bare cipher does.
        let mut ours = || drop(black_box(encrypt.decode(black_box(KEY), sealed.clone()).expect("opened")));
        let mut bare = || {
            let opened = cipher.decrypt(&nonce, Payload { msg: black_box(&encrypted), aad: &aad });
            drop(black_box(opened.expect("decrypted")));
        };
        compare("open", len, &mut ours, &mut bare);
    }
    compare_hits();
}
