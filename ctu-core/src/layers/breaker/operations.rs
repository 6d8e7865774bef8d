//! What each operation does with the circuit.

use std::borrow::Borrow;
use std::time::Duration;

use super::circuit::Doubt;
use super::{BreakerCache, Pass, is_outage};
use crate::{
    AsyncCache, AsyncLease, AsyncStore, Cache, Claim, Entry, Lease, Leased, Result, Stats, Store, Token, Ttl, Watch,
};

/// How many keys in doubt an operation settles on its way: a bounded delay for each, until none is left.
const SETTLED_PER_OPERATION: usize = 16;

/// Both forms of the layer from one text: the async one waits where the sync one does not.
macro_rules! breaker {
    (
        $cache:ident, $lease:ident, $store:ident, enter: $enter:ident, settle: $settle:ident, [$($async:ident)?], [$($wait:tt)*],
        [$($shared:tt)*], [$($sent:tt)*]
    ) => {
        impl<C: $store, O: Ord + Clone $($sent)*> BreakerCache<C, O> {
            /// Lets an operation go to the store, after it has settled some of what is in doubt; fails where the store
            /// is bypassed.
            $($async)? fn $enter<K, V: Sized $($sent)*>(&self) -> Result<Pass<'_, C, O>>
            where
                K: ToOwned<Owned = O> + Ord + ?Sized $($shared)*,
                O: Borrow<K>,
                C: $cache<K, V>,
            {
                let pass = self.admit()?;
                if !self.circuit.is_calm() {
                    for _ in 0..SETTLED_PER_OPERATION {
                        let Some(doubt) = self.settling() else { break };
                        let outcome = match &doubt.doubt {
                            Doubt::Key(key, _) => {
                                let key: &K = key.borrow();
                                self.inner.remove(key)$($wait)*.map(drop)
                            }
                            Doubt::All(_) => self.inner.clear()$($wait)*,
                        };
                        if let Err(error) = self.judged(&pass, outcome) {
                            return Err(self.in_doubt(&error));
                        }
                        doubt.settled();
                    }
                    if self.circuit.doubts().is_none() {
                        return Err(self.bypassed());
                    }
                }
                Ok(pass)
            }

            /// Removes what is in doubt under `key`, before something else is stored there.
            $($async)? fn $settle<K, V: Sized $($sent)*>(&self, pass: &Pass<'_, C, O>, key: &K) -> Result<()>
            where
                K: ToOwned<Owned = O> + Ord + ?Sized $($shared)*,
                O: Borrow<K>,
                C: $cache<K, V>,
            {
                if self.circuit.is_doubted(key) {
                    let turn = self.circuit.turn();
                    self.judged(pass, self.inner.remove(key)$($wait)*)?;
                    self.circuit.removed(key, turn);
                }
                Ok(())
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl<K, V, C, O> $cache<K, V> for BreakerCache<C, O>
        where
            K: ToOwned<Owned = O> + Ord + ?Sized $($shared)*,
            V: Sized $($sent)*,
            O: Ord + Clone + Borrow<K> $($sent)*,
            C: $cache<K, V> + $store,
        {
            $($async)? fn get(&self, key: &K) -> Result<Option<V>> {
                let pass = self.$enter::<K, V>()$($wait)*?;
                if self.circuit.is_doubted(key) {
                    return Ok(None);
                }
                self.judged(&pass, self.inner.get(key)$($wait)*)
            }

            $($async)? fn get_entry(&self, key: &K) -> Result<Option<Entry<V>>> {
                let pass = self.$enter::<K, V>()$($wait)*?;
                if self.circuit.is_doubted(key) {
                    return Ok(None);
                }
                self.judged(&pass, self.inner.get_entry(key)$($wait)*)
            }

            $($async)? fn put(&self, key: &K, value: &V, ttl: Ttl) -> Result<()> {
                let pass = self.$enter::<K, V>()$($wait)*?;
                self.$settle::<K, V>(&pass, key)$($wait)*?;
                let put = self.judged(&pass, self.inner.put(key, value, ttl)$($wait)*);
                // It may yet arrive, after a later removal.
                put.inspect_err(|error| if is_outage(error) { self.circuit.doubt(key.to_owned()) })
            }

            $($async)? fn remove(&self, key: &K) -> Result<bool> {
                let pass = match self.$enter::<K, V>()$($wait)* {
                    Ok(pass) => pass,
                    Err(error) => {
                        self.circuit.doubt(key.to_owned());
                        return Err(error);
                    }
                };
                let (turn, was_doubted) = (self.circuit.turn(), self.circuit.is_doubted(key));
                let removed = self.judged(&pass, self.inner.remove(key)$($wait)*);
                match &removed {
                    Ok(_) => self.circuit.removed(key, turn),
                    Err(_) => self.circuit.doubt(key.to_owned()),
                }
                removed.map(|was_there| was_there && !was_doubted)
            }

            $($async)? fn contains(&self, key: &K) -> Result<bool> {
                let pass = self.$enter::<K, V>()$($wait)*?;
                if self.circuit.is_doubted(key) {
                    return Ok(false);
                }
                self.judged(&pass, self.inner.contains(key)$($wait)*)
            }

            $($async)? fn get_many(&self, keys: &[&K]) -> Result<Vec<Option<V>>> {
                let pass = self.$enter::<K, V>()$($wait)*?;
                let mut doubted = Vec::new();
                if !self.circuit.is_calm() {
                    doubted.extend((0..keys.len()).filter(|&at| self.circuit.is_doubted(keys[at])));
                }
                let mut found = self.judged(&pass, self.inner.get_many(keys)$($wait)*)?;
                for at in doubted {
                    if let Some(found) = found.get_mut(at) {
                        *found = None;
                    }
                }
                Ok(found)
            }

            $($async)? fn put_many(&self, entries: &[(&K, &V)], ttl: Ttl) -> Result<()> {
                let pass = self.$enter::<K, V>()$($wait)*?;
                for (key, _) in entries {
                    self.$settle::<K, V>(&pass, key)$($wait)*?;
                }
                let put = self.judged(&pass, self.inner.put_many(entries, ttl)$($wait)*);
                put.inspect_err(|error| {
                    if is_outage(error) {
                        for (key, _) in entries {
                            self.circuit.doubt((*key).to_owned());
                        }
                    }
                })
            }

            fn watch(&self, key: &K) -> Option<Watch> {
                self.inner.watch(key)
            }

            $($async)? fn put_if_unchanged(&self, key: &K, value: &V, ttl: Ttl, watch: Watch) -> Result<bool> {
                let pass = self.$enter::<K, V>()$($wait)*?;
                self.$settle::<K, V>(&pass, key)$($wait)*?;
                self.judged(&pass, self.inner.put_if_unchanged(key, value, ttl, watch)$($wait)*)
                    .inspect_err(|error| if is_outage(error) { self.circuit.doubt(key.to_owned()) })
            }
        }

        /// What is in doubt is removed first, which ends older leases.
        #[deny(clippy::missing_trait_methods)]
        impl<K, V, C, O> $lease<K, V> for BreakerCache<C, O>
        where
            K: ToOwned<Owned = O> + Ord + ?Sized $($shared)*,
            V: Sized $($sent)*,
            O: Ord + Clone + Borrow<K> $($sent)*,
            C: $lease<K, V> + $store,
        {
            $($async)? fn lease(&self, key: &K, claim: Claim, length: Duration) -> Result<Leased> {
                let pass = self.$enter::<K, V>()$($wait)*?;
                self.$settle::<K, V>(&pass, key)$($wait)*?;
                self.judged(&pass, self.inner.lease(key, claim, length)$($wait)*)
            }

            $($async)? fn renew(&self, key: &K, token: Token, length: Duration) -> Result<Option<Token>> {
                let pass = self.$enter::<K, V>()$($wait)*?;
                self.$settle::<K, V>(&pass, key)$($wait)*?;
                self.judged(&pass, self.inner.renew(key, token, length)$($wait)*)
            }

            $($async)? fn release(&self, key: &K, token: Token) -> Result<bool> {
                let pass = self.$enter::<K, V>()$($wait)*?;
                self.$settle::<K, V>(&pass, key)$($wait)*?;
                self.judged(&pass, self.inner.release(key, token)$($wait)*)
            }

            $($async)? fn put_if_leased(&self, key: &K, value: &V, ttl: Ttl, token: Token) -> Result<bool> {
                let pass = self.$enter::<K, V>()$($wait)*?;
                self.$settle::<K, V>(&pass, key)$($wait)*?;
                let put = self.judged(&pass, self.inner.put_if_leased(key, value, ttl, token)$($wait)*);
                // It may yet arrive, after a later removal.
                put.inspect_err(|error| if is_outage(error) { self.circuit.doubt(key.to_owned()) })
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl<C: $store, O: Ord $($sent)*> $store for BreakerCache<C, O> {
            $($async)? fn len(&self) -> Result<usize> {
                let pass = self.admit()?;
                self.judged(&pass, self.inner.len()$($wait)*)
            }

            $($async)? fn is_empty(&self) -> Result<bool> {
                let pass = self.admit()?;
                self.judged(&pass, self.inner.is_empty()$($wait)*)
            }

            /// As a removal, done later where it can't be done now.
            $($async)? fn clear(&self) -> Result<()> {
                let pass = self.admit().inspect_err(|_| self.circuit.doubt_all())?;
                let turn = self.circuit.turn();
                let cleared = self.judged(&pass, self.inner.clear()$($wait)*);
                match &cleared {
                    Ok(()) => self.circuit.cleared(turn),
                    Err(error) if is_outage(error) => self.circuit.doubt_all(),
                    Err(_) => {}
                }
                cleared
            }

            /// The store's figures, and those of the breaker alone while the store gives none.
            $($async)? fn stats(&self) -> Result<Stats> {
                let below = match self.admit() {
                    Ok(pass) => self.judged(&pass, self.inner.stats()$($wait)*),
                    Err(error) => Err(error),
                };
                Ok(self.with_own(below.unwrap_or_default()))
            }
        }
    };
}

breaker!(Cache, Lease, Store, enter: enter, settle: settle, [], [], [], []);
breaker!(
    AsyncCache, AsyncLease, AsyncStore, enter: enter_async, settle: settle_async, [async], [.await], [+ Sync], [+ Send + Sync]
);
