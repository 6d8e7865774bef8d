//! What the log says of outages: a line now and then, of which the last tells how things are.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::Error;
use crate::log_gate::LogGate;

pub(super) struct Told {
    outages: LogGate,
    /// An outage was told of, and not yet its end. An end is told of if its beginning was, so that who reads the log is
    /// not left with an outage that is over.
    is_outage: AtomicBool,
    stuck: LogGate,
}

impl Told {
    pub(super) const fn new() -> Self {
        Self { outages: LogGate::new(), is_outage: AtomicBool::new(false), stuck: LogGate::new() }
    }

    #[cold]
    pub(super) fn bypassed(&self, error: &Error) {
        if let Some(muted) = self.outages.pass() {
            self.is_outage.store(true, Ordering::Relaxed);
            let kind = error.kind().name();
            tracing::warn!(target: "ctu", kind, muted, %error, "a store failed repeatedly and is bypassed");
        }
    }

    #[cold]
    pub(super) fn back(&self) {
        if self.is_outage.swap(false, Ordering::Relaxed) {
            tracing::info!(target: "ctu", "a store that was bypassed is back");
        }
    }

    #[cold]
    pub(super) fn stuck(&self) {
        if let Some(muted) = self.stuck.pass() {
            tracing::error!(
                target: "ctu", muted,
                "more was removed during an outage than is remembered, and the store can't be cleared: give it a \
                 namespace; it stays bypassed"
            );
        }
    }
}
