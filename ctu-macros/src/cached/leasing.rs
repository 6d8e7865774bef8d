//! The rules about other processes, and what is left of them to generate.

use syn::Signature;

use crate::args::Args;
use crate::faults::Faults;
use crate::leasing::Coalesce;

/// The leases that a function takes.
pub(crate) struct Leasing {
    /// One computes for all processes.
    pub(crate) is_cluster: bool,
    /// In milliseconds, if not the usual.
    pub(crate) length: Option<u64>,
}

/// The leases, if there are any; reports what does not go together.
pub(super) fn leasing(args: &Args, signature: &Signature, faults: &mut Faults) -> Option<Leasing> {
    let given = &args.leasing;
    let cluster = given.coalesce.as_ref().filter(|coalesce| coalesce.value == Coalesce::Cluster);
    let name = cluster.map(|given| &given.name).or(given.invalidation.as_ref().map(|given| &given.name));
    let Some(name) = name else {
        if let Some(lease) = given.lease.as_ref().filter(|_| !args.is_partial) {
            faults.at(
                &lease.name,
                "`lease` is the length of leases, and none are taken: say `invalidation = \"strict\"` or `coalesce = cluster` \
                 too, or leave it out",
            );
        }
        return None;
    };
    if args.cache.is_none() && !args.is_partial {
        faults.at(
            name,
            format!(
                "`{name}` is about the other processes that use the same store, and this function has one of its own: give \
                 a shared one with `cache = ..`, or leave `{name}` out"
            ),
        );
    }
    if cluster.is_some() && signature.asyncness.is_some() && !cfg!(feature = "tokio") {
        faults.at(name, "waiting for other processes needs timers: turn on the feature `tokio` of ctu");
    }
    Some(Leasing { is_cluster: cluster.is_some(), length: given.lease.as_ref().map(|lease| lease.value) })
}
