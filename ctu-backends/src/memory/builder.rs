//! The settings of a `MemoryCache`, and how its capacity is divided.

use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use ctu_core::{Clock, Counters};
use quick_cache::{Options, OptionsBuilder};

use super::change::Change;
use super::keyed::{Known, Seed};
use super::lifetime::Sweeper;
use super::versions::Versions;
use super::{DropLater, Entries, KnownWeight, MemoryCache};

/// Tells the weight of an entry.
pub(super) type Weigher<K, V> = Box<dyn Fn(&K, &V) -> u64 + Send + Sync>;

const DEFAULT_CAPACITY: usize = 10_000;
/// Entries expected in a weighed cache that was not told.
const DEFAULT_WEIGHED_ENTRIES: usize = 1_024;
/// A shard of fewer entries makes the uneven spread of keys felt.
const LEAST_ENTRIES_PER_SHARD: usize = 256;
/// `quick_cache` makes shards of fewer expected entries than this larger.
const QUICK_CACHE_LEAST_ENTRIES: usize = 32;
const MOST_SHARDS: usize = 4_096;
/// `quick_cache` counts entries, and those it remembers for a while after their eviction, in 32 bits.
const MOST_ENTRIES_PER_SHARD: usize = 1 << 31;
/// Of a shard's capacity; what is heavier than this part is not stored.
const HOT_PART: f64 = 0.97;
/// Of the entries that are expected; as many that were evicted are remembered for a while, in places of their own.
const REMEMBERED_PART: f64 = 0.5;
/// A shard begins with this many places, or up to twice as many.
const LEAST_PLACES: usize = 8;

/// The settings of a [`MemoryCache`], from [`MemoryCache::builder`].
///
/// # Examples
///
/// At most a million bytes of text, for a minute:
///
/// ```
/// use ctu_backends::MemoryCache;
/// use std::time::Duration;
///
/// let cache = MemoryCache::<u64, String>::builder()
///     .capacity(1_000_000)
///     .weigher(|_, text: &String| text.len() as u64)
///     .ttl(Duration::from_secs(60))
///     .build();
/// assert_eq!(cache.weight(), 0);
/// ```
#[must_use = "call `.build()`"]
pub struct MemoryCacheBuilder<K, V> {
    pub(super) capacity: usize,
    ttl: Option<Duration>,
    weigher: Option<Weigher<K, V>>,
    shards: Option<usize>,
    expected_entries: Option<usize>,
    clock: Clock,
    stats: bool,
    is_private: bool,
    /// For those who keep copies of entries.
    pub(super) versions: Option<Arc<Versions>>,
}

impl<K: Eq + Hash, V: Clone> MemoryCacheBuilder<K, V> {
    pub(super) const fn new() -> Self {
        Self {
            capacity: DEFAULT_CAPACITY,
            ttl: None,
            weigher: None,
            shards: None,
            expected_entries: None,
            clock: Clock::system(),
            stats: true,
            is_private: false,
            versions: None,
        }
    }

    /// The most entries held at a time or, with a [`weigher`](Self::weigher), their greatest total weight. Default:
    /// 10,000. With 0 nothing is stored.
    pub const fn capacity(mut self, capacity: usize) -> Self {
        self.capacity = capacity;
        self
    }

    /// The lifetime of entries that are stored with [`Ttl::Default`](ctu_core::Ttl::Default). Default: no expiry.
    pub const fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// How heavy an entry is, in the unit of the capacity: bytes, say. Default: each weighs 1.
    ///
    /// Asked once, when the entry is stored. A weight of 0 counts as 1. An entry that weighs more than 97 % of a shard,
    /// or more than `u32::MAX`, is not stored: storing it is an error of the kind
    /// [`Limit`](ctu_core::ErrorKind::Limit), and forgets what was under its key.
    pub fn weigher(mut self, weigher: impl Fn(&K, &V) -> u64 + Send + Sync + 'static) -> Self {
        self.weigher = Some(Box::new(weigher));
        self
    }

    /// Into how many parts the cache is divided, each with its own lock and its equal share of the capacity.
    ///
    /// More shards let more threads store at once; fewer hold heavier entries, and use the capacity better. Rounded up to
    /// a power of two, and no more than the capacity or 4,096. Default: four per processor, but at least 256 (expected)
    /// entries in each; so a cache of less than 512 entries has one shard.
    ///
    /// What of the capacity can't be divided evenly is not used.
    pub const fn shards(mut self, shards: usize) -> Self {
        self.shards = Some(shards);
        self
    }

    /// How many entries a weighed cache will hold, give or take an order of magnitude: for its number of shards and its
    /// memory of what was evicted lately. Default: 1,024. Without a weigher this has no effect.
    pub const fn expected_entries(mut self, entries: usize) -> Self {
        self.expected_entries = Some(entries);
        self
    }

    /// The clock that lifetimes are told by. Default: the system's.
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.clock = clock.into();
        self
    }

    /// Whether to count for [`Store::stats`](ctu_core::Store::stats), at about a nanosecond per operation and 1.4 kB per
    /// cache. Default: yes.
    pub const fn stats(mut self, stats: bool) -> Self {
        self.stats = stats;
        self
    }

    /// For a function's own store, which nobody else has: changes by hand are not watched for.
    #[doc(hidden)]
    pub const fn private(mut self) -> Self {
        self.is_private = true;
        self
    }

    /// The cache.
    pub fn build(self) -> MemoryCache<K, V> {
        let (is_weighed, division) = (self.weigher.is_some(), self.division());
        let cache = self.divided(&division);
        if !is_weighed {
            cache.entries.reserve(division.room());
        }
        cache
    }

    /// The cache, to be used right away: its tables grow as they will, to up to twice the places that they need.
    // What makes room is as much code as what stores, and compiled for each type.
    #[cfg(debug_assertions)]
    pub(super) fn build_soon(self) -> MemoryCache<K, V> {
        let division = self.division();
        self.divided(&division)
    }

    fn divided(self, division: &Division) -> MemoryCache<K, V> {
        let Self { ttl, weigher, clock, stats, is_private, versions, .. } = self;
        MemoryCache {
            entries: Entries::with_options(division.options(), KnownWeight, Known, DropLater(versions.clone())),
            heaviest: division.heaviest(),
            change: if is_private { Change::unwatched() } else { Change::watched() },
            versions,
            seed: Seed::default(),
            clock,
            ttl,
            weigher,
            sweeper: Sweeper::new(),
            counters: counters(stats),
        }
    }

    fn division(&self) -> Division {
        Division::new(self.capacity, self.shards, self.weigher.is_some(), self.expected_entries)
    }
}

fn counters(are_there: bool) -> Option<Box<Counters>> {
    are_there.then(Box::default)
}

impl<K, V> fmt::Debug for MemoryCacheBuilder<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryCacheBuilder")
            .field("capacity", &self.capacity)
            .field("ttl", &self.ttl)
            .field("weighed", &self.weigher.is_some())
            .field("shards", &self.shards)
            .field("expected_entries", &self.expected_entries)
            .field("clock", &self.clock)
            .field("stats", &self.stats)
            .field("is_private", &self.is_private)
            .finish_non_exhaustive()
    }
}

/// How a capacity is divided among shards.
struct Division {
    /// A power of two.
    shards: usize,
    /// The capacity of each.
    per_shard: usize,
    /// Expected in all of them.
    entries: usize,
}

impl Division {
    fn new(capacity: usize, shards: Option<usize>, is_weighed: bool, expected: Option<usize>) -> Self {
        let entries = if is_weighed { expected.unwrap_or(DEFAULT_WEIGHED_ENTRIES).min(capacity) } else { capacity };
        let shards = shards.unwrap_or_else(|| default_shards(entries)).min(MOST_SHARDS).next_power_of_two();
        let shards = shards.min(power_of_two_up_to(capacity));
        let per_shard = capacity / shards;
        let per_shard = if is_weighed { per_shard } else { per_shard.min(MOST_ENTRIES_PER_SHARD) };
        Self { shards, per_shard, entries }
    }

    /// As many as it takes to have as many shards, and no more than can be counted.
    fn expected(&self) -> usize {
        self.entries.clamp(self.shards * QUICK_CACHE_LEAST_ENTRIES, MOST_ENTRIES_PER_SHARD / 2)
    }

    /// For how many entries there should be room at first. A table doubles whenever it is full: so it ends up with little
    /// more than the places that its shard ever needs. By itself it ends up with up to twice as many.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn room(&self) -> usize {
        let remembered = (self.expected().div_ceil(self.shards) as f64 * REMEMBERED_PART) as usize;
        let places = self.per_shard + remembered;
        let doublings = (places / LEAST_PLACES).max(1).ilog2();
        // `quick_cache` makes as many places again, for what it remembers.
        self.shards * places.div_ceil(2 << doublings)
    }

    fn options(&self) -> Options {
        OptionsBuilder::new()
            .shards(self.shards)
            .estimated_items_capacity(self.expected())
            .weight_capacity((self.per_shard * self.shards) as u64)
            .hot_allocation(HOT_PART)
            .ghost_allocation(REMEMBERED_PART)
            .build()
            .expect("both capacities, all that can be missing, are set")
    }

    /// The most that `quick_cache` stores in one of its shards, by its own reckoning.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn heaviest(&self) -> u32 {
        let per_shard = self.per_shard as u64;
        let heaviest = ((per_shard as f64 * HOT_PART) as u64).clamp(per_shard.min(1), per_shard);
        u32::try_from(heaviest).unwrap_or(u32::MAX)
    }
}

fn default_shards(entries: usize) -> usize {
    /// Asking is slow on some systems.
    static PROCESSORS: LazyLock<usize> = LazyLock::new(|| std::thread::available_parallelism().map_or(1, usize::from));
    let most = power_of_two_up_to(entries / LEAST_ENTRIES_PER_SHARD);
    if most == 1 { 1 } else { most.min(*PROCESSORS * 4) }
}

/// The greatest power of two up to `n`; 1 for 0.
fn power_of_two_up_to(n: usize) -> usize {
    1 << n.max(1).ilog2()
}
