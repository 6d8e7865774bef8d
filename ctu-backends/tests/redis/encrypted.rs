//! Encrypted entries on a real server, shared with a program in Python, and attacked by who can write to the server.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use ctu_core::{
    AsyncCache, AsyncCacheExt, Clock, EncryptedCache, JsonCache, Keyring, ManualClock, Rejection, StackExt, Ttl,
};

use crate::form::{Form, Options, on_both_forms};
use crate::python::{Python, Value, key, master, today, value};

on_both_forms! {
    python_reads_what_rust_writes
    rust_reads_what_python_writes
    law3_fresh_an_entry_ends_in_time_though_the_server_is_told_to_keep_it
    law1_exact_entries_that_are_swapped_on_the_server_are_misses
    entries_outlive_a_key_that_retires_but_not_their_time
}

const COUNT: u32 = 200;
const HOUR: Duration = Duration::from_secs(3_600);
const SECOND: Duration = Duration::from_secs(1);

type Stack<F> = JsonCache<EncryptedCache<F>>;

fn stack<F: Form>(options: &Options, keyring: Keyring, clock: impl Into<Clock>) -> Stack<F> {
    F::open(options).encrypted(keyring, "app").clock(clock).json()
}

fn python(options: &Options, master: u8, now: u64) -> Python<'_> {
    let namespace = std::str::from_utf8(&options.namespace).unwrap();
    Python { kind: "redis", port: options.port(), namespace, master, now }
}

/// A clock moved by hand, and its beginning.
fn clock() -> (ManualClock, u64) {
    let (clock, now) = (ManualClock::new(), 1_700_000_000_000);
    clock.advance(Duration::from_millis(now));
    (clock, now)
}

async fn get<F: Form>(cache: &Stack<F>, key: &str) -> Option<Value> {
    AsyncCache::get(cache, key).await.unwrap()
}

async fn left<F: Form>(cache: &Stack<F>, key: &str) -> Option<Option<Duration>> {
    AsyncCache::<str, Value>::get_entry(cache, key).await.unwrap().map(|entry| entry.ttl)
}

async fn python_reads_what_rust_writes<F: Form>() {
    let options = Options::shared();
    let cache: Stack<F> = F::open(&options).encrypted(master(0), "app").json();
    for n in 0..COUNT {
        let ttl = if n % 2 == 0 { HOUR.into() } else { Ttl::Never };
        cache.put(&key(n), &value(n), ttl).await.unwrap();
    }
    python(&options, 0, today()).finds(COUNT);
    let reads = |master, now| python(&options, master, now).each("read", [&*key(0), "another"]);
    assert_eq!(reads(0, today() + 3_600_000), ["- expired", "- absent"]);
    assert_eq!(reads(1, today()), ["- absent", "- absent"], "under another master key it is elsewhere");
}

async fn rust_reads_what_python_writes<F: Form>() {
    let options = Options::shared();
    python(&options, 0, today()).writes(COUNT, HOUR);
    let cache: Stack<F> = F::open(&options).encrypted(master(0), "app").json();
    for n in 0..COUNT {
        assert_eq!(get(&cache, &key(n)).await, Some(value(n)));
    }
    let left = left(&cache, &key(0)).await.unwrap().unwrap();
    assert!(left <= HOUR && left > HOUR / 2, "{left:?}");
    assert_eq!(AsyncCache::<str, Value>::get(&cache, "another").await.unwrap(), None);
    assert!(Rejection::ALL.iter().all(|&reason| cache.inner().rejected(reason) == 0));
}

async fn law3_fresh_an_entry_ends_in_time_though_the_server_is_told_to_keep_it<F: Form>() {
    let options = Options::shared();
    let (clock, now) = clock();
    let cache: Stack<F> = stack(&options, Keyring::new(master(0)), &clock);
    cache.put("session", &value(1), HOUR.into()).await.unwrap();
    assert_eq!(python(&options, 0, now).each("persist", ["session"]), ["1"]);
    assert_eq!(python(&options, 0, now).each("pttl", ["session"]), ["-1"], "the server keeps it for ever");

    assert_eq!(left(&cache, "session").await, Some(Some(HOUR)));
    let millisecond = Duration::from_millis(1);
    clock.advance(HOUR.saturating_sub(millisecond));
    assert_eq!(left(&cache, "session").await, Some(Some(millisecond)));
    assert_eq!(get(&cache, "session").await, Some(value(1)));
    clock.advance(millisecond);
    assert_eq!(get(&cache, "session").await, None);
    assert!(!AsyncCache::<str, Value>::contains(&cache, "session").await.unwrap());
    assert_eq!(cache.inner().rejected(Rejection::Expired), 2);
    assert_eq!(python(&options, 0, now + 3_600_000).each("read", ["session"]), ["- expired"]);
}

async fn law1_exact_entries_that_are_swapped_on_the_server_are_misses<F: Form>() {
    let options = Options::shared();
    let (clock, now) = clock();
    let cache: Stack<F> = stack(&options, Keyring::new(master(0)), &clock);
    cache.put("guest", &value(1), HOUR.into()).await.unwrap();
    cache.put("admin", &value(2), HOUR.into()).await.unwrap();
    python(&options, 0, now).swaps("guest", "admin");
    assert_eq!(get(&cache, "guest").await, None);
    assert_eq!(get(&cache, "admin").await, None);
    let both: Vec<Option<Value>> = cache.get_many(&["guest", "admin"]).await.unwrap();
    assert_eq!(both, [None, None]);
    assert_eq!(cache.inner().rejected(Rejection::Tag), 4);
    assert_eq!(python(&options, 0, now).each("read", ["guest", "admin"]), ["- tag", "- tag"]);

    python(&options, 0, now).swaps("guest", "admin");
    assert_eq!(get(&cache, "guest").await, Some(value(1)));
    assert_eq!(get(&cache, "admin").await, Some(value(2)));
}

/// A third never ends.
fn ttl(n: u32) -> Option<Duration> {
    (!n.is_multiple_of(3)).then(|| HOUR + SECOND * n)
}

/// Memoized calls for all keys; how many were computed.
async fn call_all<F: Form>(options: &Options, keyring: Keyring, clock: &ManualClock) -> u32 {
    let cache: Stack<F> = stack(options, keyring, clock);
    let computed = AtomicU32::new(0);
    for n in 0..COUNT {
        let compute = async {
            computed.fetch_add(1, Ordering::Relaxed);
            value(n)
        };
        assert_eq!(cache.get_or_set_with(&*key(n), ttl(n), compute).await, value(n));
    }
    computed.into_inner()
}

async fn entries_outlive_a_key_that_retires_but_not_their_time<F: Form>() {
    let options = Options::shared();
    let (clock, start) = clock();
    let new_only = || Keyring::new(master(1));
    assert_eq!(call_all::<F>(&options, Keyring::new(master(0)), &clock).await, COUNT);
    let standby = Keyring::new(master(0)).retiring(master(1));
    assert_eq!(call_all::<F>(&options, standby, &clock).await, 0);
    clock.advance(SECOND * 10);
    let rotated = Keyring::new(master(1)).retiring(master(0));
    assert_eq!(call_all::<F>(&options, rotated, &clock).await, 0, "nothing is computed anew");

    // The new key alone finds all of it, in Rust and in Python, and no life was prolonged, in the entry or on the server.
    let now = start + 10_000;
    python(&options, 1, now).finds(COUNT);
    let keys: Vec<_> = (0..COUNT).map(key).collect();
    let each = |command| python(&options, 1, now).each(command, keys.iter().map(String::as_str));
    let cache: Stack<F> = stack(&options, new_only(), &clock);
    for ((n, header), pttl) in (0..).zip(each("header")).zip(each("pttl")) {
        let expires = ttl(n).map_or(u64::MAX, |ttl| start + u64::try_from(ttl.as_millis()).unwrap());
        assert_eq!(header, format!("{start} {expires}"), "entry {n}");
        let on_server = u64::try_from(pttl.parse::<i64>().unwrap()).ok().map(Duration::from_millis);
        let left_at_most = ttl(n).map(|ttl| ttl.saturating_sub(SECOND * 10));
        for left in [on_server, left(&cache, &keys[n as usize]).await.unwrap()] {
            assert_eq!(left.is_some(), left_at_most.is_some(), "entry {n}");
            assert!(left <= left_at_most && left.unwrap_or(HOUR) > HOUR / 2, "entry {n}: {left:?}");
        }
    }

    for key in &keys {
        assert!(AsyncCache::<str, Value>::remove(&cache, key).await.unwrap());
    }
    assert_eq!(call_all::<F>(&options, new_only(), &clock).await, COUNT, "what only the old key opens is gone");
}
