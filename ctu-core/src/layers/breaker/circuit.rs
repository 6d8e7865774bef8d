//! When a store is bypassed, and which of its keys must not be trusted: no I/O, and the time is handed in.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::{Nanos, nanos};

/// Whether operations reach the store, in the terms of the circuit-breaker pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BreakerState {
    /// They do.
    Closed,
    /// The store failed repeatedly, and is bypassed; or it is back, and has to be emptied before anything is found in it.
    Open,
    /// One operation tries whether the store is back; others bypass it.
    HalfOpen,
}

/// In lower case, fit for a metric's label.
impl fmt::Display for BreakerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
        })
    }
}

/// The settings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Failures in a row that open the circuit.
    pub(super) failures: u32,
    /// From a failure of an open circuit to the next try.
    pub(super) pause: Duration,
    /// Keys in doubt that are remembered.
    pub(super) keys: usize,
}

pub(super) struct Circuit<O> {
    /// Closed, without failures and without keys in doubt: all that a healthy store pays is this load.
    calm: AtomicBool,
    inner: Mutex<Inner<O>>,
    limits: Limits,
}

struct Inner<O> {
    state: State,
    /// In a row.
    failures: u32,
    /// What must not be served until it was removed, each with the `turn` at which that was found out.
    doubted: BTreeMap<O, u64>,
    /// There were more of them than are remembered: all is in doubt.
    all_doubted: bool,
    /// Grows with each doubt, so that a removal that began before it doesn't settle it.
    turn: u64,
    is_settling: bool,
}

#[derive(Clone, Copy)]
enum State {
    Closed,
    Open { until: Nanos },
    HalfOpen { since: Nanos },
}

/// A try may take this part of the time from one to the next: a store that hangs until its deadline is tried less often.
const TRYING_PART: u64 = 10;

/// What is to be done before a doubt is over.
pub(super) enum Doubt<O> {
    Key(O, u64),
    All(u64),
}

impl<O: Ord> Circuit<O> {
    pub(super) const fn new(limits: Limits) -> Self {
        let inner = Inner {
            state: State::Closed,
            failures: 0,
            doubted: BTreeMap::new(),
            all_doubted: false,
            turn: 0,
            is_settling: false,
        };
        Self { calm: AtomicBool::new(true), inner: Mutex::new(inner), limits }
    }

    pub(super) const fn limits(&mut self) -> &mut Limits {
        &mut self.limits
    }

    fn lock(&self) -> MutexGuard<'_, Inner<O>> {
        // A panic can come from a key's comparison only, which leaves the table whole.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[inline]
    pub(super) fn is_calm(&self) -> bool {
        self.calm.load(Ordering::Acquire)
    }

    /// Whether an operation may go to the store, and if so, whether as a try.
    pub(super) fn admit(&self, now: Nanos) -> Option<bool> {
        let mut inner = self.lock();
        match inner.state {
            State::Closed => Some(false),
            State::Open { until } if until <= now => {
                inner.state = State::HalfOpen { since: now };
                Some(true)
            }
            State::Open { .. } | State::HalfOpen { .. } => None,
        }
    }

    /// The store has answered. Tells whether that closed the circuit.
    pub(super) fn succeeded(&self) -> bool {
        let mut inner = self.lock();
        let was_open = !matches!(inner.state, State::Closed);
        inner.state = State::Closed;
        inner.failures = 0;
        self.note(&inner);
        was_open
    }

    /// The store has not. Tells whether it is bypassed now.
    pub(super) fn failed(&self, now: Nanos) -> bool {
        let mut inner = self.lock();
        let was_closed = matches!(inner.state, State::Closed);
        inner.failures = inner.failures.saturating_add(1);
        let tried_for = match inner.state {
            State::HalfOpen { since } => now.saturating_sub(since),
            State::Open { .. } | State::Closed => 0,
        };
        if !was_closed || inner.failures >= self.limits.failures.max(1) {
            let pause = nanos(self.limits.pause).max(tried_for.saturating_mul(TRYING_PART));
            inner.state = State::Open { until: now.saturating_add(pause) };
        }
        self.note(&inner);
        matches!(inner.state, State::Open { .. })
    }

    /// A try came to no end: the next operation is one.
    pub(super) fn abandoned(&self, now: Nanos) {
        let mut inner = self.lock();
        if matches!(inner.state, State::HalfOpen { .. }) {
            inner.state = State::Open { until: now };
        }
    }

    /// What is under `key` must not be served any more until it was removed.
    pub(super) fn doubt(&self, key: O) {
        let mut inner = self.lock();
        inner.turn += 1;
        let turn = inner.turn;
        if !inner.all_doubted {
            inner.doubted.insert(key, turn);
            if inner.doubted.len() > self.limits.keys {
                inner.doubted = BTreeMap::new();
                inner.all_doubted = true;
            }
        }
        self.note(&inner);
    }

    /// Nothing must be served any more until all was removed.
    pub(super) fn doubt_all(&self) {
        let mut inner = self.lock();
        inner.turn += 1;
        inner.doubted = BTreeMap::new();
        inner.all_doubted = true;
        self.note(&inner);
    }

    pub(super) fn is_doubted<K: Ord + ?Sized>(&self, key: &K) -> bool
    where
        O: Borrow<K>,
    {
        if self.is_calm() {
            return false;
        }
        let inner = self.lock();
        inner.all_doubted || inner.doubted.contains_key(key)
    }

    /// Something to settle, for one caller at a time: to be followed by [`settled`](Self::settled), or by
    /// [`unsettled`](Self::unsettled).
    pub(super) fn next_doubt(&self) -> Option<Doubt<O>>
    where
        O: Clone,
    {
        let mut inner = self.lock();
        if inner.is_settling {
            return None;
        }
        let doubt = if inner.all_doubted {
            Doubt::All(inner.turn)
        } else {
            let (key, turn) = inner.doubted.first_key_value()?;
            Doubt::Key(key.clone(), *turn)
        };
        inner.is_settling = true;
        Some(doubt)
    }

    /// The key was removed, or all of them, since `doubt` was handed out.
    pub(super) fn settled(&self, doubt: &Doubt<O>) {
        let mut inner = self.lock();
        inner.is_settling = false;
        match doubt {
            Doubt::Key(key, turn) if inner.doubted.get(key) == Some(turn) => {
                inner.doubted.remove(key);
            }
            Doubt::All(turn) if inner.turn == *turn => inner.all_doubted = false,
            // Doubted again meanwhile.
            Doubt::Key(..) | Doubt::All(_) => {}
        }
        self.note(&inner);
    }

    pub(super) fn unsettled(&self) {
        self.lock().is_settling = false;
    }

    /// When a removal of anything begins, for [`removed`](Self::removed) and [`cleared`](Self::cleared).
    pub(super) fn turn(&self) -> u64 {
        self.lock().turn
    }

    /// A removal of `key` that began at `turn` has succeeded.
    pub(super) fn removed<K: Ord + ?Sized>(&self, key: &K, turn: u64)
    where
        O: Borrow<K>,
    {
        let mut inner = self.lock();
        if inner.doubted.get(key).is_some_and(|doubted| *doubted <= turn) {
            inner.doubted.remove(key);
        }
        self.note(&inner);
    }

    /// A removal of everything that began at `turn` has succeeded.
    pub(super) fn cleared(&self, turn: u64) {
        let mut inner = self.lock();
        inner.doubted.retain(|_, doubted| *doubted > turn);
        inner.all_doubted &= inner.turn > turn;
        self.note(&inner);
    }

    /// Keeps `calm` true to the rest; called with the lock held.
    fn note(&self, inner: &Inner<O>) {
        let is_closed = matches!(inner.state, State::Closed);
        let calm = is_closed && inner.failures == 0 && inner.doubted.is_empty() && !inner.all_doubted;
        self.calm.store(calm, Ordering::Release);
    }

    pub(super) fn state(&self) -> BreakerState {
        let inner = self.lock();
        match inner.state {
            State::Closed if !inner.all_doubted => BreakerState::Closed,
            // The store answers, but nothing that is in it may be found.
            State::Closed | State::Open { .. } => BreakerState::Open,
            State::HalfOpen { .. } => BreakerState::HalfOpen,
        }
    }

    /// How many keys are in doubt; `None`: all.
    pub(super) fn doubts(&self) -> Option<usize> {
        let inner = self.lock();
        (!inner.all_doubted).then(|| inner.doubted.len())
    }
}
