//! Copying to the first level what the second one had, without bringing back what was removed meanwhile.
//!
//! Between reading a value from the second level and storing it in the first, another thread may write or remove the
//! key: the copy would then be older than what was written, and outlive what was removed. So each copy takes a ticket
//! before it reads, each write and removal makes the tickets given out before it void once it is done with the second
//! level and before it starts on the first, and a copy is stored only while its ticket is valid.

use std::future::Future;
use std::hash::{BuildHasher, Hash, RandomState};
use std::pin::pin;
use std::sync::{PoisonError, RwLock};
use std::task::Poll;

/// Keys that share a stripe only spoil some of each other's copies.
const STRIPES: usize = 64;

/// Which copies may still be stored.
pub(super) struct Promotion {
    hasher: RandomState,
    /// How many writes and removals there were; read-locked while a copy is being stored.
    epochs: Box<[RwLock<u64>]>,
}

/// The right to store one copy.
#[derive(Clone, Copy)]
pub(super) struct Ticket {
    stripe: usize,
    epoch: u64,
}

/// What became of a copy.
pub(super) enum Copied<T> {
    Done(T),
    /// The ticket had become void before anything was stored.
    Skipped,
    /// The ticket became void while the first level was waited for: what it has now is unknown.
    Abandoned,
}

impl Promotion {
    pub(super) fn new() -> Self {
        Self { hasher: RandomState::new(), epochs: (0..STRIPES).map(|_| RwLock::new(0)).collect() }
    }

    /// The hash of a key, made with a secret of this cache's own.
    pub(super) fn hash<K: ?Sized + Hash>(&self, key: &K) -> u64 {
        self.hasher.hash_one(key)
    }

    fn stripe<K: ?Sized + Hash>(&self, key: &K) -> usize {
        #[allow(clippy::cast_possible_truncation)] // the low bits are as good as any
        let hash = self.hash(key) as usize;
        hash % STRIPES
    }

    fn held(&self, ticket: Ticket) -> Option<std::sync::RwLockReadGuard<'_, u64>> {
        // A number can't be left half changed: poison means nothing here.
        let epoch = self.epochs[ticket.stripe].read().unwrap_or_else(PoisonError::into_inner);
        (*epoch == ticket.epoch).then_some(epoch)
    }

    /// A ticket for `key`, to be taken before the second level is read.
    pub(super) fn ticket<K: ?Sized + Hash>(&self, key: &K) -> Ticket {
        let stripe = self.stripe(key);
        Ticket { stripe, epoch: *self.epochs[stripe].read().unwrap_or_else(PoisonError::into_inner) }
    }

    /// Makes the tickets for `key` void, and waits for copies that are being stored.
    pub(super) fn stop<K: ?Sized + Hash>(&self, key: &K) {
        self.stop_stripe(self.stripe(key));
    }

    /// Makes the tickets for the key of a valid one void, and gives another for it; `None` if it is not valid any more.
    pub(super) fn overtake(&self, ticket: Ticket) -> Option<Ticket> {
        let mut epoch = self.epochs[ticket.stripe].write().unwrap_or_else(PoisonError::into_inner);
        (*epoch == ticket.epoch).then(|| {
            *epoch = epoch.wrapping_add(1);
            Ticket { epoch: *epoch, ..ticket }
        })
    }

    /// Makes all tickets void.
    pub(super) fn stop_all(&self) {
        (0..STRIPES).for_each(|stripe| self.stop_stripe(stripe));
    }

    fn stop_stripe(&self, stripe: usize) {
        let mut epoch = self.epochs[stripe].write().unwrap_or_else(PoisonError::into_inner);
        *epoch = epoch.wrapping_add(1);
    }

    /// Stores a copy, if its ticket is valid.
    pub(super) fn copy<T>(&self, ticket: Ticket, store: impl FnOnce() -> T) -> Copied<T> {
        match self.held(ticket) {
            Some(_valid) => Copied::Done(store()),
            None => Copied::Skipped,
        }
    }

    /// The same for a store that is waited for. The lock is held while the store works, not while it waits: a store that
    /// answers at once, as one in memory, can't be overtaken.
    pub(super) async fn copy_async<F: Future>(&self, ticket: Ticket, store: impl FnOnce() -> F) -> Copied<F::Output> {
        let mut storing = pin!(store());
        let mut void = Copied::Skipped;
        std::future::poll_fn(|context| {
            let Some(_valid) = self.held(ticket) else {
                return Poll::Ready(std::mem::replace(&mut void, Copied::Skipped));
            };
            void = Copied::Abandoned;
            storing.as_mut().poll(context).map(Copied::Done)
        })
        .await
    }
}

impl std::fmt::Debug for Promotion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Promotion").finish_non_exhaustive()
    }
}
