//! What [`Flaky`](super::Flaky), [`Slow`](super::Slow) and [`Recorder`](super::Recorder) have in common: something is
//! done around every operation, whichever it is.

/// Implements all six traits for a wrapper with a field `inner`, out of its two methods
///
/// - `fn around<T>(&self, op: Operation, call: impl FnOnce() -> Result<T>) -> Result<T>`
/// - `async fn around_async<T: Send>(&self, op: Operation, call: impl Future<Output = Result<T>> + Send) -> Result<T>`
macro_rules! wrapper {
    ($type:ident) => {
        #[deny(clippy::missing_trait_methods)]
        impl<K: ?Sized, V, C: Cache<K, V>> Cache<K, V> for $type<C> {
            fn get(&self, key: &K) -> Result<Option<V>> {
                self.around(Operation::Get, || self.inner.get(key))
            }
            fn get_entry(&self, key: &K) -> Result<Option<Entry<V>>> {
                self.around(Operation::GetEntry, || self.inner.get_entry(key))
            }
            fn put(&self, key: &K, value: &V, ttl: Ttl) -> Result<()> {
                self.around(Operation::Put, || self.inner.put(key, value, ttl))
            }
            fn remove(&self, key: &K) -> Result<bool> {
                self.around(Operation::Remove, || self.inner.remove(key))
            }
            fn contains(&self, key: &K) -> Result<bool> {
                self.around(Operation::Contains, || self.inner.contains(key))
            }
            fn get_many(&self, keys: &[&K]) -> Result<Vec<Option<V>>> {
                self.around(Operation::GetMany(keys.len()), || self.inner.get_many(keys))
            }
            fn put_many(&self, entries: &[(&K, &V)], ttl: Ttl) -> Result<()> {
                self.around(Operation::PutMany(entries.len()), || self.inner.put_many(entries, ttl))
            }
            fn watch(&self, key: &K) -> Option<Watch> {
                self.inner.watch(key)
            }
            fn put_if_unchanged(&self, key: &K, value: &V, ttl: Ttl, watch: Watch) -> Result<bool> {
                self.around(Operation::Put, || self.inner.put_if_unchanged(key, value, ttl, watch))
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl<C: Store> Store for $type<C> {
            fn len(&self) -> Result<usize> {
                self.around(Operation::Len, || self.inner.len())
            }
            fn is_empty(&self) -> Result<bool> {
                self.around(Operation::IsEmpty, || self.inner.is_empty())
            }
            fn clear(&self) -> Result<()> {
                self.around(Operation::Clear, || self.inner.clear())
            }
            fn stats(&self) -> Result<Stats> {
                self.around(Operation::Stats, || self.inner.stats())
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl<K: ?Sized + Sync, V: Send + Sync, C: AsyncCache<K, V>> AsyncCache<K, V> for $type<C> {
            async fn get(&self, key: &K) -> Result<Option<V>> {
                self.around_async(Operation::Get, self.inner.get(key)).await
            }
            async fn get_entry(&self, key: &K) -> Result<Option<Entry<V>>> {
                self.around_async(Operation::GetEntry, self.inner.get_entry(key)).await
            }
            async fn put(&self, key: &K, value: &V, ttl: Ttl) -> Result<()> {
                self.around_async(Operation::Put, self.inner.put(key, value, ttl)).await
            }
            async fn remove(&self, key: &K) -> Result<bool> {
                self.around_async(Operation::Remove, self.inner.remove(key)).await
            }
            async fn contains(&self, key: &K) -> Result<bool> {
                self.around_async(Operation::Contains, self.inner.contains(key)).await
            }
            async fn get_many(&self, keys: &[&K]) -> Result<Vec<Option<V>>> {
                self.around_async(Operation::GetMany(keys.len()), self.inner.get_many(keys)).await
            }
            async fn put_many(&self, entries: &[(&K, &V)], ttl: Ttl) -> Result<()> {
                self.around_async(Operation::PutMany(entries.len()), self.inner.put_many(entries, ttl)).await
            }
            fn watch(&self, key: &K) -> Option<Watch> {
                self.inner.watch(key)
            }
            async fn put_if_unchanged(&self, key: &K, value: &V, ttl: Ttl, watch: Watch) -> Result<bool> {
                self.around_async(Operation::Put, self.inner.put_if_unchanged(key, value, ttl, watch)).await
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl<C: AsyncStore> AsyncStore for $type<C> {
            async fn len(&self) -> Result<usize> {
                self.around_async(Operation::Len, self.inner.len()).await
            }
            async fn is_empty(&self) -> Result<bool> {
                self.around_async(Operation::IsEmpty, self.inner.is_empty()).await
            }
            async fn clear(&self) -> Result<()> {
                self.around_async(Operation::Clear, self.inner.clear()).await
            }
            async fn stats(&self) -> Result<Stats> {
                self.around_async(Operation::Stats, self.inner.stats()).await
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl<K: ?Sized, V, C: Lease<K, V>> Lease<K, V> for $type<C> {
            fn lease(&self, key: &K, claim: Claim, length: Duration) -> Result<Leased> {
                self.around(Operation::Lease, || self.inner.lease(key, claim, length))
            }
            fn renew(&self, key: &K, token: Token, length: Duration) -> Result<Option<Token>> {
                self.around(Operation::Renew, || self.inner.renew(key, token, length))
            }
            fn release(&self, key: &K, token: Token) -> Result<bool> {
                self.around(Operation::Release, || self.inner.release(key, token))
            }
            fn put_if_leased(&self, key: &K, value: &V, ttl: Ttl, token: Token) -> Result<bool> {
                self.around(Operation::PutIfLeased, || self.inner.put_if_leased(key, value, ttl, token))
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl<K: ?Sized + Sync, V: Send + Sync, C: AsyncLease<K, V>> AsyncLease<K, V> for $type<C> {
            async fn lease(&self, key: &K, claim: Claim, length: Duration) -> Result<Leased> {
                self.around_async(Operation::Lease, self.inner.lease(key, claim, length)).await
            }
            async fn renew(&self, key: &K, token: Token, length: Duration) -> Result<Option<Token>> {
                self.around_async(Operation::Renew, self.inner.renew(key, token, length)).await
            }
            async fn release(&self, key: &K, token: Token) -> Result<bool> {
                self.around_async(Operation::Release, self.inner.release(key, token)).await
            }
            async fn put_if_leased(&self, key: &K, value: &V, ttl: Ttl, token: Token) -> Result<bool> {
                self.around_async(Operation::PutIfLeased, self.inner.put_if_leased(key, value, ttl, token)).await
            }
        }
    };
}
pub(super) use wrapper;
