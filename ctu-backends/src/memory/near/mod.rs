//! A near cache: copies of what a thread has found lately, in a table of the thread's own, in front of a cache's locks.

mod table;
#[cfg(test)]
mod tests;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::mem::needs_drop;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ctu_core::{Cache, CacheKey, Claim, Entry, Lease, Leased, Result, Token, Ttl, Watch};

use self::table::{Copied, Tables};
use super::keyed::spread;
use super::traits::never_waits;
use super::versions::Versions;
use super::{Held, MemoryCache, MemoryCacheBuilder};

/// The most bytes that a copy takes.
const MOST_BYTES: usize = 128;
/// And what its key owns besides.
const MOST_OWNED: usize = 64;

/// A cache that one function has for itself, and a near cache in front of it if values own nothing.
#[doc(hidden)]
pub struct NearCache<K, V> {
    store: MemoryCache<K, V>,
    /// What tells it from all others that have tables.
    number: usize,
}

#[inline]
fn put_back(tables: Option<Box<Tables>>) {
    if let Some(tables) = tables {
        tables.put_back();
    }
}

/// Whether what a key owns, judged by what it hashes, is no more than a copy may.
fn is_small(key: &(impl ?Sized + Hash)) -> bool {
    let mut length = Length(0);
    key.hash(&mut length);
    length.0 <= MOST_OWNED
}

/// Counts the bytes that are hashed.
struct Length(usize);

impl Hasher for Length {
    fn write(&mut self, bytes: &[u8]) {
        self.0 += bytes.len();
    }

    fn finish(&self) -> u64 {
        0
    }
}

impl<K, V> NearCache<K, V>
where
    K: Eq + Hash + 'static,
    V: Clone + 'static,
{
    /// Whether there is one: not of values that own something, which would stay, however much that is, in a thread that does
    /// not come again. A key that does is copied if it is [small](is_small).
    const FITS: bool = !needs_drop::<V>() && size_of::<Copied<K, V>>() <= MOST_BYTES;

    /// For so many entries.
    pub(crate) fn new(capacity: usize) -> Self {
        Self::over(MemoryCache::builder().capacity(capacity).stats(false))
    }

    fn over(builder: MemoryCacheBuilder<K, V>) -> Self {
        static NUMBERS: AtomicUsize = AtomicUsize::new(0);
        let mut builder = builder.private();
        let mut number = usize::MAX;
        if Self::FITS {
            builder.versions = Some(Arc::new(Versions::new(builder.capacity)));
            number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        }
        #[cfg(debug_assertions)]
        let store = builder.build_soon();
        #[cfg(not(debug_assertions))]
        let store = builder.build();
        Self { store, number }
    }

    #[allow(clippy::inline_always)] // measured, as in `traits`
    #[inline(always)]
    fn find<Q: ?Sized + CacheKey<Owned = K>>(&self, key: &Q) -> Option<V> {
        if !Self::FITS {
            return self.store.find(key);
        }
        let hash = self.store.seed.hash(key);
        let mut tables = table::take();
        if let Some(table) = tables.as_mut().and_then(|tables| tables.of::<K, V>(self.number)) {
            // Before the lookup, in whichever.
            let stamp = table.stamp(spread(hash));
            if let Some(value) = table.find(key, spread(hash), stamp, |held| self.live(held)) {
                put_back(tables);
                return Some(value);
            }
            return self.find_beside(tables, key, hash, stamp);
        }
        let is_wanted = tables.as_mut().is_none_or(|tables| tables.is_wanted(self.number));
        put_back(tables);
        let held = self.store.live(key, hash);
        if is_wanted && held.is_some() {
            self.begin();
        }
        held.map(|held| held.value)
    }

    /// The value of a copy that is not expired.
    #[inline]
    fn live(&self, held: &Held<V>) -> Option<V> {
        if held.expiry.is_past(&self.store.clock) { None } else { Some(held.value.clone()) }
    }

    /// Finds what is not where it was looked for first; and keeps it, if it was found in the store.
    #[inline(never)]
    fn find_beside<Q: ?Sized + CacheKey<Owned = K>>(
        &self,
        mut tables: Option<Box<Tables>>,
        key: &Q,
        hash: u32,
        stamp: u64,
    ) -> Option<V> {
        let spread = spread(hash);
        let mut found = None;
        if let Some(tables) = &mut tables
            && let Some(table) = tables.of::<K, V>(self.number)
        {
            found = table.find(key, table::beside(spread), stamp, |held| self.live(held));
            if found.is_none()
                && let Some(Held { value, expiry }) = self.store.live(key, hash)
            {
                if let Some(rest) = table.elsewhere() {
                    tables.rest(self.number, rest);
                } else if !needs_drop::<K>() || is_small(key) {
                    table.keep(spread, key, stamp, Held { value: value.clone(), expiry });
                }
                found = Some(value);
            }
        }
        put_back(tables);
        found
    }

    /// Makes this thread's table, for what is found from now on.
    #[cold]
    #[inline(never)]
    fn begin(&self) {
        if let Some(versions) = &self.store.versions
            && let Some(mut tables) = table::take_or_make()
        {
            tables.begin::<K, V>(self.number, versions);
            tables.put_back();
        }
    }

    /// Forgets all entries that there are now.
    pub(crate) fn clear(&self) {
        self.store.discard_copied();
    }

    pub(crate) fn entries(&self) -> u64 {
        self.store.count() as u64
    }
}

#[diagnostic::do_not_recommend]
impl<K, V, Q> Cache<Q, V> for NearCache<K, V>
where
    Q: ?Sized + CacheKey<Owned = K>,
    K: Eq + Hash + 'static,
    V: Clone + 'static,
{
    #[allow(clippy::inline_always)] // measured, as in `traits`
    #[cfg_attr(debug_assertions, inline)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn get(&self, key: &Q) -> Result<Option<V>> {
        Ok(self.find(key))
    }

    fn get_entry(&self, key: &Q) -> Result<Option<Entry<V>>> {
        self.store.get_entry(key)
    }

    fn put(&self, key: &Q, value: &V, ttl: Ttl) -> Result<()> {
        self.store.put(key, value, ttl)
    }

    fn remove(&self, key: &Q) -> Result<bool> {
        Cache::remove(&self.store, key)
    }

    fn contains(&self, key: &Q) -> Result<bool> {
        Cache::contains(&self.store, key)
    }

    fn watch(&self, key: &Q) -> Option<Watch> {
        Cache::watch(&self.store, key)
    }

    fn put_if_unchanged(&self, key: &Q, value: &V, ttl: Ttl, watch: Watch) -> Result<bool> {
        self.store.put_if_unchanged(key, value, ttl, watch)
    }
}

impl<K, V, Q> Lease<Q, V> for NearCache<K, V>
where
    Q: ?Sized + CacheKey<Owned = K>,
    K: Eq + Hash + 'static,
    V: Clone + 'static,
{
    fn lease(&self, key: &Q, claim: Claim, length: Duration) -> Result<Leased> {
        Lease::<Q, V>::lease(&self.store, key, claim, length)
    }

    fn renew(&self, key: &Q, token: Token, length: Duration) -> Result<Option<Token>> {
        Lease::<Q, V>::renew(&self.store, key, token, length)
    }

    fn release(&self, key: &Q, token: Token) -> Result<bool> {
        Lease::<Q, V>::release(&self.store, key, token)
    }

    fn put_if_leased(&self, key: &Q, value: &V, ttl: Ttl, token: Token) -> Result<bool> {
        self.store.put_if_leased(key, value, ttl, token)
    }
}

never_waits! {
    impl[K, V, Q] AsyncCache<Q, V> for NearCache<K, V> where [
        Q: ?Sized + CacheKey<Owned = K> + Sync,
        K: Eq + Hash + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
    ]
}

/// Shows nothing of the entries.
impl<K, V> fmt::Debug for NearCache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NearCache").field("number", &self.number).finish_non_exhaustive()
    }
}
