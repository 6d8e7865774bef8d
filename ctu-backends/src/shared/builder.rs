//! The settings of a `SharedMemory`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ctu_core::Clock;

use super::SharedMemory;
use super::held::Erased;
use super::weights::HeapSizes;
use crate::memory::{MemoryCache, MemoryCacheBuilder};

/// The settings of a [`SharedMemory`], from [`SharedMemory::builder`].
///
/// # Examples
///
/// About a million bytes for all functions together, some of which give back lists:
///
/// ```
/// use ctu_backends::SharedMemory;
/// use std::time::Duration;
///
/// let cache = SharedMemory::builder()
///     .capacity_bytes(1_000_000)
///     .weigh(|list: &Vec<u64>| list.capacity() * size_of::<u64>())
///     .ttl(Duration::from_secs(60))
///     .build();
/// assert_eq!(cache.weight(), 0);
/// ```
#[must_use = "call `.build()`"]
pub struct SharedMemoryBuilder {
    memory: MemoryCacheBuilder<Erased, ()>,
    heap: HeapSizes,
    in_bytes: bool,
}

impl SharedMemoryBuilder {
    pub(super) fn new() -> Self {
        Self { memory: MemoryCache::builder(), heap: HeapSizes::new(), in_bytes: false }
    }

    /// The most entries held at a time, of all functions together. Default: 10,000. With 0 nothing is stored.
    pub fn capacity(mut self, entries: usize) -> Self {
        self.memory = self.memory.capacity(entries);
        self.in_bytes = false;
        self
    }

    /// The most bytes that all entries together may take, in place of a number of entries.
    ///
    /// An entry takes the size of its key and value, what the key hands to a hasher (as good as what it owns on the
    /// heap), what the value owns on the heap, and 80 bytes more. It is an estimate, made once, when the entry is stored.
    /// Which values own how much has to be told by [`weigh`](Self::weigh). Values that own something of which nothing is
    /// told are not stored: that is an error of the kind [`Config`](ctu_core::ErrorKind::Config). An entry of more than
    /// 97 % of a shard is not stored either: [`Limit`](ctu_core::ErrorKind::Limit).
    pub fn capacity_bytes(mut self, bytes: usize) -> Self {
        self.memory = self.memory.capacity(bytes);
        self.in_bytes = true;
        self
    }

    /// How many bytes a value of type `V` owns outside of itself; 0, if it shares them with others that outlive it.
    ///
    /// Without [`capacity_bytes`](Self::capacity_bytes) this has no effect. `String` and `Vec<u8>` are known, and what
    /// has nothing to drop owns nothing.
    pub fn weigh<V: 'static>(mut self, owned_bytes: impl Fn(&V) -> usize + Send + Sync + 'static) -> Self {
        self.heap.insert(owned_bytes);
        self
    }

    /// The lifetime of entries that are stored with [`Ttl::Default`](ctu_core::Ttl::Default). Default: no expiry.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.memory = self.memory.ttl(ttl);
        self
    }

    /// Into how many parts the cache is divided, as [`MemoryCacheBuilder::shards`]. Default: as there; 4 with a capacity
    /// in bytes.
    pub fn shards(mut self, shards: usize) -> Self {
        self.memory = self.memory.shards(shards);
        self
    }

    /// The clock that lifetimes are told by. Default: the system's.
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.memory = self.memory.clock(clock);
        self
    }

    /// Whether to count for [`Store::stats`](ctu_core::Store::stats), as [`MemoryCacheBuilder::stats`]. Default: yes.
    pub fn stats(mut self, stats: bool) -> Self {
        self.memory = self.memory.stats(stats);
        self
    }

    /// As [`MemoryCacheBuilder::private`].
    #[doc(hidden)]
    pub fn private(mut self) -> Self {
        self.memory = self.memory.private();
        self
    }

    /// The cache.
    pub fn build(self) -> SharedMemory {
        if !self.in_bytes {
            return SharedMemory { memory: self.memory.build(), heap: None };
        }
        let heap = Arc::new(self.heap);
        let weigher = Arc::clone(&heap);
        let memory = self.memory.weigher(move |entry: &Erased, ()| entry.bytes(&weigher)).build();
        SharedMemory { memory, heap: Some(heap) }
    }
}

impl fmt::Debug for SharedMemoryBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedMemoryBuilder")
            .field("memory", &self.memory)
            .field("in_bytes", &self.in_bytes)
            .finish_non_exhaustive()
    }
}
