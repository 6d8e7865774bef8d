//! What becomes of a result.

use super::flights::{FlightKey, How, Lead};
use super::returns::Returns;
use super::share::{Packed, Share};
use super::site::Site;
use crate::{Result, Ttl};

/// What is done with the value of a computation.
pub(super) enum Plan {
    Nothing,
    Put(Ttl),
    /// It is not to be stored, and neither is what it replaces.
    Remove,
}

/// How a computation's value is stored.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// The store failed: it is not asked again, so that an outage costs one deadline and not two.
    Not,
    /// Where nothing was found.
    Missing,
    /// Over what is there; what can't be replaced must not stay.
    Replacing,
    /// The same, because somebody asked for it: what is there must not stay either if another comes first, who may give
    /// up. `since`: the [`closings`](super::flights::Flights::closings) when nothing older was being stored any more.
    Refreshing { since: u64 },
}

impl Mode {
    /// That of a refresh that has waited, with this outcome, for what was being stored.
    pub(super) fn refreshing(site: &Site, settled: &Result<()>) -> Self {
        // What is still being stored is not newer, when it is done.
        Self::Refreshing { since: if settled.is_ok() { site.flights().closings() } else { u64::MAX } }
    }

    /// Whether somebody asked for it.
    pub(super) const fn is_refreshing(self) -> bool {
        matches!(self, Self::Refreshing { .. })
    }

    /// Whether something is there that must not stay.
    pub(super) const fn replaces(self) -> bool {
        matches!(self, Self::Replacing | Self::Refreshing { .. })
    }
}

/// Hands a result to those who wait for it, and says what is to be done with its value.
pub(super) fn landed<P: Returns<R>, R>(
    lead: &mut Lead<'_>,
    key: &(impl FlightKey + ?Sized),
    share: &impl Share<P, R>,
    mode: Mode,
    lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
    returned: &R,
) -> Plan {
    let value = P::value(returned).filter(|_| mode != Mode::Not);
    let plan = match value.map(lifetime) {
        Some(Some(ttl)) => Plan::Put(ttl),
        Some(None) if mode.replaces() => Plan::Remove,
        _ => Plan::Nothing,
    };
    let landing = lead.land(key, !matches!(plan, Plan::Nothing));
    publish(lead, share, landing.is_awaited, returned);
    match (plan, mode) {
        (plan, _) if landing.is_to_store => plan,
        // Whoever came first may be at it still, or give up: what this was to replace must not outlive it.
        (Plan::Put(_) | Plan::Remove, Mode::Refreshing { since }) if !lead.is_replaced(since) => Plan::Remove,
        _ => Plan::Nothing,
    }
}

/// Hands a result to those who wait for it, as far as it can be shared.
fn publish<P: Returns<R>, R>(lead: &Lead<'_>, share: &impl Share<P, R>, is_awaited: bool, returned: &R) {
    if is_awaited && let Some(Packed(shared)) = share.pack(returned) {
        lead.publish(&shared);
    }
}

/// Hands an answer that need not be computed to those who wait, and ends the flight.
pub(super) fn given<P: Returns<R>, R>(
    mut lead: Lead<'_>,
    key: &(impl FlightKey + ?Sized),
    share: &impl Share<P, R>,
    returned: &R,
    how: How,
) {
    let is_awaited = lead.land(key, false).is_awaited;
    publish(&lead, share, is_awaited, returned);
    lead.end(how);
}
