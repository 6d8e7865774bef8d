//! The rules by which a function with a policy asks its store.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::Policy;
use crate::memo::plan::Mode;
use crate::memo::rules::Rules;
use crate::{AsyncCache, Cache, Entry, Error, Result};

/// The rules of one call: an expired value is no answer, and a failure to store may be.
pub(super) struct Kept<'p> {
    policy: &'p Policy,
    mode: Mode,
    over: Option<Duration>,
    failure: Mutex<Option<Error>>,
    is_refused: AtomicBool,
}

impl<'p> Kept<'p> {
    pub(super) const fn new(policy: &'p Policy, mode: Mode) -> Self {
        Self { policy, mode, over: policy.stale, failure: Mutex::new(None), is_refused: AtomicBool::new(false) }
    }

    /// For a computation that begins over a value of whose lifetime `left` is left, whether or not it has expired.
    pub(super) fn over(mut self, left: Option<Duration>) -> Self {
        self.over = self.over.max(left);
        self
    }

    /// Whether the call was made to fail, as its store did.
    pub(super) fn is_refused(&self) -> bool {
        self.is_refused.load(Ordering::Relaxed)
    }

    /// The failure to store that there was, if any.
    pub(super) fn failure(self) -> Option<Error> {
        self.failure.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Policy {
    /// Whether what is left of a lifetime matters: it costs some stores a little more to say.
    const fn asks_for_age(&self) -> bool {
        self.stale.is_some() || self.refresh_ahead.is_some()
    }

    /// What is stored, with its lifetime if that matters.
    pub(super) fn find<K: ?Sized, V, C: Cache<K, V> + ?Sized>(&self, cache: &C, key: &K) -> Result<Option<Entry<V>>> {
        if self.asks_for_age() { cache.get_entry(key) } else { cache.get(key).map(ageless) }
    }

    pub(super) async fn find_async<K, V, C>(&self, cache: &C, key: &K) -> Result<Option<Entry<V>>>
    where
        K: Sync + ?Sized,
        V: Send + Sync,
        C: AsyncCache<K, V>,
    {
        if self.asks_for_age() { cache.get_entry(key).await } else { cache.get(key).await.map(ageless) }
    }
}

fn ageless<V>(found: Option<V>) -> Option<Entry<V>> {
    found.map(|value| Entry { value, ttl: None })
}

impl Rules for Kept<'_> {
    fn mode(&self) -> Mode {
        self.mode
    }

    fn lookup<K: ?Sized, V, C: Cache<K, V> + ?Sized>(&self, cache: &C, key: &K) -> Result<Option<V>> {
        Ok(fresh(self.policy, self.policy.find(cache, key)?))
    }

    async fn lookup_async<K, V, C>(&self, cache: &C, key: &K) -> Result<Option<V>>
    where
        K: Sync + ?Sized,
        V: Send + Sync,
        C: AsyncCache<K, V>,
    {
        Ok(fresh(self.policy, self.policy.find_async(cache, key).await?))
    }

    fn over(&self) -> Option<Duration> {
        self.over
    }

    fn refused(&self) {
        self.is_refused.store(true, Ordering::Relaxed);
    }

    fn stored(&self, outcome: Result<()>) {
        if let Err(error) = outcome {
            *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
    }
}

/// The value, unless it has expired.
pub(super) fn fresh<V>(policy: &Policy, found: Option<Entry<V>>) -> Option<V> {
    found.filter(|entry| policy.is_fresh(entry.ttl)).map(|entry| entry.value)
}
