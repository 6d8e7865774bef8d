//! One bounded store for functions of any types: a `MemoryCache` of entries whose types are erased.

mod builder;
mod held;
mod weights;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ctu_core::{Cache, CacheKey, Claim, Count, Entry, Lease, Leased, Result, Stats, Store, Token, Ttl, Watch};

pub use self::builder::SharedMemoryBuilder;
use self::held::{Asked, Erased};
use self::weights::HeapSizes;
use crate::memory::MemoryCache;
use crate::memory::traits::never_waits;

/// A bounded cache in memory for keys and values of any types: one budget for many functions.
///
/// What [`MemoryCache`] is for one type of keys and one of values, this is for all at once, with one capacity in entries
/// or in bytes ([`builder`](Self::builder)), one lifetime and one `clear`. Nothing is serialized. A hit allocates nothing,
/// copies nothing but the value, takes a shared lock only, and reads the clock only if the entry expires. Eviction,
/// bounds, hashing, and what code of keys and values may do, are as in [`MemoryCache`].
///
/// Keys of different types, and keys of values of different types, never meet, even if they are equal. Functions of the
/// same types are told apart by their keys: `#[cached(cache = MEMORY, key = typed)]` puts the function into them
/// ([`Scoped`](ctu_core::Scoped)). Keys and values are `Send + Sync + 'static` in their owned forms.
///
/// # Examples
///
/// ```
/// use ctu_backends::SharedMemory;
/// use ctu_core::{Args, Cache, Ttl};
///
/// let cache = SharedMemory::new(1_000);
/// cache.put("aa", &2_usize, Ttl::Default)?;
/// cache.put("aa", &"AA".to_owned(), Ttl::Default)?;
/// cache.put(&Args(("aa", &2)), &"aaaa".to_owned(), Ttl::Default)?;
///
/// let length: Option<usize> = cache.get("aa")?;
/// let upper: Option<String> = cache.get("aa")?;
/// assert_eq!((length, upper.as_deref()), (Some(2), Some("AA")));
/// // Where no value tells its type, it has to be said.
/// assert!(Cache::<str, usize>::remove(&cache, "aa")?);
/// assert!(Cache::<str, String>::contains(&cache, "aa")?);
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub struct SharedMemory {
    /// The values are in the keys.
    memory: MemoryCache<Erased, ()>,
    /// For a capacity in bytes.
    heap: Option<Arc<HeapSizes>>,
}

impl SharedMemory {
    /// A cache of at most `capacity` entries, without expiry. With a capacity of 0 it stores nothing.
    pub fn new(capacity: usize) -> Self {
        Self::builder().capacity(capacity).build()
    }

    /// A cache with more settings than a capacity.
    pub fn builder() -> SharedMemoryBuilder {
        SharedMemoryBuilder::new()
    }

    /// The bytes that all entries take, by estimate, if the capacity is in bytes; else their number.
    pub fn weight(&self) -> u64 {
        self.memory.weight()
    }

    /// Drops the expired entries now, and tells how many: see [`MemoryCache::sweep`].
    pub fn sweep(&self) -> usize {
        self.memory.sweep()
    }

    /// Counts from zero again, in [`stats`](Store::stats). Entries stay.
    pub fn reset_stats(&self) {
        self.memory.reset_stats();
    }

    /// Whether it can be told how heavy values of this type are.
    fn check<V: 'static>(&self) -> Result<()> {
        let Some(heap) = &self.heap else { return Ok(()) };
        heap.check::<V>().inspect_err(|_| self.memory.tally(Count::Error))
    }
}

impl<Q, V> Cache<Q, V> for SharedMemory
where
    Q: ?Sized + CacheKey<Owned: Send + Sync + 'static>,
    V: Clone + Send + Sync + 'static,
{
    #[inline]
    fn get(&self, key: &Q) -> Result<Option<V>> {
        let asked = Asked::find(key);
        let is_hit = Cache::get(&self.memory, &asked)?.is_some();
        Ok(asked.found().filter(|_| is_hit))
    }

    fn get_entry(&self, key: &Q) -> Result<Option<Entry<V>>> {
        let asked = Asked::find(key);
        let hit = Cache::get_entry(&self.memory, &asked)?;
        Ok(hit.and_then(|hit| Some(Entry { value: asked.found()?, ttl: hit.ttl })))
    }

    fn put(&self, key: &Q, value: &V, ttl: Ttl) -> Result<()> {
        self.check::<V>()?;
        self.memory.put(&Asked::store(key, value), &(), ttl)
    }

    fn remove(&self, key: &Q) -> Result<bool> {
        self.memory.remove(&Asked::<Q, V>::whether(key))
    }

    fn contains(&self, key: &Q) -> Result<bool> {
        self.memory.contains(&Asked::<Q, V>::whether(key))
    }

    fn watch(&self, key: &Q) -> Option<Watch> {
        self.memory.watch(&Asked::<Q, V>::whether(key))
    }

    fn put_if_unchanged(&self, key: &Q, value: &V, ttl: Ttl, watch: Watch) -> Result<bool> {
        self.check::<V>()?;
        self.memory.put_if_unchanged(&Asked::store(key, value), &(), ttl, watch)
    }
}

impl<Q, V> Lease<Q, V> for SharedMemory
where
    Q: ?Sized + CacheKey<Owned: Send + Sync + 'static>,
    V: Clone + Send + Sync + 'static,
{
    fn lease(&self, key: &Q, claim: Claim, length: Duration) -> Result<Leased> {
        self.memory.lease(&Asked::<Q, V>::whether(key), claim, length)
    }

    fn renew(&self, key: &Q, token: Token, length: Duration) -> Result<Option<Token>> {
        self.memory.renew(&Asked::<Q, V>::whether(key), token, length)
    }

    fn release(&self, key: &Q, token: Token) -> Result<bool> {
        self.memory.release(&Asked::<Q, V>::whether(key), token)
    }

    fn put_if_leased(&self, key: &Q, value: &V, ttl: Ttl, token: Token) -> Result<bool> {
        self.check::<V>()?;
        self.memory.put_if_leased(&Asked::store(key, value), &(), ttl, token)
    }
}

impl Store for SharedMemory {
    fn len(&self) -> Result<usize> {
        Store::len(&self.memory)
    }

    fn clear(&self) -> Result<()> {
        Store::clear(&self.memory)
    }

    fn stats(&self) -> Result<Stats> {
        Store::stats(&self.memory)
    }
}

never_waits! {
    impl[Q, V] AsyncCache<Q, V> for SharedMemory where [
        Q: ?Sized + CacheKey<Owned: Send + Sync + 'static> + Sync,
        V: Clone + Send + Sync + 'static,
    ]
}
never_waits! {
    impl[] AsyncStore for SharedMemory where []
}

/// Figures only.
impl fmt::Debug for SharedMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedMemory").field("memory", &self.memory).field("in_bytes", &self.heap.is_some()).finish()
    }
}
