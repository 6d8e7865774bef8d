//! What the suite is made of: random numbers, and keys and values that misbehave.

use std::cell::Cell;
use std::future::Future;
use std::hash::{Hash, Hasher};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

pub(crate) const NANO: Duration = Duration::from_nanos(1);
pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// The output of a future that does not wait.
pub(crate) fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a store in memory never waits"),
    }
}

/// Random numbers that are the same in every run (splitmix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }
}

thread_local! {
    /// Whether `Touchy` panics, on this thread.
    pub(crate) static PANICS: Cell<bool> = const { Cell::new(false) };
}

/// A key, and a value, whose code panics where it can.
#[derive(Debug)]
pub(crate) struct Touchy(pub(crate) u32);

impl Touchy {
    fn panic_if_told(what: &str) {
        assert!(!PANICS.get(), "{what} panics");
    }
}

impl Clone for Touchy {
    fn clone(&self) -> Self {
        Self::panic_if_told("clone");
        Self(self.0)
    }
}

impl PartialEq for Touchy {
    fn eq(&self, other: &Self) -> bool {
        Self::panic_if_told("eq");
        self.0 == other.0
    }
}

impl Eq for Touchy {}

impl Hash for Touchy {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

/// A value that calls its cache when it is dropped, as one that owns a guard might.
#[derive(Clone)]
pub(crate) struct Reentrant {
    pub(crate) call: Arc<OnceLock<Weak<dyn Fn() + Send + Sync>>>,
    pub(crate) drops: Arc<AtomicUsize>,
}

impl Drop for Reentrant {
    fn drop(&mut self) {
        if let Some(call) = self.call.get().and_then(Weak::upgrade) {
            call();
        }
        self.drops.fetch_add(1, Ordering::Relaxed);
    }
}
