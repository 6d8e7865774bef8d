//! What a cache has counted.

use std::fmt;

use crate::BreakerState;

/// Counters of a cache, a layer or a memoized function, since the start or the last reset.
///
/// Each figure is exact; figures read while other threads work may be from slightly different moments.
///
/// # Examples
///
/// ```
/// use ctu_core::Stats;
///
/// let mut stats = Stats::default();
/// (stats.reads, stats.hits) = (10, 9);
/// assert_eq!(stats.misses(), 1);
/// assert_eq!(stats.hit_rate(), 0.9);
/// assert_eq!(stats.to_string(), "10 reads, 9 hits (90.0 %), 0 writes");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Lookups, found or not.
    pub reads: u64,
    /// Lookups that found a value.
    pub hits: u64,
    /// Lookups that found nothing, and were served by a computation that another caller had begun.
    pub coalesced: u64,
    /// Lookups that found an expired value only, and were served it, as `stale` allows.
    pub stale: u64,
    /// Values stored.
    pub writes: u64,
    /// Removals asked for.
    pub dels: u64,
    /// Questions whether a key is there.
    pub tests: u64,
    /// Operations that failed.
    pub errors: u64,
    /// Entries that were found but could not be made sense of, and keys or values with no exact form: served as misses.
    pub rejected: u64,
    /// Operations that a circuit breaker kept from a store that was down.
    pub bypassed: u64,
    /// Whether operations reach the store, where there is a circuit breaker before it.
    pub breaker: Option<BreakerState>,
    /// Entries held now, where that is known at no cost.
    pub entries: Option<u64>,
    /// The figures of the levels below, nearest first, where there are several.
    pub levels: Vec<Stats>,
}

impl Stats {
    /// Lookups that found nothing.
    pub fn misses(&self) -> u64 {
        self.reads.saturating_sub(self.hits)
    }

    /// Hits per lookup, from 0 to 1; 0 before the first.
    #[allow(clippy::cast_precision_loss)] // a ratio, not a count
    pub fn hit_rate(&self) -> f64 {
        self.hits as f64 / self.reads.max(1) as f64
    }
}

/// One line for logs and terminals: reads, hits and writes, and of the rest what is not zero.
impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (reads, hits, writes) = (self.reads, self.hits, self.writes);
        write!(f, "{reads} reads, {hits} hits ({:.1} %), {writes} writes", self.hit_rate() * 100.0)?;
        let others = [
            (self.coalesced, "coalesced"),
            (self.stale, "stale"),
            (self.dels, "dels"),
            (self.tests, "tests"),
            (self.errors, "errors"),
            (self.rejected, "rejected"),
            (self.bypassed, "bypassed"),
            (self.entries.unwrap_or_default(), "entries"),
        ];
        for (count, name) in others.into_iter().filter(|(count, _)| *count > 0) {
            write!(f, ", {count} {name}")?;
        }
        if let Some(breaker) = self.breaker {
            write!(f, ", breaker {breaker}")?;
        }
        for (number, level) in (1..).zip(&self.levels) {
            write!(f, "; level {number}: {level}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_what_there_is_and_no_zeros() {
        let near = Stats { reads: 3, hits: 1, entries: Some(2), ..Stats::default() };
        let far = Stats { bypassed: 4, breaker: Some(BreakerState::HalfOpen), ..Stats::default() };
        let both = Stats { reads: 3, hits: 1, writes: 2, errors: 5, levels: vec![near, far], ..Stats::default() };
        assert_eq!(
            both.to_string(),
            "3 reads, 1 hits (33.3 %), 2 writes, 5 errors; level 1: 3 reads, 1 hits (33.3 %), 0 writes, 2 entries; \
             level 2: 0 reads, 0 hits (0.0 %), 0 writes, 4 bypassed, breaker half-open"
        );
    }
}
