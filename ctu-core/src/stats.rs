//! What a cache has counted.

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
