//! What each operation asks of the two levels, and in which order.

use std::hash::Hash;
use std::time::Duration;

use super::TwoLevelCache;
use crate::layers::promotion::{Copied, Ticket};
use crate::{
    AsyncCache, AsyncLease, AsyncStore, Cache, Claim, Count, Entry, ErrorKind, Lease, Leased, Result, Stats, Store,
    Token, Ttl, Watch,
};

/// Which of the keys were not found, and their places.
fn missing<'k, K: ?Sized, V>(keys: &[&'k K], found: &[Option<V>]) -> (Vec<usize>, Vec<&'k K>) {
    let all = keys.iter().zip(found).enumerate();
    all.filter(|(_, (_, value))| value.is_none()).map(|(place, (key, _))| (place, *key)).unzip()
}

/// Both forms of the cache from one text: the async one waits where the sync one does not.
macro_rules! two_level {
    (
        $cache:ident, $lease:ident, $store:ident, fetch: $fetch:ident, copy: $copy:ident, fetch_many: $fetch_many:ident,
        store_copy: $store_copy:ident, store_both: $store_both:ident, [$($async:ident)?], [$($wait:tt)*], [$($bounds:tt)*]
    ) => {
        impl<A, B> TwoLevelCache<A, B> {
            /// The second level's entry, copied to the first.
            $($async)? fn $fetch<$($bounds)*>(&self, key: &K) -> Result<Option<Entry<V>>>
            where
                A: $cache<K, V>,
                B: $cache<K, V>,
            {
                let ticket = self.promotion.ticket(key);
                let entry = self.tolerate(self.second.get_entry(key)$($wait)*, None)?;
                if let Some(entry) = &entry {
                    if let Some(ttl) = self.copied(entry.ttl) {
                        self.$copy(ticket, key, &entry.value, Some(entry.ttl.into()), ttl)$($wait)*;
                    }
                }
                Ok(entry)
            }

            /// Copies to the first level, for `near`, a value for `whole` (`None`: not known). It was found whether this
            /// succeeds or not.
            $($async)? fn $copy<$($bounds)*>(&self, ticket: Ticket, key: &K, value: &V, whole: Option<Ttl>, near: Ttl)
            where
                A: $cache<K, V>,
            {
                // Noted by who has the right to store it, no one else.
                let store = || $($async)? {
                    match whole {
                        Some(whole) => self.note(key, whole, near),
                        None => self.lifetimes.forget(self.promotion.hash(key)),
                    }
                    self.first.put(key, value, near)$($wait)*
                };
                let copied = self.promotion.$store_copy(ticket, store)$($wait)*;
                let result = match copied {
                    Copied::Done(result) => result,
                    Copied::Skipped => Ok(()),
                    Copied::Abandoned => self.first.remove(key)$($wait)*.map(|_| ()),
                };
                if let Err(error) = self.counted(result) {
                    self.log(&error, "a value was found in the second level of a cache, but not copied to the first");
                }
            }

            /// Stores in the first level what was stored in the second, if it was.
            $($async)? fn $store_both<$($bounds)*>(
                &self,
                ticket: Ticket,
                key: &K,
                value: &V,
                ttl: Ttl,
                stored: Result<bool>,
            ) -> Result<bool>
            where
                A: $cache<K, V>,
            {
                // Stored in the first level as a copy: what was removed since must not stay there.
                let ticket = self.promotion.overtake(ticket);
                if let (Ok(true), Some(ticket)) = (&stored, ticket) {
                    self.$copy(ticket, key, value, Some(ttl), self.near(ttl))$($wait)*;
                } else {
                    // It may have what is not in the second any more.
                    let _ = self.counted(self.first.remove(key)$($wait)*);
                }
                if let Ok(true) = stored {
                    self.counters.add(Count::Write);
                }
                stored
            }

            /// What the second level has of several keys, copied to the first if that is allowed.
            $($async)? fn $fetch_many<$($bounds)*>(&self, keys: &[&K]) -> Result<Vec<Option<V>>>
            where
                A: $cache<K, V>,
                B: $cache<K, V>,
            {
                let tickets: Vec<_> = keys.iter().map(|key| self.promotion.ticket(*key)).collect();
                let found = self.tolerate(self.second.get_many(keys)$($wait)*, Vec::new())?;
                if let Some(ttl) = self.batch_ttl.and_then(|ttl| self.copied(Some(ttl))) {
                    for ((key, value), ticket) in keys.iter().zip(&found).zip(tickets) {
                        if let Some(value) = value {
                            self.$copy(ticket, *key, value, None, ttl)$($wait)*;
                        }
                    }
                }
                Ok(found)
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl<$($bounds)*, A: $cache<K, V>, B: $cache<K, V>> $cache<K, V> for TwoLevelCache<A, B> {
            $($async)? fn get(&self, key: &K) -> Result<Option<V>> {
                let mut found = self.counted(self.first.get(key)$($wait)*)?;
                if found.is_none() {
                    found = self.$fetch(key)$($wait)*?.map(|entry| entry.value);
                }
                Ok(self.count(found))
            }

            $($async)? fn get_entry(&self, key: &K) -> Result<Option<Entry<V>>> {
                let found = match self.counted(self.first.get_entry(key)$($wait)*)? {
                    Some(entry) => Some(match self.whole(key, entry) {
                        Ok(entry) => entry,
                        // A value was found, whether the second level tells its lifetime or not.
                        Err(near) => self.$fetch(key)$($wait)*.ok().flatten().unwrap_or(near),
                    }),
                    None => self.$fetch(key)$($wait)*?,
                };
                Ok(self.count(found))
            }

            $($async)? fn put(&self, key: &K, value: &V, ttl: Ttl) -> Result<()> {
                let second = self.second.put(key, value, ttl)$($wait)*;
                self.promotion.stop(key);
                let second_has_it = second.is_ok();
                if let Err(error) = self.tolerate(second, ()) {
                    // It may have been stored all the same: the first level must not go on with an older one.
                    let _ = self.counted(self.first.remove(key)$($wait)*);
                    return Err(error);
                }
                self.note(key, ttl, self.near(ttl));
                if let Err(error) = self.counted(self.first.put(key, value, self.near(ttl))$($wait)*) {
                    let removed = self.first.remove(key)$($wait)*.is_ok();
                    self.settle(error, second_has_it, removed)?;
                }
                self.counters.add(Count::Write);
                Ok(())
            }

            $($async)? fn remove(&self, key: &K) -> Result<bool> {
                self.counters.add(Count::Del);
                let second = self.second.remove(key)$($wait)*;
                self.promotion.stop(key);
                let first = self.first.remove(key)$($wait)*;
                let second = self.tolerate(second, false);
                Ok(self.counted(first)? | second?)
            }

            $($async)? fn contains(&self, key: &K) -> Result<bool> {
                self.counters.add(Count::Test);
                Ok(self.counted(self.first.contains(key)$($wait)*)?
                    || self.tolerate(self.second.contains(key)$($wait)*, false)?)
            }

            $($async)? fn get_many(&self, keys: &[&K]) -> Result<Vec<Option<V>>> {
                let mut found = self.counted(self.first.get_many(keys)$($wait)*)?;
                let (places, rest) = missing(keys, &found);
                let fetched = match *rest {
                    [] => vec![],
                    [key] => vec![self.$fetch(key)$($wait)*?.map(|entry| entry.value)],
                    _ => self.$fetch_many(&rest)$($wait)*?,
                };
                for (place, value) in places.into_iter().zip(fetched) {
                    found[place] = value;
                }
                Ok(found.into_iter().map(|found| self.count(found)).collect())
            }

            $($async)? fn put_many(&self, entries: &[(&K, &V)], ttl: Ttl) -> Result<()> {
                let second = self.second.put_many(entries, ttl)$($wait)*;
                for (key, _) in entries {
                    self.promotion.stop(*key);
                    self.note(*key, ttl, self.near(ttl));
                }
                let second_has_them = second.is_ok();
                let second = self.tolerate(second, ());
                let first = match &second {
                    Ok(()) => self.counted(self.first.put_many(entries, self.near(ttl))$($wait)*),
                    Err(_) => Ok(()),
                };
                if second.is_err() || first.is_err() {
                    // Some may have been stored: see `put`.
                    let mut removed = true;
                    for (key, _) in entries {
                        removed &= self.counted(self.first.remove(key)$($wait)*).is_ok();
                    }
                    second?;
                    first.or_else(|error| self.settle(error, second_has_them, removed))?;
                }
                for _ in entries {
                    self.counters.add(Count::Write);
                }
                Ok(())
            }

            /// The second level's, which everything reaches first.
            fn watch(&self, key: &K) -> Option<Watch> {
                self.second.watch(key)
            }

            $($async)? fn put_if_unchanged(&self, key: &K, value: &V, ttl: Ttl, watch: Watch) -> Result<bool> {
                let ticket = self.promotion.ticket(key);
                let stored = self.tolerate(self.second.put_if_unchanged(key, value, ttl, watch)$($wait)*, true);
                self.$store_both(ticket, key, value, ttl, stored)$($wait)*
            }
        }

        /// Leases are those of the second level, which processes share.
        #[deny(clippy::missing_trait_methods)]
        impl<$($bounds)*, A: $cache<K, V>, B: $lease<K, V>> $lease<K, V> for TwoLevelCache<A, B> {
            $($async)? fn lease(&self, key: &K, claim: Claim, length: Duration) -> Result<Leased> {
                self.counted(self.second.lease(key, claim, length)$($wait)*)
            }

            $($async)? fn renew(&self, key: &K, token: Token, length: Duration) -> Result<Option<Token>> {
                self.counted(self.second.renew(key, token, length)$($wait)*)
            }

            $($async)? fn release(&self, key: &K, token: Token) -> Result<bool> {
                self.counted(self.second.release(key, token)$($wait)*)
            }

            $($async)? fn put_if_leased(&self, key: &K, value: &V, ttl: Ttl, token: Token) -> Result<bool> {
                let ticket = self.promotion.ticket(key);
                let stored = self.counted(self.second.put_if_leased(key, value, ttl, token)$($wait)*);
                self.$store_both(ticket, key, value, ttl, stored)$($wait)*
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl<A: $store, B: $store> $store for TwoLevelCache<A, B> {
            /// That of the larger level.
            $($async)? fn len(&self) -> Result<usize> {
                let first = self.first.len()$($wait)*?;
                Ok(first.max(self.tolerate(self.second.len()$($wait)*, 0)?))
            }

            $($async)? fn is_empty(&self) -> Result<bool> {
                Ok(self.first.is_empty()$($wait)*? && self.tolerate(self.second.is_empty()$($wait)*, true)?)
            }

            /// Empties both levels. Where the second can't (`Unsupported`), nothing is removed, resilient or not.
            $($async)? fn clear(&self) -> Result<()> {
                let second = self.second.clear()$($wait)*;
                if second.as_ref().is_err_and(|error| error.kind() == ErrorKind::Unsupported) {
                    return second;
                }
                self.promotion.stop_all();
                let first = self.first.clear()$($wait)*;
                let second = self.tolerate(second, ());
                first.and(second)
            }

            $($async)? fn stats(&self) -> Result<Stats> {
                let first = self.first.stats()$($wait)*?;
                let second = self.tolerate(self.second.stats()$($wait)*.map(Some), None)?;
                Ok(self.joined_stats(first, second))
            }
        }
    };
}

two_level!(
    Cache, Lease, Store, fetch: fetch, copy: copy, fetch_many: fetch_many,
    store_copy: copy, store_both: store_both, [], [], [K: ?Sized + Hash, V]
);
two_level!(
    AsyncCache, AsyncLease, AsyncStore, fetch: fetch_async, copy: copy_async, fetch_many: fetch_many_async,
    store_copy: copy_async, store_both: store_both_async, [async], [.await], [K: ?Sized + Hash + Sync, V: Send + Sync]
);
