//! Why a stored envelope is not accepted: [`Rejection`].

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use super::derive::{Hex, Place};
use crate::Reject;
use crate::log_gate::LogGate;

/// Why something found under an entry's key was not accepted, and is a miss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rejection {
    /// It is not an envelope at all.
    Magic,
    /// An envelope of a suite that is unknown, or not built in.
    Suite,
    /// Made with another master key.
    Kid,
    /// Not made by anybody with the master key, or not for this key and scope, or changed since.
    Tag,
    /// Its lifetime has passed, though the store still has it.
    Expired,
    /// Made more than 30 seconds from now: a clock is wrong.
    Future,
    /// It lives longer than the cache's `max_ttl` allows.
    TooLong,
    /// The length inside does not fit the length outside.
    Length,
    /// The padding is not zero.
    Padding,
}

impl Rejection {
    /// All there are.
    pub const ALL: [Self; 9] = [
        Self::Magic,
        Self::Suite,
        Self::Kid,
        Self::Tag,
        Self::Expired,
        Self::Future,
        Self::TooLong,
        Self::Length,
        Self::Padding,
    ];

    /// A short name in lower case, fit for a metric's label.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Magic => "magic",
            Self::Suite => "suite",
            Self::Kid => "kid",
            Self::Tag => "tag",
            Self::Expired => "expired",
            Self::Future => "future",
            Self::TooLong => "too long",
            Self::Length => "length",
            Self::Padding => "padding",
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<Rejection> for Reject {
    fn from(rejection: Rejection) -> Self {
        Self::new(rejection.name())
    }
}

/// How many were rejected for each reason. Each has a gate of its own, so that a flood of one hides no other.
pub(super) struct Rejections([(AtomicU64, LogGate); Rejection::ALL.len()]);

impl Rejections {
    pub(super) const fn new() -> Self {
        Self([const { (AtomicU64::new(0), LogGate::new()) }; Rejection::ALL.len()])
    }

    pub(super) fn of(&self, reason: Rejection) -> u64 {
        self.0[reason as usize].0.load(Ordering::Relaxed)
    }

    pub(super) fn total(&self) -> u64 {
        Rejection::ALL.iter().map(|&reason| self.of(reason)).sum()
    }

    #[cold]
    pub(super) fn count(&self, reason: Rejection, place: &Place<'_>) {
        let (count, gate) = &self.0[reason as usize];
        count.fetch_add(1, Ordering::Relaxed);
        if let Some(muted) = gate.pass() {
            let (kid, skey) = (Hex(&place.key.kid()).to_string(), Hex(&place.skey[..4]).to_string());
            tracing::warn!(
                target: "ctu", reason = reason.name(), kid, skey, muted,
                "an encrypted entry was rejected, and is a miss"
            );
        }
    }
}
