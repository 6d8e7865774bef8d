//! What an envelope costs beside the bare cipher: `cargo bench -p benches --bench encryption`.
//!
//! The bare cipher has its key set up and its nonce given, and allocates its output as `Aead::encrypt` does. Sealing
//! derives the entry's place and key, asks the system for a nonce and for the time, and pads. Turns alternate.

use std::hint::black_box;
use std::time::Instant;

use bytes::Bytes;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ctu_core::{Encrypt, Map, MasterKey, Ttl};

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

fn main() {
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
}
