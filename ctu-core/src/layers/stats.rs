//! How well a cache does: [`StatsCache`].

use super::observed::{Event, Observe, Observed, Observer};
use crate::{Count, Counters, Error, Result, Stats};

/// A cache that counts what goes through it: reads, hits, writes, removals, tests and errors.
///
/// Made by [`StackExt::with_stats`](crate::StackExt::with_stats). A batch counts each of its keys. A lookup that fails is
/// a miss and an error; an entry that fails to be written is an error only. Counting costs about a nanosecond. Where in
/// a stack it stands decides what it counts: at the top the calls, below a two-level cache what reached that level.
///
/// [`Store::stats`](crate::Store::stats) reports these figures, with the number of entries, the rejected values and the
/// levels that the store below reports; if the store below fails to report, these figures alone.
///
/// # Examples
///
/// ```
/// use ctu_core::{Cache, LockedCache, StackExt, Store, Ttl};
/// use std::collections::HashMap;
///
/// let cache = LockedCache::new(HashMap::<String, u32>::new()).with_stats();
/// cache.put("one", &1, Ttl::Default)?;
/// assert_eq!(cache.get("one")?, Some(1));
/// assert_eq!(cache.get("two")?, None);
///
/// assert_eq!(cache.hit_rate(), 0.5);
/// let stats = cache.stats()?;
/// assert_eq!((stats.writes, stats.reads, stats.hits), (1, 2, 1));
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub type StatsCache<C> = Observed<Counting, C>;

/// The observer of a [`StatsCache`].
#[derive(Debug, Default)]
pub struct Counting(Counters);

impl Counting {
    /// Starts at zero.
    pub const fn new() -> Self {
        Self(Counters::new())
    }

    fn count(&self, count: Count, times: usize) {
        for _ in 0..times {
            self.0.add(count);
        }
    }

    fn count_error<T>(&self, result: &Result<T, &Error>) {
        if result.is_err() {
            self.0.add(Count::Error);
        }
    }
}

impl<C> StatsCache<C> {
    /// The figures since the last reset, without asking the store below.
    pub const fn counters(&self) -> &Counters {
        &self.observer.0
    }

    /// Hits per lookup since the last reset, from 0 to 1; 0 before the first.
    pub fn hit_rate(&self) -> f64 {
        self.counters().stats().hit_rate()
    }

    /// Starts from zero again.
    pub fn reset(&self) {
        self.counters().reset();
    }
}

impl Observer for Counting {
    type Start = ();

    fn start(&self) {}

    fn store_done(&self, (): (), _operation: &'static str, result: Result<(), &Error>) {
        self.count_error(&result);
    }

    fn stats(&self, below: Result<Stats>) -> Result<Stats> {
        let below = below.unwrap_or_default();
        let own = self.0.stats();
        Ok(Stats { rejected: own.rejected + below.rejected, entries: below.entries, levels: below.levels, ..own })
    }
}

impl<K: ?Sized, V> Observe<K, V> for Counting {
    fn done(&self, (): (), event: &Event<'_, K, V>) {
        match event {
            Event::Get { result, .. } => {
                self.0.add(if matches!(result, Ok(Some(_))) { Count::Hit } else { Count::Miss });
                self.count_error(result);
            }
            Event::GetMany { keys, result } => {
                let hits = result.as_ref().map_or(0, |found| found.iter().flatten().count());
                self.count(Count::Hit, hits);
                self.count(Count::Miss, keys.len().saturating_sub(hits));
                self.count_error(result);
            }
            Event::Put { result, .. } => self.count(if result.is_ok() { Count::Write } else { Count::Error }, 1),
            Event::PutMany { entries, result } => {
                self.count(Count::Write, if result.is_ok() { entries.len() } else { 0 });
                self.count_error(result);
            }
            Event::Remove { result, .. } => {
                self.0.add(Count::Del);
                self.count_error(result);
            }
            Event::Contains { result, .. } => {
                self.0.add(Count::Test);
                self.count_error(result);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::test_store::{TestStore, now};
    use crate::{AsyncCache, AsyncStore, Cache, StackExt, Store, Ttl};

    #[test]
    fn every_operation_is_counted_and_a_batch_counts_each_key() {
        let cache = TestStore::new().with_stats();
        Cache::put(&cache, "a", &1, Ttl::Default).unwrap();
        Cache::put_many(&cache, &[("b", &2), ("c", &3)], Ttl::Default).unwrap();
        assert_eq!(Cache::get(&cache, "a").unwrap(), Some(1));
        assert_eq!(Cache::get_entry(&cache, "none").unwrap(), None);
        assert_eq!(Cache::get_many(&cache, &["a", "none", "b"]).unwrap(), [Some(1), None, Some(2)]);
        assert!(Cache::contains(&cache, "a").unwrap());
        assert!(!Cache::remove(&cache, "none").unwrap());

        let stats = Store::stats(&cache).unwrap();
        assert_eq!((stats.reads, stats.hits, stats.writes), (5, 3, 3));
        assert_eq!((stats.tests, stats.dels, stats.errors), (1, 1, 0));
        assert_eq!(stats.entries, Some(3), "what the store below knows is reported too");
        assert!((cache.hit_rate() - 0.6).abs() < 1e-9);
        cache.reset();
        assert_eq!(Store::stats(&cache).unwrap().reads, 0);
    }

    #[test]
    fn a_failed_lookup_is_a_miss_and_an_error_and_a_failed_write_an_error_only() {
        let cache = TestStore::new().with_stats();
        cache.inner().fail(true);
        Cache::get(&cache, "a").unwrap_err();
        Cache::get_many(&cache, &["a", "b"]).unwrap_err();
        Cache::put(&cache, "a", &1, Ttl::Default).unwrap_err();
        Cache::put_many(&cache, &[("a", &1)], Ttl::Default).unwrap_err();
        let stats = cache.counters().stats();
        assert_eq!((stats.reads, stats.hits, stats.writes, stats.errors), (3, 0, 0, 4));
        assert_eq!(Store::stats(&cache).unwrap().errors, 4 + 1, "reported though the store below can't report");
    }

    #[test]
    fn the_async_form_counts_the_same() {
        let cache = TestStore::new().with_stats();
        now(AsyncCache::put(&cache, "a", &1, Ttl::Default)).unwrap();
        assert_eq!(now(AsyncCache::get_many(&cache, &["a", "b"])).unwrap(), [Some(1), None]);
        let stats = now(AsyncStore::stats(&cache)).unwrap();
        assert_eq!((stats.reads, stats.hits, stats.writes), (2, 1, 1));
    }
}
