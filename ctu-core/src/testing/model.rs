//! The contract as a store: a locked map with lifetimes.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::ready::{ready, ready_lease};
use crate::{
    AsyncCache, AsyncLease, AsyncStore, Cache, CacheKey, Claim, Clock, Entry, Lease, Leased, Nanos, Result, Stats,
    Store, Token, Ttl, Watch, Watches,
};

/// A store that is plain enough to be seen to be right: what other stores are compared with, and what layers are tested
/// on.
///
/// Sync and async, with leases, for owned keys `K` asked for in any borrowed form. Nothing is evicted, so that it grows without
/// bound; expired entries are neither found nor counted. It counts nothing but its entries.
///
/// # Examples
///
/// ```
/// use ctu_core::testing::{ManualClock, ModelStore};
/// use ctu_core::{Cache, Ttl};
/// use std::time::Duration;
///
/// let hand = ManualClock::new();
/// let store = ModelStore::<String, u64>::new().clock(&hand);
/// store.put("key", &1, Ttl::After(Duration::from_secs(60)))?;
/// assert_eq!(store.get("key")?, Some(1));
/// hand.advance(Duration::from_secs(60));
/// assert_eq!(store.get("key")?, None);
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub struct ModelStore<K, V> {
    entries: Mutex<HashMap<K, (V, Option<Nanos>)>>,
    /// Until when a key is leased.
    leases: Mutex<HashMap<K, (Token, Nanos)>>,
    /// By the keys' hashes; changed with the entries locked.
    watches: Watches,
    hasher: RandomState,
    clock: Clock,
    default_ttl: Option<Duration>,
}

impl<K, V> ModelStore<K, V> {
    /// An empty store on the system's clock, whose entries do not expire by default.
    pub fn new() -> Self {
        Self {
            entries: Mutex::default(),
            leases: Mutex::default(),
            watches: Watches::new(),
            hasher: RandomState::new(),
            clock: Clock::system(),
            default_ttl: None,
        }
    }

    /// The same store on this clock.
    #[must_use]
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.clock = clock.into();
        self
    }

    /// The same store with this [`Ttl::Default`].
    #[must_use]
    pub const fn default_ttl(mut self, ttl: Duration) -> Self {
        self.default_ttl = Some(ttl);
        self
    }

    /// The entries, after the expired ones were forgotten.
    fn live(&self) -> MutexGuard<'_, HashMap<K, (V, Option<Nanos>)>> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|_, (_, deadline)| deadline.is_none_or(|deadline| !self.clock.is_past(deadline)));
        entries
    }

    /// The leases, after those that are over were forgotten. To be locked after the entries.
    fn leases(&self) -> MutexGuard<'_, HashMap<K, (Token, Nanos)>> {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        leases.retain(|_, (_, deadline)| !self.clock.is_past(*deadline));
        leases
    }
}

impl<K, V> Default for ModelStore<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

/// Without keys and values.
impl<K, V> fmt::Debug for ModelStore<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelStore")
            .field("entries", &self.live().len())
            .field("leases", &self.leases().len())
            .field("clock", &self.clock)
            .field("default_ttl", &self.default_ttl)
            .finish_non_exhaustive()
    }
}

impl<Q: ?Sized + CacheKey<Owned = K>, K: Hash + Eq, V: Clone> Cache<Q, V> for ModelStore<K, V> {
    fn get(&self, key: &Q) -> Result<Option<V>> {
        Ok(self.live().get(&key.to_key()).map(|(value, _)| value.clone()))
    }

    fn get_entry(&self, key: &Q) -> Result<Option<Entry<V>>> {
        Ok(self.live().get(&key.to_key()).map(|(value, deadline)| Entry {
            value: value.clone(),
            ttl: deadline.map(|deadline| self.clock.until(deadline)),
        }))
    }

    fn put(&self, key: &Q, value: &V, ttl: Ttl) -> Result<()> {
        let deadline = ttl.or(self.default_ttl).map(|ttl| self.clock.deadline(ttl));
        let mut live = self.live();
        self.watches.change(self.hasher.hash_one(key), || ());
        self.leases().remove(&key.to_key());
        live.insert(key.to_key(), (value.clone(), deadline));
        Ok(())
    }

    fn remove(&self, key: &Q) -> Result<bool> {
        let mut live = self.live();
        self.watches.change(self.hasher.hash_one(key), || ());
        self.leases().remove(&key.to_key());
        Ok(live.remove(&key.to_key()).is_some())
    }

    fn contains(&self, key: &Q) -> Result<bool> {
        Ok(self.live().contains_key(&key.to_key()))
    }

    fn watch(&self, key: &Q) -> Option<Watch> {
        let _live = self.live();
        Some(self.watches.watch(self.hasher.hash_one(key)))
    }

    fn put_if_unchanged(&self, key: &Q, value: &V, ttl: Ttl, watch: Watch) -> Result<bool> {
        let deadline = ttl.or(self.default_ttl).map(|ttl| self.clock.deadline(ttl));
        let mut live = self.live();
        let stored = self.watches.store(watch, || {
            self.leases().remove(&key.to_key());
            live.insert(key.to_key(), (value.clone(), deadline));
        });
        Ok(stored.is_some())
    }
}

impl<Q: ?Sized + CacheKey<Owned = K>, K: Hash + Eq, V: Clone> Lease<Q, V> for ModelStore<K, V> {
    fn lease(&self, key: &Q, claim: Claim, length: Duration) -> Result<Leased> {
        let live = self.live();
        let mut leases = self.leases();
        let key = key.to_key();
        if let Some((_, deadline)) = live.get(&key)
            && !claim.is_over(deadline.map(|deadline| self.clock.until(deadline)))
        {
            return Ok(Leased::Found);
        }
        if claim != Claim::Replacing
            && let Some((token, deadline)) = leases.get_mut(&key)
        {
            if !claim.is_shared() {
                return Ok(Leased::Taken);
            }
            *deadline = self.clock.deadline(length).max(*deadline);
            return Ok(Leased::Granted(*token));
        }
        let token = Token::random();
        leases.insert(key, (token, self.clock.deadline(length)));
        Ok(Leased::Granted(token))
    }

    fn renew(&self, key: &Q, token: Token, length: Duration) -> Result<Option<Token>> {
        let mut leases = self.leases();
        let held = leases.get_mut(&key.to_key()).filter(|(held, _)| *held == token);
        Ok(held.map(|(_, deadline)| {
            *deadline = self.clock.deadline(length);
            token
        }))
    }

    fn release(&self, key: &Q, token: Token) -> Result<bool> {
        let mut leases = self.leases();
        let is_held = leases.get(&key.to_key()).is_some_and(|(held, _)| *held == token);
        if is_held {
            leases.remove(&key.to_key());
        }
        Ok(is_held)
    }

    fn put_if_leased(&self, key: &Q, value: &V, ttl: Ttl, token: Token) -> Result<bool> {
        let deadline = ttl.or(self.default_ttl).map(|ttl| self.clock.deadline(ttl));
        let mut live = self.live();
        let mut leases = self.leases();
        let is_held = leases.get(&key.to_key()).is_some_and(|(held, _)| *held == token);
        if is_held {
            self.watches.change(self.hasher.hash_one(key), || ());
            leases.remove(&key.to_key());
            live.insert(key.to_key(), (value.clone(), deadline));
        }
        Ok(is_held)
    }
}

impl<K, V> Store for ModelStore<K, V> {
    fn len(&self) -> Result<usize> {
        Ok(self.live().len())
    }

    fn clear(&self) -> Result<()> {
        let mut live = self.live();
        self.watches.change_all(|| ());
        self.leases().clear();
        live.clear();
        Ok(())
    }

    fn stats(&self) -> Result<Stats> {
        Ok(Stats { entries: Some(self.live().len() as u64), ..Stats::default() })
    }
}

ready! {
    impl[Q: ?Sized + CacheKey<Owned = K> + Sync, K: Hash + Eq + Send, V: Clone + Send + Sync] AsyncCache<Q, V>;
    impl[K: Send, V: Send] AsyncStore;
    for ModelStore<K, V>: |this| this
}

ready_lease! {
    impl[Q: ?Sized + CacheKey<Owned = K> + Sync, K: Hash + Eq + Send, V: Clone + Send + Sync] AsyncLease<Q, V>;
    for ModelStore<K, V>: |this| this
}
