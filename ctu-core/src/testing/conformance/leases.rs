//! Leases: who has one may store, until somebody else has written or removed.

use std::borrow::Borrow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::concurrent::all_at_once;
use super::subject::Subject;
use super::time::Time;
use crate::testing::futures::{Boxed, yield_now};
use crate::testing::{SampleKey, SampleValue};
use crate::{AsyncLease, AsyncStore, Claim, Leased, Token, Ttl};

/// Longer than the suite takes.
const LONG: Duration = Duration::from_secs(300);
const ROUNDS: usize = 40;
const WORKERS: usize = 4;

pub(super) async fn leases<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncLease<K, V> + AsyncStore,
{
    let suite = Leases(subject);
    suite.is_no_entry().await;
    suite.stores_once().await;
    suite.ends_with_every_write().await;
    suite.is_shared().await;
    suite.is_exclusive().await;
    suite.finds_values().await;
    suite.replaces_values().await;
    suite.goes_over_values().await;
    suite.keeps_every_value().await;
    suite.is_of_one_key().await;
    suite.is_granted_to_one_of_many().await;
    if !matches!(subject.settings.time, Time::NoTtl) {
        suite.ends_in_time().await;
        suite.stores_for_a_lifetime().await;
    }
    suite.ends_with_clear().await;
}

/// Each part uses keys of its own: a hundred from a different number.
struct Leases<'s, 'k, K: ?Sized, V, C>(&'s Subject<'k, K, V, C>);

impl<K, V, C> Leases<'_, '_, K, V, C>
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncLease<K, V> + AsyncStore,
{
    async fn ask(&self, key: usize, claim: Claim, length: Duration) -> Leased {
        self.0.answer("lease", self.0.cache.lease(K::key(key).borrow(), claim, length).await)
    }

    async fn granted(&self, key: usize, claim: Claim) -> Token {
        match self.ask(key, claim, LONG).await {
            Leased::Granted(token) => token,
            other => self.0.fail(format!("`lease` of a free key with {claim:?} gave {other:?}")),
        }
    }

    async fn refused(&self, key: usize, claim: Claim, with: Leased) {
        let leased = self.ask(key, claim, LONG).await;
        self.0.require(leased == with, || format!("`lease` with {claim:?} gave {leased:?} and not {with:?}"));
    }

    async fn put(&self, key: usize, value: &V, token: Token, is_held: bool, what: &str) {
        let put = self.0.cache.put_if_leased(K::key(key).borrow(), value, Ttl::Never, token).await;
        let stored = self.0.answer("put_if_leased", put);
        self.0.require(stored == is_held, || format!("`put_if_leased` says {stored} {what}"));
    }

    async fn release(&self, key: usize, token: Token, is_held: bool) {
        let released = self.0.answer("release", self.0.cache.release(K::key(key).borrow(), token).await);
        self.0.require(released == is_held, || format!("`release` says {released} of a lease that was {is_held}"));
    }

    async fn found(&self, key: usize, value: &V) {
        self.0.found(K::key(key).borrow(), value).await;
    }

    async fn missing(&self, key: usize) {
        self.0.missing(K::key(key).borrow()).await;
    }

    async fn is_no_entry(&self) {
        for claim in [Claim::Shared, Claim::Exclusive, Claim::Replacing] {
            let token = self.granted(0, claim).await;
            self.missing(0).await;
            self.0.answer("remove", self.0.cache.remove(K::key(0).borrow()).await);
            self.put(0, &V::value(0), token, false, "after a removal").await;
            self.missing(0).await;
        }
    }

    async fn stores_once(&self) {
        for (key, claim) in [(100, Claim::Shared), (101, Claim::Exclusive), (102, Claim::Replacing)] {
            let token = self.granted(key, claim).await;
            self.put(key, &V::value(1), token, true, "with a lease").await;
            self.found(key, &V::value(1)).await;
            self.put(key, &V::value(2), token, false, "with a lease that was used").await;
            self.found(key, &V::value(1)).await;
            self.release(key, token, false).await;
            self.found(key, &V::value(1)).await;
            self.0.remove(K::key(key).borrow(), true).await;
        }
    }

    async fn ends_with_every_write(&self) {
        let (key, value) = (K::key(200), V::value(7));
        for claim in [Claim::Shared, Claim::Exclusive, Claim::Replacing] {
            let token = self.granted(200, claim).await;
            self.0.put(key.borrow(), &value, Ttl::Never).await;
            self.put(200, &V::value(1), token, false, "after a put").await;
            self.found(200, &value).await;
            self.0.remove(key.borrow(), true).await;

            let token = self.granted(200, claim).await;
            self.0.put_many(&[(key.clone(), value.clone())], Ttl::Never).await;
            self.put(200, &V::value(1), token, false, "after a put_many").await;
            self.found(200, &value).await;
            self.0.remove(key.borrow(), true).await;

            let token = self.granted(200, claim).await;
            let second = self.granted(200, Claim::Replacing).await;
            self.put(200, &V::value(1), token, false, "after the lease was replaced").await;
            self.put(200, &value, second, true, "with the lease that replaced another").await;
            self.found(200, &value).await;
            self.0.remove(key.borrow(), true).await;
        }
    }

    async fn is_shared(&self) {
        let first = self.granted(300, Claim::Shared).await;
        let second = self.granted(300, Claim::Shared).await;
        self.0.require(first == second, || "a shared lease has two tokens".into());
        self.put(300, &V::value(1), second, true, "with a shared lease").await;
        self.put(300, &V::value(2), first, false, "after another who had the lease has stored").await;
        self.found(300, &V::value(1)).await;
    }

    async fn is_exclusive(&self) {
        let first = self.granted(400, Claim::Exclusive).await;
        self.refused(400, Claim::Exclusive, Leased::Taken).await;
        self.missing(400).await;
        self.release(400, first, true).await;
        self.missing(400).await;
        let second = self.granted(400, Claim::Exclusive).await;
        self.0.require(first != second, || "two leases have the same token".into());
        self.release(400, first, false).await;
        self.put(400, &V::value(1), first, false, "with a lease that was given back").await;
        self.refused(400, Claim::Exclusive, Leased::Taken).await;
        let renewed = self.renew(400, second, LONG).await;
        let renewed = renewed.unwrap_or_else(|| self.0.fail("`renew` says that a lease has ended"));
        self.put(400, &V::value(2), renewed, true, "with a lease that was renewed").await;
        self.found(400, &V::value(2)).await;
        self.0.require(self.renew(400, renewed, LONG).await.is_none(), || "`renew` renews what has ended".into());
        self.found(400, &V::value(2)).await;
    }

    async fn renew(&self, key: usize, token: Token, length: Duration) -> Option<Token> {
        self.0.answer("renew", self.0.cache.renew(K::key(key).borrow(), token, length).await)
    }

    async fn finds_values(&self) {
        self.0.put(K::key(500).borrow(), &V::value(5), Ttl::Never).await;
        self.refused(500, Claim::Shared, Leased::Found).await;
        self.refused(500, Claim::Exclusive, Leased::Found).await;
        self.found(500, &V::value(5)).await;
    }

    async fn replaces_values(&self) {
        let key = K::key(600);
        let value = V::value(6);
        self.0.put(key.borrow(), &value, Ttl::Never).await;
        let first = self.granted(600, Claim::Replacing).await;
        self.found(600, &value).await;
        self.refused(600, Claim::Exclusive, Leased::Found).await;
        let second = self.granted(600, Claim::Replacing).await;
        self.found(600, &value).await;
        self.put(600, &V::value(1), first, false, "after the lease was replaced").await;
        self.release(600, second, true).await;
        self.found(600, &value).await;
        self.put(600, &V::value(1), second, false, "with a lease that was given back").await;
        let third = self.granted(600, Claim::Replacing).await;
        self.put(600, &V::value(3), third, true, "over an older value").await;
        self.found(600, &V::value(3)).await;
        let fourth = self.granted(600, Claim::Replacing).await;
        self.0.remove(key.borrow(), true).await;
        self.put(600, &V::value(4), fourth, false, "after the older value was removed").await;
        self.missing(600).await;
        self.0.put(key.borrow(), &value, Ttl::Never).await;
        let fifth = self.granted(600, Claim::Replacing).await;
        self.0.put(key.borrow(), &value, Ttl::Never).await;
        self.put(600, &V::value(5), fifth, false, "after the older value was put again").await;
        self.found(600, &value).await;
    }

    /// Leases over values that are old, alone and with others.
    async fn goes_over_values(&self) {
        const ANY: Duration = Duration::MAX;
        let (key, value) = (K::key(650), V::value(6));
        for claim in [Claim::SharedOver(ANY), Claim::ExclusiveOver(ANY)] {
            let token = self.granted(650, claim).await;
            self.missing(650).await;
            self.refused(650, Claim::ExclusiveOver(ANY), Leased::Taken).await;
            self.refused(650, Claim::Exclusive, Leased::Taken).await;
            self.put(650, &value, token, true, "with a lease where nothing was").await;

            self.refused(650, Claim::SharedOver(Duration::ZERO), Leased::Found).await;
            self.refused(650, Claim::ExclusiveOver(LONG), Leased::Found).await;
            let token = self.granted(650, claim).await;
            self.found(650, &value).await;
            self.refused(650, Claim::ExclusiveOver(ANY), Leased::Taken).await;
            self.refused(650, Claim::Exclusive, Leased::Found).await;
            let shared = self.granted(650, Claim::SharedOver(ANY)).await;
            self.0.require(shared == token, || "a lease over a value that is shared has two tokens".into());
            self.release(650, token, true).await;
            self.put(650, &V::value(1), token, false, "with a lease that was given back").await;
            self.found(650, &value).await;

            let token = self.granted(650, claim).await;
            let renewed = self.renew(650, token, LONG).await;
            let token = renewed.unwrap_or_else(|| self.0.fail("`renew` says that a lease over a value has ended"));
            self.refused(650, Claim::ExclusiveOver(ANY), Leased::Taken).await;
            self.put(650, &V::value(2), token, true, "over an older value").await;
            self.found(650, &V::value(2)).await;
            let token = self.granted(650, claim).await;
            self.0.put(key.borrow(), &value, Ttl::Never).await;
            self.put(650, &V::value(3), token, false, "after the older value was put again").await;
            let token = self.granted(650, claim).await;
            let replacing = self.granted(650, Claim::Replacing).await;
            self.refused(650, Claim::ExclusiveOver(ANY), Leased::Taken).await;
            self.put(650, &V::value(3), token, false, "after the lease was replaced").await;
            self.release(650, replacing, true).await;
            let token = self.granted(650, claim).await;
            self.0.remove(key.borrow(), true).await;
            self.put(650, &V::value(3), token, false, "after the older value was removed").await;
            self.missing(650).await;
        }
    }

    /// Values that look like anything, before and after a lease.
    async fn keeps_every_value(&self) {
        let key = K::key(700);
        for value in V::odd_values() {
            let token = self.granted(700, Claim::Replacing).await;
            let put = self.0.cache.put_if_leased(key.borrow(), &value, Ttl::Never, token).await;
            if let Err(error) = &put
                && self.0.settings.may_refuse
                && matches!(error.kind(), crate::ErrorKind::Codec | crate::ErrorKind::Limit)
            {
                continue;
            }
            self.0.require(self.0.answer("put_if_leased", put), || "a lease was lost".into());
            self.found(700, &value).await;
            let token = self.granted(700, Claim::Replacing).await;
            self.found(700, &value).await;
            self.release(700, token, true).await;
            self.found(700, &value).await;
        }
    }

    async fn is_of_one_key(&self) {
        let token = self.granted(800, Claim::Shared).await;
        self.put(801, &V::value(1), token, false, "of another key").await;
        self.missing(801).await;
        self.granted(801, Claim::Shared).await;
        self.put(801, &V::value(1), token, false, "of another key, which is leased too").await;
        self.put(800, &V::value(1), token, true, "after it was tried for another key").await;
    }

    async fn is_granted_to_one_of_many(&self) {
        for round in 0..ROUNDS {
            let granted = AtomicUsize::new(0);
            let mut jobs = Vec::new();
            for _ in 0..WORKERS {
                let granted = &granted;
                let job: Boxed<'_> = Box::pin(async move {
                    yield_now().await;
                    if let Leased::Granted(token) = self.ask(900 + round, Claim::Exclusive, LONG).await {
                        granted.fetch_add(1, Ordering::Relaxed);
                        yield_now().await;
                        self.put(900 + round, &V::value(round), token, true, "of the one who has the lease").await;
                    }
                });
                jobs.push(job);
            }
            all_at_once(self.0.settings.workers, jobs).await;
            let granted = granted.into_inner();
            self.0.require(granted == 1, || format!("an exclusive lease was granted {granted} times"));
            self.found(900 + round, &V::value(round)).await;
        }
    }

    async fn ends_in_time(&self) {
        let time = &self.0.settings.time;
        let (length, key) = (time.units(4), K::key(1002));
        let watch = time.watch();
        let short = self.ask(1000, Claim::Exclusive, length).await;
        let renewed = self.ask(1001, Claim::Exclusive, length).await;
        self.0.put(key.borrow(), &V::value(2), Ttl::Never).await;
        self.0.put(K::key(1003).borrow(), &V::value(2), Ttl::Never).await;
        let short_over = self.ask(1003, Claim::ExclusiveOver(Duration::MAX), length).await;
        self.0.require(matches!(short_over, Leased::Granted(_)), || "a value could not be leased over".into());
        watch.reach(time.units(2)).await;
        let Leased::Granted(token) = renewed else { self.0.fail("a free key could not be leased") };
        let renewed = self.renew(1001, token, time.units(5)).await;
        // Over a value it must not end early.
        let over_value = self.ask(1002, Claim::Replacing, length).await;
        watch.reach(time.over(length)).await;
        let Leased::Granted(token) = short else { self.0.fail("a free key could not be leased") };
        self.put(1000, &V::value(0), token, false, "after the lease was over").await;
        self.granted(1000, Claim::Exclusive).await;
        // Its holder is gone, and the value is still there.
        self.granted(1003, Claim::ExclusiveOver(Duration::MAX)).await;
        if watch.elapsed() < time.units(7) {
            let Some(token) = renewed else { self.0.fail("`renew` says that a lease has ended") };
            self.put(1001, &V::value(1), token, true, "of a lease that was renewed in time").await;
            let Leased::Granted(token) = over_value else { self.0.fail("a value could not be leased over") };
            self.put(1002, &V::value(3), token, watch.elapsed() < time.units(6), "over a value in time").await;
        }
    }

    async fn stores_for_a_lifetime(&self) {
        let (key, ttl) = (K::key(1100), Duration::from_secs(100_000));
        for claim in [Claim::Shared, Claim::Replacing] {
            let token = self.granted(1100, claim).await;
            let put = self.0.cache.put_if_leased(key.borrow(), &V::value(1), Ttl::After(ttl), token).await;
            self.0.require(self.0.answer("put_if_leased", put), || "a lease was lost".into());
            for _ in 0..2 {
                self.refused(1100, Claim::ExclusiveOver(ttl / 2), Leased::Found).await;
                let left = self.0.get_entry(key.borrow()).await.and_then(|entry| entry.ttl);
                let right = left.is_some_and(|left| left <= ttl && left + LONG > ttl);
                self.0.require(right, || format!("what was stored for {ttl:?} has {left:?} left"));
                // A lease taken over it changes nothing in that.
                let token = self.granted(1100, Claim::ExclusiveOver(ttl)).await;
                self.found(1100, &V::value(1)).await;
                self.release(1100, token, true).await;
            }
            self.0.remove(key.borrow(), true).await;
        }
    }

    async fn ends_with_clear(&self) {
        let token = self.granted(1200, Claim::Shared).await;
        if self.0.answer_if_supported("clear", self.0.cache.clear().await).is_some() {
            self.put(1200, &V::value(1), token, false, "after a clear").await;
            self.missing(1200).await;
        }
    }
}
