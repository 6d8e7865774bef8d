//! The standard library's.

#[cfg(not(feature = "fast-hash"))]
pub(in crate::memo) use std::hash::RandomState;
pub(in crate::memo) use std::sync::atomic::{AtomicU64, AtomicUsize};
pub(in crate::memo) use std::sync::{Condvar, Mutex, MutexGuard};
pub(in crate::memo) use std::thread;
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
