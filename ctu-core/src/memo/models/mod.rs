//! Models of callers who meet, checked with `shuttle`: it runs the code of this module itself, and not a copy of it, under
//! thousands of schedules, and fails where anything is wrong or everybody waits. Run them with
//!
//! ```sh
//! RUSTFLAGS="--cfg ctu_shuttle" cargo test -p ctu-core --lib --target-dir target/shuttle models::
//! ```
//!
//! `CTU_MODELS=100` checks a hundred times as many schedules. A failure prints its schedule, and one of a random schedule
//! the seed too, for `SHUTTLE_RANDOM_SEED`.
//! Every operation on an atomic is one step for `shuttle`, in the one order that all threads see: what weaker orderings
//! allow is not checked.

mod berths;
mod by_hand;
mod gone;
mod late;
mod leases;
mod once;
mod policies;
mod rack;
mod recursion;

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::hash::Hash;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::task::Poll;
use std::time::Duration;

use shuttle::future::{block_on, yield_now};
use shuttle::rand::{Rng, thread_rng};
use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, Runner};

use super::flights::{is_watch_running, nobody_waits};
use super::sync::{Mutex, advance, restart_time};
use super::{AsIs, Share, ShareAll, Site, Whole, call, call_async, evict, evict_async, refresh, refresh_async};
use crate::{AsyncCache, Cache, CacheKey, Entry, Result, Ttl};

/// Longer than anybody waits for another.
const AGES: Duration = Duration::from_secs(100_000);

/// Checks `scenario` under random schedules, and under those with few and well-chosen changes of who runs.
fn check(scenario: fn()) {
    let factor = std::env::var("CTU_MODELS").ok().and_then(|factor| factor.parse().ok()).unwrap_or(1);
    run(RandomScheduler::new(300 * factor), scenario);
    run(PctScheduler::new(3, 300 * factor), scenario);
}

fn run(scheduler: impl Scheduler + 'static, scenario: fn()) {
    let mut config = Config::new();
    config.stack_size = 256 << 10;
    config.silence_warnings = true;
    Runner::new(scheduler, config).run(move || {
        restart_time();
        scenario();
        // The watch thread goes when it next looks.
        while is_watch_running() {
            advance(AGES);
            shuttle::thread::yield_now();
        }
        assert!(nobody_waits());
    });
}

/// A number less than `of`: part of the schedule.
fn chance(of: u32) -> u32 {
    thread_rng().gen_range(0..of)
}

/// Runs all of `parts` at the same time, to their ends.
fn together<'a>(parts: impl IntoIterator<Item = Box<dyn FnOnce() + Send + 'a>>) {
    shuttle::thread::scope(|scope| {
        for part in parts {
            scope.spawn(part);
        }
    });
}

/// Drops `future` where it has to wait after having been polled `polls` times before.
async fn cut<F: Future>(future: F, mut polls: u32) -> Option<F::Output> {
    let mut future = Box::pin(future);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if polls == 0 => Poll::Ready(None),
        Poll::Pending => {
            polls -= 1;
            Poll::Pending
        }
    })
    .await
}

/// A store, in which every operation is a step of its own.
struct Shelf<K>(Mutex<HashMap<K, u32>>);

impl<K: Hash + Eq + Clone> Shelf<K> {
    fn with<T>(&self, operation: impl FnOnce(&mut HashMap<K, u32>) -> T) -> T {
        operation(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<K: Hash + Eq + Clone> Cache<K, u32> for Shelf<K> {
    fn get(&self, key: &K) -> Result<Option<u32>> {
        Ok(self.with(|entries| entries.get(key).copied()))
    }

    fn get_entry(&self, key: &K) -> Result<Option<Entry<u32>>> {
        Ok(Cache::get(self, key)?.map(|value| Entry { value, ttl: None }))
    }

    fn put(&self, key: &K, value: &u32, _: Ttl) -> Result<()> {
        self.with(|entries| entries.insert(key.clone(), *value));
        Ok(())
    }

    fn remove(&self, key: &K) -> Result<bool> {
        Ok(self.with(|entries| entries.remove(key).is_some()))
    }

    fn contains(&self, key: &K) -> Result<bool> {
        Ok(self.with(|entries| entries.contains_key(key)))
    }
}

/// Waits before and after each operation.
impl<K: Hash + Eq + Clone + Send + Sync> AsyncCache<K, u32> for Shelf<K> {
    async fn get(&self, key: &K) -> Result<Option<u32>> {
        around(|| Cache::get(self, key)).await
    }

    async fn get_entry(&self, key: &K) -> Result<Option<Entry<u32>>> {
        around(|| Cache::get_entry(self, key)).await
    }

    async fn put(&self, key: &K, value: &u32, ttl: Ttl) -> Result<()> {
        // A write may take long.
        for _ in 0..chance(16) {
            yield_now().await;
        }
        around(|| Cache::put(self, key, value, ttl)).await
    }

    async fn remove(&self, key: &K) -> Result<bool> {
        around(|| Cache::remove(self, key)).await
    }

    async fn contains(&self, key: &K) -> Result<bool> {
        around(|| Cache::contains(self, key)).await
    }
}

async fn around<T>(operation: impl FnOnce() -> T) -> T {
    yield_now().await;
    let done = operation();
    yield_now().await;
    done
}

/// A memoized function, its store, and the source of its values.
struct Model<K = u32> {
    site: Site,
    shelf: Shelf<K>,
    /// What the function returns now; a step to read.
    source: super::sync::AtomicU64,
    computed: AtomicU32,
}

impl<K> Model<K>
where
    K: CacheKey<Owned: Send + Sync + 'static> + Hash + Eq + Clone + Send + Sync,
{
    fn new() -> Self {
        Self::of(Site::new("model"))
    }

    fn of(site: Site) -> Self {
        let shelf = Shelf(Mutex::new(HashMap::new()));
        Self { site, shelf, source: super::sync::AtomicU64::new(1), computed: AtomicU32::new(0) }
    }

    fn compute(&self) -> u32 {
        self.computed.fetch_add(1, SeqCst);
        u32::try_from(self.source.load(SeqCst)).unwrap()
    }

    /// A call, by a thread or by a task.
    fn call(&self, key: &K, compute: impl FnOnce() -> u32) -> u32 {
        self.sharing(ShareAll, key, compute)
    }

    fn sharing(&self, share: impl Share<Whole, u32>, key: &K, compute: impl FnOnce() -> u32) -> u32 {
        if chance(2) == 0 {
            let lifetime = |_: &u32| Some(Ttl::Default);
            call::<Whole, u32, _, _>(&self.site, &self.shelf, Ok(AsIs(key)), share, lifetime, compute)
        } else {
            block_on(self.task(share, key, async || {
                yield_now().await;
                compute()
            }))
        }
    }

    async fn task(&self, share: impl Share<Whole, u32>, key: &K, compute: impl AsyncFnOnce() -> u32) -> u32 {
        let lifetime = |_: &u32| Some(Ttl::Default);
        call_async::<Whole, u32, _, _>(&self.site, &self.shelf, Ok(AsIs(key)), share, lifetime, compute()).await
    }

    /// Whether what was stored before is gone.
    fn evict(&self, key: &K) -> bool {
        if chance(2) == 0 {
            evict::<u32, _, _>(&self.site, &self.shelf, Ok(AsIs(key))).is_ok()
        } else {
            block_on(evict_async::<u32, _, _>(&self.site, &self.shelf, Ok(AsIs(key)))).is_ok()
        }
    }

    fn refresh(&self, key: &K) -> u32 {
        let lifetime = |_: &u32| Some(Ttl::Default);
        if chance(2) == 0 {
            let compute = || self.compute();
            refresh::<Whole, u32, _, _>(&self.site, &self.shelf, Ok(AsIs(key)), ShareAll, lifetime, compute)
        } else {
            let compute = around(|| self.compute());
            block_on(refresh_async::<Whole, u32, _, _>(
                &self.site,
                &self.shelf,
                Ok(AsIs(key)),
                ShareAll,
                lifetime,
                compute,
            ))
        }
    }

    fn computed(&self) -> u32 {
        self.computed.load(SeqCst)
    }

    fn stored(&self, key: &K) -> Option<u32> {
        Cache::get(&self.shelf, key).unwrap()
    }
}

impl<K> Drop for Model<K> {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.site.in_flight(), 0, "nothing is left");
        }
    }
}

/// The parts of a scenario, to be run [`together`].
macro_rules! parts {
    ($($part:expr),* $(,)?) => {
        [$(Box::new($part) as Box<dyn FnOnce() + Send + '_>),*]
    };
}
use parts;
