//! Failures of the cache, and answers that come too late, as errors of the function.

use std::marker::PhantomData;

use crate::Error;

/// A `Result` whose error can be made of one of the cache.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't carry an error of the cache",
    label = "this function's error type needs `From<ctu::Error>`",
    note = "implement `From<ctu::Error>` for the error type, or leave `on_error = fail` and `timeout` out"
)]
pub trait FromCacheError {
    #[allow(missing_docs)]
    fn from_cache_error(error: Error) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T, E: From<Error>> FromCacheError for Result<T, E> {
    fn from_cache_error(error: Error) -> Self {
        Err(E::from(error))
    }
}

/// How a return value of type `R` says that the cache failed, or the time is up; `None`: it can't.
pub type Failure<R> = Option<fn(Error) -> R>;

/// That of a function which is required to have one.
pub const fn failure<R: FromCacheError>() -> Failure<R> {
    Some(R::from_cache_error)
}

/// Tells, when compiling, whether there is one: `(&Failing::<R>::new()).failure()`, because method lookup prefers the one
/// without a further reference.
#[derive(Debug)]
pub struct Failing<R>(PhantomData<fn() -> R>);

impl<R> Failing<R> {
    #[allow(missing_docs, clippy::new_without_default)]
    #[inline]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

#[allow(missing_docs)]
pub trait CanFail<R> {
    fn failure(&self) -> Failure<R>;
}

impl<R: FromCacheError> CanFail<R> for Failing<R> {
    fn failure(&self) -> Failure<R> {
        failure()
    }
}

#[allow(missing_docs)]
pub trait CannotFail<R> {
    fn failure(&self) -> Failure<R>;
}

impl<R> CannotFail<R> for &Failing<R> {
    fn failure(&self) -> Failure<R> {
        None
    }
}
