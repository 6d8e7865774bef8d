//! What can't be seen through `#[cached]`, or not that closely.

use std::cell::OnceCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::mpsc::channel;
use std::thread;

use ctu_core::ManualClock;

use super::*;

const LONG: Duration = Duration::from_secs(60);

type Numbers = NearCache<u64, u64>;

impl<K: Eq + Hash + 'static, V: Clone + 'static> NearCache<K, V> {
    /// How many copies this thread could have.
    fn places(&self) -> Option<usize> {
        let mut tables = table::take()?;
        let places = tables.of::<K, V>(self.number).map(|table| table.places());
        tables.put_back();
        places
    }

    fn keepers(&self) -> usize {
        self.store.versions.as_ref().unwrap().keepers()
    }
}

fn stored(capacity: usize, keys: u64) -> Numbers {
    let cache = Numbers::new(capacity);
    for key in 0..keys {
        cache.put(&key, &(key + 1), Ttl::Default).unwrap();
    }
    cache
}

/// Finds each key often enough for a thread to keep a copy of it.
fn warm_up(cache: &Numbers, keys: u64) {
    for _ in 0..32 {
        for key in 0..keys {
            assert_eq!(cache.get(&key).unwrap(), Some(key + 1));
        }
    }
}

/// How many of these keys are found in a copy. Not all: now and then more share a place than have room there.
fn found_near(cache: &Numbers, keys: u64) -> usize {
    (0..keys).filter(|key| is_near(cache, key)).count()
}

/// Whether a key is found in a copy.
fn is_near<K: ToOwned<Owned = K> + Hash + Eq + 'static>(cache: &NearCache<K, u64>, key: &K) -> bool {
    let spread = spread(cache.store.seed.hash(key));
    let Some(mut tables) = table::take() else { return false };
    let found = tables.of::<K, u64>(cache.number).and_then(|table| {
        let stamp = table.stamp(spread);
        table
            .find(key, spread, stamp, |_| Some(()))
            .or_else(|| table.find(key, table::beside(spread), stamp, |_| Some(())))
    });
    tables.put_back();
    found.is_some()
}

#[test]
fn a_thread_finds_its_keys_nearby_as_long_as_there_is_room_for_them() {
    let cache = stored(10_000, 1_000);
    warm_up(&cache, 1_000);
    let near = found_near(&cache, 1_000);
    assert!(near > 970, "{near} of 1,000");
    thread::scope(|scope| {
        scope.spawn(|| {
            assert_eq!(cache.places(), None, "a table is its thread's own");
            warm_up(&cache, 10);
            let places = cache.places().unwrap();
            assert!(places <= 256, "{places} for 10 keys");
        });
    });
}

#[test]
fn a_table_that_is_not_worth_it_is_done_without_for_a_while() {
    let cache = stored(100_000, 20_000);
    let mut steps = 0;
    warm_up(&cache, 1);
    assert!(cache.places().is_some());
    for key in (0..20_000).cycle() {
        assert_eq!(cache.get(&key).unwrap(), Some(key + 1));
        steps += 1;
        if cache.places().is_none() {
            break;
        }
        assert!(steps < 100_000, "it learns of it soon");
    }
    for key in 0..20_000 {
        assert_eq!(cache.get(&key).unwrap(), Some(key + 1));
        assert_eq!((cache.places(), cache.keepers()), (None, 0));
    }
    for _ in 0..1_000 {
        warm_up(&cache, 100);
    }
    assert!(cache.places().is_some(), "it tries again");
    let near = found_near(&cache, 100);
    assert!(near > 80, "{near} of 100");
}

#[test]
fn law4_gone_is_gone_from_the_copies_of_all_threads() {
    let cache = stored(1_000, 100);
    let ((ask, asked), (tell, told)) = (channel::<()>(), channel::<Vec<Option<u64>>>());
    thread::scope(|scope| {
        let cache = &cache;
        scope.spawn(move || {
            warm_up(cache, 100);
            let near = found_near(cache, 100);
            assert!(near > 80, "{near} of 100");
            tell.send(Vec::new()).unwrap();
            while asked.recv().is_ok() {
                tell.send((0..100).map(|key| cache.get(&key).unwrap()).collect()).unwrap();
            }
        });
        let others = || {
            ask.send(()).unwrap();
            told.recv().unwrap()
        };
        told.recv().unwrap();
        warm_up(cache, 100);
        assert!(cache.remove(&7).unwrap());
        cache.put(&8, &80, Ttl::Default).unwrap();
        cache.put(&9, &90, Ttl::After(Duration::ZERO)).unwrap();
        let own: Vec<_> = (0..100).map(|key| cache.get(&key).unwrap()).collect();
        assert_eq!((own[7], own[8], own[9], own[10]), (None, Some(80), None, Some(11)));
        assert_eq!(others(), own);
        cache.put(&7, &70, Ttl::Default).unwrap();
        assert_eq!(others()[7], Some(70));
        drop(ask);
    });
}

/// Values only grow, and what is gone comes back as a greater one only: for nobody who knows what anybody has seen before.
#[test]
fn law4_no_copy_outlives_what_anybody_has_seen_of_a_change() {
    const KEYS: usize = 16;
    const ROUNDS: usize = 1_000;
    // In the first some are evicted, too.
    for capacity in [KEYS / 2, 1_000] {
        let cache = NearCache::<usize, usize>::new(capacity);
        let numbers = || -> Vec<AtomicUsize> { (0..KEYS).map(|_| AtomicUsize::new(0)).collect() };
        // The next to come, and the least that may still be seen.
        let (coming, least) = (numbers(), numbers());
        let (looks, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
        let look = |key: usize, get: &dyn Fn(&usize) -> Option<usize>| {
            looks.fetch_add(1, SeqCst);
            let (coming, bound) = (coming[key].load(SeqCst), least[key].load(SeqCst));
            let seen = get(&key);
            if let Some(value) = seen {
                assert!(value >= bound, "{value} after {bound}");
            }
            least[key].fetch_max(seen.unwrap_or(coming), SeqCst);
        };
        let near = |key: &usize| cache.get(key).unwrap();
        let behind = |key: &usize| cache.store.get(key).unwrap();
        let read = |get: &dyn Fn(&usize) -> Option<usize>| {
            // A panic ends the others, too.
            let _over = Over(&is_over);
            let mut step = 0;
            while !is_over.load(SeqCst) {
                step += 1;
                look(step / 3 % KEYS, get);
            }
        };
        let write = || {
            let _over = Over(&is_over);
            for value in 1..ROUNDS {
                let key = value % KEYS;
                coming[key].store(value, SeqCst);
                // So seldom that copies are worth it.
                let looked = looks.load(SeqCst);
                while looks.load(SeqCst) < looked + 64 && !is_over.load(SeqCst) {
                    thread::yield_now();
                }
                match value % 6 {
                    0 => {}
                    1 => cache.clear(),
                    _ => drop(cache.remove(&key).unwrap()),
                }
                cache.put(&key, &value, Ttl::Default).unwrap();
                least[key].fetch_max(value, SeqCst);
            }
        };
        thread::scope(|scope| {
            scope.spawn(write);
            scope.spawn(|| read(&near));
            scope.spawn(|| read(&near));
            scope.spawn(|| read(&behind));
        });
        (0..KEYS).for_each(|key| look(key, &near));
    }
}

struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, SeqCst);
    }
}

#[test]
fn law6_bounded_what_a_cache_has_evicted_is_in_no_copy_either() {
    let cache = stored(100, 100);
    let there = |cache: &Numbers, key: u64| {
        let is_there = cache.contains(&key).unwrap();
        assert_eq!(cache.get(&key).unwrap().is_some(), is_there, "key {key}");
        is_there
    };
    for key in 0..5_000 {
        (0..400).for_each(|step| assert!(cache.get(&(step % 100)).is_ok()));
        cache.put(&key, &(key + 1), Ttl::Default).unwrap();
        if key % 100 == 0 {
            let held = (0..=key.max(99)).filter(|key| there(&cache, *key)).count();
            assert!(held <= 100, "{held} of 100");
        }
    }
}

/// A cache evicts by what is used, of which it would know nothing.
#[test]
fn what_is_found_nearby_only_is_not_evicted_for_it() {
    fn missed(cache: &impl Cache<u64, u64>, behind: &MemoryCache<u64, u64>) -> usize {
        let mut missed = 0;
        for key in 1_000..20_000 {
            // Not once only, so that it is in the way of the others.
            behind.put(&key, &key, Ttl::Default).unwrap();
            for _ in 0..3 {
                assert!(behind.get(&key).unwrap().is_some());
            }
            for key in 0..100 {
                if cache.get(&key).unwrap().is_none() {
                    missed += 1;
                    cache.put(&key, &key, Ttl::Default).unwrap();
                }
            }
        }
        missed
    }
    let (plain, near) = (MemoryCache::new(500), Numbers::new(500));
    let (plain, near) = (missed(&plain, &plain), missed(&near, &near.store));
    // Most of what is in the cache was asked for more than once, and will not be again: some of the hundred are lost, once.
    assert!(near <= plain + 100, "{near} misses, and {plain} without copies");
}

#[test]
fn an_expired_copy_is_not_served() {
    let hand = ManualClock::new();
    let cache = Numbers::over(MemoryCache::builder().capacity(1_000).clock(&hand));
    cache.put(&7, &8, Ttl::After(LONG)).unwrap();
    for _ in 0..10 {
        assert_eq!(cache.get(&7).unwrap(), Some(8));
    }
    assert_eq!(found_near(&cache, 10), 1);
    hand.advance(LONG);
    assert_eq!(cache.get(&7).unwrap(), None);
}

#[test]
fn law6_bounded_a_thread_takes_its_copies_along() {
    let cache = stored(10_000, 1_000);
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            warm_up(&cache, 1_000);
            assert_eq!(cache.keepers(), 1);
            let bytes = cache.places().unwrap() * size_of::<Option<Copied<u64, u64>>>();
            assert!(bytes <= 256 << 10, "{bytes} bytes");
        });
        // Ended, and not only its closure.
        thread.join().unwrap();
    });
    assert_eq!(cache.keepers(), 0);
    let fits = [NearCache::<u64, ()>::FITS, NearCache::<(String, char), Option<[u64; 4]>>::FITS];
    let does_not =
        [NearCache::<u64, String>::FITS, NearCache::<String, Box<()>>::FITS, NearCache::<u64, [u64; 99]>::FITS];
    assert_eq!((fits, does_not), ([true; 2], [false; 3]));
}

#[test]
fn keys_that_own_something_are_found_nearby_if_that_is_little() {
    let cache = NearCache::<String, u64>::new(1_000);
    let keys = |length: usize| (0..100).map(move |key| format!("{key:0length$}"));
    for length in [3, MOST_OWNED - 1, MOST_OWNED, 1_000] {
        for (key, value) in keys(length).zip(0_u64..) {
            cache.put(&key, &value, Ttl::Default).unwrap();
        }
        for _ in 0..32 {
            for (key, value) in keys(length).zip(0_u64..) {
                assert_eq!(cache.get(key.as_str()).unwrap(), Some(value));
            }
        }
        let near = keys(length).filter(|key| is_near(&cache, key)).count();
        // A byte is hashed besides, which tells where a text ends.
        let is_little = length < MOST_OWNED;
        assert!(if is_little { near > 80 } else { near == 0 }, "{near} of 100 of {length} bytes");
    }
}

/// A key that counts how many of its kind there are, and looks for something else wherever it is copied and dropped.
#[derive(PartialEq, Eq, Hash)]
struct Counted(u64);

static COUNTED: AtomicUsize = AtomicUsize::new(0);
static BESIDE: LazyLock<Numbers> = LazyLock::new(|| stored(100, 10));

impl Counted {
    fn new(number: u64) -> Self {
        COUNTED.fetch_add(1, SeqCst);
        assert_eq!(BESIDE.get(&3).unwrap(), Some(4));
        Self(number)
    }
}

impl Clone for Counted {
    fn clone(&self) -> Self {
        Self::new(self.0)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        assert_eq!(BESIDE.get(&3).unwrap(), Some(4));
        COUNTED.fetch_sub(1, SeqCst);
    }
}

#[test]
fn law6_bounded_the_keys_of_copies_are_dropped_with_their_thread() {
    let cache = NearCache::<Counted, u64>::new(100);
    (0..100).for_each(|key| cache.put(&Counted::new(key), &key, Ttl::Default).unwrap());
    let stored = COUNTED.load(SeqCst);
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            for key in (0..100).cycle().take(3_200) {
                cache.get(&Counted::new(key)).unwrap();
            }
            let copies = COUNTED.load(SeqCst) - stored;
            assert!((50..=cache.places().unwrap()).contains(&copies), "{copies} copies");
        });
        thread.join().unwrap();
    });
    // This thread has looked beside, too.
    assert_eq!((COUNTED.load(SeqCst), cache.keepers(), BESIDE.keepers()), (stored, 0, 1));
}

/// Looks for something else wherever it is compared, and can't compare thirteen.
#[derive(Debug, Clone, Copy, Hash)]
#[allow(clippy::derived_hash_with_manual_eq)] // they agree
struct Curious(u64);

static ELSEWHERE: LazyLock<Numbers> = LazyLock::new(|| stored(100, 10));

impl PartialEq for Curious {
    fn eq(&self, other: &Self) -> bool {
        assert_eq!(ELSEWHERE.get(&3).unwrap(), Some(4));
        assert!(self.0 != 13, "it is curious about thirteen");
        self.0 == other.0
    }
}

impl Eq for Curious {}

#[test]
fn keys_may_use_another_cache_and_panic_where_they_are_compared() {
    let cache = NearCache::<Curious, u64>::new(100);
    cache.put(&Curious(1), &2, Ttl::Default).unwrap();
    cache.put(&Curious(13), &14, Ttl::Default).unwrap();
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            for _ in 0..10 {
                assert_eq!(cache.get(&Curious(1)).unwrap(), Some(2));
                assert!(catch_unwind(AssertUnwindSafe(|| cache.get(&Curious(13)))).is_err());
                assert_eq!(cache.get(&Curious(1)).unwrap(), Some(2));
            }
        });
        thread.join().unwrap();
    });
    assert_eq!((cache.keepers(), ELSEWHERE.keepers()), (0, 0), "no table is lost");
}

/// A key that changes what is stored under it when it is copied: as others may, between a lookup and the keeping.
#[derive(Hash)]
struct Sly<'a>(u64, #[allow(dead_code)] Unhashed<'a>);

struct Unhashed<'a>(&'a Numbers);

impl Hash for Unhashed<'_> {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

impl CacheKey for Sly<'_> {
    type Owned = u64;

    fn to_key(&self) -> u64 {
        self.1.0.put(&self.0, &100, Ttl::Default).unwrap();
        self.0
    }

    fn is(&self, owned: &u64) -> bool {
        self.0 == *owned
    }
}

#[test]
fn law4_what_is_changed_between_a_lookup_and_the_keeping_is_not_kept() {
    let cache = stored(100, 10);
    warm_up(&cache, 5);
    assert_eq!(cache.get(&Sly(7, Unhashed(&cache))).unwrap(), Some(8));
    assert_eq!(cache.get(&7).unwrap(), Some(100));
}

static LATER: LazyLock<Numbers> = LazyLock::new(|| stored(100, 10));

#[test]
fn a_thread_may_look_for_something_in_its_last_destructors() {
    struct Last(&'static Numbers);
    impl Drop for Last {
        fn drop(&mut self) {
            assert_eq!(self.0.get(&3).unwrap(), Some(4));
        }
    }
    thread_local!(static LAST: OnceCell<Last> = const { OnceCell::new() });
    // Whichever is destroyed first.
    for is_first in [true, false] {
        let last = move || LAST.with(|last| drop(last.set(Last(&LATER))));
        let thread = thread::spawn(move || {
            if is_first {
                last();
            }
            warm_up(&LATER, 10);
            if !is_first {
                last();
            }
        });
        thread.join().unwrap();
    }
}
