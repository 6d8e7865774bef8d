//! The calls of functions that take leases, plain and `async`: those of all others, on other terms.

use std::future::{Future, pending};
use std::time::Duration;

use super::held::{Held, Place, orphans};
use super::renewal::{Pauses, renew_async, renewed};
use super::{Leasing, shared};
use crate::memo::call::{refresh_on, refresh_on_async};
use crate::memo::called::Borrowed;
use crate::memo::flights::Lead;
use crate::memo::hit::{call_on, call_on_async};
use crate::memo::key::Lookup;
use crate::memo::plan::Mode;
use crate::memo::returns::Returns;
use crate::memo::rules::Rules;
use crate::memo::share::Share;
use crate::memo::site::Site;
use crate::memo::terms::{AsyncTerms, Start, SyncTerms, Terms};
use crate::{AsyncLease, CacheKey, Claim, Lease, Leased, Result, Ttl};

impl Terms for Leasing {
    /// `None`: the store failed.
    type Held = Option<Held>;

    const ENDS_BY_TIME: bool = true;

    fn none() -> Option<Held> {
        None
    }

    fn unasked() -> Option<Option<Held>> {
        None
    }

    fn orphaned(site: &Site, slot: u64) -> Option<Held> {
        let place = Place::new(site, slot);
        orphans().take(place).map(|token| Held::new(place, Claim::Exclusive, token))
    }

    fn may_store(held: &Option<Held>) -> bool {
        held.is_some()
    }

    fn carry(held: Option<Held>) -> Option<Held> {
        held
    }

    fn carried(held: Option<Held>) -> Option<Held> {
        held
    }
}

/// Both forms from one text: the async one waits where the sync one does not.
macro_rules! leased {
    (
        $lease:ident, $terms:ident, [$($async:ident)?], [$($wait:tt)*],
        computes: [$($compute:tt)*], run: { $($run:tt)* },
        returns: [$($returned:tt)*], [$($block:tt)*],
        bounds: [$($size:tt)*], [$($value:tt)*],
        steps: $lookup:ident, $pause:ident,
        terms: $start:ident, $replace:ident, $put:ident, $remove:ident, $give_back:ident,
        names: $call:ident = $call_on:ident, $refresh:ident = $refresh_on:ident,
    ) => {
        impl<K: Sync + ?Sized, V: $($value)*, C: $lease<K, V> $($size)*> $terms<K, V, C> for Leasing {
            /// Gets a lease, or the value for which others have had one.
            $($async)? fn $start(
                &self,
                site: &Site,
                (cache, key): (&C, &K),
                slot: u64,
                (rules, waits): (&impl Rules, bool),
            ) -> Start<Self::Held, V> {
                let place = Place::new(site, slot);
                let mut claim = self.claim(rules.over());
                let mut pauses: Option<Pauses> = None;
                let mut is_unread = false;
                if !waits && orphans().is_busy(place) {
                    return Start::Taken;
                }
                loop {
                    let failed = match cache.lease(key, claim, self.length)$($wait)* {
                        Ok(Leased::Granted(token)) => {
                            let held = Held::new(place, claim, token);
                            // Who waited has seen another compute. If that came to nothing, it would come to nothing here.
                            if pauses.is_some() && rules.mode() == Mode::Replacing
                                && let Ok(Some(value)) = cache.get(key)$($wait)*
                            {
                                let held = Some(held);
                                site.removed(&<Self as $terms<K, V, C>>::$give_back(self, (cache, key), held)$($wait)*);
                                return Start::Stale(value);
                            }
                            return Start::Go(Some(held));
                        }
                        Ok(Leased::Found) => match rules.$lookup(cache, key)$($wait)* {
                            Ok(Some(value)) => return Start::Found(value),
                            // Either it was removed since, or a layer rejects it.
                            Ok(None) => {
                                if is_unread {
                                    claim = self.claim(Some(Duration::MAX));
                                }
                                is_unread = true;
                                None
                            }
                            Err(error) => Some(error),
                        },
                        Ok(Leased::Taken) => match orphans().take(place) {
                            Some(token) => cache.release(key, token)$($wait)*.err(),
                            None if !waits => {
                                orphans().set_busy(place);
                                return Start::Taken;
                            }
                            None => {
                                let pauses = pauses.get_or_insert_with(Pauses::new);
                                if pauses.waited() < self.patience() {
                                    pauses.$pause()$($wait)*;
                                } else if rules.mode() == Mode::Replacing
                                    && let Ok(Some(value)) = cache.get(key)$($wait)*
                                {
                                    return Start::Stale(value);
                                } else {
                                    claim = shared(claim);
                                }
                                None
                            }
                        },
                        Err(error) => Some(error),
                    };
                    if let Some(error) = failed {
                        return Start::Failed(error);
                    }
                }
            }

            $($async)? fn $replace(&self, site: &Site, (cache, key): (&C, &K), slot: u64) -> Self::Held {
                let claim = Claim::Replacing;
                match cache.lease(key, claim, self.length)$($wait)* {
                    Ok(Leased::Granted(token)) => Some(Held::new(Place::new(site, slot), claim, token)),
                    // Not to this claim.
                    Ok(Leased::Taken | Leased::Found) => None,
                    Err(error) => {
                        site.failed(&error);
                        None
                    }
                }
            }

            // A lease ends with all that is done to the key, by whomever.
            fn watch(&self, _: (&C, &K), _: &Lead<'_>, _: &mut Self::Held) {}

            $($run)*

            $($async)? fn $put(&self, (cache, key): (&C, &K), held: Self::Held, value: &V, ttl: Ttl) -> Result<bool> {
                // One that has ended: what is there now is newer.
                let Some((held, token)) = held.and_then(Held::with_token) else { return Ok(false) };
                // If it fails, whoever comes next gives the lease back.
                let is_stored = cache.put_if_leased(key, value, ttl, token)$($wait)*?;
                held.end();
                Ok(is_stored)
            }

            $($async)? fn $remove(&self, (cache, key): (&C, &K), held: Self::Held, value: &V) -> Result<bool> {
                let Some(held) = held else { return cache.remove(key)$($wait)* };
                let Some((held, token)) = held.with_token() else { return Ok(false) };
                // What is stored for no time is removed.
                let removed = cache.put_if_leased(key, value, Ttl::After(Duration::ZERO), token)$($wait)*;
                held.end();
                match removed {
                    Ok(is_removed) => Ok(is_removed),
                    Err(_) => cache.remove(key)$($wait)*,
                }
            }

            $($async)? fn $give_back(&self, (cache, key): (&C, &K), held: Self::Held) -> Result<bool> {
                let Some((held, token)) = held.and_then(Held::with_token) else { return Ok(false) };
                let released = if held.is_shared() { false } else { cache.release(key, token)$($wait)*? };
                held.end();
                Ok(released)
            }
        }

        /// As `call`, with leases.
        #[inline]
        #[allow(clippy::manual_async_fn)]
        pub fn $call<P, R, L, C>(
            site: &Site,
            cache: &C,
            key: Result<L>,
            share: impl Share<P, R>,
            leasing: Leasing,
            lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
            compute: $($compute)*,
        ) -> $($returned)*
        where
            P: Returns<R, Value: $($value)*>,
            L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> + Sync>,
            C: $lease<L::Key, P::Value> $($size)*,
        { $($block)* { $call_on(site, Borrowed(cache), key, share, leasing, lifetime, compute)$($wait)* } }

        /// As `refresh`, with a lease that ends those of all others.
        #[allow(clippy::manual_async_fn)]
        pub fn $refresh<P, R, L, C>(
            site: &Site,
            cache: &C,
            key: Result<L>,
            share: impl Share<P, R>,
            leasing: Leasing,
            lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
            compute: $($compute)*,
        ) -> $($returned)*
        where
            P: Returns<R, Value: $($value)*>,
            L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> + Sync>,
            C: $lease<L::Key, P::Value> $($size)*,
        { $($block)* { $refresh_on(site, cache, key, share, &leasing, lifetime, compute)$($wait)* } }
    };
}

leased! {
    Lease, SyncTerms, [], [],
    computes: [impl FnOnce() -> R],
    run: {
        fn run<R>(
            &self,
            site: &Site,
            (cache, key): (&C, &K),
            (lead, held): (&Lead<'_>, &Self::Held),
            compute: impl FnOnce() -> R,
        ) -> R {
            match held {
                Some(held) if self.is_exclusive => {
                    lead.run(|| renewed(site, cache, key, (held, self.length), compute))
                }
                _ => lead.run(compute),
            }
        }
    },
    returns: [R], [],
    bounds: [+ Sync + ?Sized], [Sized],
    steps: lookup, pause,
    terms: start, replace, put, remove, give_back,
    names: call_leased = call_on, refresh_leased = refresh_on,
}

leased! {
    AsyncLease, AsyncTerms, [async], [.await],
    computes: [impl Future<Output = R>],
    run: {
        async fn keep(&self, site: &Site, (cache, key): (&C, &K), held: &Self::Held) {
            if self.is_exclusive && let Some(held) = held {
                renew_async(site, cache, key, (held, self.length)).await;
            }
            pending::<()>().await;
        }
    },
    returns: [impl Future<Output = R>], [async move],
    bounds: [], [Send + Sync],
    steps: lookup_async, pause_async,
    terms: start_async, replace_async, put_async, remove_async, give_back_async,
    names: call_leased_async = call_on_async, refresh_leased_async = refresh_on_async,
}
