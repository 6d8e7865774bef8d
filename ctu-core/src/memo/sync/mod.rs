//! What the runtime synchronizes with: the standard library, or, where its models are checked, `shuttle`, which chooses
//! who runs next and sees who waits for ever.

#[cfg(all(feature = "fast-hash", not(all(test, ctu_shuttle))))]
mod fast;
#[cfg(not(all(test, ctu_shuttle)))]
mod real;
#[cfg(all(test, ctu_shuttle))]
mod shuttled;

#[cfg(not(all(test, ctu_shuttle)))]
pub(super) use real::*;
#[cfg(all(test, ctu_shuttle))]
pub(super) use shuttled::*;
