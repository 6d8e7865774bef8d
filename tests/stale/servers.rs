//! On real servers, whose clocks can't be moved: an entry is aged by storing it anew with what would be left of its
//! lifetime.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::time::Duration;

use ctu::{
    AsyncCache, AsyncMemcachedCache, AsyncRedisCache, Cache, JsonCache, MemcachedCache, MemoryCache, RedisCache,
    StackExt, Ttl, TwoLevelCache, cached,
};
use servers::{MemcachedServer, RedisServer};

use crate::support::{Closed, HOUR, MINUTE, eventually};

static REDIS_SERVER: LazyLock<RedisServer> = LazyLock::new(RedisServer::start);
static MEMCACHED_SERVER: LazyLock<MemcachedServer> = LazyLock::new(MemcachedServer::start);

type Redis = JsonCache<RedisCache>;

fn redis() -> Redis {
    RedisCache::open(&REDIS_SERVER.url()).unwrap().json()
}

static REDIS: LazyLock<Redis> = LazyLock::new(redis);
static LATER: LazyLock<JsonCache<AsyncRedisCache>> =
    LazyLock::new(|| AsyncRedisCache::open(&REDIS_SERVER.url()).unwrap().json());
static MEMCACHED: LazyLock<JsonCache<MemcachedCache>> =
    LazyLock::new(|| MemcachedCache::open(&MEMCACHED_SERVER.url()).unwrap().json());
static MEMCACHED_LATER: LazyLock<JsonCache<AsyncMemcachedCache>> =
    LazyLock::new(|| AsyncMemcachedCache::open(&MEMCACHED_SERVER.url()).unwrap().json());
static LEVELS: LazyLock<TwoLevelCache<MemoryCache<String, u32>, Redis>> =
    LazyLock::new(|| MemoryCache::new(100).two_level(redis()));

/// What is left of the lifetime of what is stored.
fn left(cache: &impl Cache<str, u32>, key: &str) -> Duration {
    cache.get_entry(key).unwrap().expect("it is stored").ttl.expect("it expires")
}

/// As if it had been stored a while ago.
fn age(cache: &impl Cache<str, u32>, key: &str, left: Duration) {
    let value = cache.get(key).unwrap().expect("it is stored");
    cache.put(key, &value, Ttl::After(left)).unwrap();
}

macro_rules! rescued_on {
    ($name:ident, $store:ident) => {
        #[test]
        fn $name() {
            static IS_OPEN: AtomicBool = AtomicBool::new(true);
            static ASKED: AtomicU32 = AtomicU32::new(0);
            #[cached(cache = $store, ttl = "1h", stale = "30m")]
            fn price(article: &str) -> Result<u32, Closed> {
                let _ = article;
                let asked = ASKED.fetch_add(1, SeqCst) + 1;
                if IS_OPEN.load(SeqCst) { Ok(asked) } else { Err(Closed) }
            }
            let key = price::key("a").unwrap();
            assert_eq!(price("a"), Ok(1));
            let kept = left(&*$store, &key);
            assert!((MINUTE * 89..=MINUTE * 90).contains(&kept), "{kept:?}");
            IS_OPEN.store(false, SeqCst);
            age(&*$store, &key, MINUTE * 31);
            assert_eq!((price("a"), ASKED.load(SeqCst)), (Ok(1), 1));
            age(&*$store, &key, MINUTE * 29);
            assert_eq!((price("a"), ASKED.load(SeqCst)), (Ok(1), 2));
            assert!(!price::in_cache("a").unwrap());
            assert!(left(&*$store, &key) <= MINUTE * 29, "serving it does not prolong it");
            assert!(price::evict("a").unwrap());
            assert_eq!(price("a"), Err(Closed));
            assert_eq!(price::stats().stale, 1);
        }
    };
}

rescued_on!(rescued_on_redis, REDIS);
rescued_on!(rescued_on_memcached, MEMCACHED);
rescued_on!(rescued_on_memory_before_redis, LEVELS);

#[test]
fn computed_in_the_background_on_redis() {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    #[cached(cache = REDIS, ttl = HOUR, stale = "30m", stale_on = expiry)]
    fn price(article: &str) -> u32 {
        let _ = article;
        ASKED.fetch_add(1, SeqCst) + 1
    }
    let key = price::key("a").unwrap();
    assert_eq!(price("a"), 1);
    age(&*REDIS, &key, MINUTE * 30);
    assert_eq!(price("a"), 1);
    eventually(|| price::__site().in_flight() == 0);
    assert_eq!((price("a"), ASKED.load(SeqCst), price::stats().stale), (2, 2, 1));
    assert!(left(&*REDIS, &key) > MINUTE * 89);
}

#[tokio::test]
async fn computed_in_a_task_on_redis_and_jittered() {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    #[cached(cache = LATER, ttl = "1h", stale = "30m", stale_on = expiry, jitter = 0.5)]
    async fn price(article: u32) -> u32 {
        ASKED.fetch_add(1, SeqCst) + 1 + article
    }
    let key = price::key(0).unwrap();
    assert_eq!(price(0).await, 1);
    AsyncCache::put(&*LATER, &*key, &1_u32, Ttl::After(MINUTE * 30)).await.unwrap();
    assert_eq!(price(0).await, 1);
    while price::__site().in_flight() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!((price(0).await, ASKED.load(SeqCst)), (2, 2));
    let mut lifetimes = Vec::new();
    for article in 1..50 {
        price(article).await;
        let key = price::key(article).unwrap();
        let entry = AsyncCache::<str, u32>::get_entry(&*LATER, &key).await.unwrap().unwrap();
        lifetimes.push(entry.ttl.unwrap());
    }
    assert!(lifetimes.iter().all(|left| (MINUTE * 59..=MINUTE * 90).contains(left)), "{lifetimes:?}");
    assert!(lifetimes.iter().max() > lifetimes.iter().min().map(|left| *left + MINUTE * 5).as_ref());
}

macro_rules! pause {
    () => {
        std::thread::yield_now()
    };
    (async) => {
        tokio::task::yield_now().await
    };
}

/// Two functions that are one in two processes.
macro_rules! once_across_on {
    ($name:ident, $prefix:literal, $store:ident, [$($async:ident)?], [$($wait:tt)*], $attribute:meta) => {
        #[$attribute]
        $($async)? fn $name() {
            static ASKED: AtomicU32 = AtomicU32::new(0);
            static IS_SHUT: AtomicBool = AtomicBool::new(false);
            $($async)? fn ask() -> u32 {
                let asked = ASKED.fetch_add(1, SeqCst) + 1;
                while IS_SHUT.load(SeqCst) {
                    pause!($($async)?);
                }
                asked
            }
            #[cached(
                cache = $store, prefix = $prefix, key = "one", ttl = "1h", stale = "1h",
                stale_on = expiry, coalesce = cluster, lease = "10s"
            )]
            $($async)? fn here() -> u32 {
                ask()$($wait)*
            }
            #[cached(
                cache = $store, prefix = $prefix, key = "one", ttl = "1h", stale = "1h",
                stale_on = expiry, coalesce = cluster, lease = "10s"
            )]
            $($async)? fn there() -> u32 {
                ask()$($wait)*
            }
            let expire = MINUTE * 59;
            there::prime(&100)$($wait)*.unwrap();
            let key = here::key().unwrap();
            $store.put(&*key, &100, Ttl::After(expire))$($wait)*.unwrap();
            IS_SHUT.store(true, SeqCst);
            assert_eq!(here()$($wait)*, 100);
            while ASKED.load(SeqCst) == 0 {
                pause!($($async)?);
            }
            for _ in 0..20 {
                assert_eq!((here()$($wait)*, there()$($wait)*), (100, 100));
            }
            IS_SHUT.store(false, SeqCst);
            while here::__site().in_flight() > 0 {
                pause!($($async)?);
            }
            assert_eq!((here()$($wait)*, there()$($wait)*, ASKED.load(SeqCst)), (1, 1, 1));

            // An eviction there wins over a computation here.
            $store.put(&*key, &100, Ttl::After(expire))$($wait)*.unwrap();
            IS_SHUT.store(true, SeqCst);
            assert_eq!(here()$($wait)*, 100);
            while ASKED.load(SeqCst) == 1 {
                pause!($($async)?);
            }
            assert!(there::evict()$($wait)*.unwrap());
            IS_SHUT.store(false, SeqCst);
            while here::__site().in_flight() > 0 {
                pause!($($async)?);
            }
            assert_eq!(there::peek()$($wait)*.unwrap(), None);
            assert_eq!((there()$($wait)*, here()$($wait)*), (3, 3));
            assert_eq!((here::stats().errors, there::stats().errors), (0, 0));
        }
    };
}

once_across_on!(once_across_on_redis, "r.", REDIS, [], [], test);
once_across_on!(once_across_on_memcached, "m.", MEMCACHED, [], [], test);
once_across_on!(once_across_on_redis_in_tasks, "rt.", LATER, [async], [.await], tokio::test);
once_across_on!(once_across_on_memcached_in_tasks, "mt.", MEMCACHED_LATER, [async], [.await], tokio::test);
