//! Law 4: what is removed, cleared or stored by hand during a computation in flight is not overwritten by its older
//! result, and nobody who comes later gets that.
//!
//! `CTU_ROUNDS=10000 cargo test --features full --test by_hand` is the long form.

mod gate;

use std::collections::HashMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;

use ctu::{
    AnyCache, AsyncAnyCache, AsyncCache, Bytes, Cache, CacheExt, DictCache, Entry, LockedCache, MemoryCache,
    SharedMemory, StackExt, Store, Ttl, Watch, cached,
};
use gate::{Gate, Step};
use pollster::block_on;

type Result<T, E = ctu::Error> = std::result::Result<T, E>;

/// Those of a function without leases.
const STEPS: [Step; 5] = [Step::BeforeRead, Step::AfterRead, Step::Computing, Step::BeforeWrite, Step::AfterWrite];

/// A store with a gate at every step.
struct Gated<C> {
    gate: Gate,
    inner: C,
}

macro_rules! gated {
    ($cache:ident, [$($async:ident)?], [$($wait:tt)*]) => {
        impl<C: $cache<str, u32>> $cache<str, u32> for Gated<C> {
            $($async)? fn get(&self, key: &str) -> Result<Option<u32>> {
                self.gate.pass(Step::BeforeRead);
                let found = self.inner.get(key)$($wait)*;
                self.gate.pass(Step::AfterRead);
                found
            }
            $($async)? fn get_entry(&self, key: &str) -> Result<Option<Entry<u32>>> {
                self.inner.get_entry(key)$($wait)*
            }
            $($async)? fn put(&self, key: &str, value: &u32, ttl: Ttl) -> Result<()> {
                self.inner.put(key, value, ttl)$($wait)*
            }
            $($async)? fn remove(&self, key: &str) -> Result<bool> {
                self.inner.remove(key)$($wait)*
            }
            $($async)? fn contains(&self, key: &str) -> Result<bool> {
                self.inner.contains(key)$($wait)*
            }
            fn watch(&self, key: &str) -> Option<Watch> {
                self.inner.watch(key)
            }
            $($async)? fn put_if_unchanged(&self, key: &str, value: &u32, ttl: Ttl, watch: Watch) -> Result<bool> {
                self.gate.pass(Step::BeforeWrite);
                let put = self.inner.put_if_unchanged(key, value, ttl, watch)$($wait)*;
                self.gate.pass(Step::AfterWrite);
                put
            }
        }
    };
}

gated!(Cache, [], []);
gated!(AsyncCache, [async], [.await]);

/// What is done by hand.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Act {
    Remove,
    Clear,
    Put,
}

const ACTS: [Act; 3] = [Act::Remove, Act::Clear, Act::Put];

fn rounds() -> u32 {
    std::env::var("CTU_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(10)
}

/// The source changes while a call is stopped at `step`, and the store by hand: no later call sees the older value.
fn check(step: Step, act: Act, gate: &Gate, source: &AtomicU32, call: fn() -> u32, by_hand: fn(Act)) {
    for _ in 0..rounds() {
        by_hand(Act::Remove);
        source.store(1, SeqCst);
        gate.stop_at(step);
        thread::scope(|scope| {
            let stopped = scope.spawn(call);
            gate.wait_for_a_caller();
            source.store(2, SeqCst);
            by_hand(act);
            assert_eq!(call(), 2, "{act:?} at {step:?}, while the older computation goes on");
            gate.open();
            stopped.join().unwrap();
        });
        assert_eq!(call(), 2, "{act:?} at {step:?}, when the older computation has ended");
    }
}

macro_rules! wins {
    ($($name:ident: $cache:ident, [$($async:ident)?], [$($wait:tt)*], $store:ty = $make:expr, clear: |$inner:ident| $clear:expr;)*) => {$(
        #[test]
        fn $name() {
            static STORE: LazyLock<Gated<$store>> = LazyLock::new(|| Gated { gate: Gate::new(), inner: $make });
            static SOURCE: AtomicU32 = AtomicU32::new(0);
            #[cached(cache = STORE, key = "one", prefix = "")]
            $($async)? fn load() -> u32 {
                let value = SOURCE.load(SeqCst);
                STORE.gate.pass(Step::Computing);
                value
            }
            fn by_hand(act: Act) {
                let $inner = &STORE.inner;
                block_on(async { match act {
                    Act::Remove => drop($cache::<str, u32>::remove(&STORE.inner, "one")$($wait)*.unwrap()),
                    Act::Clear => $clear.unwrap(),
                    Act::Put => $cache::<str, u32>::put(&STORE.inner, "one", &2, Ttl::Default)$($wait)*.unwrap(),
                } });
            }
            for step in STEPS {
                for act in ACTS {
                    check(step, act, &STORE.gate, &SOURCE, || block_on(async { load()$($wait)* }), by_hand);
                }
            }
            assert_eq!(load::__site().in_flight(), 0);
        }
    )*};
}

type Memory = MemoryCache<String, u32>;
type Raw = MemoryCache<Vec<u8>, Bytes>;

wins! {
    law4_gone_is_gone_from_memory:
        Cache, [], [], Memory = Memory::new(100), clear: |store| Store::clear(store);
    law4_gone_is_gone_from_memory_for_async_functions:
        AsyncCache, [async], [.await], Memory = Memory::new(100), clear: |store| Store::clear(store);
    law4_gone_is_gone_from_shared_memory:
        Cache, [], [], SharedMemory = SharedMemory::new(100), clear: |store| Store::clear(store);
    law4_gone_is_gone_from_shared_memory_for_async_functions:
        AsyncCache, [async], [.await], SharedMemory = SharedMemory::new(100), clear: |store| Store::clear(store);
    law4_gone_is_gone_from_a_dict:
        Cache, [], [], DictCache<String, u32> = DictCache::new(), clear: |store| Store::clear(store);
    law4_gone_is_gone_from_a_dict_for_async_functions:
        AsyncCache, [async], [.await], DictCache<String, u32> = DictCache::new(), clear: |store| Store::clear(store);
    law4_gone_is_gone_from_a_locked_map:
        Cache, [], [], LockedCache<HashMap<String, u32>> = LockedCache::default(), clear: |store| Store::clear(store);
    law4_gone_is_gone_from_a_locked_map_for_async_functions:
        AsyncCache, [async], [.await], LockedCache<HashMap<String, u32>> = LockedCache::default(),
        clear: |store| {
            store.inner().clear();
            Ok::<_, ctu::Error>(())
        };
    law4_gone_is_gone_through_layers:
        Cache, [], [], ctu::Observed<ctu::Counting, ctu::Mapped<ctu::Json, ctu::Mapped<ctu::Prefix, Raw>>> =
            Raw::new(100).prefixed("p.").json().with_stats(),
        clear: |store| Store::clear(store.inner().inner().inner());
    law4_gone_is_gone_through_layers_for_async_functions:
        AsyncCache, [async], [.await], ctu::Mapped<ctu::Json, ctu::BreakerCache<Raw, Vec<u8>>> =
            Raw::new(100).circuit_breaker().json(),
        clear: |store| Store::clear(store);
    law4_gone_is_gone_from_two_levels:
        Cache, [], [], ctu::TwoLevelCache<Memory, Memory> = Memory::new(10).two_level(Memory::new(100)),
        clear: |store| Store::clear(store);
    law4_gone_is_gone_from_two_levels_for_async_functions:
        AsyncCache, [async], [.await], ctu::TwoLevelCache<Memory, Memory> = Memory::new(10).two_level(Memory::new(100)),
        clear: |store| Store::clear(store);
    law4_gone_is_gone_from_memory_that_a_url_names:
        Cache, [], [], ctu::JsonCache<AnyCache> = AnyCache::open("memory:").unwrap().json(),
        clear: |store| Store::clear(store);
    law4_gone_is_gone_from_memory_that_a_url_names_for_async_functions:
        AsyncCache, [async], [.await], ctu::JsonCache<AsyncAnyCache> = AsyncAnyCache::open("memory:").unwrap().json(),
        clear: |store| ctu::AsyncStore::clear(store).await;
}

/// With leases on top, as for a store that a configuration names.
#[test]
fn law4_gone_is_gone_from_memory_with_strict_invalidation() {
    static STORE: LazyLock<ctu::JsonCache<AnyCache>> = LazyLock::new(|| AnyCache::open("memory:").unwrap().json());
    static GATE: LazyLock<Gate> = LazyLock::new(Gate::new);
    static SOURCE: AtomicU32 = AtomicU32::new(0);
    #[cached(cache = STORE, key = "one", prefix = "", invalidation = "strict")]
    fn load() -> u32 {
        let value = SOURCE.load(SeqCst);
        GATE.pass(Step::Computing);
        value
    }
    for act in ACTS {
        for _ in 0..rounds() {
            load::evict().unwrap();
            SOURCE.store(1, SeqCst);
            GATE.stop_at(Step::Computing);
            thread::scope(|scope| {
                let stopped = scope.spawn(load);
                GATE.wait_for_a_caller();
                SOURCE.store(2, SeqCst);
                match act {
                    Act::Remove => drop(Cache::<str, u32>::remove(&*STORE, "one").unwrap()),
                    Act::Clear => Store::clear(&*STORE).unwrap(),
                    Act::Put => Cache::<str, u32>::put(&*STORE, "one", &2, Ttl::Default).unwrap(),
                }
                GATE.open();
                stopped.join().unwrap();
            });
            assert_eq!(load(), 2, "{act:?}");
        }
    }
}

/// One computation in all processes that is in one: the second waits for the first.
#[test]
fn law3_once_in_memory_that_a_url_names() {
    static STORE: LazyLock<ctu::JsonCache<AnyCache>> = LazyLock::new(|| AnyCache::open("memory:").unwrap().json());
    static COMPUTED: AtomicU32 = AtomicU32::new(0);
    #[cached(cache = STORE, prefix = "f.", coalesce = cluster)]
    fn here(id: u32) -> u32 {
        COMPUTED.fetch_add(1, SeqCst);
        thread::sleep(std::time::Duration::from_millis(30));
        id
    }
    #[cached(cache = STORE, prefix = "f.", coalesce = cluster)]
    fn there(id: u32) -> u32 {
        COMPUTED.fetch_add(1, SeqCst);
        thread::sleep(std::time::Duration::from_millis(30));
        id
    }
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| here(1));
            scope.spawn(|| there(1));
        }
    });
    assert_eq!(COMPUTED.load(SeqCst), 1);
}

#[test]
fn law4_gone_is_gone_by_hand_through_and_through() {
    let store = Memory::new(10);
    let computed = store.get_or_set_with("one", Ttl::Default, || {
        Cache::<str, u32>::remove(&store, "one").unwrap();
        1
    });
    assert_eq!((computed, Cache::get(&store, "one").unwrap()), (1, None));
    assert_eq!(store.get_or_set_with("one", Ttl::Default, || 2), 2);
    assert_eq!(Cache::get(&store, "one").unwrap(), Some(2));
}

#[test]
fn what_is_stored_by_hand_under_other_keys_does_not_matter() {
    static STORE: LazyLock<Memory> = LazyLock::new(|| Memory::new(10_000));
    #[cached(cache = STORE, key = "{id}", prefix = "")]
    fn load(id: u32) -> u32 {
        for other in 0..100 {
            Cache::put(&*STORE, &format!("other {other}"), &other, Ttl::Default).unwrap();
        }
        id
    }
    for id in 0..100 {
        load(id);
        assert_eq!(load::peek(id).unwrap(), Some(id));
    }
}
