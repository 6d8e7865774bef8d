//! What both forms of the store are told by their builder.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use ctu_core::{Error, ErrorKind, Result, Ttl};
use redis::ConnectionInfo;

/// The longest string that a Redis server takes.
pub(super) const MOST_BYTES: usize = 512 << 20;
/// 2^53 milliseconds, 285,000 years: a server adds its clock to a lifetime and refuses what overflows.
const LONGEST_TTL_MILLIS: u64 = 1 << 53;

pub(super) struct Settings {
    pub(super) address: ConnectionInfo,
    pub(super) namespace: Vec<u8>,
    /// `None`: entries do not expire.
    pub(super) ttl: Option<Duration>,
    pub(super) connect_timeout: Duration,
    pub(super) response_timeout: Duration,
    pub(super) pool_size: usize,
    pub(super) max_value: usize,
}

/// What becomes of an entry after it was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lifetime {
    /// It has expired at once.
    Over,
    Millis(u64),
    Endless,
}

impl Settings {
    /// A key as the server knows it.
    pub(super) fn key<'k>(&self, key: &'k [u8]) -> Result<Cow<'k, [u8]>> {
        if self.namespace.len().saturating_add(key.len()) > MOST_BYTES {
            return Err(Error::new(ErrorKind::Limit, "the key is longer than the 512 MiB that Redis takes"));
        }
        Ok(if self.namespace.is_empty() { Cow::Borrowed(key) } else { Cow::Owned([&self.namespace, key].concat()) })
    }

    /// Refuses a value that is too long to be stored, or to be believed.
    pub(super) fn check_length(&self, length: usize) -> Result<()> {
        if length > self.max_value {
            return Err(Error::new(
                ErrorKind::Limit,
                format!("a value of {length} bytes is longer than `max_value`, {} bytes", self.max_value),
            ));
        }
        Ok(())
    }

    /// In milliseconds, rounded up: what is stored for a moment must be there for that moment.
    pub(super) fn lifetime(&self, ttl: Ttl) -> Lifetime {
        match ttl.or(self.ttl) {
            None => Lifetime::Endless,
            Some(Duration::ZERO) => Lifetime::Over,
            Some(ttl) => {
                let millis = u64::try_from(ttl.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
                Lifetime::Millis(millis.min(LONGEST_TTL_MILLIS))
            }
        }
    }

    pub(super) fn require_namespace(&self) -> Result<()> {
        if self.namespace.is_empty() {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "without a namespace this cache can't tell its keys from others: set `.namespace(..)` on the builder, \
                 or use `flush_server()` if the server is yours alone",
            ));
        }
        Ok(())
    }
}

/// The address without user and password.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("address", &format_args!("{}", self.address.addr()))
            .field("namespace", &format_args!("\"{}\"", self.namespace.escape_ascii()))
            .field("ttl", &self.ttl)
            .field("connect_timeout", &self.connect_timeout)
            .field("response_timeout", &self.response_timeout)
            .field("max_value", &self.max_value)
            .finish_non_exhaustive()
    }
}
