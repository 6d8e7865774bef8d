//! The calls of `#[cached]` that are no [hit](super::hit), on a plain function and on an `async` one, and what companions
//! ask.

use std::future::Future;
use std::pin::pin;

use super::flights::{Ended, FlightKey, How, Lead, Place, address};
use super::join::join;
use super::key::Lookup;
use super::plan::{Mode, Plan, given, landed};
use super::policy::Failure;
use super::returns::Returns;
use super::rules::{AsStored, Rules};
use super::share::{Packed, Share};
use super::site::Site;
use super::terms::{AsyncTerms, Plain, Start, SyncTerms, run, run_async};
use crate::{AsyncCache, Cache, CacheKey, Count, Error, Result, Ttl};

/// What is called as ever: it is the function that is not inlined.
macro_rules! called_apart {
    ($call:expr) => {
        $call
    };
}
pub(super) use called_apart;

/// What is known of a call whose lookup found nothing.
// Lent, as a `Lead` is; but to a future, which has it where it stays.
pub(super) struct Missed<'a, R, X, T> {
    /// The [`closings`](super::flights::Flights::closings) before the lookup.
    pub(super) since: u64,
    /// That of the lookup.
    pub(super) failure: Option<Error>,
    pub(super) rules: &'a X,
    pub(super) terms: T,
    /// How the function fails with its store, if it is to.
    pub(super) fail: Failure<R>,
}

/// Both forms of the runtime from one text: the async one waits where the sync one does not.
macro_rules! runtime {
    (
        $cache:ident, [$($async:ident)?], [$($wait:tt)*],
        computes: [$($compute:tt)*], [$($now:tt)*],
        returns: [$($returned:tt)*], [$($block:tt)*],
        bounds: [$($size:tt)*], [$($value:tt)*], [$($key:tt)*],
        lent: [$($lent:tt)*], [$($mut:ident)?] $missed:ident,
        waits: $ended:ident, $settled:ident, $lookup:ident,
        pinned: $pinned:ident, [$(#[$inline:meta])*],
        terms: $terms:ident, $start:ident, $replace:ident, $run:ident, $put:ident, $remove:ident, $give_back:ident,
        names: $computed:ident, $led:ident, $finish:ident, $refresh:ident, $refresh_on:ident,
            $by_hand:ident, $in_cache:ident, $peek:ident, $evict:ident, $prime:ident,
    ) => {
        /// The rest of a call that is not a hit: apart, so that a hit does not set up what only this needs.
        $(#[$inline])*
        pub(super) $($async)? fn $computed<P, R, L, C, T>(
            site: &Site,
            cache: &C,
            key: &L,
            share: impl Share<P, R>,
            $($mut)? $missed: $($lent)* Missed<'_, R, impl Rules, T>,
            lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
            compute: $($compute)*,
        ) -> R
        where
            P: Returns<R, Value: $($value)*>,
            L: Lookup<Key: FlightKey $($key)*>,
            C: $cache<L::Key, P::Value> $($size)*,
            T: $terms<L::Key, P::Value, C>,
        {
            let (rules, terms, fail) = ($missed.rules, &$missed.terms, $missed.fail);
            let mode = if site.missed($missed.failure.take()) { rules.mode() } else { Mode::Not };
            let (mut lead, at) = (site.flights().lead(), (key.key(), key.key().spot(site.flights(), address(cache))));
            join!(P, lead, site, at, share, $missed, $ended, [$($wait)*], [rules.$lookup(cache, key.key())$($wait)*]);
            let held = if let Some(held) = T::unasked() {
                held
            } else if mode == Mode::Not {
                T::none()
            } else {
                match terms.$start(site, (cache, key.key()), lead.slot(), (rules, true))$($wait)* {
                    Start::Go(held) => held,
                    Start::Found(value) => {
                        let returned = P::wrap(value);
                        given(lead, key.key(), &share, &returned, How::Found);
                        site.count(Count::Coalesced);
                        return returned;
                    }
                    Start::Stale(value) => {
                        let returned = P::wrap(value);
                        given(lead, key.key(), &share, &returned, How::Unstored);
                        site.count(Count::Stale);
                        return returned;
                    }
                    Start::Failed(error) => {
                        site.failed(&error);
                        if let Some(fail) = fail {
                            rules.refused();
                            let returned = fail(error);
                            given(lead, key.key(), &share, &returned, How::Unstored);
                            return returned;
                        }
                        T::none()
                    }
                    // Not to those who wait.
                    Start::Taken => T::none(),
                }
            };
            // Not moved from here on; and dropped before the lead, which lets the next one compute.
            let compute = $pinned!(compute);
            $led(site, cache, key, share, (&mut lead, mode, rules, terms, held), lifetime, compute)$($wait)*
        }

        /// Computes, hands the result to those who wait, stores it, and ends the flight.
        // Which is lent: moving it again and again is a fifth of what all this takes.
        pub(super) $($async)? fn $led<P, R, L, C, T>(
            site: &Site,
            cache: &C,
            key: &L,
            share: impl Share<P, R>,
            (lead, mode, rules, terms, mut held): (&mut Lead<'_>, Mode, &impl Rules, &T, T::Held),
            lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
            compute: $($compute)*,
        ) -> R
        where
            P: Returns<R, Value: $($value)*>,
            L: Lookup<Key: FlightKey $($key)*>,
            C: $cache<L::Key, P::Value> $($size)*,
            T: $terms<L::Key, P::Value, C>,
        {
            if mode != Mode::Not {
                terms.watch((cache, key.key()), lead, &mut held);
            }
            let returned = $run::<L::Key, P::Value, C, T, R>(terms, site, (cache, key.key()), (lead, &held), compute)$($wait)*;
            let may_store = T::may_store(&held);
            let mode = if may_store || mode.is_refreshing() { mode } else { Mode::Not };
            let plan = match landed(lead, key.key(), &share, mode, lifetime, &returned) {
                Plan::Put(_) if !may_store => Plan::Remove,
                plan => plan,
            };
            $finish(site, cache, key, (lead, mode, rules, terms, held), plan, P::value(&returned))$($wait)*;
            returned
        }

        /// Stores what is to be stored, and ends the flight.
        $($async)? fn $finish<V: $($value)*, L, C, T>(
            site: &Site,
            cache: &C,
            key: &L,
            (lead, mode, rules, terms, held): (&mut Lead<'_>, Mode, &impl Rules, &T, T::Held),
            plan: Plan,
            value: Option<&V>,
        ) where
            L: Lookup<Key: FlightKey $($key)*>,
            C: $cache<L::Key, V> $($size)*,
            T: $terms<L::Key, V, C>,
        {
            let at = (cache, key.key());
            let (Some(value), Plan::Put(_) | Plan::Remove) = (value, &plan) else {
                site.removed(&terms.$give_back(at, held)$($wait)*);
                return lead.close(How::Unstored);
            };
            // `None`: the store failed, and may have it or not.
            let is_stored = match plan {
                Plan::Put(ttl) => {
                    let outcome = terms.$put(at, held, value, ttl)$($wait)*;
                    let is_stored = site.stored_if(&outcome);
                    rules.stored(outcome.map(drop));
                    is_stored
                }
                _ if mode.is_refreshing() => None,
                _ => {
                    site.removed(&terms.$remove(at, held, value)$($wait)*);
                    Some(false)
                }
            };
            let is_abandoned = lead.is_abandoned();
            let may_be_older = match mode {
                Mode::Replacing => is_stored.is_none(),
                // There is a newer word on the key, unless it was that time is up.
                Mode::Refreshing { .. } => is_stored.is_none_or(|is_stored| !is_stored && T::ENDS_BY_TIME),
                Mode::Not | Mode::Missing => false,
            };
            if is_abandoned || may_be_older {
                site.removed(&cache.remove(key.key())$($wait)*);
            }
            lead.close(if is_stored == Some(true) && !is_abandoned { How::Stored } else { How::Unstored });
        }

        /// The value of `compute`, stored over whatever is cached now. If it can't be stored, the older one is
        /// forgotten; if it is one that is not to be stored at all, such as an `Err`, the older one stays.
        ///
        /// Computations of the key that are in flight are not stored any more.
        #[allow(clippy::manual_async_fn)]
        pub fn $refresh<P, R, L, C>(
            site: &Site,
            cache: &C,
            key: Result<L>,
            share: impl Share<P, R>,
            lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
            compute: $($compute)*,
        ) -> $($returned)*
        where
            P: Returns<R, Value: $($value)*>,
            L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> $($key)*>,
            C: $cache<L::Key, P::Value> $($size)*,
        {
            $refresh_on(site, cache, key, share, &Plain, lifetime, compute)
        }

        /// The same, on these terms.
        pub(super) $($async)? fn $refresh_on<P, R, L, C, T>(
            site: &Site,
            cache: &C,
            key: Result<L>,
            share: impl Share<P, R>,
            terms: &T,
            lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
            compute: $($compute)*,
        ) -> R
        where
            P: Returns<R, Value: $($value)*>,
            L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> $($key)*>,
            C: $cache<L::Key, P::Value> $($size)*,
            T: $terms<L::Key, P::Value, C>,
        {
            let key = match key {
                Ok(key) => key,
                Err(error) => {
                    site.refused(&error);
                    return compute$($now)*;
                }
            };
            let (mut lead, detached) = site.flights().replace(key.key(), cache);
            // One that takes too long removes what it stores when it is done.
            let mode = Mode::refreshing(site, &detached.$settled()$($wait)*);
            let held = terms.$replace(site, (cache, key.key()), lead.slot())$($wait)*;
            $led(site, cache, &key, share, (&mut lead, mode, &AsStored, terms, held), lifetime, compute)$($wait)*
        }

        /// As a call, for memoization by hand: callers of one key at the same time each compute.
        #[inline]
        pub(crate) $($async)? fn $by_hand<P, R, K, C>(
            site: &Site,
            cache: &C,
            key: &K,
            ttl: Ttl,
            compute: $($compute)*,
        ) -> R
        where
            P: Returns<R, Value: $($value)*>,
            K: ?Sized $($key)*,
            C: $cache<K, P::Value> $($size)*,
        {
            let failure = match cache.get(key)$($wait)* {
                Ok(Some(value)) => {
                    site.hit();
                    return P::wrap(value);
                }
                Ok(None) => None,
                Err(error) => Some(error),
            };
            let is_to_store = site.missed(failure);
            let watch = if is_to_store { cache.watch(key) } else { None };
            let returned = compute$($now)*;
            if is_to_store && let Some(value) = P::value(&returned) {
                site.stored_if(&Plain.$put((cache, key), watch, value, ttl)$($wait)*);
            }
            returned
        }

        /// Whether a call would be a hit. Arguments without a key are never cached, so they are not.
        ///
        /// # Errors
        ///
        /// When the cache fails.
        pub $($async)? fn $in_cache<V: $($value)*, L, C>(site: &Site, cache: &C, key: Result<L>) -> Result<bool>
        where
            L: Lookup<Key: CacheKey $($key)*>,
            C: $cache<L::Key, V> $($size)*,
        {
            site.count(Count::Test);
            match key {
                Ok(key) => cache.contains(key.key())$($wait)*,
                Err(_) => Ok(false),
            }
        }

        /// The value a call would be served from the cache.
        ///
        /// # Errors
        ///
        /// When the cache fails.
        pub $($async)? fn $peek<V: $($value)*, L, C>(cache: &C, key: Result<L>) -> Result<Option<V>>
        where
            L: Lookup<Key: CacheKey $($key)*>,
            C: $cache<L::Key, V> $($size)*,
        {
            match key {
                Ok(key) => cache.get(key.key())$($wait)*,
                Err(_) => Ok(None),
            }
        }

        /// Forgets the value of a call, and tells whether it was there. That of a computation in flight is not stored.
        ///
        /// # Errors
        ///
        /// When the cache fails: the value may still be there. When it has not finished storing an older value after ten
        /// seconds (`Timeout`): that one is removed as soon as it is stored.
        pub $($async)? fn $evict<V: $($value)*, L, C>(site: &Site, cache: &C, key: Result<L>) -> Result<bool>
        where
            L: Lookup<Key: CacheKey $($key)*>,
            C: $cache<L::Key, V> $($size)*,
        {
            site.count(Count::Del);
            let Ok(key) = key else { return Ok(false) };
            let settled = site.flights().detach(key.key(), cache).$settled()$($wait)*;
            let removed = cache.remove(key.key())$($wait)*?;
            settled.map(|()| removed)
        }

        /// Stores `value` as that of a call. That of a computation in flight is not stored over it.
        ///
        /// # Errors
        ///
        /// When the arguments or the value have no exact form (`Codec`), or the cache fails, or has not finished storing
        /// an older value after ten seconds (`Timeout`).
        pub $($async)? fn $prime<V: $($value)*, L, C>(
            site: &Site,
            cache: &C,
            key: Result<L>,
            lifetime: impl FnOnce(&V) -> Option<Ttl>,
            value: &V,
        ) -> Result<()>
        where
            L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> $($key)*>,
            C: $cache<L::Key, V> $($size)*,
        {
            let key = key?;
            let Some(ttl) = lifetime(value) else { return Ok(()) };
            // With a flight of its own: who misses meanwhile waits for the value, instead of storing another over it.
            let (mut lead, detached) = site.flights().replace(key.key(), cache);
            detached.$settled()$($wait)*?;
            if !lead.land(key.key(), true).is_to_store {
                // A later prime, refresh or evict has come first. It may be at it still, or give up: the older value
                // must not outlive this one.
                let removed = cache.remove(key.key())$($wait)*;
                lead.end(How::Unstored);
                return removed.map(drop);
            }
            let outcome = cache.put(key.key(), value, ttl)$($wait)*;
            let is_stored = site.stored(&outcome);
            if lead.is_abandoned() {
                site.removed(&cache.remove(key.key())$($wait)*);
            }
            lead.end(if is_stored { How::Stored } else { How::Unstored });
            outcome
        }
    };
}

runtime! {
    Cache, [], [],
    computes: [impl FnOnce() -> R], [()],
    returns: [R], [],
    bounds: [+ ?Sized], [Sized], [],
    lent: [&mut], [] missed,
    waits: ended, settled, lookup,
    pinned: called_apart, [#[inline(never)]],
    terms: SyncTerms, start, replace, run, put, remove, give_back,
    names: computed, led, finish, refresh, refresh_on, by_hand, in_cache, peek, evict, prime,
}

runtime! {
    AsyncCache, [async], [.await],
    computes: [impl Future<Output = R>], [.await],
    returns: [impl Future<Output = R>], [async move],
    bounds: [], [Send + Sync], [+ Sync],
    lent: [], [mut] missed,
    waits: ended_async, settled_async, lookup_async,
    pinned: pin, [#[inline]],
    terms: AsyncTerms, start_async, replace_async, run_async, put_async, remove_async, give_back_async,
    names: computed_async, led_async, finish_async, refresh_async, refresh_on_async,
        by_hand_async, in_cache_async, peek_async, evict_async, prime_async,
}
