//! One error for every cache: what kind of failure, said without the key or the value.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

/// The result of a cache operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a cache operation failed.
///
/// Messages say what went wrong, with which setting, and the cure. They never contain a key, a value, a secret or the
/// password of a url.
///
/// # Examples
///
/// ```
/// use ctu_core::{Error, ErrorKind};
///
/// let error = Error::new(ErrorKind::Timeout, "no reply within the response deadline of 500 ms");
/// assert_eq!(error.kind(), ErrorKind::Timeout);
/// assert_eq!(error.to_string(), "no reply within the response deadline of 500 ms");
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What a caller can tell apart about an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The store can't be reached, or broke the connection.
    Unavailable,
    /// The store did not answer within its deadline.
    Timeout,
    /// The store answered something that is not an answer.
    Protocol,
    /// A key or a value has no exact form in the chosen format.
    Codec,
    /// A size limit was passed; nothing was stored.
    Limit,
    /// A setting is wrong.
    Config,
    /// This cache can't do what was asked.
    Unsupported,
    /// Anything else.
    Other,
}

impl ErrorKind {
    /// A short name in lower case, fit for a metric's label.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::Protocol => "protocol",
            Self::Codec => "codec",
            Self::Limit => "limit",
            Self::Config => "config",
            Self::Unsupported => "unsupported",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Error {
    /// An error of this kind, with a message that names the cure and no key, value or secret.
    #[cold]
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), source: None }))
    }

    /// The same error, caused by `source`.
    ///
    /// The source's own text is shown only where somebody walks the chain, so it must be as discreet as the message.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// What kind of failure this is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Error");
        out.field("kind", &self.0.kind).field("message", &self.0.message);
        if let Some(source) = &self.0.source {
            out.field("source", source);
        }
        out.finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_pointer_wide_so_that_a_hit_pays_nothing_for_it() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
        assert_eq!(size_of::<Result<()>>(), size_of::<usize>());
    }

    #[test]
    fn the_message_does_not_repeat_the_source() {
        let error = Error::new(ErrorKind::Unavailable, "the store is down").with_source("refused");
        assert_eq!(error.to_string(), "the store is down");
        assert_eq!(error.source().unwrap().to_string(), "refused");
    }
}
