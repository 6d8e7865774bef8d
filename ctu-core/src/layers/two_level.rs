//! A near cache before a far one: [`TwoLevelCache`].

use std::hash::Hash;
use std::time::Duration;

use super::promotion::{Copied, Promotion, Ticket};
use crate::log_gate::LogGate;
use crate::{AsyncCache, AsyncStore, Cache, Count, Counters, Entry, Error, ErrorKind, Result, Stats, Store, Ttl};

/// A first level (small, near, such as memory) before a second one (large, far, such as Redis).
///
/// Made by [`StackExt::two_level`](crate::StackExt::two_level). A lookup asks the first level, then the second, and
/// copies what it finds there to the first for what is *left* of its lifetime (at most [`first_ttl`](Self::first_ttl)). A write goes to the second level, then
/// to the first; a removal reaches both, even if one fails.
///
/// **Levels never disagree for long.** Where a write fails on the second level, or on the first, the key is removed from
/// the first. A removal or a write stops any copying of the older value that is under way, so that it is not found
/// afterwards; only a first level that is itself waited for (a server) may still have such a copy in flight.
///
/// **Failures.** Errors are returned, unless the cache is [`resilient`](Self::resilient): then those of the second level
/// are counted, logged (a line now and then), and treated as misses. A value that was found is returned even if it can't
/// be copied. A value that only the first level refuses, such as one too large for it, is stored in the second.
///
/// **Batches.** `get_many` asks the second level for what the first has not, in one round trip. It does not tell the
/// lifetimes, so what it finds is not copied to the first level, unless
/// [`promote_batches_for`](Self::promote_batches_for) allows a time for it; a single missing key is looked up, and
/// copied, as by `get`.
///
/// **The whole.** `clear` empties both levels, so that nothing is found afterwards; use [`inner`](Self::inner) to clear
/// the first alone. `len` is that of the larger level. `stats` counts lookups of the pair, with those of each level in
/// `levels`: its hit rate is that of both together.
///
/// # Examples
///
/// ```
/// use ctu_core::{Cache, LockedCache, StackExt, Ttl};
/// use std::collections::HashMap;
/// use std::sync::Arc;
///
/// let far = Arc::new(LockedCache::new(HashMap::<String, u32>::new()));
/// let cache = LockedCache::new(HashMap::<String, u32>::new()).two_level(Arc::clone(&far));
///
/// far.put("one", &1, Ttl::Default)?;
/// assert_eq!(cache.get("one")?, Some(1));
/// assert_eq!(cache.inner().get("one")?, Some(1), "copied to the first level");
///
/// assert!(cache.remove("one")?);
/// assert_eq!(far.get("one")?, None);
/// # Ok::<(), ctu_core::Error>(())
/// ```
#[derive(Debug)]
pub struct TwoLevelCache<A, B> {
    first: A,
    second: B,
    resilient: bool,
    first_ttl: Option<Duration>,
    batch_ttl: Option<Duration>,
    promotion: Promotion,
    counters: Counters,
    gate: LogGate,
}

impl<A, B> TwoLevelCache<A, B> {
    /// `first` before `second`; not resilient.
    pub fn new(first: A, second: B) -> Self {
        Self {
            first,
            second,
            resilient: false,
            first_ttl: None,
            batch_ttl: None,
            promotion: Promotion::new(),
            counters: Counters::new(),
            gate: LogGate::new(),
        }
    }

    /// Whether failures of the second level are ignored; by default they are returned.
    ///
    /// While the second level fails, what is written or removed reaches the first level only: an older value that the
    /// second still holds when it is back will be found again once the first has forgotten the key.
    #[must_use]
    pub const fn resilient(mut self, resilient: bool) -> Self {
        self.resilient = resilient;
        self
    }

    /// The longest that the first level serves a value before the second is asked again; by default, its lifetime.
    ///
    /// Set this where other processes write or remove in the second level: it is how long that may go unseen here. It
    /// does not apply to what is written with [`Ttl::Default`], for which the first level has its own default.
    #[must_use]
    pub const fn first_ttl(mut self, longest: Duration) -> Self {
        self.first_ttl = Some(longest);
        self
    }

    /// How long the first level may serve what a batch found in the second; by default, not at all.
    ///
    /// A batch does not tell what is left of its values' lifetimes: each may be served for this much longer.
    #[must_use]
    pub const fn promote_batches_for(mut self, ttl: Duration) -> Self {
        self.batch_ttl = Some(ttl);
        self
    }

    /// The first level.
    pub const fn inner(&self) -> &A {
        &self.first
    }

    /// The second level.
    pub const fn second(&self) -> &B {
        &self.second
    }

    /// Both levels.
    pub fn into_inner(self) -> (A, B) {
        (self.first, self.second)
    }

    /// The lifetime in the first level of what is written for `ttl`.
    fn near(&self, ttl: Ttl) -> Ttl {
        match (ttl, self.first_ttl) {
            (Ttl::After(ttl), Some(longest)) => Ttl::After(ttl.min(longest)),
            (Ttl::Never, Some(longest)) => Ttl::After(longest),
            (ttl, _) => ttl,
        }
    }

    /// The lifetime in the first level of what the second has for `left` more; `None`: it is about to expire.
    fn copied(&self, left: Option<Duration>) -> Option<Ttl> {
        match left {
            Some(Duration::ZERO) => None,
            Some(left) => Some(self.near(Ttl::After(left))),
            // Any lifetime is right, so the first level's own.
            None => Some(self.first_ttl.map_or(Ttl::Default, Ttl::After)),
        }
    }

    /// What the second level said, or `instead` of a failure that is ignored.
    fn tolerate<T>(&self, said: Result<T>, instead: T) -> Result<T> {
        match self.counted(said) {
            Err(error) if self.resilient => {
                self.log(&error, "the second level of a cache failed, and is ignored");
                Ok(instead)
            }
            said => said,
        }
    }

    fn counted<T>(&self, result: Result<T>) -> Result<T> {
        result.inspect_err(|_| self.counters.add(Count::Error))
    }

    #[cold]
    fn log(&self, error: &Error, message: &'static str) {
        if let Some(muted) = self.gate.pass() {
            tracing::warn!(target: "ctu", kind = error.kind().name(), muted, "{message}");
        }
    }

    fn count<V>(&self, found: Option<V>) -> Option<V> {
        self.counters.add(if found.is_some() { Count::Hit } else { Count::Miss });
        found
    }

    /// The outcome of a write that the first level refused: it holds nothing under the key if it could be removed, and
    /// then the value is found in the second level, if that has it.
    fn settle(&self, refused: Error, second_has_it: bool, removed: bool) -> Result<()> {
        if second_has_it && removed {
            self.log(&refused, "the first level of a cache refused a value, which is stored in the second");
            return Ok(());
        }
        Err(refused)
    }

    fn joined_stats(&self, first: Stats, second: Option<Stats>) -> Stats {
        let levels: Vec<_> = std::iter::once(first).chain(second).collect();
        let rejected = levels.iter().map(|level| level.rejected).sum();
        Stats { rejected, levels, ..self.counters.stats() }
    }
}

/// Which of the keys were not found, and their places.
fn missing<'k, K: ?Sized, V>(keys: &[&'k K], found: &[Option<V>]) -> (Vec<usize>, Vec<&'k K>) {
    let all = keys.iter().zip(found).enumerate();
    all.filter(|(_, (_, value))| value.is_none()).map(|(place, (key, _))| (place, *key)).unzip()
}

/// Both forms of the cache from one text: the async one waits where the sync one does not.
macro_rules! two_level {
    (
        $cache:ident, $store:ident, fetch: $fetch:ident, copy: $copy:ident, fetch_many: $fetch_many:ident,
        store_copy: $store_copy:ident, [$($async:ident)?], [$($wait:tt)*], [$($bounds:tt)*]
    ) => {
        impl<A, B> TwoLevelCache<A, B> {
            /// The second level's entry, copied to the first.
            $($async)? fn $fetch<$($bounds)*>(&self, key: &K) -> Result<Option<Entry<V>>>
            where
                A: $cache<K, V>,
                B: $cache<K, V>,
            {
                let ticket = self.promotion.ticket(key);
                let entry = self.tolerate(self.second.get_entry(key)$($wait)*, None)?;
                if let Some(entry) = &entry {
                    if let Some(ttl) = self.copied(entry.ttl) {
                        self.$copy(ticket, key, &entry.value, ttl)$($wait)*;
                    }
                }
                Ok(entry)
            }

            /// Copies to the first level. The value was found whether this succeeds or not.
            $($async)? fn $copy<$($bounds)*>(&self, ticket: Ticket, key: &K, value: &V, ttl: Ttl)
            where
                A: $cache<K, V>,
            {
                let copied = self.promotion.$store_copy(ticket, || self.first.put(key, value, ttl))$($wait)*;
                let result = match copied {
                    Copied::Done(result) => result,
                    Copied::Skipped => Ok(()),
                    Copied::Abandoned => self.first.remove(key)$($wait)*.map(|_| ()),
                };
                if let Err(error) = self.counted(result) {
                    self.log(&error, "a value was found in the second level of a cache, but not copied to the first");
                }
            }

            /// What the second level has of several keys, copied to the first if that is allowed.
            $($async)? fn $fetch_many<$($bounds)*>(&self, keys: &[&K]) -> Result<Vec<Option<V>>>
            where
                A: $cache<K, V>,
                B: $cache<K, V>,
            {
                let tickets: Vec<_> = keys.iter().map(|key| self.promotion.ticket(*key)).collect();
                let found = self.tolerate(self.second.get_many(keys)$($wait)*, Vec::new())?;
                if let Some(ttl) = self.batch_ttl.and_then(|ttl| self.copied(Some(ttl))) {
                    for ((key, value), ticket) in keys.iter().zip(&found).zip(tickets) {
                        if let Some(value) = value {
                            self.$copy(ticket, *key, value, ttl)$($wait)*;
                        }
                    }
                }
                Ok(found)
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl<$($bounds)*, A: $cache<K, V>, B: $cache<K, V>> $cache<K, V> for TwoLevelCache<A, B> {
            $($async)? fn get(&self, key: &K) -> Result<Option<V>> {
                let mut found = self.counted(self.first.get(key)$($wait)*)?;
                if found.is_none() {
                    found = self.$fetch(key)$($wait)*?.map(|entry| entry.value);
                }
                Ok(self.count(found))
            }

            $($async)? fn get_entry(&self, key: &K) -> Result<Option<Entry<V>>> {
                let mut found = self.counted(self.first.get_entry(key)$($wait)*)?;
                if found.is_none() {
                    found = self.$fetch(key)$($wait)*?;
                }
                Ok(self.count(found))
            }

            $($async)? fn put(&self, key: &K, value: &V, ttl: Ttl) -> Result<()> {
                let second = self.second.put(key, value, ttl)$($wait)*;
                self.promotion.stop(key);
                let second_has_it = second.is_ok();
                if let Err(error) = self.tolerate(second, ()) {
                    // It may have been stored all the same: the first level must not go on with an older one.
                    let _ = self.counted(self.first.remove(key)$($wait)*);
                    return Err(error);
                }
                if let Err(error) = self.counted(self.first.put(key, value, self.near(ttl))$($wait)*) {
                    let removed = self.first.remove(key)$($wait)*.is_ok();
                    self.settle(error, second_has_it, removed)?;
                }
                self.counters.add(Count::Write);
                Ok(())
            }

            $($async)? fn remove(&self, key: &K) -> Result<bool> {
                self.counters.add(Count::Del);
                let second = self.second.remove(key)$($wait)*;
                self.promotion.stop(key);
                let first = self.first.remove(key)$($wait)*;
                let second = self.tolerate(second, false);
                Ok(self.counted(first)? | second?)
            }

            $($async)? fn contains(&self, key: &K) -> Result<bool> {
                self.counters.add(Count::Test);
                Ok(self.counted(self.first.contains(key)$($wait)*)?
                    || self.tolerate(self.second.contains(key)$($wait)*, false)?)
            }

            $($async)? fn get_many(&self, keys: &[&K]) -> Result<Vec<Option<V>>> {
                let mut found = self.counted(self.first.get_many(keys)$($wait)*)?;
                let (places, rest) = missing(keys, &found);
                let fetched = match *rest {
                    [] => vec![],
                    [key] => vec![self.$fetch(key)$($wait)*?.map(|entry| entry.value)],
                    _ => self.$fetch_many(&rest)$($wait)*?,
                };
                for (place, value) in places.into_iter().zip(fetched) {
                    found[place] = value;
                }
                Ok(found.into_iter().map(|found| self.count(found)).collect())
            }

            $($async)? fn put_many(&self, entries: &[(&K, &V)], ttl: Ttl) -> Result<()> {
                let second = self.second.put_many(entries, ttl)$($wait)*;
                entries.iter().for_each(|(key, _)| self.promotion.stop(*key));
                let second_has_them = second.is_ok();
                let second = self.tolerate(second, ());
                let first = match &second {
                    Ok(()) => self.counted(self.first.put_many(entries, self.near(ttl))$($wait)*),
                    Err(_) => Ok(()),
                };
                if second.is_err() || first.is_err() {
                    // Some may have been stored: see `put`.
                    let mut removed = true;
                    for (key, _) in entries {
                        removed &= self.counted(self.first.remove(key)$($wait)*).is_ok();
                    }
                    second?;
                    first.or_else(|error| self.settle(error, second_has_them, removed))?;
                }
                entries.iter().for_each(|_| self.counters.add(Count::Write));
                Ok(())
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl<A: $store, B: $store> $store for TwoLevelCache<A, B> {
            /// That of the larger level.
            $($async)? fn len(&self) -> Result<usize> {
                let first = self.first.len()$($wait)*?;
                Ok(first.max(self.tolerate(self.second.len()$($wait)*, 0)?))
            }

            $($async)? fn is_empty(&self) -> Result<bool> {
                Ok(self.first.is_empty()$($wait)*? && self.tolerate(self.second.is_empty()$($wait)*, true)?)
            }

            /// Empties both levels. Where the second can't (`Unsupported`), nothing is removed, resilient or not.
            $($async)? fn clear(&self) -> Result<()> {
                let second = self.second.clear()$($wait)*;
                if second.as_ref().is_err_and(|error| error.kind() == ErrorKind::Unsupported) {
                    return second;
                }
                self.promotion.stop_all();
                let first = self.first.clear()$($wait)*;
                let second = self.tolerate(second, ());
                first.and(second)
            }

            $($async)? fn stats(&self) -> Result<Stats> {
                let first = self.first.stats()$($wait)*?;
                let second = self.tolerate(self.second.stats()$($wait)*.map(Some), None)?;
                Ok(self.joined_stats(first, second))
            }
        }
    };
}

two_level!(
    Cache, Store, fetch: fetch, copy: copy, fetch_many: fetch_many,
    store_copy: copy, [], [], [K: ?Sized + Hash, V]
);
two_level!(
    AsyncCache, AsyncStore, fetch: fetch_async, copy: copy_async, fetch_many: fetch_many_async,
    store_copy: copy_async, [async], [.await], [K: ?Sized + Hash + Sync, V: Send + Sync]
);

#[cfg(test)]
mod tests;
