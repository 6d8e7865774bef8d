//! The contract of a cache, as a suite that is run on any.
//!
//! One suite, written async: a sync cache is run through it as an async one that is always ready.

mod abandoned;
mod batches;
mod check;
mod concurrent;
mod leases;
mod lifetimes;
mod odd;
mod random;
mod read_write;
mod subject;
mod time;
mod watch;
mod whole;

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

pub use check::Check;
use subject::Subject;
use time::Time;

use super::futures::{Boxed, join_all};
use super::ready::Ready;
use super::{ManualClock, SampleKey, SampleValue, block_on};
use crate::{AsyncCache, AsyncLease, AsyncStore, Cache, Lease, Store};

/// Checks a store, or a stack of layers, against the whole contract, with keys `K` and values `V`.
///
/// How lifetimes are to be checked has to be chosen: [`clock`](Self::clock), [`real_time`](Self::real_time) or
/// [`no_ttl`](Self::no_ttl). Then [`check`](Self::check) a sync cache or [`check_async`](Self::check_async) an async
/// one. Run it once for each type of keys and values that matters: for a byte store `<[u8], Bytes>` is enough, for a
/// layer over it such as `.json()` add what it translates.
///
/// Which checks there are is listed at [`Check`]. One that fails panics with `conformance: <check>: ...`. Values are made
/// by [`SampleKey`] and [`SampleValue`], which you can implement for types of your own.
///
/// # Examples
///
/// A store with a clock that can be moved, here without lifetimes of its own:
///
/// ```
/// use bytes::Bytes;
/// use ctu_core::testing::{Conformance, ManualClock, ModelStore};
///
/// let hand = ManualClock::new();
/// Conformance::<[u8], Bytes>::clock(&hand).check(|| ModelStore::<Vec<u8>, Bytes>::new().clock(&hand));
/// ```
///
/// An async store, on the runtime it needs (here none):
///
/// ```
/// use ctu_core::testing::{Conformance, ManualClock, ModelStore, block_on};
///
/// # fn main() {
/// block_on(async {
///     let hand = ManualClock::new();
///     let make = || ModelStore::<String, String>::new().clock(&hand);
///     Conformance::<str, String>::clock(&hand).max_value_bytes(1000).check_async(make).await;
/// });
/// # }
/// ```
#[must_use = "nothing is checked before `check` or `check_async`"]
pub struct Conformance<K: ?Sized, V> {
    settings: Settings,
    only: Option<Vec<Check>>,
    types: PhantomData<fn(&K) -> V>,
}

#[derive(Debug, Clone)]
struct Settings {
    time: Time,
    lossy: bool,
    may_refuse: bool,
    max_value_bytes: usize,
    seed: u64,
    steps: usize,
    workers: Workers,
}

/// How concurrent users of a cache are had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Workers {
    /// Threads, for a sync cache.
    Threads,
    /// Futures of one task, for an async cache, whose runtime is not ours to use.
    Futures,
}

impl<K: ?Sized + SampleKey, V: SampleValue> Conformance<K, V> {
    /// For a store that takes its time from `hand`: lifetimes are checked to the millisecond, without waiting.
    ///
    /// All stores made for the suite may share the clock.
    pub fn clock(hand: &ManualClock) -> Self {
        Self::new(Time::Hand(hand.clone()))
    }

    /// For a store whose clock can't be moved, such as a server: lifetimes are waited for, which takes about nine times
    /// `unit`.
    ///
    /// `unit` is how exact lifetimes are expected to be, the store's rounding and the round trip included: 100 ms is
    /// enough for a store that keeps milliseconds, 2 s are for one that keeps whole seconds. A machine too busy to keep
    /// to it fails the suite, with a message that says so.
    pub fn real_time(unit: Duration) -> Self {
        Self::new(Time::Real(unit))
    }

    /// For a store without lifetimes: it has to report entries that do not expire.
    pub fn no_ttl() -> Self {
        Self::new(Time::NoTtl)
    }

    fn new(time: Time) -> Self {
        let settings = Settings {
            time,
            lossy: false,
            may_refuse: false,
            max_value_bytes: 1 << 20,
            seed: 0x0c70_5eed,
            steps: 2000,
            workers: Workers::Threads,
        };
        Self { settings, only: None, types: PhantomData }
    }

    /// Allows the store to drop any entry at any time: what is found must be right, but nothing has to be found.
    ///
    /// For a bounded store too small for the suite, which holds up to 300 entries. The others have to keep them.
    pub fn lossy(mut self) -> Self {
        self.settings.lossy = true;
        self
    }

    /// Allows the store to refuse odd keys and values with [`Codec`](crate::ErrorKind::Codec) or
    /// [`Limit`](crate::ErrorKind::Limit): then nothing may be found of them.
    pub fn may_refuse(mut self) -> Self {
        self.settings.may_refuse = true;
        self
    }

    /// The size of the largest value that has to be stored, in bytes as the suite counts them. 1 MiB by default.
    pub fn max_value_bytes(mut self, bytes: usize) -> Self {
        self.settings.max_value_bytes = bytes;
        self
    }

    /// Where the random operations start from. The same every time by default.
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
        self
    }

    /// How many random operations are tried. 2000 by default.
    pub fn steps(mut self, steps: usize) -> Self {
        self.settings.steps = steps;
        self
    }

    /// Only these checks, to look into a failure.
    ///
    /// # Panics
    ///
    /// When one does not apply to the chosen kind of time: see [`Check`].
    pub fn only(mut self, checks: impl Into<Vec<Check>>) -> Self {
        let checks = checks.into();
        for check in &checks {
            let applies = check.applies(&self.settings.time);
            assert!(applies, "conformance: {check}: this check does not apply to {:?}", self.settings.time);
        }
        self.only = Some(checks);
        self
    }

    /// Checks the sync caches that `make` makes: each call a new one, or a new namespace of the same server, empty.
    ///
    /// # Panics
    ///
    /// When a check fails, with `conformance: <check>: <what was wrong>`.
    pub fn check<C>(mut self, make: impl Fn() -> C)
    where
        C: Cache<K, V> + Store + Send + Sync,
    {
        self.settings.workers = Workers::Threads;
        block_on(self.run(|| Ready(make())));
    }

    /// Checks the async caches that `make` makes: each call a new one, or a new namespace of the same server, empty.
    ///
    /// Await it on the runtime that the cache needs, or in [`block_on`] when it needs none. It spawns no tasks.
    ///
    /// # Panics
    ///
    /// When a check fails, with `conformance: <check>: <what was wrong>`.
    pub async fn check_async<C>(mut self, make: impl Fn() -> C)
    where
        C: AsyncCache<K, V> + AsyncStore,
    {
        self.settings.workers = Workers::Futures;
        self.run(make).await;
    }

    /// Checks the leases of a sync cache, as [`Lease`] promises them; the rest is for [`check`](Self::check).
    ///
    /// # Panics
    ///
    /// When something is wrong, with `conformance: leases: <what was wrong>`.
    pub fn check_leases<C>(mut self, cache: C)
    where
        C: Lease<K, V> + Store + Send + Sync,
    {
        self.settings.workers = Workers::Threads;
        block_on(leases::leases(&Subject::new("leases", &self.settings, Ready(cache))));
    }

    /// Checks the leases of an async cache, as [`AsyncLease`] promises them; the rest is for
    /// [`check_async`](Self::check_async).
    ///
    /// # Panics
    ///
    /// When something is wrong, with `conformance: leases: <what was wrong>`.
    pub async fn check_leases_async<C>(mut self, cache: C)
    where
        C: AsyncLease<K, V> + AsyncStore,
    {
        self.settings.workers = Workers::Futures;
        leases::leases(&Subject::new("leases", &self.settings, cache)).await;
    }

    async fn run<C: AsyncCache<K, V> + AsyncStore>(&self, make: impl Fn() -> C) {
        let mut waiting = Vec::new();
        for check in self.checks() {
            let subject = Subject::new(check.name(), &self.settings, make());
            if check.waits(&self.settings.time) {
                let future: Boxed<'_> = Box::pin(async move { run_check(check, &subject).await });
                waiting.push(future);
            } else {
                run_check(check, &subject).await;
            }
        }
        join_all(waiting).await; // they mostly sleep: all at once
    }

    fn checks(&self) -> Vec<Check> {
        let all = || Check::ALL.iter().copied().filter(|check| check.applies(&self.settings.time)).collect();
        self.only.clone().unwrap_or_else(all)
    }
}

async fn run_check<K, V, C>(check: Check, subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V> + AsyncStore,
{
    match check {
        Check::Missing => read_write::missing(subject).await,
        Check::RoundTrip => read_write::round_trip(subject).await,
        Check::Overwrite => read_write::overwrite(subject).await,
        Check::Remove => read_write::remove(subject).await,
        Check::OddKeys => odd::keys(subject).await,
        Check::OddValues => odd::values(subject).await,
        Check::BigValues => odd::big_values(subject).await,
        Check::GetMany => batches::get_many(subject).await,
        Check::PutMany => batches::put_many(subject).await,
        Check::Len => whole::len(subject).await,
        Check::Clear => whole::clear(subject).await,
        Check::Stats => whole::stats(subject).await,
        Check::Concurrent => concurrent::concurrent(subject).await,
        Check::Abandoned => abandoned::abandoned(subject).await,
        Check::Watch => watch::watch(subject).await,
        Check::Random => random::random(subject).await,
        Check::Expiry => lifetimes::expiry(subject).await,
        Check::BatchExpiry => lifetimes::batch_expiry(subject).await,
        Check::Renewal => lifetimes::renewal(subject).await,
        Check::Never => lifetimes::never(subject).await,
        Check::DefaultTtl => lifetimes::default_ttl(subject).await,
        Check::ZeroTtl => lifetimes::zero_ttl(subject).await,
        Check::LongTtl => lifetimes::long_ttl(subject).await,
        Check::NoTtl => lifetimes::no_ttl(subject).await,
    }
}

impl<K: ?Sized, V> fmt::Debug for Conformance<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conformance").field("settings", &self.settings).field("only", &self.only).finish()
    }
}
