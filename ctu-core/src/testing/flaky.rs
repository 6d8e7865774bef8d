//! A store that fails now and then.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::Operation;
use super::broken::planned;
use super::wrapper::wrapper;
use crate::{
    AsyncCache, AsyncLease, AsyncStore, Cache, Claim, Entry, ErrorKind, Lease, Leased, Result, Stats, Store, Token,
    Ttl, Watch,
};

/// Fails as planned, and is otherwise the store below.
///
/// The plan decides by the number of the operation, from 0; a batch is one operation. An operation that fails does not
/// reach the store below, unless [`losing_replies`](Self::losing_replies).
///
/// # Examples
///
/// ```
/// use ctu_core::Cache;
/// use ctu_core::ErrorKind::{Timeout, Unavailable};
/// use ctu_core::testing::{Flaky, ModelStore};
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicBool, Ordering};
///
/// // Every third operation.
/// let flaky = Flaky::every(3, ModelStore::<String, u64>::new());
/// assert_eq!([(); 6].map(|()| flaky.get("key").is_ok()), [true, true, false, true, true, false]);
/// assert_eq!(flaky.operations(), 6);
///
/// // These outcomes, and success after them.
/// let flaky = Flaky::script([None, Some(Timeout), Some(Unavailable)], ModelStore::<String, u64>::new());
/// let outcomes = [(); 4].map(|()| flaky.get("key").err().map(|error| error.kind()));
/// assert_eq!(outcomes, [None, Some(Timeout), Some(Unavailable), None]);
///
/// // By a switch.
/// let down = Arc::new(AtomicBool::new(false));
/// let switch = Arc::clone(&down);
/// let plan = move |_| switch.load(Ordering::Relaxed).then_some(Unavailable);
/// let flaky = Flaky::new(plan, ModelStore::<String, u64>::new());
/// assert!(flaky.get("key").is_ok());
/// down.store(true, Ordering::Relaxed);
/// assert!(flaky.get("key").is_err());
/// ```
pub struct Flaky<C> {
    inner: C,
    plan: Box<dyn Fn(u64) -> Option<ErrorKind> + Send + Sync>,
    operations: AtomicU64,
    loses_replies: bool,
}

impl<C> Flaky<C> {
    /// A store whose `n`th operation, from 0, fails with `plan(n)`, if that is an error.
    pub fn new(plan: impl Fn(u64) -> Option<ErrorKind> + Send + Sync + 'static, inner: C) -> Self {
        Self { inner, plan: Box::new(plan), operations: AtomicU64::new(0), loses_replies: false }
    }

    /// A store whose every `n`th operation fails, as `Unavailable`: all of them for 1, none for 0.
    pub fn every(n: u64, inner: C) -> Self {
        Self::new(move |at| (n > 0 && at % n == n - 1).then_some(ErrorKind::Unavailable), inner)
    }

    /// A store whose first operations have these outcomes; all later ones succeed.
    pub fn script(outcomes: impl Into<Vec<Option<ErrorKind>>>, inner: C) -> Self {
        let outcomes = outcomes.into();
        Self::new(move |at| usize::try_from(at).ok().and_then(|at| outcomes.get(at).copied().flatten()), inner)
    }

    /// Lets an operation that fails be done nevertheless, as when a server's answer is lost on the way.
    #[must_use]
    pub fn losing_replies(mut self) -> Self {
        self.loses_replies = true;
        self
    }

    /// The store below.
    pub const fn inner(&self) -> &C {
        &self.inner
    }

    /// How many operations were asked for so far, failed ones included.
    pub fn operations(&self) -> u64 {
        self.operations.load(Ordering::Relaxed)
    }

    fn next(&self) -> Option<ErrorKind> {
        (self.plan)(self.operations.fetch_add(1, Ordering::Relaxed))
    }

    fn around<T>(&self, _operation: Operation, call: impl FnOnce() -> Result<T>) -> Result<T> {
        match self.next() {
            None => call(),
            Some(kind) => {
                if self.loses_replies {
                    let _ = call();
                }
                Err(planned(kind))
            }
        }
    }

    async fn around_async<T: Send>(
        &self,
        _operation: Operation,
        call: impl Future<Output = Result<T>> + Send,
    ) -> Result<T>
    where
        C: Sync,
    {
        match self.next() {
            None => call.await,
            Some(kind) => {
                if self.loses_replies {
                    let _ = call.await;
                }
                Err(planned(kind))
            }
        }
    }
}

impl<C: fmt::Debug> fmt::Debug for Flaky<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flaky")
            .field("inner", &self.inner)
            .field("operations", &self.operations)
            .field("loses_replies", &self.loses_replies)
            .finish_non_exhaustive()
    }
}

wrapper!(Flaky);
