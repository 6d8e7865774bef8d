//! Functions whose values processes share: the store says who may store, and who computes.
//!
//! A call that misses takes a lease of its key before it computes, and stores its value with that lease only: whatever was
//! written or removed meanwhile, by whichever process, has ended it. So no value comes back that was evicted while it was
//! being computed.
//!
//! With an exclusive lease ([`Leasing::cluster`]) the others wait for the one who has it: they look every now and then
//! until there is a value or no lease any more.

mod call;
mod held;
mod renewal;

use std::time::Duration;

pub use call::{call_leased, call_leased_async, refresh_leased, refresh_leased_async};
pub(super) use held::Held;

use crate::Claim;

/// The same for who shares.
const fn shared(claim: Claim) -> Claim {
    match claim {
        Claim::Exclusive => Claim::Shared,
        Claim::ExclusiveOver(left) => Claim::SharedOver(left),
        claim => claim,
    }
}

/// How long a value may take to be computed and still be stored. A lease that nobody waits for may as well be long.
const STRICT: Duration = Duration::from_secs(600);
/// How long after its end, by kill -9 say, a process that computes is waited for.
const CLUSTER: Duration = Duration::from_secs(5);

/// Which leases a function takes.
#[derive(Debug, Clone, Copy)]
pub struct Leasing {
    is_exclusive: bool,
    length: Duration,
}

impl Leasing {
    /// Everybody may compute, and a value that is older than the last removal or write is not stored.
    pub const fn strict() -> Self {
        Self { is_exclusive: false, length: STRICT }
    }

    /// One computes, for all processes.
    pub const fn cluster() -> Self {
        Self { is_exclusive: true, length: CLUSTER }
    }

    /// For leases of another length.
    #[must_use]
    pub const fn lasting(self, millis: u64) -> Self {
        Self { length: Duration::from_millis(millis), ..self }
    }

    /// `over`: values of whose lifetime at most this is left are no answers.
    const fn claim(self, over: Option<Duration>) -> Claim {
        match (self.is_exclusive, over) {
            (true, None) => Claim::Exclusive,
            (true, Some(left)) => Claim::ExclusiveOver(left),
            (false, None) => Claim::Shared,
            (false, Some(left)) => Claim::SharedOver(left),
        }
    }

    /// How long a caller waits for another process, which may have renewed its lease just before it was killed.
    fn patience(self) -> Duration {
        self.length.saturating_mul(2)
    }
}
