//! What a cache is: [`Cache`] for its keys and values, [`Store`] for the container as a whole.

use crate::{Entry, Result, Stats, Ttl, Watch};

/// A key-value store that may forget, used without waiting on a runtime.
///
/// `K` and `V` are parameters, not associated types, so that one store or stack of layers serves functions of many
/// types. A key may be borrowed: `Cache<str, V>` is the usual form for text keys. The trait is dyn-compatible:
/// `Arc<dyn Cache<str, V>>` is a cache too.
///
/// These are the primitives that a store provides and a layer forwards; conveniences are in
/// [`CacheExt`](crate::CacheExt).
///
/// # Contract
///
/// An expired entry is a miss. What a store can't make sense of is a miss. A store may drop any entry at any time. After
/// `remove` returned, no older value is found. An error means that the store can't tell; nobody has to treat it as more
/// than a miss.
///
/// # Examples
///
/// ```
/// use ctu_core::{Cache, Ttl};
///
/// fn visits<C: Cache<str, u64>>(cache: &C, page: &str) -> ctu_core::Result<u64> {
///     let visits = cache.get(page)?.unwrap_or(0) + 1;
///     cache.put(page, &visits, Ttl::Default)?;
///     Ok(visits)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a cache from `{K}` to `{V}`",
    label = "this can't be called with keys of `{K}` and values of `{V}`",
    note = "text keys are `str`, byte keys `[u8]`; a byte store needs a layer such as `.json()` for typed values",
    note = "a function with `key = typed` and a cache of its callers' needs a `SharedMemory`"
)]
pub trait Cache<K: ?Sized, V> {
    /// The value under `key`, or `None` on a miss.
    ///
    /// # Errors
    ///
    /// When the store fails or does not answer within its deadline.
    fn get(&self, key: &K) -> Result<Option<V>>;

    /// The value under `key` and what is left of its lifetime.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    fn get_entry(&self, key: &K) -> Result<Option<Entry<V>>>;

    /// Stores `value` under `key`, over whatever was there.
    ///
    /// # Errors
    ///
    /// When the store fails, or the value has no exact form in it (`Codec`) or is too large for it (`Limit`): then
    /// nothing is found under `key` but, at most, what was there before.
    fn put(&self, key: &K, value: &V, ttl: Ttl) -> Result<()>;

    /// Forgets `key`, and tells whether it was there.
    ///
    /// # Errors
    ///
    /// When the store fails: the entry may still be there.
    fn remove(&self, key: &K) -> Result<bool>;

    /// Whether [`get`](Self::get) would find a value.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    fn contains(&self, key: &K) -> Result<bool>;

    /// The values under `keys`, in their order; one round trip where the store can.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get): all or nothing.
    fn get_many(&self, keys: &[&K]) -> Result<Vec<Option<V>>> {
        keys.iter().map(|key| self.get(key)).collect()
    }

    /// Stores all `entries` with one lifetime; one round trip where the store can.
    ///
    /// # Errors
    ///
    /// As [`put`](Self::put); some entries may have been stored.
    fn put_many(&self, entries: &[(&K, &V)], ttl: Ttl) -> Result<()> {
        entries.iter().try_for_each(|(key, value)| self.put(key, value, ttl))
    }

    /// Begins to watch `key`, whose value is about to be computed, for [`put_if_unchanged`](Self::put_if_unchanged).
    ///
    /// A store answers at once, without a round trip; `None`, which is the default: it does not keep watch. Those in
    /// memory do, with [`Watches`](crate::Watches), and layers hand the question on. A store on a server has
    /// [leases](crate::Lease) instead.
    fn watch(&self, _key: &K) -> Option<Watch> {
        None
    }

    /// Stores `value` unless `key` was stored, removed or cleared since it was [watched](Self::watch), by whomever, and
    /// tells whether it did.
    ///
    /// # Errors
    ///
    /// As [`put`](Self::put).
    fn put_if_unchanged(&self, key: &K, value: &V, ttl: Ttl, watch: Watch) -> Result<bool> {
        drop(watch);
        self.put(key, value, ttl).map(|()| true)
    }
}

/// What a store can tell and do without knowing its types of keys and values.
pub trait Store {
    /// The number of entries, expired ones that were not swept yet included.
    ///
    /// # Errors
    ///
    /// When the store fails, or can't count (`Unsupported`).
    fn len(&self) -> Result<usize>;

    /// Whether there are no entries.
    ///
    /// # Errors
    ///
    /// As [`len`](Self::len).
    fn is_empty(&self) -> Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Forgets every entry of this store.
    ///
    /// # Errors
    ///
    /// When the store fails, or can't tell its entries from those of others (`Unsupported`): then nothing was removed.
    fn clear(&self) -> Result<()>;

    /// What was counted so far: `cache.stats()?.hit_rate()` is the part of the lookups that were hits.
    ///
    /// A server's figures are its own, of all its clients since it was started; [`StackExt::with_stats`] counts what went
    /// through this stack.
    ///
    /// # Errors
    ///
    /// When the figures are kept by a server that fails.
    ///
    /// # Examples
    ///
    /// ```
    /// use ctu_core::Store;
    ///
    /// fn report(cache: &impl Store) -> ctu_core::Result<()> {
    ///     println!("{:.0} % of the lookups were hits", cache.stats()?.hit_rate() * 100.0);
    ///     Ok(())
    /// }
    /// ```
    ///
    /// [`StackExt::with_stats`]: crate::StackExt::with_stats
    fn stats(&self) -> Result<Stats>;
}

/// A container that is changed through `&mut self`, such as `HashMap`: what `LockedCache` makes a [`Cache`] of.
///
/// A container without lifetimes of its own ignores `ttl` and reports entries that do not expire.
pub trait CacheMut<K: ?Sized, V>: StoreMut {
    /// The value under `key`. `&mut`, because a lookup may reorder.
    fn get(&mut self, key: &K) -> Option<Entry<V>>;
    /// Stores `value` under `key`, over whatever was there.
    fn put(&mut self, key: &K, value: &V, ttl: Ttl);
    /// Forgets `key`, and tells whether it was there.
    fn remove(&mut self, key: &K) -> bool;
    /// Whether [`get`](Self::get) would find a value, without counting as a use.
    fn contains(&self, key: &K) -> bool;
}

/// What such a container can tell and do without knowing its types of keys and values.
pub trait StoreMut {
    /// The number of entries.
    fn len(&self) -> usize;
    /// Whether there are no entries.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Forgets every entry.
    fn clear(&mut self);
}
