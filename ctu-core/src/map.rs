//! Layers that only translate keys and values: written once, as pure functions, for sync and async stores alike.

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::log_gate::LogGate;
use crate::{AsyncCache, AsyncStore, Cache, Entry, Error, ErrorKind, Result, Stats, Store, Ttl, Watch};

/// What is true of a layer whatever its types of keys and values.
pub trait Layer {
    /// Whether all that is in the store below belongs to this layer, so that it may be cleared through it.
    ///
    /// `false` for a layer that shares the store with others, such as a prefix.
    const OWNS_STORE: bool = true;

    /// Whether a stored value may be rejected, so that `contains` has to fetch and decode it to tell the truth.
    const REJECTS: bool = true;
}

/// A pure translation between what a caller sees (`K`, `V`) and what the store below holds.
///
/// Implement this, not [`Cache`], for a layer without effects: [`Mapped`] makes a cache of it, sync and async, with
/// batches and lifetimes forwarded.
///
/// # Examples
///
/// Numbers as decimal text, under the same text keys:
///
/// ```
/// use ctu_core::{Layer, Map, Reject, Result, Ttl};
/// use std::borrow::Cow;
///
/// struct Decimal;
///
/// impl Layer for Decimal {}
///
/// impl Map<str, u64> for Decimal {
///     type Key = str;
///     type Stored = String;
///
///     fn key<'k>(&self, key: &'k str) -> Result<Cow<'k, str>> {
///         Ok(key.into())
///     }
///     fn encode<'v>(&self, _key: &str, value: &'v u64, _ttl: Ttl) -> Result<Cow<'v, String>> {
///         Ok(Cow::Owned(value.to_string()))
///     }
///     fn decode(&self, _key: &str, stored: String) -> Result<u64, Reject> {
///         stored.parse().map_err(|_| Reject::new("not a number"))
///     }
/// }
/// ```
pub trait Map<K: ?Sized, V>: Layer {
    /// The key as the store below sees it.
    type Key: ?Sized + ToOwned + 'static;
    /// The value as the store below holds it.
    type Stored: Clone;

    /// The store's key for `key`.
    ///
    /// # Errors
    ///
    /// When `key` has no form of its own in the store. Two keys must never share one.
    fn key<'k>(&self, key: &'k K) -> Result<Cow<'k, Self::Key>>;

    /// The store's form of `value`.
    ///
    /// # Errors
    ///
    /// When [`decode`](Self::decode) would not give back exactly `value`, or it is too large.
    fn encode<'v>(&self, key: &K, value: &'v V, ttl: Ttl) -> Result<Cow<'v, Self::Stored>>;

    /// The value that `stored` is the form of.
    ///
    /// # Errors
    ///
    /// [`Reject`] when it is not the form of any: it is served as a miss, and counted.
    fn decode(&self, key: &K, stored: Self::Stored) -> Result<V, Reject>;
}

/// Why a stored value could not be made sense of. A reason, never any part of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reject(&'static str);

impl Reject {
    /// A rejection for this reason: a short constant phrase.
    pub const fn new(reason: &'static str) -> Self {
        Self(reason)
    }

    /// The reason.
    pub const fn reason(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The cache that a [`Map`] makes of the store below it.
///
/// Every layer of this crate without effects is this type; `StackExt` has a short way to stack each.
pub struct Mapped<M, C> {
    map: M,
    inner: C,
    rejected: AtomicU64,
    gate: LogGate,
}

impl<M: Layer, C> Mapped<M, C> {
    /// The layer `map` over the store `inner`.
    pub const fn new(map: M, inner: C) -> Self {
        Self { map, inner, rejected: AtomicU64::new(0), gate: LogGate::new() }
    }

    /// The store below.
    pub const fn inner(&self) -> &C {
        &self.inner
    }

    /// The translation.
    pub const fn map(&self) -> &M {
        &self.map
    }

    /// The store below, without the layer.
    pub fn into_inner(self) -> C {
        self.inner
    }

    /// How many stored values could not be made sense of, and were served as misses.
    pub fn rejected(&self) -> u64 {
        self.rejected.load(Ordering::Relaxed)
    }

    fn decode<K: ?Sized, V>(&self, key: &K, stored: M::Stored) -> Option<V>
    where
        M: Map<K, V>,
    {
        self.map.decode(key, stored).map_err(|reject| self.count(reject)).ok()
    }

    fn decode_entry<K: ?Sized, V>(&self, key: &K, entry: Entry<M::Stored>) -> Option<Entry<V>>
    where
        M: Map<K, V>,
    {
        self.decode(key, entry.value).map(|value| Entry { value, ttl: entry.ttl })
    }

    #[cold]
    fn count(&self, reject: Reject) {
        self.rejected.fetch_add(1, Ordering::Relaxed);
        if let Some(muted) = self.gate.pass() {
            tracing::warn!(target: "ctu", reason = reject.reason(), muted, "a stored value was rejected, and is a miss");
        }
    }

    fn with_rejected(&self, mut stats: Stats) -> Stats {
        stats.rejected += self.rejected();
        stats
    }

    fn check_owned() -> Result<()> {
        if M::OWNS_STORE {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Unsupported,
            "this layer shares its store with others and can't tell its entries from theirs: clear the store below \
             (`inner()`) to forget everything in it, or give each its own store or namespace",
        ))
    }
}

impl<M: fmt::Debug, C: fmt::Debug> fmt::Debug for Mapped<M, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mapped")
            .field("map", &self.map)
            .field("inner", &self.inner)
            .field("rejected", &self.rejected)
            .finish_non_exhaustive()
    }
}

#[deny(clippy::missing_trait_methods)]
impl<K: ?Sized, V, M, C> Cache<K, V> for Mapped<M, C>
where
    M: Map<K, V>,
    C: Cache<M::Key, M::Stored>,
{
    #[inline]
    fn get(&self, key: &K) -> Result<Option<V>> {
        let stored = self.inner.get(&*self.map.key(key)?)?;
        Ok(stored.and_then(|stored| self.decode(key, stored)))
    }

    fn get_entry(&self, key: &K) -> Result<Option<Entry<V>>> {
        let stored = self.inner.get_entry(&*self.map.key(key)?)?;
        Ok(stored.and_then(|entry| self.decode_entry(key, entry)))
    }

    fn put(&self, key: &K, value: &V, ttl: Ttl) -> Result<()> {
        self.inner.put(&*self.map.key(key)?, &*self.map.encode(key, value, ttl)?, ttl)
    }

    fn remove(&self, key: &K) -> Result<bool> {
        self.inner.remove(&*self.map.key(key)?)
    }

    fn contains(&self, key: &K) -> Result<bool> {
        if M::REJECTS {
            return Ok(self.get(key)?.is_some());
        }
        self.inner.contains(&*self.map.key(key)?)
    }

    fn get_many(&self, keys: &[&K]) -> Result<Vec<Option<V>>> {
        let mapped = keys.iter().map(|key| self.map.key(key)).collect::<Result<Vec<_>>>()?;
        let stored = self.inner.get_many(&mapped.iter().map(|key| &**key).collect::<Vec<_>>())?;
        Ok(keys.iter().zip(stored).map(|(key, stored)| self.decode(key, stored?)).collect())
    }

    fn put_many(&self, entries: &[(&K, &V)], ttl: Ttl) -> Result<()> {
        let mapped = entries
            .iter()
            .map(|(key, value)| Ok((self.map.key(key)?, self.map.encode(key, value, ttl)?)))
            .collect::<Result<Vec<_>>>()?;
        self.inner.put_many(&mapped.iter().map(|(key, value)| (&**key, &**value)).collect::<Vec<_>>(), ttl)
    }

    fn watch(&self, key: &K) -> Option<Watch> {
        self.inner.watch(&*self.map.key(key).ok()?)
    }

    fn put_if_unchanged(&self, key: &K, value: &V, ttl: Ttl, watch: Watch) -> Result<bool> {
        let stored = self.map.encode(key, value, ttl)?;
        self.inner.put_if_unchanged(&*self.map.key(key)?, &*stored, ttl, watch)
    }
}

#[deny(clippy::missing_trait_methods)]
impl<K: ?Sized + Sync, V: Send + Sync, M, C> AsyncCache<K, V> for Mapped<M, C>
where
    M: Map<K, V> + Send + Sync,
    M::Key: Sync,
    <M::Key as ToOwned>::Owned: Send + Sync,
    M::Stored: Send + Sync,
    C: AsyncCache<M::Key, M::Stored>,
{
    const NEVER_WAITS: bool = C::NEVER_WAITS;

    async fn get(&self, key: &K) -> Result<Option<V>> {
        let stored = self.inner.get(&*self.map.key(key)?).await?;
        Ok(stored.and_then(|stored| self.decode(key, stored)))
    }

    async fn get_entry(&self, key: &K) -> Result<Option<Entry<V>>> {
        let stored = self.inner.get_entry(&*self.map.key(key)?).await?;
        Ok(stored.and_then(|entry| self.decode_entry(key, entry)))
    }

    async fn put(&self, key: &K, value: &V, ttl: Ttl) -> Result<()> {
        self.inner.put(&*self.map.key(key)?, &*self.map.encode(key, value, ttl)?, ttl).await
    }

    async fn remove(&self, key: &K) -> Result<bool> {
        self.inner.remove(&*self.map.key(key)?).await
    }

    async fn contains(&self, key: &K) -> Result<bool> {
        if M::REJECTS {
            return Ok(AsyncCache::get(self, key).await?.is_some());
        }
        self.inner.contains(&*self.map.key(key)?).await
    }

    async fn get_many(&self, keys: &[&K]) -> Result<Vec<Option<V>>> {
        let mapped = keys.iter().map(|key| self.map.key(key)).collect::<Result<Vec<_>>>()?;
        let stored = self.inner.get_many(&mapped.iter().map(|key| &**key).collect::<Vec<_>>()).await?;
        Ok(keys.iter().zip(stored).map(|(key, stored)| self.decode(key, stored?)).collect())
    }

    async fn put_many(&self, entries: &[(&K, &V)], ttl: Ttl) -> Result<()> {
        let mapped = entries
            .iter()
            .map(|(key, value)| Ok((self.map.key(key)?, self.map.encode(key, value, ttl)?)))
            .collect::<Result<Vec<_>>>()?;
        self.inner.put_many(&mapped.iter().map(|(key, value)| (&**key, &**value)).collect::<Vec<_>>(), ttl).await
    }

    fn watch(&self, key: &K) -> Option<Watch> {
        self.inner.watch(&*self.map.key(key).ok()?)
    }

    async fn put_if_unchanged(&self, key: &K, value: &V, ttl: Ttl, watch: Watch) -> Result<bool> {
        let stored = self.map.encode(key, value, ttl)?;
        self.inner.put_if_unchanged(&*self.map.key(key)?, &*stored, ttl, watch).await
    }
}

#[deny(clippy::missing_trait_methods)]
impl<M: Layer, C: Store> Store for Mapped<M, C> {
    fn len(&self) -> Result<usize> {
        self.inner.len()
    }

    fn is_empty(&self) -> Result<bool> {
        self.inner.is_empty()
    }

    fn clear(&self) -> Result<()> {
        Self::check_owned()?;
        self.inner.clear()
    }

    fn stats(&self) -> Result<Stats> {
        Ok(self.with_rejected(self.inner.stats()?))
    }
}

#[deny(clippy::missing_trait_methods)]
impl<M: Layer + Send + Sync, C: AsyncStore> AsyncStore for Mapped<M, C> {
    async fn len(&self) -> Result<usize> {
        self.inner.len().await
    }

    async fn is_empty(&self) -> Result<bool> {
        self.inner.is_empty().await
    }

    async fn clear(&self) -> Result<()> {
        Self::check_owned()?;
        self.inner.clear().await
    }

    async fn stats(&self) -> Result<Stats> {
        Ok(self.with_rejected(self.inner.stats().await?))
    }
}
