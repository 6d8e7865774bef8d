//! Old answers and late ones: `stale`, `refresh_ahead`, `jitter`, `timeout`, `on_error`.

// Of constants; and where there is nothing to wait for.
#![allow(clippy::unchecked_time_subtraction, clippy::unused_async)]

mod ahead;
mod expiry;
mod forms;
mod levels;
mod on_error;
mod rescue;
mod servers;
mod support;
mod timeout;
