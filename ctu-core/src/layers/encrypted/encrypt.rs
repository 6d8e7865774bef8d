//! The rules for making and accepting envelopes: [`Encrypt`], without a store.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::derive::{self, Info, Place};
use super::envelope::{self, Binding, Header, NEVER, NONCE_LEN, Times};
use super::{Keyring, Rejection, Suite};
use crate::{Clock, Error, ErrorKind, Layer, Map, Reject, Result, Ttl};

/// The translation of an [`EncryptedCache`](super::EncryptedCache): how entries are sealed and opened, and which are
/// accepted.
///
/// As a [`Map`] it seals and opens under the primary key alone; the cache adds the keys that are retiring.
///
/// # Examples
///
/// ```
/// use bytes::Bytes;
/// use ctu_core::{Encrypt, Map, MasterKey, Ttl};
///
/// let encrypt = Encrypt::new(MasterKey::generate()?, "app");
/// let sealed = encrypt.encode(b"key", &Bytes::from("value"), Ttl::Never)?.into_owned();
/// assert_eq!(sealed.len(), 126);
/// assert_eq!(encrypt.decode(b"key", sealed.clone()).as_deref(), Ok(&b"value"[..]));
/// assert!(encrypt.decode(b"another key", sealed).is_err());
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub struct Encrypt {
    keyring: Arc<Keyring>,
    scope: Box<str>,
    max_ttl: Option<Duration>,
    default_ttl: Option<Duration>,
    suite: Suite,
    clock: Clock,
    random: Random,
}

type Random = Box<dyn Fn(&mut [u8]) -> Result<()> + Send + Sync>;

/// What was found in an envelope.
pub(super) struct Opened {
    pub(super) value: Bytes,
    pub(super) times: Times,
    /// What is left of its lifetime; `None`: it does not expire.
    pub(super) left: Option<Duration>,
}

/// How far another machine's clock may be ahead, in milliseconds.
const MAX_AHEAD: u64 = 30_000;

impl Encrypt {
    /// With keys from this ring, for a scope that sets the entries apart from all others under the same keys.
    ///
    /// An empty scope is an error (`Config`) of every operation.
    pub fn new(keyring: impl Into<Arc<Keyring>>, scope: impl Into<Box<str>>) -> Self {
        Self {
            keyring: keyring.into(),
            scope: scope.into(),
            max_ttl: None,
            default_ttl: None,
            suite: Suite::default(),
            clock: Clock::system(),
            random: Box::new(derive::random),
        }
    }

    /// The longest lifetime of an entry; by default, unlimited. See
    /// [`EncryptedCache::max_ttl`](super::EncryptedCache::max_ttl).
    #[must_use]
    pub fn max_ttl(self, longest: Duration) -> Self {
        Self { max_ttl: Some(longest), ..self }
    }

    /// The lifetime of what is stored with [`Ttl::Default`]; by default, the store's. See
    /// [`EncryptedCache::default_ttl`](super::EncryptedCache::default_ttl).
    #[must_use]
    pub fn default_ttl(self, ttl: Duration) -> Self {
        Self { default_ttl: Some(ttl), ..self }
    }

    /// What to encrypt with; XChaCha20-Poly1305 by default.
    #[must_use]
    pub fn suite(self, suite: Suite) -> Self {
        Self { suite, ..self }
    }

    /// The clock to tell lifetimes by; by default, the system's. A [`ManualClock`](crate::ManualClock) counts from the
    /// Unix epoch.
    #[must_use]
    pub fn clock(self, clock: impl Into<Clock>) -> Self {
        Self { clock: clock.into(), ..self }
    }

    /// For tests: where nonces come from. **Not for anything else**: a nonce that repeats under one key reveals values.
    #[doc(hidden)]
    #[must_use]
    pub fn randomness(self, fill: impl Fn(&mut [u8]) -> Result<()> + Send + Sync + 'static) -> Self {
        Self { random: Box::new(fill), ..self }
    }

    pub(super) fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    pub(super) fn info(&self, key: &[u8]) -> Result<Info> {
        if self.scope.is_empty() {
            return Err(Error::new(
                ErrorKind::Config,
                "the scope of an encrypted cache is empty: name what the entries belong to, such as the application",
            ));
        }
        Ok(Info::new(&self.scope, key))
    }

    /// Where the entry is written.
    pub(super) fn primary(&self, info: &Info) -> Place<'_> {
        Place::new(self.keyring.primary(), info)
    }

    /// The lifetime to ask the store for, when `ttl` is asked for here.
    pub(super) fn lifetime(&self, ttl: Ttl) -> Ttl {
        let ttl = match (ttl, self.default_ttl) {
            (Ttl::Default, Some(default)) => Ttl::After(default),
            (ttl, _) => ttl,
        };
        match (ttl, self.max_ttl) {
            (Ttl::After(ttl), Some(max)) => Ttl::After(ttl.min(max)),
            (Ttl::Never, Some(max)) => Ttl::After(max),
            (ttl, _) => ttl,
        }
    }

    /// The times of an envelope made now.
    pub(super) fn times(&self, ttl: Ttl) -> Times {
        let issued_at = self.clock.unix_millis();
        // The store's own lifetime is not known here, but it is bounded as all are.
        let ttl = self.lifetime(ttl).or(self.max_ttl);
        let after = |ttl: Duration| issued_at.saturating_add(u64::try_from(ttl.as_millis()).unwrap_or(NEVER));
        Times { issued_at, expires_at: ttl.map_or(NEVER, after) }
    }

    /// The envelope of `value` at `place`, with a nonce of its own.
    pub(super) fn seal(&self, place: &Place<'_>, info: &Info, value: &[u8], times: Times) -> Result<Bytes> {
        let mut nonce = [0; NONCE_LEN];
        (self.random)(&mut nonce)?;
        let ekey = place.ekey(info);
        let binding = Binding { kid: place.key.kid(), skey: &place.skey, ekey: &ekey };
        envelope::seal(self.suite, &binding, times, &nonce, value)
            .ok_or_else(|| Error::new(ErrorKind::Limit, "the value is longer than an encrypted cache can hold, 4 GiB"))
    }

    /// What is in the envelope found at `place`.
    pub(super) fn open(&self, place: &Place<'_>, info: &Info, stored: Bytes) -> Result<Opened, Rejection> {
        let header = Header::read(&stored, place.key.kid())?;
        let ekey = place.ekey(info);
        let binding = Binding { kid: place.key.kid(), skey: &place.skey, ekey: &ekey };
        let now = self.clock.unix_millis();
        let (times, value) = header.open(stored, &binding, |times| self.check(times, now))?;
        let left = (times.expires_at != NEVER).then(|| Duration::from_millis(times.expires_at - now));
        Ok(Opened { value, times, left })
    }

    fn check(&self, Times { issued_at, expires_at }: Times, now: u64) -> Result<(), Rejection> {
        if now >= expires_at {
            return Err(Rejection::Expired);
        }
        if issued_at > now.saturating_add(MAX_AHEAD) {
            return Err(Rejection::Future);
        }
        let lifetime = u128::from(expires_at.saturating_sub(issued_at));
        if self.max_ttl.is_some_and(|max| lifetime > max.as_millis()) {
            return Err(Rejection::TooLong);
        }
        Ok(())
    }
}

impl Layer for Encrypt {}

impl Map<[u8], Bytes> for Encrypt {
    type Key = [u8];
    type Stored = Bytes;

    fn key<'k>(&self, key: &'k [u8]) -> Result<Cow<'k, [u8]>> {
        Ok(Cow::Owned(self.primary(&self.info(key)?).skey.to_vec()))
    }

    fn encode<'v>(&self, key: &[u8], value: &'v Bytes, ttl: Ttl) -> Result<Cow<'v, Bytes>> {
        let info = self.info(key)?;
        self.seal(&self.primary(&info), &info, value, self.times(ttl)).map(Cow::Owned)
    }

    fn decode(&self, key: &[u8], stored: Bytes) -> Result<Bytes, Reject> {
        let info = self.info(key).map_err(|_| Reject::new("the scope is empty"))?;
        Ok(self.open(&self.primary(&info), &info, stored)?.value)
    }
}

impl fmt::Debug for Encrypt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encrypt")
            .field("keyring", &self.keyring)
            .field("scope", &self.scope)
            .field("max_ttl", &self.max_ttl)
            .field("default_ttl", &self.default_ttl)
            .field("suite", &self.suite)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}
