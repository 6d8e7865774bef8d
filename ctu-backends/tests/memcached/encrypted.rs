//! Encrypted entries on a real server, shared with a program in Python, and attacked by who can write to the server.

use std::time::Duration;

use ctu_core::{AsyncCache, Cache, Keyring, ManualClock, Rejection, StackExt};
use servers::MemcachedServer;

use crate::python::{Python, Value, key, master, today, value};
use crate::support::Setup;

const COUNT: u32 = 200;
const HOUR: Duration = Duration::from_secs(3_600);

#[test]
fn entries_are_shared_with_python_and_between_both_forms() {
    let server = MemcachedServer::start();
    let setup = || Setup::new(&server.url()).namespace("app.").response_timeout(Duration::from_secs(20));
    let python = Python { kind: "memcached", port: server.port(), namespace: "app.", master: 0, now: today() };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let blocking = setup().build().unwrap().encrypted(master(0), "app").json();
    let multiplexed = setup().build_async().unwrap().encrypted(master(0), "app").json();

    for n in 0..COUNT {
        Cache::put(&blocking, &*key(n), &value(n), HOUR.into()).unwrap();
    }
    python.finds(COUNT);
    for n in 0..COUNT {
        assert_eq!(runtime.block_on(AsyncCache::get(&multiplexed, &*key(n))).unwrap(), Some(value(n)));
        runtime.block_on(AsyncCache::<str, Value>::remove(&multiplexed, &key(n))).unwrap();
        assert_eq!(Cache::<str, Value>::get(&blocking, &key(n)).unwrap(), None);
    }
    assert_eq!(python.each("read", [&*key(0)]), ["- absent"]);

    python.writes(COUNT, HOUR);
    for n in 0..COUNT {
        assert_eq!(Cache::get(&blocking, &*key(n)).unwrap(), Some(value(n)));
        assert_eq!(runtime.block_on(AsyncCache::get(&multiplexed, &*key(n))).unwrap(), Some(value(n)));
    }
    python.swaps(&key(1), &key(2));
    for n in [1, 2] {
        assert_eq!(Cache::<str, Value>::get(&blocking, &key(n)).unwrap(), None);
    }
    assert_eq!(blocking.inner().rejected(Rejection::Tag), 2);
}

#[test]
fn law3_fresh_an_entry_ends_in_time_also_after_its_key_retired() {
    let server = MemcachedServer::start();
    let clock = ManualClock::new();
    let start = 1_700_000_000_000;
    clock.advance(Duration::from_millis(start));
    let cache = |keyring: Keyring| {
        let store = Setup::new(&server.url()).response_timeout(Duration::from_secs(20)).build().unwrap();
        store.encrypted(keyring, "app").clock(&clock).json()
    };
    Cache::put(&cache(Keyring::new(master(0))), "session", &value(1), HOUR.into()).unwrap();
    clock.advance(HOUR / 2);
    let rotated = cache(Keyring::new(master(1)).retiring(master(0)));
    assert_eq!(Cache::get(&rotated, "session").unwrap(), Some(value(1)));

    let new = cache(Keyring::new(master(1)));
    let left = Cache::<str, Value>::get_entry(&new, "session").unwrap().unwrap().ttl.unwrap();
    assert!(left <= HOUR / 2 && left > HOUR / 4, "{left:?}");
    let python = Python { kind: "memcached", port: server.port(), namespace: "", master: 1, now: start };
    assert_eq!(python.each("header", ["session"]), [format!("{start} {}", start + 3_600_000)]);
    clock.advance(HOUR / 2);
    assert_eq!(Cache::<str, Value>::get(&new, "session").unwrap(), None);
    assert_eq!(Cache::<str, Value>::get(&rotated, "session").unwrap(), None);
    assert_eq!(new.inner().rejected(Rejection::Expired), 1);
}
