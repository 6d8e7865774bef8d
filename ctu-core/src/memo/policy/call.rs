//! The calls of `#[cached]` with a policy, on a plain function and on an `async` one.

use std::future::Future;

use super::age::Age;
use super::background::{Begun, InTask, InThread, Room};
use super::failure::Failure;
use super::foreground::{Stopwatch, foreground, foreground_async};
use super::kept::{Kept, fresh};
use super::{OnError, Policy, random};
use crate::memo::call::{called_apart, led, led_async};
use crate::memo::flights::How;
use crate::memo::key::Lookup;
use crate::memo::leased::Leasing;
use crate::memo::plan::{Mode, given};
use crate::memo::returns::Returns;
use crate::memo::rules::Rules;
use crate::memo::share::Share;
use crate::memo::site::Site;
use crate::memo::terms::{AsyncTerms, Plain, Start, SyncTerms};
use crate::{AsyncCache, AsyncLease, Cache, CacheKey, Count, Entry, Lease, Result, Ttl};

/// What all steps of a call need.
pub(super) struct Call<'c, R, L, C: ?Sized, T> {
    pub(super) site: &'static Site,
    pub(super) cache: &'c C,
    pub(super) key: &'c L,
    pub(super) terms: &'c T,
    pub(super) policy: &'c Policy,
    pub(super) failure: Failure<R>,
    pub(super) since: u64,
}

impl<R, L, C: ?Sized, T> Call<'_, R, L, C, T> {
    /// How the function fails with its cache, if it is to.
    pub(super) fn on_error_fail(&self) -> Failure<R> {
        on_error_fail(self.policy, self.failure)
    }

    /// An expired value, as an answer.
    pub(super) fn stale<P: Returns<R>>(&self, value: P::Value) -> R {
        self.site.count(Count::Stale);
        P::wrap(value)
    }

    /// The value that was found, as an answer.
    fn found<P: Returns<R>>(&self, age: Age, value: P::Value) -> R {
        if age == Age::Late {
            self.site.missed(None);
            return self.stale::<P>(value);
        }
        self.site.hit();
        P::wrap(value)
    }

    /// One that another caller has stored meanwhile.
    fn newer<P: Returns<R>>(&self, age: Age, value: P::Value) -> R {
        if age == Age::Late {
            self.site.missed(None);
            self.site.count(Count::Coalesced);
        } else {
            self.site.hit();
        }
        P::wrap(value)
    }
}

fn on_error_fail<R>(policy: &Policy, failure: Failure<R>) -> Failure<R> {
    failure.filter(|_| policy.on_error == OnError::Fail)
}

/// A future of an allocation of its own: with all that a call may come to, each would be of some 20 kB, hits too.
macro_rules! boxed_apart {
    ($future:expr) => {
        Box::pin($future).await
    };
}

/// Both forms from one text, as in `memo::call`.
macro_rules! runtime {
    (
        $cache:ident, $lease:ident, [$($async:ident)?], [$($wait:tt)*],
        computes: [$($compute:tt)*], [$($now:tt)*], $timed:ident,
        returns: [$($returned:tt)*], [$($block:tt)*],
        background: [$($background:tt)*], apart: $apart:ident,
        bounds: [$($size:tt)*], [$($leased:tt)*], [$($value:tt)*], [$($key:tt)*],
        steps: $find:ident, $lookup:ident, $terms:ident, $start:ident, $led:ident, $foreground:ident,
        names: $call_with:ident, $call_leased:ident, $call_on:ident, $ahead:ident,
            $recompute:ident, $recompute_leased:ident, $recompute_on:ident, $in_cache:ident, $peek:ident,
    ) => {
        /// As a plain call, by the rules of `policy`. `failure` is how the function says that its cache failed or its time
        /// is up, where it can. The second half of the work is the same computation, for the background.
        pub fn $call_with<P, R, L, C>(
            site: &'static Site,
            cache: &C,
            key: Result<L>,
            share: impl Share<P, R>,
            by: (&Policy, Failure<R>),
            lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
            work: ($($compute)*, impl $($background)*),
        ) -> $($returned)*
        where
            P: Returns<R, Value: $($value)*>,
            L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> $($key)*>,
            C: $cache<L::Key, P::Value> $($size)*,
        {
            $call_on(site, cache, key, share, (by, &Plain), lifetime, work)
        }

        /// The same, with leases.
        #[allow(clippy::manual_async_fn)]
        pub fn $call_leased<P, R, L, C>(
            site: &'static Site,
            cache: &C,
            key: Result<L>,
            share: impl Share<P, R>,
            (policy, failure, leasing): (&Policy, Failure<R>, Leasing),
            lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
            work: ($($compute)*, impl $($background)*),
        ) -> $($returned)*
        where
            P: Returns<R, Value: $($value)*>,
            L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> + Sync>,
            C: $lease<L::Key, P::Value> $($leased)*,
        { $($block)* {
            $call_on(site, cache, key, share, ((policy, failure), &leasing), lifetime, work)$($wait)*
        } }

        /// The same, on these terms.
        $($async)? fn $call_on<P, R, L, C, T>(
            site: &'static Site,
            cache: &C,
            key: Result<L>,
            share: impl Share<P, R>,
            ((policy, failure), terms): ((&Policy, Failure<R>), &T),
            lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
            work: ($($compute)*, impl $($background)*),
        ) -> R
        where
            P: Returns<R, Value: $($value)*>,
            L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> $($key)*>,
            C: $cache<L::Key, P::Value> $($size)*,
            T: $terms<L::Key, P::Value, C>,
        {
            let fail = on_error_fail(policy, failure);
            let key = match key {
                Ok(key) => key,
                Err(error) => {
                    site.refused(&error);
                    return match fail {
                        Some(fail) => fail(error),
                        None => work.0$($now)*,
                    };
                }
            };
            let since = site.flights().closings();
            let call = Call { site, cache, key: &key, terms, policy, failure, since };
            let found = match (policy.$find(cache, key.key())$($wait)*, fail) {
                (Ok(found), _) => found,
                (Err(error), Some(fail)) => {
                    site.failed_to_look(&error);
                    return fail(error);
                }
                (Err(error), None) => {
                    return $apart!($foreground(&call, share, (None, Some(error)), lifetime, work));
                }
            };
            let Some(entry) = found else {
                return $apart!($foreground(&call, share, (None, None), lifetime, work));
            };
            match policy.age(entry.ttl, site.cost(), random::unit) {
                Age::Fresh => call.found::<P>(Age::Fresh, entry.value),
                Age::Expired => $apart!($foreground(&call, share, (Some(entry.value), None), lifetime, work)),
                age => $apart!($ahead(&call, share, (age, entry), lifetime, work)),
            }
        }

        /// Serves the value that was found, and sees to it that the next one is computed, by one caller.
        #[inline(never)]
        $($async)? fn $ahead<P, R, L, C, T>(
            call: &Call<'_, R, L, C, T>,
            share: impl Share<P, R>,
            (age, Entry { value, ttl }): (Age, Entry<P::Value>),
            lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
            (compute, background): ($($compute)*, impl $($background)*),
        ) -> R
        where
            P: Returns<R, Value: $($value)*>,
            L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> $($key)*>,
            C: $cache<L::Key, P::Value> $($size)*,
            T: $terms<L::Key, P::Value, C>,
        {
            let Call { site, cache, key, terms, policy, since, .. } = *call;
            let Some((mut lead, is_late)) = site.flights().begin(key.key(), cache, since) else {
                return call.found::<P>(age, value);
            };
            let rules = Kept::new(policy, Mode::Replacing).over(ttl);
            if is_late && let Ok(Some(newer)) = rules.$lookup(cache, key.key())$($wait)* {
                lead.end(How::Found);
                return call.newer::<P>(age, newer);
            }
            let room = background.room();
            if matches!(room, Room::Full) {
                return call.found::<P>(age, value);
            }
            let held = match terms.$start(site, (cache, key.key()), lead.slot(), (&rules, false))$($wait)* {
                Start::Go(held) => held,
                Start::Found(newer) => {
                    let returned = call.newer::<P>(age, newer);
                    given(lead, key.key(), &share, &returned, How::Found);
                    return returned;
                }
                // Whoever comes next asks again.
                Start::Taken | Start::Stale(_) => return call.found::<P>(age, value),
                Start::Failed(error) => {
                    site.failed(&error);
                    return call.found::<P>(age, value);
                }
            };
            if let Room::Here(slot) = room {
                background.start(slot, Begun { site, held: T::carry(held), lead });
                return call.found::<P>(age, value);
            }
            let watch = Stopwatch::new(site, policy);
            let by = (&mut lead, Mode::Replacing, &rules, terms, held);
            let returned = $led(site, cache, key, share, by, lifetime, watch.$timed(compute))$($wait)*;
            if P::value(&returned).is_none() {
                return call.found::<P>(age, value);
            }
            site.count(if age == Age::Late { Count::Miss } else { Count::Hit });
            call.rescued::<P>(returned, None, rules)
        }

        /// A computation that was begun for a caller who may be gone.
        pub fn $recompute<P, R, L, C>(
            begun: Begun,
            cache: &C,
            key: Result<L>,
            share: impl Share<P, R>,
            policy: &Policy,
            lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
            compute: $($compute)*,
        ) -> $($returned)*
        where
            P: Returns<R, Value: $($value)*>,
            L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> $($key)*>,
            C: $cache<L::Key, P::Value> $($size)*,
        {
            $recompute_on(begun, cache, key, share, (policy, &Plain), lifetime, compute)
        }

        /// The same, with leases.
        #[allow(clippy::manual_async_fn)]
        pub fn $recompute_leased<P, R, L, C>(
            begun: Begun,
            cache: &C,
            key: Result<L>,
            share: impl Share<P, R>,
            (policy, leasing): (&Policy, Leasing),
            lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
            compute: $($compute)*,
        ) -> $($returned)*
        where
            P: Returns<R, Value: $($value)*>,
            L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> + Sync>,
            C: $lease<L::Key, P::Value> $($leased)*,
        { $($block)* {
            $recompute_on(begun, cache, key, share, (policy, &leasing), lifetime, compute)$($wait)*
        } }

        /// The same, on these terms.
        $($async)? fn $recompute_on<P, R, L, C, T>(
            begun: Begun,
            cache: &C,
            key: Result<L>,
            share: impl Share<P, R>,
            (policy, terms): (&Policy, &T),
            lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
            compute: $($compute)*,
        ) -> R
        where
            P: Returns<R, Value: $($value)*>,
            L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> $($key)*>,
            C: $cache<L::Key, P::Value> $($size)*,
            T: $terms<L::Key, P::Value, C>,
        {
            let Begun { site, held, mut lead } = begun;
            // The arguments had a key when it was begun, and are the same.
            let Ok(key) = key else { return compute$($now)* };
            let rules = Kept::new(policy, Mode::Replacing);
            let watch = Stopwatch::new(site, policy);
            let by = (&mut lead, Mode::Replacing, &rules, terms, T::carried(held));
            $led(site, cache, &key, share, by, lifetime, watch.$timed(compute))$($wait)*
        }

        /// Whether a call would be a hit: what has expired is none.
        ///
        /// # Errors
        ///
        /// When the cache fails.
        pub $($async)? fn $in_cache<V: $($value)*, L, C>(
            site: &Site,
            cache: &C,
            key: Result<L>,
            policy: &Policy,
        ) -> Result<bool>
        where
            L: Lookup<Key: CacheKey $($key)*>,
            C: $cache<L::Key, V> $($size)*,
        {
            site.count(Count::Test);
            let Ok(key) = key else { return Ok(false) };
            if policy.stale.is_none() {
                return cache.contains(key.key())$($wait)*;
            }
            Ok(fresh(policy, cache.get_entry(key.key())$($wait)*?).is_some())
        }

        /// The value a call would be served as a hit: not one that has expired.
        ///
        /// # Errors
        ///
        /// When the cache fails.
        pub $($async)? fn $peek<V: $($value)*, L, C>(cache: &C, key: Result<L>, policy: &Policy) -> Result<Option<V>>
        where
            L: Lookup<Key: CacheKey $($key)*>,
            C: $cache<L::Key, V> $($size)*,
        {
            let Ok(key) = key else { return Ok(None) };
            if policy.stale.is_none() {
                return cache.get(key.key())$($wait)*;
            }
            Ok(fresh(policy, cache.get_entry(key.key())$($wait)*?))
        }
    };
}

runtime! {
    Cache, Lease, [], [],
    computes: [impl FnOnce() -> R], [()], timed,
    returns: [R], [],
    background: [InThread], apart: called_apart,
    bounds: [+ ?Sized], [+ Sync + ?Sized], [Sized], [],
    steps: find, lookup, SyncTerms, start, led, foreground,
    names: call_with, call_leased_with, call_on, ahead, recompute, recompute_leased, recompute_on, in_cache_with, peek_with,
}

runtime! {
    AsyncCache, AsyncLease, [async], [.await],
    computes: [impl Future<Output = R>], [.await], timed_async,
    returns: [impl Future<Output = R>], [async move],
    background: [InTask<R>], apart: boxed_apart,
    bounds: [], [], [Send + Sync], [+ Sync],
    steps: find_async, lookup_async, AsyncTerms, start_async, led_async, foreground_async,
    names: call_with_async, call_leased_with_async, call_on_async, ahead_async,
        recompute_async, recompute_leased_async, recompute_on_async, in_cache_with_async, peek_with_async,
}
