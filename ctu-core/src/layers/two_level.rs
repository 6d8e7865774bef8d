//! A near cache before a far one: [`TwoLevelCache`].

mod levels;
mod lifetimes;

use std::fmt;
use std::hash::Hash;
use std::time::Duration;

use self::lifetimes::Lifetimes;
use super::promotion::Promotion;
use crate::log_gate::LogGate;
use crate::{Count, Counters, Entry, Error, Result, Stats, Ttl};

/// A first level (small, near, such as memory) before a second one (large, far, such as Redis).
///
/// Made by [`StackExt::two_level`](crate::StackExt::two_level). A lookup asks the first level, then the second, and
/// copies what it finds there to the first for what is *left* of its lifetime (at most [`first_ttl`](Self::first_ttl)).
/// A write goes to the second level, then to the first; a removal reaches both, even if one fails.
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
pub struct TwoLevelCache<A, B> {
    first: A,
    second: B,
    resilient: bool,
    first_ttl: Option<Duration>,
    batch_ttl: Option<Duration>,
    promotion: Promotion,
    lifetimes: Lifetimes,
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
            lifetimes: Lifetimes::new(),
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
    ///
    /// What is left of the whole lifetime, as `get_entry` tells it and functions with `stale` or `refresh_ahead` go by, is
    /// then noted here for up to 65,536 values, in at most 3 MB; for others the second level is asked.
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

    /// Notes, where the first level's lifetimes are not the whole, that a value for `whole` is there for `near`.
    fn note<K: ?Sized + Hash>(&self, key: &K, whole: Ttl, near: Ttl) {
        if self.cuts_lifetimes() {
            let beyond = match (whole, near) {
                (Ttl::After(whole), Ttl::After(near)) => Some(whole.saturating_sub(near)),
                (Ttl::Never, Ttl::After(_) | Ttl::Default) => None,
                _ => Some(Duration::ZERO),
            };
            self.lifetimes.note(self.promotion.hash(key), beyond);
        }
    }

    /// An entry of the first level with what is left of its whole lifetime; `Err`: as it was, as that is not known here.
    fn whole<K: ?Sized + Hash, V>(&self, key: &K, near: Entry<V>) -> Result<Entry<V>, Entry<V>> {
        match near.ttl {
            Some(left) if self.cuts_lifetimes() => match self.lifetimes.beyond(self.promotion.hash(key)) {
                Some(beyond) => Ok(Entry { ttl: beyond.map(|beyond| left.saturating_add(beyond)), ..near }),
                None => Err(near),
            },
            _ => Ok(near),
        }
    }

    const fn cuts_lifetimes(&self) -> bool {
        self.first_ttl.is_some() || self.batch_ttl.is_some()
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

impl<A: fmt::Debug, B: fmt::Debug> fmt::Debug for TwoLevelCache<A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwoLevelCache")
            .field("first", &self.first)
            .field("second", &self.second)
            .field("resilient", &self.resilient)
            .field("first_ttl", &self.first_ttl)
            .field("batch_ttl", &self.batch_ttl)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
