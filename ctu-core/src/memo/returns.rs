//! What of a function's return value is stored.

/// Splits a return value of type `R` into what is stored and what is not.
pub trait Returns<R> {
    /// What is stored.
    type Value;

    /// The part to store; `None`: this result is not stored.
    fn value(returned: &R) -> Option<&Self::Value>;

    /// The return value that a hit stands for.
    fn wrap(value: Self::Value) -> R;
}

/// Everything is stored, as it is.
#[derive(Debug)]
pub struct Whole;

/// Of a `Result`, only `Ok` is stored.
#[derive(Debug)]
pub struct OkOnly;

impl<R> Returns<R> for Whole {
    type Value = R;

    #[inline]
    fn value(returned: &R) -> Option<&R> {
        Some(returned)
    }

    #[inline]
    fn wrap(value: R) -> R {
        value
    }
}

impl<T, E> Returns<Result<T, E>> for OkOnly {
    type Value = T;

    #[inline]
    fn value(returned: &Result<T, E>) -> Option<&T> {
        returned.as_ref().ok()
    }

    #[inline]
    fn wrap(value: T) -> Result<T, E> {
        Ok(value)
    }
}
