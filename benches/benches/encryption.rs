//! What an envelope costs beside the bare cipher: `cargo bench -p benches --bench encryption`.
//!
//! The bare cipher has its key set up and its nonce given, and allocates its output as `Aead::encrypt` does. Sealing
//! derives the entry's place and key, asks the system for a nonce and for the time, and pads. Turns alternate.
//!
//! Last, a hit through prefix, JSON and encryption in memory beside that of the Python library, which the Python named by
//! `PYTHON` (by default `python3`) needs to have: `tests/python/requirements.txt`. It is at its fastest there, with its
//! default cipher and without its checksum, and makes JSON of keys as well: ours does so in every other line.
//!
//! What implements XChaCha20-Poly1305 makes most of the difference: see "How fast it is" in docs/ENCRYPTION.md. The package
//! `chacha20poly1305` is the default. Others to try:
//!
//! ```sh
//! cargo bench -p benches --bench encryption --features encryption-ring
//! RUSTFLAGS="-C target-cpu=native" cargo bench -p benches --bench encryption
//! ```

use std::hint::black_box;
use std::time::Instant;

use benches::Python;
use bytes::Bytes;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ctu_backends::MemoryCache;
use ctu_core::{Cache, Encrypt, Map, MasterKey, StackExt, Suite, Ttl, write_json};

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

type Value = (String, u32, Vec<f64>);

/// A way to get a hit of ours, and what it took in each round: nanoseconds, and how many times as long the seed took.
struct Ours<'a> {
    name: &'static str,
    hit: Box<dyn FnMut() + 'a>,
    calls: usize,
    rounds: Vec<(f64, f64)>,
}

impl<'a> Ours<'a> {
    fn new(name: &'static str, key: &'a str, value: &Value, cache: impl Cache<str, Value> + 'a) -> Self {
        cache.put(key, value, Ttl::Never).expect("stored");
        let mut hit = Box::new(move || {
            let found = cache.get(black_box(key)).expect("no error");
            assert!(black_box(found).is_some());
        });
        let calls = ((TURN_NANOS / turn(20, &mut hit)) as usize).max(4);
        Self { name, hit, calls, rounds: Vec::with_capacity(ROUNDS) }
    }

    fn report(&self) {
        let of = |tenths, figure: fn(&(f64, f64)) -> f64| below(tenths, self.rounds.iter().map(figure).collect());
        let (nanos, times) = (of(5, |(ours, _)| *ours), of(5, |(_, times)| *times));
        let (low, high) = (of(1, |(_, times)| *times), of(9, |(_, times)| *times));
        let met = if times >= 10.0 { "met" } else { "NOT MET" };
        println!("| {:32} | {nanos:5.0} | {times:5.1} ({low:4.1} to {high:4.1}) | {met:7} |", self.name);
    }
}

fn compare_hits() {
    let (prefix, key) = ("app.", r#"repeat.["aa",3]"#);
    let value: Value = ("a name of some length".to_owned(), 42, vec![0.5, 1.25, -3.0]);
    let mut json = String::new();
    write_json(&mut json, &value).expect("plain values have a text");

    let encrypted = |suite| {
        let master = MasterKey::generate().expect("the system's random numbers");
        MemoryCache::<Vec<u8>, Bytes>::new(1_000).encrypted(master, "bench").suite(suite)
    };
    let (chacha, aes) = (Suite::XChaCha20Poly1305, Suite::Aes256GcmSiv);
    let mut all = [
        Ours::new("XChaCha20-Poly1305", key, &value, encrypted(chacha).json().prefixed(prefix)),
        Ours::new("the same, keys as JSON too", key, &value, encrypted(chacha).to_bytes().prefixed(prefix)),
        Ours::new("AES-256-GCM-SIV", key, &value, encrypted(aes).json().prefixed(prefix)),
        Ours::new("the same, keys as JSON too", key, &value, encrypted(aes).to_bytes().prefixed(prefix)),
    ];
    let Some(mut seed) = Python::start("seed_hit.py", [prefix, key, &json]) else { return };
    let seed_calls = ((TURN_NANOS / seed.turn(20)) as usize).max(4);
    let mut seeds = Vec::with_capacity(ROUNDS);
    for round in 0..ROUNDS {
        let theirs = seed.turn(seed_calls);
        seeds.push(theirs);
        for ours in &mut all {
            let nanos = deeper(round, &mut || turn(ours.calls, &mut ours.hit));
            ours.rounds.push((nanos, theirs / nanos));
        }
    }
    println!("\na hit through prefix, JSON and encryption in memory, {} bytes of JSON, medians;", json.len());
    println!("the Python library's takes {:.0} ns; the aim is 10 times faster", below(5, seeds));
    println!("| encrypted with                   | ns    | times faster          | aim     |");
    println!("|----------------------------------|-------|-----------------------|---------|");
    all.iter().for_each(Ours::report);
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
