//! The layers, one a file: what stacks on a store.

mod debug;
mod locked;
mod observed;
mod prefix;
mod stats;
mod two_level;

pub use debug::{DebugCache, Debugging, Hidden, Show, Shown};
pub use locked::LockedCache;
pub use observed::{Event, Observe, Observed, Observer};
pub use prefix::{Prefix, PrefixedCache};
pub use stats::{Counting, StatsCache};
pub use two_level::TwoLevelCache;
