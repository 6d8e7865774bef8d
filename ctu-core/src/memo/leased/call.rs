//! The calls of functions that take leases, plain and `async`.

use std::future::Future;

use super::Leasing;
use super::held::Held;
use super::renewal::{Pauses, renewed, renewed_async};
use crate::memo::flights::{Ended, How, Lead, Place};
use crate::memo::join::join;
use crate::memo::key::Lookup;
use crate::memo::plan::{Mode, Plan, landed, publish};
use crate::memo::returns::Returns;
use crate::memo::share::{Packed, Share};
use crate::memo::site::Site;
use crate::{AsyncLease, CacheKey, Claim, Count, Error, Lease, Leased, Result, Ttl};

/// What a caller does who is to compute.
enum Start<'o, V> {
    /// It has a lease.
    Held(Held<'o>),
    /// It has none, as the store failed.
    Unleased,
    /// There is a value, which another process has stored.
    Found(V),
}

/// Both forms of the runtime from one text: the async one waits where the sync one does not.
macro_rules! leased {
    (
        $lease:ident, [$($async:ident)?], [$($wait:tt)*],
        computes: [$($compute:tt)*], [$($now:tt)*], [$($later:tt)*], $run:ident, $renewed:ident,
        bounds: [$($size:tt)*], [$($value:tt)*],
        waits: $ended:ident, $settled:ident, $pause:ident,
        names: $call:ident, $computed:ident, $start:ident, $led:ident, $finish:ident, $refresh:ident,
    ) => {
        /// As [`call`](crate::memo::call), with leases.
        #[inline]
        pub $($async)? fn $call<P, R, L, C>(
            site: &Site,
            cache: &C,
            key: Result<L>,
            share: impl Share<P, R>,
            leasing: Leasing,
            lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
            compute: $($compute)*,
        ) -> R
        where
            P: Returns<R, Value: $($value)*>,
            L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> + Sync>,
            C: $lease<L::Key, P::Value> $($size)*,
        {
            let key = match key {
                Ok(key) => key,
                Err(error) => {
                    site.refused(&error);
                    return compute$($now)*;
                }
            };
            let since = site.flights().closings();
            let failure = match cache.get(key.key())$($wait)* {
                Ok(Some(value)) => {
                    site.hit();
                    return P::wrap(value);
                }
                Ok(None) => None,
                Err(error) => Some(error),
            };
            $computed(site, cache, &key, share, (leasing, since, failure), lifetime, compute)$($wait)*
        }

        /// The rest of a call that is not a hit.
        #[inline(never)]
        $($async)? fn $computed<P, R, L, C>(
            site: &Site,
            cache: &C,
            key: &L,
            share: impl Share<P, R>,
            (leasing, mut since, failure): (Leasing, u64, Option<Error>),
            lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
            compute: $($compute)*,
        ) -> R
        where
            P: Returns<R, Value: $($value)*>,
            L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> + Sync>,
            C: $lease<L::Key, P::Value> $($size)*,
        {
            let mode = if site.missed(failure) { Mode::Missing } else { Mode::Not };
            let lead = join!(P, site, cache, key, share, since, $ended, [$($wait)*], [cache.get(key.key())$($wait)*]);
            let start = match mode {
                Mode::Not => Start::Unleased,
                _ => $start(site, cache, key, &lead, (leasing, leasing.claim()))$($wait)*,
            };
            let held = match start {
                Start::Held(held) => Some(held),
                Start::Unleased => None,
                Start::Found(value) => {
                    let returned = P::wrap(value);
                    publish(&lead, &share, lead.land(false).is_awaited, &returned);
                    lead.end(How::Stored);
                    site.count(Count::Coalesced);
                    return returned;
                }
            };
            $led(site, cache, key, share, (leasing, lead, Mode::Missing, held), lifetime, compute)$($wait)*
        }

        /// Gets a lease, or the value for which others have had one.
        $($async)? fn $start<'s, V: $($value)*, L, C>(
            site: &'s Site,
            cache: &C,
            key: &L,
            lead: &Lead<'_>,
            (leasing, mut claim): (Leasing, Claim),
        ) -> Start<'s, V>
        where
            L: Lookup<Key: CacheKey + Sync>,
            C: $lease<L::Key, V> $($size)*,
        {
            let mut pauses = None;
            let mut is_unread = false;
            loop {
                let failed = match cache.lease(key.key(), claim, leasing.length)$($wait)* {
                    Ok(Leased::Granted(token)) => {
                        return Start::Held(Held::new(site.orphans(), lead.slot(), claim, token));
                    }
                    Ok(Leased::Found) => match cache.get(key.key())$($wait)* {
                        Ok(Some(value)) => return Start::Found(value),
                        // Either it was removed since, or a layer rejects it.
                        Ok(None) => {
                            if is_unread {
                                claim = Claim::Replacing;
                            }
                            is_unread = true;
                            None
                        }
                        Err(error) => Some(error),
                    },
                    Ok(Leased::Taken) => match site.orphans().take(lead.slot()) {
                        Some(token) => cache.release(key.key(), token)$($wait)*.err(),
                        None => {
                            let pauses = pauses.get_or_insert_with(Pauses::new);
                            if pauses.waited() < leasing.patience() {
                                pauses.$pause()$($wait)*;
                            } else {
                                claim = Claim::Shared;
                            }
                            None
                        }
                    },
                    Err(error) => Some(error),
                };
                if let Some(error) = failed {
                    site.failed(&error);
                    return Start::Unleased;
                }
            }
        }

        /// Computes, hands the result to those who wait, stores it if the lease allows, and ends the flight.
        $($async)? fn $led<P, R, L, C>(
            site: &Site,
            cache: &C,
            key: &L,
            share: impl Share<P, R>,
            (leasing, lead, mode, held): (Leasing, Lead<'_>, Mode, Option<Held<'_>>),
            lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
            compute: $($compute)*,
        ) -> R
        where
            P: Returns<R, Value: $($value)*>,
            L: Lookup<Key: CacheKey + Sync>,
            C: $lease<L::Key, P::Value> $($size)*,
        {
            let returned = match &held {
                Some(held) if leasing.is_exclusive => {
                    let length = leasing.length;
                    lead.$run($($later)* $renewed(site, cache, key.key(), (held, length), compute))$($wait)*
                }
                _ => lead.$run(compute)$($wait)*,
            };
            let mode = if held.is_none() && mode == Mode::Missing { Mode::Not } else { mode };
            let plan = landed(&lead, &share, mode, lifetime, &returned);
            $finish(site, cache, key, (lead, held, mode, plan), P::value(&returned))$($wait)*;
            returned
        }

        /// Stores what is to be stored, and ends the lease and the flight.
        $($async)? fn $finish<V: $($value)*, L, C>(
            site: &Site,
            cache: &C,
            key: &L,
            (lead, held, mode, plan): (Lead<'_>, Option<Held<'_>>, Mode, Plan),
            value: Option<&V>,
        ) where
            L: Lookup<Key: CacheKey + Sync>,
            C: $lease<L::Key, V> $($size)*,
        {
            let token = held.as_ref().and_then(Held::token);
            // `None`: the store failed, and may have it or not.
            let is_stored = match (plan, value) {
                (Plan::Put(ttl), Some(value)) => match (token, &held) {
                    (Some(token), _) => {
                        site.stored_if(&cache.put_if_leased(key.key(), value, ttl, token)$($wait)*)
                    }
                    // It has ended: what is there now is newer.
                    (None, Some(_)) => Some(false),
                    (None, None) => None,
                },
                (Plan::Remove, Some(_)) => None,
                _ => {
                    let outcome = match held.as_ref().and_then(Held::to_release) {
                        Some(token) => cache.release(key.key(), token)$($wait)*,
                        None => Ok(false),
                    };
                    site.removed(&outcome);
                    Some(false)
                }
            };
            let is_abandoned = lead.is_abandoned();
            if is_abandoned || (is_stored.is_none() && mode.replaces()) {
                site.removed(&cache.remove(key.key())$($wait)*);
            }
            if let Some(held) = held.filter(|_| is_stored.is_some()) {
                held.end();
            }
            lead.end(if is_stored == Some(true) && !is_abandoned { How::Stored } else { How::Unstored });
        }

        /// As [`refresh`](crate::memo::refresh), with a lease that ends those of all others.
        pub $($async)? fn $refresh<P, R, L, C>(
            site: &Site,
            cache: &C,
            key: Result<L>,
            share: impl Share<P, R>,
            leasing: Leasing,
            lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
            compute: $($compute)*,
        ) -> R
        where
            P: Returns<R, Value: $($value)*>,
            L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> + Sync>,
            C: $lease<L::Key, P::Value> $($size)*,
        {
            let key = match key {
                Ok(key) => key,
                Err(error) => {
                    site.refused(&error);
                    return compute$($now)*;
                }
            };
            let (lead, detached) = site.flights().replace(key.key(), cache);
            // One that takes too long removes what it stores when it is done.
            let mode = Mode::refreshing(site, &detached.$settled()$($wait)*);
            let held = match $start::<P::Value, L, C>(site, cache, &key, &lead, (leasing, Claim::Replacing))$($wait)* {
                Start::Held(held) => Some(held),
                Start::Unleased | Start::Found(_) => None,
            };
            $led(site, cache, &key, share, (leasing, lead, mode, held), lifetime, compute)$($wait)*
        }
    };
}

leased! {
    Lease, [], [],
    computes: [impl FnOnce() -> R], [()], [||], run, renewed,
    bounds: [+ Sync + ?Sized], [Sized],
    waits: ended, settled, pause,
    names: call_leased, computed, start, led, finish, refresh_leased,
}

leased! {
    AsyncLease, [async], [.await],
    computes: [impl Future<Output = R>], [.await], [], run_async, renewed_async,
    bounds: [], [Send + Sync],
    waits: ended_async, settled_async, pause_async,
    names: call_leased_async, computed_async, start_async, led_async, finish_async, refresh_leased_async,
}
