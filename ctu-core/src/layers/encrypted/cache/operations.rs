//! What each operation asks of the store, under which keys and in which order.

use std::time::Duration;

use bytes::Bytes;

use super::EncryptedCache;
use crate::layers::encrypted::derive::{Info, Place};
use crate::layers::encrypted::encrypt::Opened;
use crate::layers::promotion::{Copied, Ticket};
use crate::{
    AsyncCache, AsyncLease, AsyncStore, Cache, Claim, Entry, Lease, Leased, Result, Stats, Store, Token, Ttl, Watch,
};

/// The shorter of two lifetimes, of which `None` does not end.
fn shorter(one: Option<Duration>, other: Option<Duration>) -> Option<Duration> {
    one.into_iter().chain(other).min()
}

fn skeys<'a>(slots: &'a [(Info, Place<'_>)]) -> Vec<&'a [u8]> {
    slots.iter().map(|(_, place)| &place.skey[..]).collect()
}

/// Both forms of the cache from one text: the async one waits where the sync one does not.
macro_rules! encrypted {
    (
        $cache:ident, $lease:ident, $store:ident, find_retiring: $find_retiring:ident, find_retiring_many: $find_retiring_many:ident,
        rewrite: $rewrite:ident, forget_retiring: $forget_retiring:ident,
        forget_retiring_many: $forget_retiring_many:ident, store_copy: $store_copy:ident,
        [$($async:ident)?], [$($wait:tt)*]
    ) => {
        impl<C: $cache<[u8], Bytes>> EncryptedCache<C> {
            /// What one of the retiring keys has, stored anew under the primary one.
            $($async)? fn $find_retiring(&self, info: &Info) -> Result<Option<Entry<Bytes>>> {
                for key in self.retiring() {
                    let ticket = self.rewrites.ticket(info.bytes());
                    let place = Place::new(key, info);
                    let Some(found) = self.inner.get_entry(&place.skey)$($wait)*? else { continue };
                    if let Some(opened) = self.open(&place, info, found.value) {
                        let ttl = shorter(opened.left, found.ttl);
                        self.$rewrite(ticket, info, &place, &opened, ttl)$($wait)*;
                        return Ok(Some(Entry { value: opened.value, ttl }));
                    }
                }
                Ok(None)
            }

            /// The same for those keys of a batch that were not found.
            $($async)? fn $find_retiring_many(
                &self,
                slots: &[(Info, Place<'_>)],
                found: &mut [Option<Bytes>],
            ) -> Result<()> {
                for key in self.retiring() {
                    let missing: Vec<usize> = (0..found.len()).filter(|&i| found[i].is_none()).collect();
                    if missing.is_empty() {
                        break;
                    }
                    let tickets: Vec<_> = missing.iter().map(|&i| self.rewrites.ticket(slots[i].0.bytes())).collect();
                    let places: Vec<_> = missing.iter().map(|&i| Place::new(key, &slots[i].0)).collect();
                    let skeys: Vec<_> = places.iter().map(|place| &place.skey[..]).collect();
                    let stored = self.inner.get_many(&skeys)$($wait)*?;
                    for (((i, place), ticket), stored) in missing.into_iter().zip(&places).zip(tickets).zip(stored) {
                        let info = &slots[i].0;
                        let Some(opened) = stored.and_then(|stored| self.open(place, info, stored)) else { continue };
                        let mut ttl = Ok(opened.left);
                        if opened.left.is_none() {
                            // It ends as the store says, if at all, which a batch does not tell.
                            let entry = self.inner.get_entry(&place.skey)$($wait)*;
                            ttl = entry.map(|entry| entry.map_or(Some(Duration::ZERO), |entry| entry.ttl));
                        }
                        match ttl {
                            Ok(ttl) => self.$rewrite(ticket, info, place, &opened, ttl)$($wait)*,
                            Err(error) => self.log(&error),
                        }
                        found[i] = Some(opened.value);
                    }
                }
                Ok(())
            }

            /// Stores what was found at `from` under the primary key, its times unchanged. It was found whether this
            /// succeeds or not.
            $($async)? fn $rewrite(
                &self,
                ticket: Ticket,
                info: &Info,
                from: &Place<'_>,
                opened: &Opened,
                ttl: Option<Duration>,
            ) {
                if ttl == Some(Duration::ZERO) {
                    return;
                }
                let to = self.encrypt.primary(info);
                let sealed = match self.counted(self.encrypt.seal(&to, info, &opened.value, opened.times)) {
                    Ok(sealed) => sealed,
                    Err(error) => return self.log(&error),
                };
                let copied =
                    self.rewrites.$store_copy(ticket, || self.inner.put(&to.skey, &sealed, ttl.into()))$($wait)*;
                // Whoever replaces or removes the entry, in another process perhaps, begins with the retiring keys: if
                // it is gone there, the copy may be older than what was done.
                let done = match copied {
                    Copied::Skipped => return,
                    Copied::Abandoned => Ok(false),
                    Copied::Done(put) => match put {
                        Ok(()) => self.inner.contains(&from.skey)$($wait)*,
                        Err(error) => Err(error),
                    },
                };
                if let Err(error) = &done {
                    self.log(error);
                }
                if !done.unwrap_or(false) {
                    if let Err(error) = self.inner.remove(&to.skey)$($wait)* {
                        self.log(&error);
                    }
                }
            }

            /// Removes what the retiring keys have, and stops what is being stored anew. Whether there was anything.
            $($async)? fn $forget_retiring(&self, info: &Info) -> Result<bool> {
                let mut there = Ok(false);
                for key in self.retiring() {
                    match (self.inner.remove(&Place::new(key, info).skey)$($wait)*, &mut there) {
                        (Ok(removed), Ok(there)) => *there |= removed,
                        (Err(error), Ok(_)) => there = Err(error),
                        (_, Err(_)) => (), // the first error is told
                    }
                }
                if !self.retiring().is_empty() {
                    self.rewrites.stop(info.bytes());
                }
                there
            }

            /// The same for a batch, with one round trip per key to find what is to be removed.
            $($async)? fn $forget_retiring_many(&self, slots: &[(Info, Place<'_>)]) -> Result<()> {
                for key in self.retiring() {
                    let places: Vec<_> = slots.iter().map(|(info, _)| Place::new(key, info)).collect();
                    let skeys: Vec<_> = places.iter().map(|place| &place.skey[..]).collect();
                    let there = self.inner.get_many(&skeys)$($wait)*?;
                    for (skey, there) in skeys.iter().zip(there) {
                        if there.is_some() {
                            self.inner.remove(*skey)$($wait)*?;
                        }
                    }
                    for (info, _) in slots {
                        self.rewrites.stop(info.bytes());
                    }
                }
                Ok(())
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl<C: $cache<[u8], Bytes>> $cache<[u8], Bytes> for EncryptedCache<C> {
            $($async)? fn get(&self, key: &[u8]) -> Result<Option<Bytes>> {
                let (info, place) = self.primary(self.encrypt.info(key)?);
                let stored = self.inner.get(&place.skey)$($wait)*?;
                if let Some(value) = stored.and_then(|stored| self.open_value(&place, &info, stored)) {
                    return Ok(Some(value));
                }
                Ok(self.$find_retiring(&info)$($wait)*?.map(|entry| entry.value))
            }

            $($async)? fn get_entry(&self, key: &[u8]) -> Result<Option<Entry<Bytes>>> {
                let (info, place) = self.primary(self.encrypt.info(key)?);
                if let Some(stored) = self.inner.get_entry(&place.skey)$($wait)*? {
                    if let Some(opened) = self.open(&place, &info, stored.value) {
                        return Ok(Some(Entry { value: opened.value, ttl: shorter(opened.left, stored.ttl) }));
                    }
                }
                self.$find_retiring(&info)$($wait)*
            }

            $($async)? fn put(&self, key: &[u8], value: &Bytes, ttl: Ttl) -> Result<()> {
                let slot = self.primary(self.encrypt.info(key)?);
                let sealed = self.seal(&slot, value, ttl)?;
                self.$forget_retiring(&slot.0)$($wait)*?;
                self.inner.put(&slot.1.skey, &sealed, self.encrypt.lifetime(ttl))$($wait)*
            }

            $($async)? fn remove(&self, key: &[u8]) -> Result<bool> {
                let (info, place) = self.primary(self.encrypt.info(key)?);
                let retiring = self.$forget_retiring(&info)$($wait)*;
                let primary = self.inner.remove(&place.skey)$($wait)*;
                Ok(primary? | retiring?)
            }

            $($async)? fn contains(&self, key: &[u8]) -> Result<bool> {
                Ok($cache::get(self, key)$($wait)*?.is_some())
            }

            $($async)? fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<Bytes>>> {
                let slots = self.slots(keys)?;
                let stored = self.inner.get_many(&skeys(&slots))$($wait)*?;
                let mut found = self.open_all(&slots, stored);
                self.$find_retiring_many(&slots, &mut found)$($wait)*?;
                Ok(found)
            }

            $($async)? fn put_many(&self, entries: &[(&[u8], &Bytes)], ttl: Ttl) -> Result<()> {
                let keys: Vec<_> = entries.iter().map(|(key, _)| *key).collect();
                let slots = self.slots(&keys)?;
                let sealed = slots.iter().zip(entries).map(|(slot, (_, value))| self.seal(slot, value, ttl));
                let sealed = sealed.collect::<Result<Vec<_>>>()?;
                self.$forget_retiring_many(&slots)$($wait)*?;
                let entries: Vec<_> = skeys(&slots).into_iter().zip(&sealed).collect();
                self.inner.put_many(&entries, self.encrypt.lifetime(ttl))$($wait)*
            }

            fn watch(&self, key: &[u8]) -> Option<Watch> {
                let (_, place) = self.primary(self.encrypt.info(key).ok()?);
                self.inner.watch(&place.skey)
            }

            $($async)? fn put_if_unchanged(&self, key: &[u8], value: &Bytes, ttl: Ttl, watch: Watch) -> Result<bool> {
                let slot = self.primary(self.encrypt.info(key)?);
                let sealed = self.seal(&slot, value, ttl)?;
                self.$forget_retiring(&slot.0)$($wait)*?;
                self.inner.put_if_unchanged(&slot.1.skey, &sealed, self.encrypt.lifetime(ttl), watch)$($wait)*
            }
        }

        /// Leases are those of the primary key's place.
        #[deny(clippy::missing_trait_methods)]
        impl<C: $lease<[u8], Bytes>> $lease<[u8], Bytes> for EncryptedCache<C> {
            $($async)? fn lease(&self, key: &[u8], claim: Claim, length: Duration) -> Result<Leased> {
                let (_, place) = self.primary(self.encrypt.info(key)?);
                self.inner.lease(&place.skey, claim, length)$($wait)*
            }

            $($async)? fn renew(&self, key: &[u8], token: Token, length: Duration) -> Result<Option<Token>> {
                let (_, place) = self.primary(self.encrypt.info(key)?);
                self.inner.renew(&place.skey, token, length)$($wait)*
            }

            $($async)? fn release(&self, key: &[u8], token: Token) -> Result<bool> {
                let (_, place) = self.primary(self.encrypt.info(key)?);
                self.inner.release(&place.skey, token)$($wait)*
            }

            $($async)? fn put_if_leased(&self, key: &[u8], value: &Bytes, ttl: Ttl, token: Token) -> Result<bool> {
                let slot = self.primary(self.encrypt.info(key)?);
                let sealed = self.seal(&slot, value, ttl)?;
                self.$forget_retiring(&slot.0)$($wait)*?;
                self.inner.put_if_leased(&slot.1.skey, &sealed, self.encrypt.lifetime(ttl), token)$($wait)*
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl<C: $store> $store for EncryptedCache<C> {
            $($async)? fn len(&self) -> Result<usize> {
                self.inner.len()$($wait)*
            }

            $($async)? fn is_empty(&self) -> Result<bool> {
                self.inner.is_empty()$($wait)*
            }

            $($async)? fn clear(&self) -> Result<()> {
                self.rewrites.stop_all();
                self.inner.clear()$($wait)*
            }

            $($async)? fn stats(&self) -> Result<Stats> {
                Ok(self.with_counts(self.inner.stats()$($wait)*?))
            }
        }
    };
}

encrypted!(
    Cache, Lease, Store, find_retiring: find_retiring, find_retiring_many: find_retiring_many, rewrite: rewrite,
    forget_retiring: forget_retiring, forget_retiring_many: forget_retiring_many, store_copy: copy, [], []
);
encrypted!(
    AsyncCache, AsyncLease, AsyncStore, find_retiring: find_retiring_async, find_retiring_many: find_retiring_many_async,
    rewrite: rewrite_async, forget_retiring: forget_retiring_async,
    forget_retiring_many: forget_retiring_many_async, store_copy: copy_async, [async], [.await]
);
