//! A way around a store that is down: [`BreakerCache`].

mod circuit;
mod operations;
mod told;

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

pub use circuit::BreakerState;
use circuit::{Circuit, Doubt, Limits};
use told::Told;

use crate::{Clock, Error, ErrorKind, Result, Stats};

/// A circuit breaker around a store that may be down, such as a server: a store that keeps failing is not asked any more,
/// so that an outage costs nothing instead of a deadline per call, and what was removed during it stays gone after it.
///
/// Made by [`StackExt::circuit_breaker`](crate::StackExt::circuit_breaker) right above the store, below the layers that
/// make values of bytes. `O` is the owned form of the store's keys, bytes unless said otherwise.
///
/// **Bypassing.** After [`failures`](Self::failures) failures in a row (5) of the kinds `Unavailable`, `Timeout`,
/// `Protocol`, `Config` or `Other`, every operation fails at once with `Unavailable`, which memoized functions and a resilient
/// [`TwoLevelCache`](crate::TwoLevelCache) take for a miss. Once per [`retry_after`](Self::retry_after) (1 s) one
/// operation tries the store; if it answers, all do again. [`state`](Self::state), [`Stats::breaker`] and
/// [`Stats::bypassed`] tell.
///
/// **Removals.** A removal that fails, or is bypassed, is an error, and remembered: when the store is back, nothing is
/// found under the key until the removal was made up for, which operations do on their way, a few each. The same goes for
/// a `put` that failed, as it may have been done nevertheless, or be done yet. More keys than
/// [`remember`](Self::remember) allows (100,000) are not counted one by one: then everything is removed, by
/// [`clear`](crate::Store::clear), before anything is found again. So the store needs a namespace of its own: where
/// `clear` is `Unsupported`, the store stays bypassed after such an outage, and the log says so.
///
/// What one process remembers does not bind others: one that still reaches the server goes on finding the older value
/// until the removal was made up for, and a process that ends during the outage takes what it remembers with it.
///
/// A healthy store pays one atomic load per operation.
///
/// # Examples
///
/// ```
/// use ctu_core::testing::{Flaky, ModelStore};
/// use ctu_core::{BreakerState, Cache, ErrorKind, ManualClock, StackExt, Ttl};
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicBool, Ordering};
/// use std::time::Duration;
///
/// let down = Arc::new(AtomicBool::new(false));
/// let switch = Arc::clone(&down);
/// let server = Flaky::new(
///     move |_| switch.load(Ordering::Relaxed).then_some(ErrorKind::Timeout),
///     ModelStore::<Vec<u8>, u64>::new(),
/// );
/// let hand = ManualClock::new();
/// let cache = server.circuit_breaker().failures(2).clock(&hand);
/// let price: &[u8] = b"price";
/// cache.put(price, &40, Ttl::Default)?;
///
/// down.store(true, Ordering::Relaxed);
/// for _ in 0..100 {
///     let _: Result<Option<u64>, _> = cache.get(price);
/// }
/// assert_eq!(cache.inner().operations(), 3, "one that worked and two that failed: the rest was bypassed");
/// assert!(Cache::<[u8], u64>::remove(&cache, price).is_err());
///
/// down.store(false, Ordering::Relaxed);
/// hand.advance(Duration::from_secs(1));
/// assert_eq!(Cache::<[u8], u64>::get(&cache, price)?, None, "it was removed, if late");
/// assert_eq!(cache.state(), BreakerState::Closed);
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub struct BreakerCache<C, O = Vec<u8>> {
    inner: C,
    circuit: Circuit<O>,
    clock: Clock,
    bypassed: AtomicU64,
    told: Told,
}

impl<C, O: Ord> BreakerCache<C, O> {
    /// A breaker around `inner` that opens after five failures, tries once a second, and remembers 100,000 keys.
    pub const fn new(inner: C) -> Self {
        let limits = Limits { failures: 5, pause: Duration::from_secs(1), keys: 100_000 };
        Self {
            inner,
            circuit: Circuit::new(limits),
            clock: Clock::system(),
            bypassed: AtomicU64::new(0),
            told: Told::new(),
        }
    }

    /// How many failures in a row open the circuit; 5 by default, at least 1.
    #[must_use]
    pub const fn failures(mut self, in_a_row: u32) -> Self {
        self.circuit.limits().failures = in_a_row;
        self
    }

    /// How long a store that failed is left alone before it is tried again; a second by default.
    ///
    /// Each try makes one caller wait, up to the store's deadline. So that a store that hangs costs no more than a tenth
    /// of that caller's time, it is left alone for ten times as long as the last try took, if that is longer.
    #[must_use]
    pub const fn retry_after(mut self, pause: Duration) -> Self {
        self.circuit.limits().pause = pause;
        self
    }

    /// How many keys are remembered that could not be removed; 100,000 by default. With more of them, everything is
    /// removed instead.
    #[must_use]
    pub const fn remember(mut self, keys: usize) -> Self {
        self.circuit.limits().keys = keys;
        self
    }

    /// The clock that pauses are measured by; the system's by default.
    #[must_use]
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.clock = clock.into();
        self
    }

    /// Whether operations reach the store.
    pub fn state(&self) -> BreakerState {
        self.circuit.state()
    }

    /// How many keys are still to be removed from the store; `None`: all.
    pub fn unsettled(&self) -> Option<usize> {
        self.circuit.doubts()
    }

    /// The store below.
    pub const fn inner(&self) -> &C {
        &self.inner
    }

    /// The store below, without the layer.
    pub fn into_inner(self) -> C {
        self.inner
    }

    /// Lets an operation go to the store, or fails where that is bypassed.
    #[inline]
    fn admit(&self) -> Result<Pass<'_, C, O>> {
        if self.circuit.is_calm() {
            return Ok(Pass { breaker: self, is_try: AtomicBool::new(false) });
        }
        let is_try = self.circuit.admit(self.clock.now()).ok_or_else(|| self.bypassed())?;
        Ok(Pass { breaker: self, is_try: AtomicBool::new(is_try) })
    }

    #[cold]
    fn bypassed(&self) -> Error {
        self.bypassed.fetch_add(1, Ordering::Relaxed);
        Error::new(ErrorKind::Unavailable, "the store failed repeatedly and is bypassed until it answers again")
    }

    /// What was removed may still be in the store, and could not be removed now.
    #[cold]
    fn in_doubt(&self, cause: &Error) -> Error {
        if cause.kind() == ErrorKind::Unsupported {
            self.told.stuck();
        }
        self.bypassed()
    }

    /// Takes note of how the store answered.
    #[inline]
    fn judged<T>(&self, pass: &Pass<'_, C, O>, answer: Result<T>) -> Result<T> {
        match &answer {
            Err(error) if is_outage(error) => self.failed(pass, error),
            _ if self.circuit.is_calm() => {}
            _ => self.succeeded(pass),
        }
        answer
    }

    #[cold]
    fn failed(&self, pass: &Pass<'_, C, O>, error: &Error) {
        pass.is_try.store(false, Ordering::Relaxed);
        if self.circuit.failed(self.clock.now()) {
            self.told.bypassed(error);
        }
    }

    #[cold]
    fn succeeded(&self, pass: &Pass<'_, C, O>) {
        pass.is_try.store(false, Ordering::Relaxed);
        if self.circuit.succeeded() {
            self.told.back();
        }
    }

    /// The next thing to remove, for this caller alone.
    fn settling(&self) -> Option<Settling<'_, O>>
    where
        O: Clone,
    {
        let doubt = self.circuit.next_doubt()?;
        Some(Settling { circuit: &self.circuit, doubt, is_settled: false })
    }

    fn with_own(&self, mut stats: Stats) -> Stats {
        stats.bypassed += self.bypassed.load(Ordering::Relaxed);
        stats.breaker = Some(self.state());
        stats
    }
}

/// Whether the store is to blame, and not what was asked of it.
fn is_outage(error: &Error) -> bool {
    matches!(
        error.kind(),
        // A setting, because a password that was changed makes each call connect in vain.
        ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::Protocol | ErrorKind::Config | ErrorKind::Other
    )
}

/// Leave to use the store.
struct Pass<'b, C, O: Ord> {
    breaker: &'b BreakerCache<C, O>,
    /// Whether the breaker waits to hear how this goes.
    is_try: AtomicBool,
}

/// A try that is given up, such as a future that is dropped, leaves the next operation to try.
impl<C, O: Ord> Drop for Pass<'_, C, O> {
    fn drop(&mut self) {
        if *self.is_try.get_mut() {
            self.breaker.circuit.abandoned(self.breaker.clock.now());
        }
    }
}

/// A removal that is made up for.
struct Settling<'b, O: Ord> {
    circuit: &'b Circuit<O>,
    doubt: Doubt<O>,
    is_settled: bool,
}

impl<O: Ord> Settling<'_, O> {
    fn settled(mut self) {
        self.is_settled = true;
        self.circuit.settled(&self.doubt);
    }
}

impl<O: Ord> Drop for Settling<'_, O> {
    fn drop(&mut self) {
        if !self.is_settled {
            self.circuit.unsettled();
        }
    }
}

/// Without keys.
impl<C: fmt::Debug, O: Ord> fmt::Debug for BreakerCache<C, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BreakerCache")
            .field("inner", &self.inner)
            .field("state", &self.state())
            .field("unsettled", &self.unsettled())
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests;
