//! Old answers and late ones: `stale`, `refresh_ahead`, `jitter`, `timeout`, `on_error`.

// Of constants, or after an assertion.
#![allow(clippy::unchecked_time_subtraction)]

mod ahead;
mod expiry;
mod forms;
mod on_error;
mod rescue;
mod servers;
mod support;
mod timeout;
