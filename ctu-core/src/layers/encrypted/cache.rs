//! The cache that keeps envelopes in a store, under one master key or several: [`EncryptedCache`].

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;

use super::derive::{Info, Place};
use super::encrypt::{Encrypt, Opened};
use super::rejection::{Rejection, Rejections};
use super::{MasterKey, Suite};
use crate::layers::promotion::{Copied, Promotion, Ticket};
use crate::log_gate::LogGate;
use crate::{AsyncCache, AsyncStore, Cache, Clock, Entry, Error, ErrorKind, Result, Stats, Store, Ttl};

/// A byte cache whose entries only holders of the master key can read or make, for stores that others have access to.
///
/// Made by [`StackExt::encrypted`](crate::StackExt::encrypted). It stands directly on a byte store such as Redis;
/// layers for types go above it: `store.encrypted(keyring, "app").json()`. An entry costs 62 bytes, some padding and about a
/// microsecond more.
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
#[derive(Debug)]
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

    /// How many entries were found and rejected for this reason. [`Store::stats`] has the sum.
    pub fn rejected(&self, reason: Rejection) -> u64 {
        self.rejections.of(reason)
    }

    /// How many values were not stored because the random generator failed. They are among the errors in
    /// [`Store::stats`].
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

/// The shorter of two lifetimes, of which `None` does not end.
fn shorter(one: Option<Duration>, other: Option<Duration>) -> Option<Duration> {
    one.into_iter().chain(other).min()
}

fn skeys<'a>(slots: &'a [(Info, Place<'_>)]) -> Vec<&'a [u8]> {
    slots.iter().map(|(_, place)| &place.skey[..]).collect()
}

/// Both forms of the cache from one text: the async one waits where the sync one does not.
macro_rules! encrypted {
    (
        $cache:ident, $store:ident, find_retiring: $find_retiring:ident, find_retiring_many: $find_retiring_many:ident,
        rewrite: $rewrite:ident, forget_retiring: $forget_retiring:ident,
        forget_retiring_many: $forget_retiring_many:ident, store_copy: $store_copy:ident,
        [$($async:ident)?], [$($wait:tt)*]
    ) => {
        impl<C: $cache<[u8], Bytes>> EncryptedCache<C> {
            /// What one of the retiring keys has, stored anew under the primary one.
            $($async)? fn $find_retiring(&self, info: &Info) -> Result<Option<Entry<Bytes>>> {
                for key in self.retiring() {
                    let ticket = self.rewrites.ticket(info.bytes());
                    let place = Place::new(key, info);
                    let Some(found) = self.inner.get_entry(&place.skey)$($wait)*? else { continue };
                    if let Some(opened) = self.open(&place, info, found.value) {
                        let ttl = shorter(opened.left, found.ttl);
                        self.$rewrite(ticket, info, &place, &opened, ttl)$($wait)*;
                        return Ok(Some(Entry { value: opened.value, ttl }));
                    }
                }
                Ok(None)
            }

            /// The same for those keys of a batch that were not found.
            $($async)? fn $find_retiring_many(
                &self,
                slots: &[(Info, Place<'_>)],
                found: &mut [Option<Bytes>],
            ) -> Result<()> {
                for key in self.retiring() {
                    let missing: Vec<usize> = (0..found.len()).filter(|&i| found[i].is_none()).collect();
                    if missing.is_empty() {
                        break;
                    }
                    let tickets: Vec<_> = missing.iter().map(|&i| self.rewrites.ticket(slots[i].0.bytes())).collect();
                    let places: Vec<_> = missing.iter().map(|&i| Place::new(key, &slots[i].0)).collect();
                    let skeys: Vec<_> = places.iter().map(|place| &place.skey[..]).collect();
                    let stored = self.inner.get_many(&skeys)$($wait)*?;
                    for (((i, place), ticket), stored) in missing.into_iter().zip(&places).zip(tickets).zip(stored) {
                        let info = &slots[i].0;
                        let Some(opened) = stored.and_then(|stored| self.open(place, info, stored)) else { continue };
                        let mut ttl = Ok(opened.left);
                        if opened.left.is_none() {
                            // It ends as the store says, if at all, which a batch does not tell.
                            let entry = self.inner.get_entry(&place.skey)$($wait)*;
                            ttl = entry.map(|entry| entry.map_or(Some(Duration::ZERO), |entry| entry.ttl));
                        }
                        match ttl {
                            Ok(ttl) => self.$rewrite(ticket, info, place, &opened, ttl)$($wait)*,
                            Err(error) => self.log(&error),
                        }
                        found[i] = Some(opened.value);
                    }
                }
                Ok(())
            }

            /// Stores what was found at `from` under the primary key, its times unchanged. It was found whether this
            /// succeeds or not.
            $($async)? fn $rewrite(
                &self,
                ticket: Ticket,
                info: &Info,
                from: &Place<'_>,
                opened: &Opened,
                ttl: Option<Duration>,
            ) {
                if ttl == Some(Duration::ZERO) {
                    return;
                }
                let to = self.encrypt.primary(info);
                let sealed = match self.counted(self.encrypt.seal(&to, info, &opened.value, opened.times)) {
                    Ok(sealed) => sealed,
                    Err(error) => return self.log(&error),
                };
                let copied =
                    self.rewrites.$store_copy(ticket, || self.inner.put(&to.skey, &sealed, ttl.into()))$($wait)*;
                // Whoever replaces or removes the entry, in another process perhaps, begins with the retiring keys: if
                // it is gone there, the copy may be older than what was done.
                let done = match copied {
                    Copied::Skipped => return,
                    Copied::Abandoned => Ok(false),
                    Copied::Done(put) => match put {
                        Ok(()) => self.inner.contains(&from.skey)$($wait)*,
                        Err(error) => Err(error),
                    },
                };
                if let Err(error) = &done {
                    self.log(error);
                }
                if !done.unwrap_or(false) {
                    if let Err(error) = self.inner.remove(&to.skey)$($wait)* {
                        self.log(&error);
                    }
                }
            }

            /// Removes what the retiring keys have, and stops what is being stored anew. Whether there was anything.
            $($async)? fn $forget_retiring(&self, info: &Info) -> Result<bool> {
                let mut there = Ok(false);
                for key in self.retiring() {
                    match (self.inner.remove(&Place::new(key, info).skey)$($wait)*, &mut there) {
                        (Ok(removed), Ok(there)) => *there |= removed,
                        (Err(error), Ok(_)) => there = Err(error),
                        (_, Err(_)) => (), // the first error is told
                    }
                }
                if !self.retiring().is_empty() {
                    self.rewrites.stop(info.bytes());
                }
                there
            }

            /// The same for a batch, with one round trip per key to find what is to be removed.
            $($async)? fn $forget_retiring_many(&self, slots: &[(Info, Place<'_>)]) -> Result<()> {
                for key in self.retiring() {
                    let places: Vec<_> = slots.iter().map(|(info, _)| Place::new(key, info)).collect();
                    let skeys: Vec<_> = places.iter().map(|place| &place.skey[..]).collect();
                    let there = self.inner.get_many(&skeys)$($wait)*?;
                    for (skey, there) in skeys.iter().zip(there) {
                        if there.is_some() {
                            self.inner.remove(*skey)$($wait)*?;
                        }
                    }
                    slots.iter().for_each(|(info, _)| self.rewrites.stop(info.bytes()));
                }
                Ok(())
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl<C: $cache<[u8], Bytes>> $cache<[u8], Bytes> for EncryptedCache<C> {
            $($async)? fn get(&self, key: &[u8]) -> Result<Option<Bytes>> {
                let (info, place) = self.primary(self.encrypt.info(key)?);
                let stored = self.inner.get(&place.skey)$($wait)*?;
                if let Some(value) = stored.and_then(|stored| self.open_value(&place, &info, stored)) {
                    return Ok(Some(value));
                }
                Ok(self.$find_retiring(&info)$($wait)*?.map(|entry| entry.value))
            }

            $($async)? fn get_entry(&self, key: &[u8]) -> Result<Option<Entry<Bytes>>> {
                let (info, place) = self.primary(self.encrypt.info(key)?);
                if let Some(stored) = self.inner.get_entry(&place.skey)$($wait)*? {
                    if let Some(opened) = self.open(&place, &info, stored.value) {
                        return Ok(Some(Entry { value: opened.value, ttl: shorter(opened.left, stored.ttl) }));
                    }
                }
                self.$find_retiring(&info)$($wait)*
            }

            $($async)? fn put(&self, key: &[u8], value: &Bytes, ttl: Ttl) -> Result<()> {
                let slot = self.primary(self.encrypt.info(key)?);
                let sealed = self.seal(&slot, value, ttl)?;
                self.$forget_retiring(&slot.0)$($wait)*?;
                self.inner.put(&slot.1.skey, &sealed, self.encrypt.lifetime(ttl))$($wait)*
            }

            $($async)? fn remove(&self, key: &[u8]) -> Result<bool> {
                let (info, place) = self.primary(self.encrypt.info(key)?);
                let retiring = self.$forget_retiring(&info)$($wait)*;
                let primary = self.inner.remove(&place.skey)$($wait)*;
                Ok(primary? | retiring?)
            }

            $($async)? fn contains(&self, key: &[u8]) -> Result<bool> {
                Ok($cache::get(self, key)$($wait)*?.is_some())
            }

            $($async)? fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<Bytes>>> {
                let slots = self.slots(keys)?;
                let stored = self.inner.get_many(&skeys(&slots))$($wait)*?;
                let mut found = self.open_all(&slots, stored);
                self.$find_retiring_many(&slots, &mut found)$($wait)*?;
                Ok(found)
            }

            $($async)? fn put_many(&self, entries: &[(&[u8], &Bytes)], ttl: Ttl) -> Result<()> {
                let keys: Vec<_> = entries.iter().map(|(key, _)| *key).collect();
                let slots = self.slots(&keys)?;
                let sealed = slots.iter().zip(entries).map(|(slot, (_, value))| self.seal(slot, value, ttl));
                let sealed = sealed.collect::<Result<Vec<_>>>()?;
                self.$forget_retiring_many(&slots)$($wait)*?;
                let entries: Vec<_> = skeys(&slots).into_iter().zip(&sealed).collect();
                self.inner.put_many(&entries, self.encrypt.lifetime(ttl))$($wait)*
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl<C: $store> $store for EncryptedCache<C> {
            $($async)? fn len(&self) -> Result<usize> {
                self.inner.len()$($wait)*
            }

            $($async)? fn is_empty(&self) -> Result<bool> {
                self.inner.is_empty()$($wait)*
            }

            $($async)? fn clear(&self) -> Result<()> {
                self.rewrites.stop_all();
                self.inner.clear()$($wait)*
            }

            $($async)? fn stats(&self) -> Result<Stats> {
                Ok(self.with_counts(self.inner.stats()$($wait)*?))
            }
        }
    };
}

encrypted!(
    Cache, Store, find_retiring: find_retiring, find_retiring_many: find_retiring_many, rewrite: rewrite,
    forget_retiring: forget_retiring, forget_retiring_many: forget_retiring_many, store_copy: copy, [], []
);
encrypted!(
    AsyncCache, AsyncStore, find_retiring: find_retiring_async, find_retiring_many: find_retiring_many_async,
    rewrite: rewrite_async, forget_retiring: forget_retiring_async,
    forget_retiring_many: forget_retiring_many_async, store_copy: copy_async, [async], [.await]
);
