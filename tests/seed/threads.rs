//! Many threads and one cache.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Barrier, LazyLock};
use std::thread;

use ctu::prelude::*;
use ctu::{AutoPrefixedCache, LockedCache, MemoryCache, StatsCache};

const THREADS: u32 = 4;

/// The same items in an order that is another for each call.
fn shuffled<T: Copy>(items: [T; 4]) -> [T; 4] {
    let mut order: Vec<_> = items.iter().enumerate().collect();
    let random = RandomState::new();
    order.sort_by_key(|(place, _)| random.hash_one(place));
    std::array::from_fn(|i| *order[i].1)
}

/// The seed's `run_thread`, of a static cache with statistics.
macro_rules! run_thread {
    ($cache:ident: $type:ty) => {{
        static REPEAT: LazyLock<AutoPrefixedCache<&$type>> = LazyLock::new(|| (&*$cache).auto_prefixed());
        static BANGED: LazyLock<AutoPrefixedCache<&$type>> = LazyLock::new(|| (&*$cache).auto_prefixed());
        #[ctu::cached(cache = REPEAT)]
        fn repeat(s: &str, n: usize) -> String {
            s.repeat(n)
        }
        #[ctu::cached(cache = BANGED)]
        fn banged(s: &str, n: usize) -> String {
            repeat(s, n) + "!"
        }
        assert_eq!(banged("a", 3), "aaa!"); // 2 entries
        assert_eq!(repeat("a", 3), "aaa"); // a hit
        assert_eq!(banged("a", 3), "aaa!"); // a hit
        let stats = $cache.stats()?;
        assert_eq!((stats.reads, stats.hits), (4, 2), "hits of 0.5");

        $cache.clear()?;
        $cache.reset();
        assert!($cache.is_empty()?);
        call_from_threads(banged);
        check_hits(&*$cache)
    }};
}

fn call_from_threads(banged: fn(&str, usize) -> String) {
    let barrier = Barrier::new(THREADS as usize);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let (texts, numbers) = (shuffled(["a", "b", "c", "d"]), shuffled([0, 1, 2, 3]));
                barrier.wait();
                for s in texts {
                    for n in numbers {
                        assert_eq!(banged(s, n), s.repeat(n) + "!");
                    }
                }
            });
        }
    });
}

fn check_hits<C: Store>(cache: &StatsCache<C>) -> ctu::Result<()> {
    assert_eq!(cache.len()?, 32);
    // 2 * 16 misses, and 16 hits of each other thread.
    let most = f64::from(THREADS - 1) / f64::from(THREADS + 1);
    // Fewer hits where threads ask for the same at the same time.
    let hits = cache.hit_rate();
    assert!(0.7 * most < hits && hits <= most, "{hits} of at most {most}");
    Ok(())
}

#[test]
fn test_threads() -> ctu::Result<()> {
    type Shared = StatsCache<LockedCache<HashMap<String, String>>>;
    static CACHE: LazyLock<Shared> = LazyLock::new(|| LockedCache::default().with_stats());
    run_thread!(CACHE: Shared)
}

/// Without one lock around all.
#[test]
fn test_nogil() -> ctu::Result<()> {
    type Shared = StatsCache<MemoryCache<String, String>>;
    static CACHE: LazyLock<Shared> = LazyLock::new(|| MemoryCache::new(1_024).with_stats());
    run_thread!(CACHE: Shared)
}
