//! The standard library's.

#[cfg(not(feature = "fast-hash"))]
pub(in crate::memo) use std::hash::RandomState;
pub(in crate::memo) use std::sync::atomic::{AtomicU64, AtomicUsize};
pub(in crate::memo) use std::sync::{Condvar, Mutex, MutexGuard};
pub(in crate::memo) use std::thread_local;
pub(in crate::memo) use std::time::Instant;

#[cfg(feature = "fast-hash")]
pub(in crate::memo) use super::fast::RandomState;

/// A static that everybody shares.
macro_rules! global {
    ($(#[$about:meta])* static $name:ident: $type:ty = $value:expr;) => {
        $(#[$about])*
        static $name: $type = $value;
    };
}
pub(in crate::memo) use global;

/// Waits, where there are timers; tells whether there are.
#[cfg(feature = "tokio")]
pub(in crate::memo) async fn sleep_async(time: std::time::Duration) -> bool {
    tokio::time::sleep(time).await;
    true
}

#[cfg(not(feature = "tokio"))]
pub(in crate::memo) async fn sleep_async(_: std::time::Duration) -> bool {
    std::future::ready(false).await
}

pub(in crate::memo) mod thread {
    pub(in crate::memo) use std::thread::{Builder, Scope, Thread, current, park, park_timeout, scope, sleep};

    /// Where there are no more threads, nothing is done.
    pub(in crate::memo) fn spawn_scoped<'scope>(
        scope: &'scope Scope<'scope, '_>,
        name: &str,
        work: impl FnOnce() + Send + 'scope,
    ) {
        let _ = Builder::new().name(name.to_owned()).spawn_scoped(scope, work);
    }
}
