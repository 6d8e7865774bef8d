//! A caller that computes, or waits for another, with an expired value at hand or without.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::Policy;
use super::background::{Begun, InTask, InThread, Room, Slot};
use super::call::Call;
use super::kept::Kept;
use super::tasks;
use crate::memo::call::{Missed, computed, computed_async};
use crate::memo::flights::{How, Lead};
use crate::memo::key::Lookup;
use crate::memo::plan::{Mode, given};
use crate::memo::returns::Returns;
use crate::memo::rules::Rules;
use crate::memo::share::Share;
use crate::memo::site::Site;
use crate::memo::terms::{AsyncTerms, Start, SyncTerms};
use crate::{AsyncCache, Cache, CacheKey, Count, Error, ErrorKind, Ttl};

/// How long a caller whose time is up takes to give a lease back. Otherwise it ends by itself.
const ABANDONING: Duration = Duration::from_millis(100);

/// What a caller has found: an expired value, a failure, or nothing.
pub(super) type Found<V> = (Option<V>, Option<Error>);

const fn mode<V>(expired: Option<&V>) -> Mode {
    // Where there is a value, one that can't be replaced is not to be served again.
    if expired.is_some() { Mode::Replacing } else { Mode::Missing }
}

impl<R, L, C: ?Sized, T> Call<'_, R, L, C, T> {
    /// What was computed; or for an error the expired value, if there is one.
    pub(super) fn rescued<P: Returns<R>>(&self, returned: R, expired: Option<P::Value>, rules: Kept<'_>) -> R {
        if rules.is_refused() {
            return returned;
        }
        if let (Some(fail), Some(error)) = (self.on_error_fail(), rules.failure()) {
            return fail(error);
        }
        match expired {
            Some(value) if P::value(&returned).is_none() => {
                self.site.count(Count::Stale);
                P::wrap(value)
            }
            _ => returned,
        }
    }
}

/// Computes, or waits for who does.
pub(super) fn foreground<P, R, L, C, T>(
    call: &Call<'_, R, L, C, T>,
    share: impl Share<P, R>,
    (expired, failure): Found<P::Value>,
    lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
    (compute, _): (impl FnOnce() -> R, impl InThread),
) -> R
where
    P: Returns<R, Value: Sized>,
    L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static>>,
    C: Cache<L::Key, P::Value> + ?Sized,
    T: SyncTerms<L::Key, P::Value, C>,
{
    let rules = Kept::new(call.policy, mode(expired.as_ref()));
    let watch = Stopwatch::new(call.site, call.policy);
    let (since, terms, fail) = (call.since, *call.terms, call.on_error_fail());
    let mut missed = Missed { since, failure, rules: &rules, terms, fail };
    let returned = computed(call.site, call.cache, call.key, share, &mut missed, lifetime, watch.timed(compute));
    call.rescued::<P>(returned, expired, rules)
}

/// The same, as long as the timeout allows.
///
/// With an expired value at hand the computation is begun in the background, so that it can go on after the timeout.
pub(super) async fn foreground_async<P, R, L, C, T>(
    call: &Call<'_, R, L, C, T>,
    share: impl Share<P, R>,
    (expired, failure): Found<P::Value>,
    lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
    (compute, background): (impl Future<Output = R>, impl InTask<R>),
) -> R
where
    P: Returns<R, Value: Send + Sync>,
    L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> + Sync>,
    C: AsyncCache<L::Key, P::Value>,
    T: AsyncTerms<L::Key, P::Value, C>,
{
    let Call { site, cache, key, terms, policy, since, .. } = *call;
    let limit = policy.timeout.filter(|_| tasks::is_there());
    let rules = Kept::new(policy, mode(expired.as_ref()));
    if let (Some(limit), Some(_)) = (limit, &expired)
        && let Room::Here(slot) = background.room()
        && let Some((lead, is_late)) = site.flights().begin(key.key(), cache, since)
    {
        site.missed(None);
        if is_late && let Ok(Some(value)) = rules.lookup_async(cache, key.key()).await {
            lead.end(How::Found);
            site.count(Count::Coalesced);
            return P::wrap(value);
        }
        // Up to its start the computation is this caller's, and ends with it.
        let work = followed::<P, _, _, _, _>(call, share, &rules, (lead, slot), background);
        return match (tasks::limited(limit, &AtomicBool::new(false), work).await.flatten(), expired) {
            (Some(returned), expired) => call.rescued::<P>(returned, expired, rules),
            (None, Some(value)) => call.stale::<P>(value),
            // Not come to, as there is an expired value.
            (None, None) => compute.await,
        };
    }
    let watch = Stopwatch::new(site, policy);
    let missed = Missed { since, failure, rules: &rules, terms: *terms, fail: call.on_error_fail() };
    let work = computed_async(site, cache, key, share, missed, lifetime, watch.timed_async(compute));
    // Whoever has nothing else to answer waits.
    let limit = limit.filter(|_| expired.is_some() || call.failure.is_some());
    let returned = match limit {
        Some(limit) => tasks::limited(limit, &watch.is_done, work).await,
        None => Some(work.await),
    };
    if returned.is_none() {
        let orphaned = T::orphaned(site, site.flights().slot(key.key(), cache));
        let given_back = terms.give_back_async((cache, key.key()), orphaned);
        if let Some(outcome) = tasks::limited(ABANDONING, &AtomicBool::new(false), given_back).await {
            site.removed(&outcome);
        }
    }
    match (returned, expired, call.failure) {
        (Some(returned), expired, _) => call.rescued::<P>(returned, expired, rules),
        (None, Some(value), _) => call.stale::<P>(value),
        (None, None, Some(fail)) => fail(timed_out()),
        (None, None, None) => unreachable!("without another answer there is no limit"),
    }
}

/// The result of a computation in the background, where there is an expired value over which it is begun.
async fn followed<P, R, L, C, T>(
    call: &Call<'_, R, L, C, T>,
    share: impl Share<P, R>,
    rules: &Kept<'_>,
    (lead, slot): (Lead<'static>, Slot),
    background: impl InTask<R>,
) -> Option<R>
where
    P: Returns<R, Value: Send + Sync>,
    L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> + Sync>,
    C: AsyncCache<L::Key, P::Value>,
    T: AsyncTerms<L::Key, P::Value, C>,
{
    let Call { site, cache, key, terms, .. } = *call;
    let held = match terms.start_async(site, (cache, key.key()), lead.slot(), (rules, true)).await {
        Start::Go(held) => held,
        Start::Found(value) => {
            let returned = P::wrap(value);
            given(lead, key.key(), &share, &returned, How::Found);
            site.count(Count::Coalesced);
            return Some(returned);
        }
        Start::Stale(value) => {
            let returned = call.stale::<P>(value);
            given(lead, key.key(), &share, &returned, How::Unstored);
            return Some(returned);
        }
        // Not to those who wait.
        Start::Taken => T::none(),
        Start::Failed(error) => {
            site.failed(&error);
            if let Some(fail) = call.on_error_fail() {
                rules.refused();
                let returned = fail(error);
                given(lead, key.key(), &share, &returned, How::Unstored);
                return Some(returned);
            }
            T::none()
        }
    };
    let running = background.start(slot, Begun { site, held: T::carry(held), lead })?;
    tasks::returned(running).await
}

#[cold]
fn timed_out() -> Error {
    Error::new(ErrorKind::Timeout, "the function did not return within its timeout")
}

/// Measures a computation where its cost matters, and tells when it is over.
pub(super) struct Stopwatch {
    site: &'static Site,
    is_measuring: bool,
    is_done: AtomicBool,
}

impl Stopwatch {
    pub(super) const fn new(site: &'static Site, policy: &Policy) -> Self {
        Self { site, is_measuring: policy.refresh_ahead.is_some(), is_done: AtomicBool::new(false) }
    }

    pub(super) fn timed<R>(&self, compute: impl FnOnce() -> R) -> impl FnOnce() -> R {
        move || {
            let start = self.is_measuring.then(Instant::now);
            let returned = compute();
            self.stop(start.map(|start| start.elapsed()));
            returned
        }
    }

    pub(super) async fn timed_async<R>(&self, compute: impl Future<Output = R>) -> R {
        let start = self.is_measuring.then(Instant::now);
        let returned = compute.await;
        self.stop(start.map(|start| start.elapsed()));
        returned
    }

    fn stop(&self, cost: Option<Duration>) {
        self.is_done.store(true, Ordering::Relaxed);
        if let Some(cost) = cost {
            self.site.took(cost);
        }
    }
}
