//! A stored value's lifetime, asked for ([`Ttl`]) and left ([`Entry`]).

use std::time::Duration;

/// How long a value may be served after it was stored.
///
/// # Examples
///
/// ```
/// use ctu_core::Ttl;
/// use std::time::Duration;
///
/// assert_eq!(Ttl::from(Duration::from_secs(60)), Ttl::After(Duration::from_secs(60)));
/// assert_eq!(Ttl::After(Duration::from_secs(1)).or(None), Some(Duration::from_secs(1)));
/// assert_eq!(Ttl::Default.or(Some(Duration::from_secs(600))), Some(Duration::from_secs(600)));
/// assert_eq!(Ttl::Never.or(Some(Duration::from_secs(600))), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Ttl {
    /// As the store is set up.
    #[default]
    Default,
    /// Until it is evicted.
    Never,
    /// This long. A zero duration has expired at once.
    After(Duration),
}

impl Ttl {
    /// The lifetime in a store whose own default is `default` (`None`: no expiry).
    pub const fn or(self, default: Option<Duration>) -> Option<Duration> {
        match self {
            Self::Default => default,
            Self::Never => None,
            Self::After(ttl) => Some(ttl),
        }
    }
}

impl From<Duration> for Ttl {
    fn from(ttl: Duration) -> Self {
        Self::After(ttl)
    }
}

/// `None` is [`Ttl::Never`], as in [`Entry::ttl`], so that what is left of a lifetime can be handed on.
impl From<Option<Duration>> for Ttl {
    fn from(ttl: Option<Duration>) -> Self {
        ttl.map_or(Self::Never, Self::After)
    }
}

/// A value found in a cache, and what is left of its lifetime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Entry<V> {
    /// The value.
    pub value: V,
    /// How long it will still be served; `None`: it does not expire.
    pub ttl: Option<Duration>,
}

impl<V> Entry<V> {
    /// The same lifetime around another value.
    pub fn map<W>(self, f: impl FnOnce(V) -> W) -> Entry<W> {
        Entry { value: f(self.value), ttl: self.ttl }
    }
}
