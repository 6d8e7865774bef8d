//! The rules about old answers and late ones, and what is left of them to generate.

use syn::{Signature, Type};

use super::model::{Param, Returns};
use super::signature;
use crate::args::Args;
use crate::faults::Faults;
use crate::policy::{OnError, StaleOn};

/// What a function asks for besides being cached.
pub(crate) struct Policy {
    /// In milliseconds.
    pub(crate) stale: Option<u64>,
    pub(crate) stale_on: StaleOn,
    pub(crate) refresh_ahead: Option<f64>,
    pub(crate) jitter: Option<f64>,
    /// In milliseconds.
    pub(crate) timeout: Option<u64>,
    /// Whether a failure of the cache is one of the function.
    pub(crate) fails: bool,
}

/// How a function says that its cache failed, or its time is up.
pub(crate) enum Failure {
    /// Never.
    None,
    /// If its error type can.
    IfAny,
    /// By its error type, which has to.
    Required,
}

impl Policy {
    /// Whether values are stored for another time than their ttl.
    pub(crate) const fn changes_lifetime(&self) -> bool {
        self.stale.is_some() || self.jitter.is_some()
    }

    /// Whether a call is more than a plain one.
    pub(crate) const fn changes_call(&self) -> bool {
        self.stale.is_some() || self.refresh_ahead.is_some() || self.timeout.is_some() || self.fails
    }

    pub(crate) const fn is_any(&self) -> bool {
        self.changes_lifetime() || self.changes_call()
    }

    /// Whether a computation may go on without its caller.
    pub(crate) fn goes_on(&self) -> bool {
        let is_stale_served = self.stale.is_some() && (self.stale_on == StaleOn::Expiry || self.timeout.is_some());
        is_stale_served || self.refresh_ahead.is_some()
    }

    pub(crate) const fn failure(&self, returns: &Returns) -> Failure {
        match (returns, self.timeout, self.stale) {
            (Returns::Whole { .. }, ..) => Failure::None,
            _ if self.fails => Failure::Required,
            (_, Some(_), None) => Failure::Required,
            (_, Some(_), Some(_)) => Failure::IfAny,
            _ => Failure::None,
        }
    }
}

/// What the rules are about, besides the arguments of the attribute.
pub(super) struct Function<'f> {
    pub(super) signature: &'f Signature,
    pub(super) params: &'f [Param],
    pub(super) returns: &'f Returns,
}

/// The policy; reports what does not go together.
pub(super) fn policy(args: &Args, function: &Function<'_>, faults: &mut Faults) -> Policy {
    let given = &args.policy;
    check_ttl(args, faults);
    check_stale(args, function, faults);
    check_timeout(args, function, faults);
    check_on_error(args, function, faults);
    let policy = Policy {
        stale: given.stale.as_ref().map(|stale| stale.value),
        stale_on: given.stale_on.as_ref().map_or(StaleOn::Error, |on| on.value),
        refresh_ahead: given.refresh_ahead.as_ref().map(|beta| beta.value),
        jitter: given.jitter.as_ref().map(|jitter| jitter.value),
        timeout: given.timeout.as_ref().map(|timeout| timeout.value),
        fails: given.on_error.as_ref().is_some_and(|on_error| on_error.value == OnError::Fail),
    };
    if policy.goes_on() {
        check_owned(function, faults);
    }
    policy
}

/// What is about the end of a value's time needs one.
fn check_ttl(args: &Args, faults: &mut Faults) {
    if args.ttl.is_some() || args.is_partial {
        return;
    }
    let policy = &args.policy;
    let names = [
        policy.stale.as_ref().map(|given| &given.name),
        policy.refresh_ahead.as_ref().map(|given| &given.name),
        policy.jitter.as_ref().map(|given| &given.name),
    ];
    for name in names.into_iter().flatten() {
        faults.at(
            name,
            format!("`{name}` is about the end of a value's ttl, and none is given: say `ttl = \"10m\"` too, or leave it out"),
        );
    }
}

fn check_stale(args: &Args, function: &Function<'_>, faults: &mut Faults) {
    let policy = &args.policy;
    let stale_on = policy.stale_on.as_ref();
    match &policy.stale {
        None => {
            if let Some(stale_on) = stale_on.filter(|_| !args.is_partial) {
                faults.at(
                    &stale_on.name,
                    "`stale_on` needs `stale`, the time for which an expired value is kept: `stale = \"1h\"`",
                );
            }
        }
        Some(stale) => {
            let serves_errors = stale_on.is_none_or(|on| on.value == StaleOn::Error) && policy.timeout.is_none();
            if serves_errors && matches!(function.returns, Returns::Whole { .. }) && !args.is_partial {
                faults.at(
                    &stale.name,
                    "an expired value is served when the function fails, and this one returns no `Result`: say \
                     `stale_on = expiry` to serve it while it is computed again",
                );
            }
        }
    }
}

fn check_timeout(args: &Args, function: &Function<'_>, faults: &mut Faults) {
    let Some(timeout) = &args.policy.timeout else { return };
    let name = &timeout.name;
    if function.signature.asyncness.is_none() {
        faults.at(
            name,
            "only an `async` function can be left waiting: leave `timeout` out, or make the function `async`",
        );
    } else if !cfg!(feature = "tokio") {
        faults.at(name, "`timeout` needs timers: turn on the feature `tokio` of ctu");
    } else if matches!(function.returns, Returns::Whole { .. }) && args.policy.stale.is_none() && !args.is_partial {
        faults.at(
            name,
            "this function has nothing to return when its time is up: let it return a `Result` whose error is \
             `From<ctu::Error>`, or keep expired values for it with `stale = \"1h\"`",
        );
    }
}

fn check_on_error(args: &Args, function: &Function<'_>, faults: &mut Faults) {
    if let Some(on_error) = args.policy.on_error.as_ref().filter(|on_error| on_error.value == OnError::Fail)
        && matches!(function.returns, Returns::Whole { .. })
    {
        faults.at(
            &on_error.name,
            "this function can't fail: let it return a `Result` whose error is `From<ctu::Error>`, or leave `on_error` out, \
             so that it computes",
        );
    }
}

/// A computation that goes on without its caller has to own what it works with.
fn check_owned(function: &Function<'_>, faults: &mut Faults) {
    for param in function.params {
        let name = &param.name;
        if matches!(&param.ty, Type::Reference(reference) if reference.mutability.is_some()) {
            // Where it is not skipped, it is a fault already.
            if param.skipped {
                faults.at(
                    &param.ty,
                    format!(
                        "a computation in the background can't have `{name}`, which is its caller's to change: {CURE}"
                    ),
                );
            }
        } else if let Some(borrow) = signature::find_borrow(if param.is_static() { &param.ty } else { &param.key_type })
        {
            faults.add(syn::Error::new(
                borrow,
                format!("a computation in the background has to own what it works with, and this borrows in `{name}`: {CURE}"),
            ));
        }
    }
}

const CURE: &str = "take an owned type, or leave `stale_on = expiry`, `refresh_ahead`, and `timeout` with `stale` out";
