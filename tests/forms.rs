//! Functions and methods in the forms that users' programs have: they compile without a warning under strict lints, and
//! return what they would without the attribute.

#![cfg(feature = "memory")]
#![deny(warnings, clippy::all, clippy::pedantic, unreachable_pub)]
// These are about the functions as they are written, cached or not.
#![allow(clippy::needless_pass_by_value, clippy::trivially_copy_pass_by_ref)]

use std::collections::HashSet;
use std::fmt::Debug;
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use ctu::{cache_methods, cached};

// Generic trait for generic type.
trait Convert<T> {
    fn convert(&self, from: T) -> Vec<T>;
}
struct Times<T> {
    id: u8,
    extra: T,
}
#[cache_methods(self_key = self.id)]
impl<T> Convert<T> for Times<T>
where
    T: Clone + Eq + Hash + Send + Sync + 'static,
{
    #[cached]
    fn convert(&self, from: T) -> Vec<T> {
        vec![from, self.extra.clone()]
    }
}

// Impl for a concrete instance.
#[cache_methods(self_key = self.id)]
impl Times<&'static str> {
    #[cached]
    fn len(&self, n: usize) -> usize {
        self.extra.len() * n
    }
}
#[cache_methods(self_key = self.id)]
impl Times<u64> {
    #[cached]
    fn times(&self, n: u64) -> u64 {
        self.extra * n
    }
}

// Enum with Self paths.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Side {
    Left,
    Right,
}
#[cache_methods(self_key = *self)]
impl Side {
    const ALL: [Self; 2] = [Self::Left, Self::Right];
    #[cached]
    fn others(&self) -> Vec<Self> {
        Self::ALL.into_iter().filter(|side| side != self).collect()
    }
    #[cached]
    fn next(&self, of: Option<Self>, and: (Self, u8)) -> HashSet<Self> {
        HashSet::from([*self, of.unwrap_or(Self::Left), and.0])
    }
}

// Dyn, fn pointers and closures skipped.
#[cached(skip(by, log))]
fn through(n: u32, by: &dyn Fn(u32) -> u32, log: Rc<Vec<u32>>) -> u32 {
    by(n) + u32::try_from(log.len()).unwrap_or_default()
}
#[cached]
fn by_pointer(f: fn(u32) -> u32, n: u32) -> u32 {
    f(n)
}

// Paths, durations.
#[cached]
fn depth(path: &Path, or: PathBuf, after: Duration) -> usize {
    path.components().count() + or.components().count() + usize::from(after.is_zero())
}
#[cached(key = json)]
fn in_json(path: &Path, of: &[String], n: Option<&str>) -> usize {
    path.components().count() + of.len() + n.map_or(0, str::len)
}

// Visibility.
mod deep {
    pub(super) mod er {
        #[ctu::cached]
        pub(in crate::deep) fn hidden(n: u32) -> u32 {
            super::helper(n)
        }
        #[ctu::cached]
        pub(crate) fn shown(n: u32) -> u32 {
            hidden(n) + u32::from(hidden::in_cache(n).unwrap_or_default())
        }
    }
    fn helper(n: u32) -> u32 {
        n + 1
    }
}

// Early return, ?, labels, unsafe-free nested closures, loops.
#[cached]
fn busy(of: &str) -> Result<i64, std::num::ParseIntError> {
    let mut sum = 0;
    'outer: for line in of.lines() {
        for word in line.split(' ') {
            if word == "end" {
                break 'outer;
            }
            sum += word.parse::<i64>()?;
            if sum > 100 {
                return Ok(100);
            }
        }
    }
    Ok(sum)
}

// Option, cache_if.
#[cached(cache_if = Option::is_some)]
fn maybe(n: u32) -> Option<u32> {
    (n > 1).then_some(n)
}
#[cached(cache_if = |found| !found.is_empty(), ttl = |found| Duration::from_secs(found.len() as u64))]
fn list(n: usize) -> Vec<usize> {
    (0..n).collect()
}

// Generic with const default & bounds in many places.
#[cached]
fn chunked<T, const N: usize>(of: [T; N], by: usize) -> Vec<Vec<T>>
where
    T: Clone + Debug + Eq + Hash + Send + Sync + 'static,
{
    of.chunks(by.max(1)).map(<[T]>::to_vec).collect()
}

// Ttl by config, capacity const.
const ROOM: usize = 7;
fn lasting() -> Duration {
    Duration::from_secs(1)
}
#[cached(capacity = ROOM * 2, ttl = lasting())]
fn configured(n: u8) -> u8 {
    n
}

// Zero arguments and statics.
#[cached]
fn pi() -> f64 {
    3.2_f64.floor()
}
#[cached(refresh_if = force, skip(force))]
fn forced(n: u32, force: bool) -> (u32, bool) {
    (n, force)
}

// Tuple struct, Deref key.
struct Wrapper(Box<str>);
#[cache_methods(self_key = *self.0)]
impl Wrapper {
    #[cached]
    #[must_use = "it is costly"]
    pub(crate) fn upper(&self) -> String {
        self.0.to_uppercase()
    }
    #[cached(key = "{self.0}/{n}")]
    fn templated(&self, n: u32) -> String {
        format!("{}{n}", self.0)
    }
}

#[test]
fn law1_exact_each_form_returns_what_it_would_uncached() {
    let times = Times { id: 1, extra: 3_u64 };
    assert_eq!(times.convert(4), [4, 3]);
    assert_eq!(times.times(2), 6);
    assert_eq!(Times { id: 1, extra: "ab" }.len(2), 4);
    assert_eq!(Side::Left.others(), [Side::Right]);
    assert_eq!(Side::Left.next(None, (Side::Right, 1)).len(), 2);
    assert_eq!(through(1, &|n| n + 1, Rc::default()), 2);
    assert_eq!(by_pointer(|n| n, 2), 2);
    assert_eq!(depth(Path::new("a/b"), PathBuf::new(), Duration::ZERO), 3);
    assert_eq!(in_json(Path::new("a/b"), &[], Some("a")), 3);
    assert_eq!(deep::er::shown(1), 3);
    assert_eq!(busy("1 2\nend"), Ok(3));
    assert_eq!(maybe(2), Some(2));
    assert_eq!(list(2).len(), 2);
    assert_eq!(chunked([1, 2, 3], 2).len(), 2);
    assert_eq!(configured(1), 1);
    assert!(pi() > 2.0);
    assert_eq!(forced(1, false), (1, false));
    assert_eq!(forced(1, true), (1, true));
    assert_eq!(forced(1, false), (1, true));
    assert_eq!(Wrapper("a".into()).upper(), "A");
    assert_eq!(Wrapper("a".into()).templated(1), "a1");
}
