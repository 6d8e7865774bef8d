//! Calls whose answers may be old on purpose, or that may take only so long: `stale`, `refresh_ahead`, `jitter`,
//! `timeout` and `on_error`.
//!
//! Nothing is stored beside the value. It is put for the length of its ttl and its time as a stale value together, so what
//! a store says is left of an entry's lifetime tells its age, in any store and through any layers. What follows from the
//! age is decided by pure functions of numbers, in `age`.
//!
//! A function that asks for none of these never comes here.

mod age;
mod background;
mod call;
mod failure;
mod foreground;
mod kept;
mod own;
mod random;
#[cfg_attr(all(test, ctu_shuttle), path = "tokio/modelled.rs")]
#[cfg_attr(all(feature = "tokio", not(all(test, ctu_shuttle))), path = "tokio/enabled.rs")]
#[cfg_attr(all(not(feature = "tokio"), not(all(test, ctu_shuttle))), path = "tokio/disabled.rs")]
mod tasks;

use std::time::Duration;

use crate::Ttl;

#[cfg(all(test, ctu_shuttle))]
pub(super) use background::is_idle;
pub use background::{Begun, InTask, InThread, Never, Room, Slot, Tasks, Threads};
pub use call::{
    call_leased_with, call_leased_with_async, call_with, call_with_async, in_cache_with, in_cache_with_async,
    peek_with, peek_with_async, recompute, recompute_async, recompute_leased, recompute_leased_async,
};
pub use failure::{CanFail, CannotFail, Failing, Failure, FromCacheError, failure};
pub use own::{InBackground, check_static, lend, own};
pub use tasks::Running;

/// What a function asks for besides being cached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    /// How long a value is kept after it has expired.
    pub stale: Option<Duration>,
    /// When an expired value is served.
    pub stale_on: StaleOn,
    /// How early a value is computed again: the beta of `XFetch`, 1 as it was published, more for earlier.
    pub refresh_ahead: Option<f64>,
    /// By which share of it a ttl is shortened at most, at random: 0 to 1.
    pub jitter: f64,
    /// How long a caller waits for a computation.
    pub timeout: Option<Duration>,
    /// What becomes of a call whose cache fails.
    pub on_error: OnError,
}

/// When an expired value is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaleOn {
    /// When the function fails, or does not answer in time.
    Error,
    /// At once, while it is computed again in the background.
    Expiry,
}

/// What becomes of a call whose cache fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnError {
    /// It computes.
    Compute,
    /// It fails.
    Fail,
}

impl Policy {
    /// Nothing.
    pub const PLAIN: Self = Self {
        stale: None,
        stale_on: StaleOn::Error,
        refresh_ahead: None,
        jitter: 0.0,
        timeout: None,
        on_error: OnError::Compute,
    };

    /// For how long a value with this ttl is put.
    ///
    /// A ttl that only the store knows is left as it is: then the stale time is the last part of it.
    pub fn lifetime(&self, ttl: Ttl) -> Ttl {
        match ttl {
            Ttl::After(ttl) => {
                let ttl = age::jittered(ttl, self.jitter, random::unit);
                Ttl::After(ttl.saturating_add(self.stale.unwrap_or_default()))
            }
            ttl => ttl,
        }
    }
}
