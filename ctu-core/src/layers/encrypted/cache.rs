//! The cache that keeps envelopes in a store, under one master key or several: [`EncryptedCache`].

mod operations;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;

use super::derive::{Info, Place};
use super::encrypt::{Encrypt, Opened};
use super::rejection::{Rejection, Rejections};
use super::{MasterKey, Suite};
use crate::layers::promotion::Promotion;
use crate::log_gate::LogGate;
use crate::{Clock, Error, ErrorKind, Result, Stats, Ttl};

/// A byte cache whose entries only holders of the master key can read or make, for stores that others have access to.
///
/// Made by [`StackExt::encrypted`](crate::StackExt::encrypted). It stands directly on a byte store such as Redis;
/// layers for types go above it: `store.encrypted(keyring, "app").json()`. An entry costs 62 bytes, some padding and a
/// microsecond or two more; the feature `encryption-ring` makes it one.
///
/// **Promised**: nobody without the master key reads, forges, moves or prolongs an entry, or learns its key. What is
/// found and is not an authentic entry for this key, scope and time is a miss, counted by reason
/// ([`rejected`](Self::rejected)) and logged now and then. Reading an entry takes its clear-text key besides the master
/// key, which protects as far as keys can't be guessed.
///
/// **Not promised**: who can write to the store can replace an entry by an older one of the same key until that expires,
/// or delete it, and who can read it sees when entries are read and written, and about how long they are. Lifetimes
/// bound replays: set [`max_ttl`](Self::max_ttl).
///
/// **Lifetimes** are in whole milliseconds, rounded down, and kept in the entry as well as in the store: the shorter
/// one holds. They are told by the clock of the day, so machines should agree on it; an entry from more than 30
/// seconds in the future is rejected.
///
/// **Retiring keys** ([`Keyring`](super::Keyring)) are asked where the ones before have nothing, one round trip each.
/// What is found there is stored anew under the primary key, for what is left of its lifetime; a batch does so one by
/// one. Writes and removals remove what the retiring keys have, so that no older value comes back.
///
/// **Length.** Compressed or otherwise squeezed values tell of their content by their length: don't put compression above
/// this layer where a value mixes secrets with what others choose.
///
/// `clear` and `len` are those of the store, whatever else is in it.
///
/// # Examples
///
/// ```
/// use bytes::Bytes;
/// use ctu_core::{Cache, LockedCache, MasterKey, Keyring, Rejection, StackExt, Ttl};
/// use std::collections::HashMap;
/// use std::time::Duration;
///
/// let store = LockedCache::new(HashMap::<Vec<u8>, Bytes>::new());
/// let key: MasterKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f".parse()?;
/// let cache = (&store).encrypted(Keyring::new(key), "app").max_ttl(Duration::from_secs(3600)).json();
///
/// cache.put("pin", &1234, Ttl::Default)?;
/// assert_eq!(cache.get("pin")?, Some(1234));
/// assert_eq!(store.get(&b"pin"[..])?, None, "not under this key");
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub struct EncryptedCache<C> {
    encrypt: Encrypt,
    inner: C,
    rejections: Rejections,
    unsealed: AtomicU64,
    rewrites: Promotion,
    gate: LogGate,
}

impl<C> EncryptedCache<C> {
    /// `encrypt` over the store `inner`.
    pub fn new(encrypt: Encrypt, inner: C) -> Self {
        Self {
            encrypt,
            inner,
            rejections: Rejections::new(),
            unsealed: AtomicU64::new(0),
            rewrites: Promotion::new(),
            gate: LogGate::new(),
        }
    }

    /// The longest lifetime of an entry; by default, unlimited.
    ///
    /// Longer ones that are asked for are cut to this, none at all too, and what is found with a longer one is rejected.
    /// So it is how long an older entry can be replayed, and when a retired key can be forgotten.
    #[must_use]
    pub fn max_ttl(self, longest: Duration) -> Self {
        Self { encrypt: self.encrypt.max_ttl(longest), ..self }
    }

    /// The lifetime of what is stored with [`Ttl::Default`]; by default, that of the store.
    ///
    /// The store's is not known here, so it can't stand in the entry: who can write to the store can prolong it, up to
    /// [`max_ttl`](Self::max_ttl). Set this where that matters.
    #[must_use]
    pub fn default_ttl(self, ttl: Duration) -> Self {
        Self { encrypt: self.encrypt.default_ttl(ttl), ..self }
    }

    /// What to encrypt with; XChaCha20-Poly1305 by default.
    #[must_use]
    pub fn suite(self, suite: Suite) -> Self {
        Self { encrypt: self.encrypt.suite(suite), ..self }
    }

    /// The clock to tell lifetimes by; by default, the system's. A [`ManualClock`](crate::ManualClock) counts from the
    /// Unix epoch.
    #[must_use]
    pub fn clock(self, clock: impl Into<Clock>) -> Self {
        Self { encrypt: self.encrypt.clock(clock), ..self }
    }

    /// The store below.
    pub const fn inner(&self) -> &C {
        &self.inner
    }

    /// The translation.
    pub const fn encrypt(&self) -> &Encrypt {
        &self.encrypt
    }

    /// The store below, without the layer.
    pub fn into_inner(self) -> C {
        self.inner
    }

    /// How many entries were found and rejected for this reason. [`Store::stats`](crate::Store::stats) has the sum.
    pub fn rejected(&self, reason: Rejection) -> u64 {
        self.rejections.of(reason)
    }

    /// How many values were not stored because the random generator failed. They are among the errors in
    /// [`Store::stats`](crate::Store::stats).
    pub fn unsealed(&self) -> u64 {
        self.unsealed.load(Ordering::Relaxed)
    }

    fn retiring(&self) -> &[MasterKey] {
        self.encrypt.keyring().retiring_keys()
    }

    fn open(&self, place: &Place<'_>, info: &Info, stored: Bytes) -> Option<Opened> {
        self.encrypt.open(place, info, stored).map_err(|reason| self.rejections.count(reason, place)).ok()
    }

    fn open_value(&self, place: &Place<'_>, info: &Info, stored: Bytes) -> Option<Bytes> {
        self.open(place, info, stored).map(|opened| opened.value)
    }

    /// What the store said about the primary keys of a batch, opened.
    fn open_all(&self, slots: &[(Info, Place<'_>)], stored: Vec<Option<Bytes>>) -> Vec<Option<Bytes>> {
        let all = slots.iter().zip(stored);
        all.map(|((info, place), stored)| self.open_value(place, info, stored?)).collect()
    }

    fn slots(&self, keys: &[&[u8]]) -> Result<Vec<(Info, Place<'_>)>> {
        keys.iter().map(|key| self.encrypt.info(key).map(|info| self.primary(info))).collect()
    }

    fn primary(&self, info: Info) -> (Info, Place<'_>) {
        let place = self.encrypt.primary(&info);
        (info, place)
    }

    fn seal(&self, (info, place): &(Info, Place<'_>), value: &[u8], ttl: Ttl) -> Result<Bytes> {
        self.counted(self.encrypt.seal(place, info, value, self.encrypt.times(ttl)))
    }

    fn counted(&self, sealed: Result<Bytes>) -> Result<Bytes> {
        sealed.inspect_err(|error| {
            // Else it is the value's fault.
            if error.kind() != ErrorKind::Limit {
                self.unsealed.fetch_add(1, Ordering::Relaxed);
            }
        })
    }

    #[cold]
    fn log(&self, error: &Error) {
        if let Some(muted) = self.gate.pass() {
            let kind = error.kind().name();
            tracing::warn!(
                target: "ctu", kind, muted,
                "an entry was found under a retiring key, but not stored anew under the primary one"
            );
        }
    }

    fn with_counts(&self, mut stats: Stats) -> Stats {
        stats.rejected += self.rejections.total();
        stats.errors += self.unsealed();
        stats
    }
}

impl<C: fmt::Debug> fmt::Debug for EncryptedCache<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncryptedCache")
            .field("encrypt", &self.encrypt)
            .field("inner", &self.inner)
            .field("rejected", &self.rejections.total())
            .field("unsealed", &self.unsealed())
            .finish_non_exhaustive()
    }
}
