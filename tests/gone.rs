//! Law 4: what is evicted, primed or refreshed during a computation in flight is not overwritten by its older result.

mod gate;

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use ctu::{AsyncCache, Cache, Entry, MemoryCache, Ttl, cached};
use gate::{Gate, Step};
use pollster::block_on;

type Result<T, E = ctu::Error> = std::result::Result<T, E>;

/// Those of a function without leases.
const STEPS: [Step; 5] = [Step::BeforeRead, Step::AfterRead, Step::Computing, Step::BeforeWrite, Step::AfterWrite];

/// A store with a gate at every step.
struct Gated {
    gate: Gate,
    inner: MemoryCache<String, u32>,
}

impl Gated {
    fn new() -> Self {
        Self { gate: Gate::new(), inner: MemoryCache::new(100) }
    }
}

impl Cache<str, u32> for Gated {
    fn get(&self, key: &str) -> Result<Option<u32>> {
        self.gate.pass(Step::BeforeRead);
        let found = Cache::get(&self.inner, key);
        self.gate.pass(Step::AfterRead);
        found
    }
    fn get_entry(&self, key: &str) -> Result<Option<Entry<u32>>> {
        Cache::get_entry(&self.inner, key)
    }
    fn put(&self, key: &str, value: &u32, ttl: Ttl) -> Result<()> {
        self.gate.pass(Step::BeforeWrite);
        let put = Cache::put(&self.inner, key, value, ttl);
        self.gate.pass(Step::AfterWrite);
        put
    }
    fn remove(&self, key: &str) -> Result<bool> {
        Cache::<str, u32>::remove(&self.inner, key)
    }
    fn contains(&self, key: &str) -> Result<bool> {
        Cache::<str, u32>::contains(&self.inner, key)
    }
}

impl AsyncCache<str, u32> for Gated {
    async fn get(&self, key: &str) -> Result<Option<u32>> {
        Cache::get(self, key)
    }
    async fn get_entry(&self, key: &str) -> Result<Option<Entry<u32>>> {
        Cache::get_entry(self, key)
    }
    async fn put(&self, key: &str, value: &u32, ttl: Ttl) -> Result<()> {
        Cache::put(self, key, value, ttl)
    }
    async fn remove(&self, key: &str) -> Result<bool> {
        Cache::<str, u32>::remove(self, key)
    }
    async fn contains(&self, key: &str) -> Result<bool> {
        Cache::<str, u32>::contains(self, key)
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Change {
    Evict,
    Prime,
    Refresh,
}

/// Ten thousand with `CTU_ROUNDS=10000`.
fn rounds() -> u32 {
    std::env::var("CTU_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(20)
}

/// The source changes while a call is stopped at `step`, and the cache is told by `change`: no later call sees the older
/// value.
fn check(step: Step, gate: &Gate, source: &AtomicU32, call: fn() -> u32, change: impl Fn() + Sync, evict: fn()) {
    for round in 0..rounds() {
        evict();
        source.store(1, SeqCst);
        gate.stop_at(step);
        thread::scope(|scope| {
            let stopped = scope.spawn(call);
            gate.wait_for_a_caller();
            source.store(2, SeqCst);
            if matches!(step, Step::BeforeWrite | Step::AfterWrite) {
                // This waits for the write to end.
                let changing = scope.spawn(&change);
                if round % 2 == 0 {
                    thread::sleep(Duration::from_micros(200));
                }
                gate.open();
                changing.join().unwrap();
                assert_eq!(call(), 2, "at {step:?}");
            } else {
                change();
                assert_eq!(call(), 2, "at {step:?}, while the older computation goes on");
                gate.open();
            }
            stopped.join().unwrap();
        });
        assert_eq!(call(), 2, "at {step:?}, when the older computation has ended");
    }
}

macro_rules! law4 {
    ($name:ident, [$($async:ident)?], [$($wait:tt)*], $coalesce:literal) => {
        #[test]
        fn $name() {
            static STORE: LazyLock<Gated> = LazyLock::new(Gated::new);
            static SOURCE: AtomicU32 = AtomicU32::new(0);
            #[cached(cache = STORE, key = "one", coalesce = $coalesce)]
            $($async)? fn load() -> u32 {
                let value = SOURCE.load(SeqCst);
                STORE.gate.pass(Step::Computing);
                value
            }
            for step in STEPS {
                for change in [Change::Evict, Change::Prime, Change::Refresh] {
                    let change = || block_on(async {
                        match change {
                            Change::Evict => assert!(load::evict()$($wait)*.is_ok()),
                            Change::Prime => load::prime(&2)$($wait)*.unwrap(),
                            Change::Refresh => assert_eq!(load::refresh()$($wait)*, 2),
                        }
                    });
                    let call = || block_on(async { load()$($wait)* });
                    let evict = || block_on(async { assert!(load::evict()$($wait)*.is_ok()) });
                    check(step, &STORE.gate, &SOURCE, call, change, evict);
                }
            }
            assert_eq!(load::__site().in_flight(), 0);
        }
    };
}

law4!(law4_gone_is_gone_at_every_step_of_a_computation, [], [], true);
law4!(law4_gone_is_gone_at_every_step_of_an_async_computation, [async], [.await], true);
law4!(law4_gone_is_gone_when_calls_do_not_coalesce, [], [], false);

#[test]
fn law4_those_who_waited_before_an_eviction_get_the_older_value_and_later_callers_the_newer() {
    static GATE: LazyLock<Gate> = LazyLock::new(Gate::new);
    static SOURCE: AtomicU32 = AtomicU32::new(1);
    #[cached]
    fn load() -> u32 {
        let value = SOURCE.load(SeqCst);
        GATE.pass(Step::Computing);
        value
    }
    GATE.stop_at(Step::Computing);
    thread::scope(|scope| {
        let early: Vec<_> = (0..4).map(|_| scope.spawn(load)).collect();
        GATE.wait_for_a_caller();
        while load::stats().reads < 4 {
            thread::yield_now();
        }
        thread::sleep(Duration::from_millis(20));
        SOURCE.store(2, SeqCst);
        assert!(!load::evict().unwrap());
        assert_eq!(load(), 2);
        GATE.open();
        assert!(early.into_iter().all(|caller| caller.join().unwrap() == 1));
    });
    assert_eq!(load(), 2);
    assert_eq!(load::stats().coalesced, 3);
}

#[test]
fn law4_an_eviction_wins_over_a_refresh_in_flight() {
    static GATE: LazyLock<Gate> = LazyLock::new(Gate::new);
    static SOURCE: AtomicU32 = AtomicU32::new(1);
    #[cached]
    fn load() -> u32 {
        let value = SOURCE.load(SeqCst);
        GATE.pass(Step::Computing);
        value
    }
    assert_eq!(load(), 1);
    GATE.stop_at(Step::Computing);
    thread::scope(|scope| {
        let refreshing = scope.spawn(load::refresh);
        GATE.wait_for_a_caller();
        SOURCE.store(2, SeqCst);
        assert!(load::evict().unwrap());
        GATE.open();
        assert_eq!(refreshing.join().unwrap(), 1);
    });
    assert_eq!(load::peek().unwrap(), None);
    assert_eq!(load(), 2);
}

#[test]
fn a_prime_that_came_during_a_refresh_stays() {
    static GATE: LazyLock<Gate> = LazyLock::new(Gate::new);
    #[cached]
    fn load() -> u32 {
        GATE.pass(Step::Computing);
        1
    }
    assert_eq!(load(), 1);
    GATE.stop_at(Step::Computing);
    thread::scope(|scope| {
        let refreshing = scope.spawn(load::refresh);
        GATE.wait_for_a_caller();
        load::prime(&2).unwrap();
        GATE.open();
        assert_eq!(refreshing.join().unwrap(), 1);
    });
    assert_eq!(load::peek().unwrap(), Some(2));
}

#[test]
fn law4_a_refresh_that_another_overtook_in_vain_leaves_no_older_value() {
    static COMPUTED: AtomicU32 = AtomicU32::new(0);
    #[cached]
    fn load() -> Result<u32, ()> {
        match COMPUTED.fetch_add(1, SeqCst) {
            0 => Ok(1),
            1 => {
                assert!(load::refresh().is_err());
                Ok(2)
            }
            _ => Err(()),
        }
    }
    assert_eq!(load(), Ok(1));
    assert_eq!(load::refresh(), Ok(2));
    assert_eq!(load::peek().unwrap(), None);
}

#[test]
fn law4_a_computation_that_evicts_its_own_key_is_not_stored() {
    #[cached]
    fn load(key: u32) -> u32 {
        load::evict(key).unwrap();
        key
    }
    assert_eq!(load(1), 1);
    assert_eq!(load::peek(1).unwrap(), None);
    assert_eq!(load::__site().in_flight(), 0);
}

/// Two handles of one store are two addresses of it.
#[derive(Clone)]
struct Api {
    cache: std::sync::Arc<MemoryCache<String, u32>>,
    gate: std::sync::Arc<Gate>,
    source: std::sync::Arc<AtomicU32>,
}

#[ctu::cache_methods]
impl Api {
    #[cached(cache = self.cache, key = "{key}")]
    fn load(&self, key: u32) -> u32 {
        let value = self.source.load(SeqCst) + key;
        self.gate.pass(Step::Computing);
        value
    }
}

fn api(source: u32) -> Api {
    Api {
        cache: MemoryCache::new(10).into(),
        gate: Gate::new().into(),
        source: std::sync::Arc::new(AtomicU32::new(source)),
    }
}

#[test]
fn law4_an_eviction_through_another_handle_of_the_store_wins_too() {
    let api = api(1);
    let other = api.clone();
    api.gate.stop_at(Step::Computing);
    thread::scope(|scope| {
        let stopped = scope.spawn(|| api.load(0));
        api.gate.wait_for_a_caller();
        api.source.store(2, SeqCst);
        other.load_evict(0).unwrap();
        api.gate.open();
        assert_eq!(stopped.join().unwrap(), 1);
    });
    assert_eq!((api.load(0), other.load(0)), (2, 2));
}

#[test]
fn law5_apart_objects_with_stores_of_their_own_do_not_share_a_computation() {
    let (one, other) = (api(10), api(20));
    one.gate.stop_at(Step::Computing);
    thread::scope(|scope| {
        let stopped = scope.spawn(|| one.load(1));
        one.gate.wait_for_a_caller();
        assert_eq!(other.load(1), 21);
        one.gate.open();
        assert_eq!(stopped.join().unwrap(), 11);
    });
}
