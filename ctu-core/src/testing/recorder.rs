//! A store that remembers what it was asked for.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::wrapper::wrapper;
use crate::{
    AsyncCache, AsyncLease, AsyncStore, Cache, Claim, Entry, Lease, Leased, Result, Stats, Store, Token, Ttl, Watch,
};

/// An operation of a cache, without its keys and values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// [`Cache::get`].
    Get,
    /// [`Cache::get_entry`].
    GetEntry,
    /// [`Cache::put`].
    Put,
    /// [`Cache::remove`].
    Remove,
    /// [`Cache::contains`].
    Contains,
    /// [`Cache::get_many`] for this many keys.
    GetMany(usize),
    /// [`Cache::put_many`] of this many entries.
    PutMany(usize),
    /// [`Lease::lease`].
    Lease,
    /// [`Lease::renew`].
    Renew,
    /// [`Lease::release`].
    Release,
    /// [`Lease::put_if_leased`].
    PutIfLeased,
    /// [`Store::len`].
    Len,
    /// [`Store::is_empty`].
    IsEmpty,
    /// [`Store::clear`].
    Clear,
    /// [`Store::stats`].
    Stats,
}

/// Lists the operations that reach the store below: for tests that a layer forwards a batch as a batch, or that a hit
/// above asks nothing below.
///
/// An async operation is listed when it is first polled. The list grows without bound until it is taken.
///
/// # Examples
///
/// ```
/// use ctu_core::Cache;
/// use ctu_core::testing::{ModelStore, Operation, Recorder};
///
/// let store = Recorder::new(ModelStore::<String, u64>::new());
/// store.get_many(&["a", "b"])?;
/// assert_eq!(store.take(), [Operation::GetMany(2)]);
/// # Ok::<(), ctu_core::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Recorder<C> {
    inner: C,
    operations: Mutex<Vec<Operation>>,
}

impl<C> Recorder<C> {
    /// A recorder of what `inner` is asked for.
    pub const fn new(inner: C) -> Self {
        Self { inner, operations: Mutex::new(Vec::new()) }
    }

    /// The store below.
    pub const fn inner(&self) -> &C {
        &self.inner
    }

    /// The operations since the last time, in their order.
    pub fn take(&self) -> Vec<Operation> {
        std::mem::take(&mut *self.operations.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn record(&self, operation: Operation) {
        self.operations.lock().unwrap_or_else(PoisonError::into_inner).push(operation);
    }

    fn around<T>(&self, operation: Operation, call: impl FnOnce() -> Result<T>) -> Result<T> {
        self.record(operation);
        call()
    }

    async fn around_async<T: Send>(
        &self,
        operation: Operation,
        call: impl Future<Output = Result<T>> + Send,
    ) -> Result<T>
    where
        C: Sync,
    {
        self.record(operation);
        call.await
    }
}

wrapper!(Recorder);
