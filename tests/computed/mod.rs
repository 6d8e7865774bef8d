//! How often a test's functions computed.

use std::cell::Cell;

thread_local! {
    /// Computations on this thread, which is the running test's own.
    static COMPUTED: Cell<u32> = const { Cell::new(0) };
}

/// Computations since this was last asked.
pub(crate) fn computed() -> u32 {
    COMPUTED.replace(0)
}

/// Counts a computation.
pub(crate) fn count<T>(value: T) -> T {
    COMPUTED.set(COMPUTED.get() + 1);
    value
}
