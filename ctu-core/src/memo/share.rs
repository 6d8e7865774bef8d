//! How the result of one caller's computation reaches those who waited for it.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::flights::Shared;
use super::returns::Returns;

/// What of a return value of type `R` can be handed to other callers.
pub trait Share<P, R> {
    /// A clone for all of them; `None`: this result can't be shared.
    #[doc(hidden)]
    fn pack(&self, returned: &R) -> Option<Packed>;

    /// A clone for one of them.
    #[doc(hidden)]
    fn unpack(&self, packed: &Packed) -> Option<R>;
}

/// A result under way to other callers.
pub struct Packed(pub(super) Shared);

/// Law 7: shows nothing of it.
impl fmt::Debug for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Packed(..)")
    }
}

/// All of it.
#[derive(Debug)]
pub struct ShareAll;

impl<P, R: Clone + Send + Sync + 'static> Share<P, R> for ShareAll {
    fn pack(&self, returned: &R) -> Option<Packed> {
        Some(Packed(Arc::new(returned.clone())))
    }

    fn unpack(&self, packed: &Packed) -> Option<R> {
        packed.0.downcast_ref().cloned()
    }
}

/// What is stored of it: not an error.
#[derive(Debug)]
pub struct ShareValue;

impl<P, R> Share<P, R> for ShareValue
where
    P: Returns<R>,
    P::Value: Clone + Send + Sync + 'static,
{
    fn pack(&self, returned: &R) -> Option<Packed> {
        P::value(returned).map(|value| Packed(Arc::new(value.clone())))
    }

    fn unpack(&self, packed: &Packed) -> Option<R> {
        packed.0.downcast_ref::<P::Value>().cloned().map(P::wrap)
    }
}

/// Nothing: the others find it in the store, or compute.
#[derive(Debug)]
pub struct ShareNothing;

impl<P, R> Share<P, R> for ShareNothing {
    fn pack(&self, _: &R) -> Option<Packed> {
        None
    }

    fn unpack(&self, _: &Packed) -> Option<R> {
        None
    }
}

/// Tells, when compiling, what can be shared: `(&&&Sharing::<P, R>::new()).share()`, because method lookup prefers the
/// implementation for the most references.
#[derive(Debug)]
pub struct Sharing<P, R>(PhantomData<fn() -> (P, R)>);

impl<P, R> Sharing<P, R> {
    #[allow(missing_docs, clippy::new_without_default)]
    #[inline]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

#[allow(missing_docs)]
pub trait SharesAll {
    #[inline]
    fn share(&self) -> ShareAll {
        ShareAll
    }
}

impl<P, R: Clone + Send + Sync + 'static> SharesAll for &&Sharing<P, R> {}

#[allow(missing_docs)]
pub trait SharesValue {
    #[inline]
    fn share(&self) -> ShareValue {
        ShareValue
    }
}

impl<P, R> SharesValue for &Sharing<P, R>
where
    P: Returns<R>,
    P::Value: Clone + Send + Sync + 'static,
{
}

#[allow(missing_docs)]
pub trait SharesNothing {
    #[inline]
    fn share(&self) -> ShareNothing {
        ShareNothing
    }
}

impl<P, R> SharesNothing for Sharing<P, R> {}
