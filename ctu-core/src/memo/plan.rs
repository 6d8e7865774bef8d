//! What becomes of a result.

use super::flights::Lead;
use super::returns::Returns;
use super::share::{Packed, Share};
use crate::Ttl;

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
}

/// Hands a result to those who wait for it, and says what is to be done with its value.
pub(super) fn landed<P: Returns<R>, R>(
    lead: &Lead<'_>,
    share: &impl Share<P, R>,
    mode: Mode,
    lifetime: impl FnOnce(&P::Value) -> Option<Ttl>,
    returned: &R,
) -> Plan {
    let value = P::value(returned).filter(|_| mode != Mode::Not);
    let plan = match value.map(lifetime) {
        Some(Some(ttl)) => Plan::Put(ttl),
        Some(None) if mode == Mode::Replacing => Plan::Remove,
        _ => Plan::Nothing,
    };
    let landing = lead.land(!matches!(plan, Plan::Nothing));
    if landing.is_awaited
        && let Some(Packed(shared)) = share.pack(returned)
    {
        lead.publish(&shared);
    }
    if landing.is_to_store { plan } else { Plan::Nothing }
}
