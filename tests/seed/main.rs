//! The test suite of `CacheToolsUtils` 11.0, the Python library that ctu comes from, test by test under its names.
//!
//! Every figure that it asserts is asserted here: 50 entries, hits of 0.9, 259 entries of two methods. Where a stack is
//! named, it is the nearest one of ours. `docs/SEED.md` has the table of names.
//!
//! # What is written otherwise
//!
//! - The seed runs each function under `cachetools.cached` and under its own `cached`. Here these are memoization by hand
//!   (`get_or_set_with`) and `#[cached]`; see [`run_cached!`].
//! - Text keys are the canonical JSON of the arguments, where the seed also has Python's `str` of a tuple.
//! - Most stores in memory hold values of one type; texts beside numbers are for `SharedMemory` and for stacks of JSON.
//! - A missing key is `None` and not an exception, so `setdefault`, `get` and `pop` are `get_or_set_with`, `get`, `take`.
//! - A store on a server is shared by threads as it is: `test_redis` needs no lock around it.
//! - What can be guessed is refused as an encryption key, and a changed entry is a miss: see `encrypted.rs`.
//! - `clear` reaches both levels of a two-level cache, and is refused by a prefix: [`Reset`] says what is cleared.
//!
//! # What has no meaning here
//!
//! - `cachetools.keys.typedkey`: values of two types are never equal in Rust, so every key is one.
//! - Iteration over a cache (`test_debug`, `test_redis`): no cache is iterable. The containers of `LockedCache` are.
//! - `test_twolevel_bad_stats` has no hit rate where a level has none. Here the two-level cache counts for itself.
//! - `test_methods` with a method that does not exist, `test_functions` applied twice: the first does not compile, and
//!   what is an attribute in the source is not applied at run time.
//! - `test_locked` calls `hits` and `reset` where there are none "for coverage": these calls do not compile.
//! - `test_nogil` is skipped where Python has a global lock. There is none here: it always runs.
//! - Skips without a server or a package: what is missing is a failure here.

mod encrypted;
mod functions;
mod interop;
mod keys;
mod levels;
mod memcached;
mod methods;
mod python;
mod readme;
mod redis;
mod resilience;
mod stats;
mod stores;
mod threads;

use std::borrow::Borrow;
use std::fmt::Debug;

use ctu::prelude::*;
use ctu::{Args, Ttl, json_key};

/// What the seed's tests compute: of the 50 lists of arguments, the results add up to 3,000.
fn compute(i: i64, s: Option<&str>, b: bool) -> i64 {
    let length = s.map_or(-20, |s| 10 * i64::try_from(s.len()).expect("short"));
    i + length + if b { 100 } else { 0 }
}

/// The key of such a call.
fn json(i: i64, s: Option<&str>, b: bool) -> String {
    json_key(&Args((&i, &s, &b))).expect("plain arguments have an exact form")
}

/// Calls `fun` ten times with each of 50 lists of arguments.
fn check_sum(fun: impl Fn(i64, Option<&str>, bool) -> i64) {
    let mut sum = 0;
    for _ in 0..10 {
        for i in 0..5 {
            for s in [Some("a"), Some("bb"), Some("ccc"), Some(""), None] {
                sum += fun(i, s, false) + fun(i, s, true);
            }
        }
    }
    assert_eq!(sum, 30_000);
}

/// Runs the function memoized by hand in `cache`, under keys of the form that `key` makes.
fn run_by_hand<K, O>(cache: &impl Cache<K, i64>, key: impl Fn(i64, Option<&str>, bool) -> O)
where
    K: ?Sized,
    O: Borrow<K>,
{
    check_sum(|i, s, b| cache.get_or_set_with(key(i, s, b).borrow(), Ttl::Default, || compute(i, s, b)));
}

/// Forgets what the first run left, as far as the seed does: a prefix is not cleared, and of two levels only the first.
trait Reset {
    fn reset(&self);
}

impl<M, C> Reset for ctu::Mapped<M, C> {
    fn reset(&self) {}
}

impl<C: Store> Reset for ctu::StatsCache<C> {
    fn reset(&self) {
        self.clear().expect("the store below clears");
    }
}

impl<A: Store, B> Reset for ctu::TwoLevelCache<&ctu::StatsCache<A>, &ctu::StatsCache<B>> {
    fn reset(&self) {
        self.inner().clear().expect("the store below clears");
        ctu::StatsCache::reset(self.inner());
        ctu::StatsCache::reset(self.second());
    }
}

impl<C: Store> Reset for ctu::DebugCache<C> {
    fn reset(&self) {
        self.clear().expect("the store below clears");
    }
}

/// The seed's `run_cached`: runs the function memoized in the static `$cache`, by hand and then by the attribute, both
/// with arguments as JSON for keys.
macro_rules! run_cached {
    ($cache:ident) => {{
        #[ctu::cached(cache = $cache, prefix = "")]
        fn fun(i: i64, s: Option<&str>, b: bool) -> i64 {
            crate::compute(i, s, b)
        }
        crate::Reset::reset(&*$cache);
        crate::run_by_hand::<str, _>(&*$cache, crate::json);
        crate::Reset::reset(&*$cache);
        crate::check_sum(fun);
    }};
}
use run_cached;

const KEY: &str = "hello-world!";
const VAL: &str = "Hello World…";

/// Stores, finds and removes `value`.
fn setgetdel<V: PartialEq + Debug>(cache: &impl Cache<str, V>, value: &V) -> ctu::Result<()> {
    cache.set(KEY, value)?;
    assert!(cache.contains(KEY)?);
    assert_eq!(cache.get(KEY)?.as_ref(), Some(value));
    assert!(cache.remove(KEY)?);
    assert!(!cache.contains(KEY)?);
    assert_eq!(cache.get(KEY)?, None);
    Ok(())
}
