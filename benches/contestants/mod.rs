//! The functions that are measured: each remembers [`compute`], in its own way.
//!
//! All bounded stores have room for [`CAPACITY`] entries. Those with a lifetime keep an entry for an hour, longer than
//! any run.

#![allow(missing_docs)] // the names of modules and functions say all there is to say
#![allow(clippy::used_underscore_binding)] // in what attributes expand to: arguments that only the key needs
#![allow(clippy::needless_pass_by_value)] // a function of a String is one of the things measured

pub mod cached;
pub mod cachelito;
pub mod ctu;
pub mod foyer;
pub mod hitbox;
pub mod memoize;
pub mod moka;
pub mod quick_cache;

use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

use crate::compute;

/// As in ctu's own store by default.
pub const CAPACITY: usize = 10_000;

/// A struct as an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Point {
    pub id: u64,
    pub place: (i32, i32),
    pub kind: u8,
}

/// Nothing is remembered: what the call itself takes.
pub fn nothing(n: u64) -> u64 {
    n.wrapping_mul(3)
}

/// A value of 24 bytes of text.
pub(crate) fn short(n: u64) -> String {
    format!("{:>24}", compute(n))
}

/// A value of a thousand bytes.
pub(crate) fn bytes(n: u64) -> Vec<u8> {
    vec![compute(n) as u8; 1_000]
}

/// For contestants that need to be in one.
pub(crate) fn runtime() -> &'static tokio::runtime::Runtime {
    static RUNTIME: LazyLock<tokio::runtime::Runtime> =
        LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().expect("a thread"));
    &RUNTIME
}

/// The result of a future that does not wait: a hit's. It is polled where it was made, as by an `await`.
pub(crate) fn block_on_ready<F: Future>(mut future: Pin<&mut F>) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut context) {
            return result;
        }
        std::thread::yield_now();
    }
}
