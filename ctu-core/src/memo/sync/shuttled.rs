//! The same for models: `shuttle`'s, with a time that stands still but when a model [moves](advance) it.

use std::cell::{Cell, RefCell};
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::ops::{Add, Sub};
use std::time::Duration;

pub(in crate::memo) use shuttle::sync::atomic::{AtomicU64, AtomicUsize};
pub(in crate::memo) use shuttle::sync::{Condvar, Mutex, MutexGuard};
pub(in crate::memo) use shuttle::thread_local;

/// Not a random one: a schedule means the same in every run.
pub(in crate::memo) type RandomState = BuildHasherDefault<DefaultHasher>;

/// A static of one execution of a model.
macro_rules! global {
    ($(#[$about:meta])* static $name:ident: $type:ty = $value:expr;) => {
        shuttle::lazy_static! {
            $(#[$about])*
            static ref $name: $type = $value;
        }
    };
}
pub(in crate::memo) use global;

// All threads of a model run on one thread of the system's, so these are its own; and reading them is no step in which
// another could come first.
std::thread_local! {
    static NOW: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    static SLEEPERS: RefCell<Vec<shuttle::thread::Thread>> = const { RefCell::new(Vec::new()) };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::memo) struct Instant(Duration);

impl Instant {
    pub(in crate::memo) fn now() -> Self {
        Self(NOW.get())
    }

    pub(in crate::memo) fn saturating_duration_since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, by: Duration) -> Self {
        Self(self.0 + by)
    }
}

impl Sub for Instant {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.saturating_duration_since(earlier)
    }
}

pub(in crate::memo) async fn sleep_async(_: Duration) -> bool {
    shuttle::future::yield_now().await;
    true
}

/// Time is zero, and nobody sleeps.
pub(in crate::memo) fn restart_time() {
    NOW.set(Duration::ZERO);
    SLEEPERS.take();
}

/// Lets that much time pass, and wakes who sleeps for a time.
pub(in crate::memo) fn advance(by: Duration) {
    NOW.set(NOW.get() + by);
    for sleeper in SLEEPERS.take() {
        sleeper.unpark();
    }
    crate::memo::flights::look_at_the_clock();
}

pub(in crate::memo) mod thread {
    use std::time::Duration;

    pub(in crate::memo) use shuttle::thread::{Builder, Scope, Thread, current, park, scope};

    pub(in crate::memo) fn spawn_scoped<'scope>(
        scope: &'scope Scope<'scope, '_>,
        _: &str,
        work: impl FnOnce() + Send + 'scope,
    ) {
        scope.spawn(work);
    }

    /// Lets others go on. Who sleeps looks at something, again and again: time need not pass.
    pub(in crate::memo) fn sleep(_: Duration) {
        shuttle::thread::yield_now();
    }

    pub(in crate::memo) fn park_timeout(at_most: Duration) {
        if !at_most.is_zero() {
            super::SLEEPERS.with_borrow_mut(|sleepers| sleepers.push(current()));
            park();
        }
    }
}
