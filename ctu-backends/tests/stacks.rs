//! The stores on servers keep the whole contract of a cache under every layer, in both forms.
//!
//! They are opened by `AnyCache`, so that the stacks on both kinds of server are of the same types: the suite takes long to
//! build for each.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use ctu_backends::{AnyCache, AsyncAnyCache, AsyncMemcachedCache, MemcachedCache, MemoryCache};
use ctu_core::testing::{Check, Conformance, SampleKey, SampleValue};
use ctu_core::{AsyncCache, AsyncStore, Cache, MasterKey, StackExt, Store};
use servers::{MemcachedServer, RedisServer};

static REDIS: LazyLock<RedisServer> = LazyLock::new(RedisServer::start);
static MEMCACHED: LazyLock<MemcachedServer> = LazyLock::new(|| MemcachedServer::start_with(&["-m", "256"]));

/// Apart from what other stacks have on the same server.
fn namespace() -> String {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    format!("stack{}.", NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// With deadlines that no busy machine misses.
fn url(server: &str) -> String {
    format!("{server}?namespace={}&connect_timeout=20s&response_timeout=20s", namespace())
}

fn key() -> MasterKey {
    MasterKey::generate().expect("the system has random numbers")
}

/// A sync stack, whatever its type.
trait Stack<K: ?Sized, V>: Cache<K, V> + Store + Send + Sync {}
impl<K: ?Sized, V, C: Cache<K, V> + Store + Send + Sync> Stack<K, V> for C {}

/// Those that wait, which are for all stacks at once, and the others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    AtOnce,
    Lifetimes,
}

const LIFETIMES: [Check; 7] = [
    Check::Expiry,
    Check::BatchExpiry,
    Check::Renewal,
    Check::Never,
    Check::DefaultTtl,
    Check::ZeroTtl,
    Check::LongTtl,
];

/// Checks a stack in both forms. Lifetimes are exact to `unit`.
fn both<K, V, S, A>(part: Part, unit: Duration, make: impl Fn() -> S + Sync, make_async: impl Fn() -> A + Sync)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    S: Stack<K, V> + 'static,
    A: AsyncCache<K, V> + AsyncStore,
{
    let waits = |check: &Check| LIFETIMES.contains(check) == (part == Part::Lifetimes) && *check != Check::NoTtl;
    let checks: Vec<Check> = Check::ALL.iter().copied().filter(waits).collect();
    let suite = || {
        let suite = Conformance::<K, V>::real_time(unit).only(checks.clone());
        suite.may_refuse().max_value_bytes(100_000).steps(300)
    };
    thread::scope(|scope| {
        scope.spawn(|| suite().check(|| -> Box<dyn Stack<K, V>> { Box::new(make()) }));
        scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(suite().check_async(&make_async));
        });
    });
}

macro_rules! on_server {
    (
        $server:ident, $unit:expr, $open:expr, $open_async:expr;
        $($name:ident: <$key:ty, $value:ty>, |$store:ident| $stack:expr;)*
    ) => {
        mod $server {
            use super::*;

            $(fn $name(part: Part) {
                both::<$key, $value, _, _>(part, $unit, || { let $store = $open; $stack }, || {
                    let $store = $open_async;
                    $stack
                });
            })*

            mod keeps_the_contract {
                use super::Part;

                $(#[test]
                fn $name() {
                    super::$name(Part::AtOnce);
                })*
            }

            #[test]
            fn keeps_lifetimes_under_every_layer() {
                thread::scope(|scope| {
                    $(scope.spawn(|| $name(Part::Lifetimes));)*
                });
            }
        }
    };
}

/// The stacks of the README and of the layers' own documentation, those of a byte store.
macro_rules! stacks {
    ($server:ident, $unit:expr, $open:expr, $open_async:expr;) => {
        on_server! {
            $server, $unit, $open, $open_async;
            bare: <[u8], Bytes>, |store| store;
            json: <str, (String, Option<u64>)>, |store| store.json();
            prefixed: <str, String>, |store| store.prefixed("p.").json();
            auto_prefixed: <[u8], Bytes>, |store| store.auto_prefixed();
            to_bytes: <(String, u64), (String, i64)>, |store| store.to_bytes();
            msgpack: <str, (String, Option<u64>)>, |store| store.msgpack();
            compressed: <[u8], Bytes>, |store| store.compressed();
            encrypted: <str, String>, |store| store.encrypted(key(), "app").json();
            counted: <str, String>, |store| store.json().with_stats();
            debugged: <str, String>, |store| store.debug("store").json();
            text: <[u8], Bytes>, |store| store.json().bytes_as_text();
            two_level: <str, String>, |store| MemoryCache::<String, String>::new(10_000).two_level(store.json());
            all_of_them: <str, (String, Option<u64>)>, |store| {
                let far = store.debug("far").encrypted(key(), "app");
                MemoryCache::<Vec<u8>, Bytes>::new(10_000).two_level(far).compressed().prefixed("p.").json().with_stats()
            };
        }
    };
}

const MILLISECONDS: Duration = Duration::from_millis(500);
const SECONDS: Duration = Duration::from_secs(2);

stacks! {
    redis, MILLISECONDS,
    AnyCache::open(&url(&REDIS.url())).unwrap(),
    AsyncAnyCache::open(&url(&REDIS.url())).unwrap();
}

stacks! {
    memcached, SECONDS,
    AnyCache::open(&url(&MEMCACHED.url())).unwrap(),
    AsyncAnyCache::open(&url(&MEMCACHED.url())).unwrap();
}

on_server! {
    memcached_with_flags, SECONDS,
    MemcachedCache::builder(&MEMCACHED.url()).namespace(namespace()).response_timeout(Duration::from_secs(20)).build()
        .unwrap(),
    AsyncMemcachedCache::builder(&MEMCACHED.url()).namespace(namespace()).response_timeout(Duration::from_secs(20))
        .build().unwrap();
    json_serde: <str, String>, |store| store.json_serde();
    json_serde_behind_a_prefix: <str, String>, |store| store.prefixed("p.").json_serde().with_stats();
}
