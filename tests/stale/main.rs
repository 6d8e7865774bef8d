//! Old answers and late ones: `stale`, `refresh_ahead`, `jitter`, `timeout`, `on_error`.

mod expiry;
mod rescue;
mod support;
