//! The right to store the value of a key, which ends with any other write or removal of the key: [`Lease`], and the
//! form of it that costs a store in memory nothing to speak of: [`Watch`].
//!
//! A watch is not a lease of a store in memory, though [`Watches`] keeps both. It is asked of every store for every
//! computation, so it is a method of [`Cache`] that answers at once and may say no; a lease may take a round trip, and
//! has to be asked for by name. It is given back when its holder is dropped, where a lease has to have a length. And so
//! `remove` by hand wins over computations in flight without being asked for, where that is free.

mod forward;
mod token;
mod watches;

use std::future::Future;
use std::time::Duration;

pub use token::Token;
pub(crate) use watches::Sight;
pub use watches::{Watch, Watches};

use crate::{AsyncCache, Cache, Result, Ttl};

/// How a lease is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Claim {
    /// Together with others: whoever asks while there is a lease gets its token too. The first who stores ends it.
    Shared,
    /// Alone: [`Taken`](Leased::Taken) while there is a lease.
    Exclusive,
    /// In the place of any other lease, which ends, and over a value, which can be read until it is replaced.
    Replacing,
    /// As [`Shared`](Self::Shared), and over a value of whose lifetime at most this is left, which can be read until it is
    /// replaced. [`Duration::MAX`]: over any value, also one that never expires.
    SharedOver(Duration),
    /// As [`Exclusive`](Self::Exclusive), and over a value of whose lifetime at most this is left, as with
    /// [`SharedOver`](Self::SharedOver).
    ExclusiveOver(Duration),
}

impl Claim {
    /// Whether it is for others too, who get the same token.
    pub const fn is_shared(self) -> bool {
        matches!(self, Self::Shared | Self::SharedOver(_))
    }

    /// Whether it is for a lease over a value of whose lifetime `left` is left; `None`: all of it, for ever.
    ///
    /// # Examples
    ///
    /// ```
    /// use ctu_core::Claim;
    /// use std::time::Duration;
    ///
    /// let minute = Duration::from_secs(60);
    /// assert!(Claim::SharedOver(minute).is_over(Some(minute)));
    /// assert!(!Claim::SharedOver(minute).is_over(Some(minute * 2)));
    /// assert!(!Claim::SharedOver(minute).is_over(None));
    /// assert!(Claim::SharedOver(Duration::MAX).is_over(None));
    /// assert!(Claim::Replacing.is_over(None));
    /// assert!(!Claim::Shared.is_over(Some(Duration::ZERO)));
    /// ```
    pub fn is_over(self, left: Option<Duration>) -> bool {
        match self {
            Self::Shared | Self::Exclusive => false,
            Self::Replacing => true,
            Self::SharedOver(most) | Self::ExclusiveOver(most) => left.unwrap_or(Duration::MAX) <= most,
        }
    }
}

/// What came of asking for a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leased {
    /// There is one, and this is its token.
    Granted(Token),
    /// Somebody has it, alone or not. Only to [`Claim::Exclusive`] and [`Claim::ExclusiveOver`].
    Taken,
    /// There is a value, over which no lease was asked for. Not to [`Claim::Replacing`].
    Found,
}

/// A cache that many processes share, and that can tell whether a key was written or removed since one began to compute
/// its value.
///
/// A lease is taken before the value is computed, with one round trip, and costs none after that:
/// [`put_if_leased`](Self::put_if_leased) takes the place of [`put`](Cache::put). It belongs to whoever has its token. It
/// is no lock: everybody may read, write and remove as ever.
///
/// # Contract
///
/// A lease ends when its length is over, and with every `put`, `remove` or `clear` of its key, whoever calls them: what
/// is stored with its token after that is not stored. It is no entry: while there is no value, the key is a miss; but
/// `len` may count it, and `remove` may say that something was there. It may end early, as any entry may be dropped.
///
/// # Examples
///
/// Nobody's removal is undone, wherever it comes from:
///
/// ```
/// use ctu_core::testing::ModelStore;
/// use ctu_core::{Cache, Claim, Lease, Leased, Ttl};
/// use std::time::Duration;
///
/// # fn main() -> ctu_core::Result<()> {
/// let store = ModelStore::<String, u64>::new();
/// let Leased::Granted(token) = store.lease("price", Claim::Shared, Duration::from_secs(10))? else { unreachable!() };
/// let price = 12; // takes a while
/// store.remove("price")?; // by another process, as the price has changed
/// assert!(!store.put_if_leased("price", &price, Ttl::Default, token)?);
/// assert_eq!(store.get("price")?, None);
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no leases, which `invalidation = \"strict\"` and `coalesce = cluster` are made of",
    label = "not a store with leases, with keys of `{K}` and values of `{V}`",
    note = "`RedisCache`, `MemcachedCache`, `AnyCache` and the stores in memory have leases, and the layers over them such \
            as `.prefixed(..)`, `.json()`, `.encrypted(..)`, `.with_stats()` and `.two_level(..)`"
)]
pub trait Lease<K: ?Sized, V>: Cache<K, V> {
    /// Takes a lease of `key` for `length`, rounded up to what the store can keep.
    ///
    /// # Errors
    ///
    /// When the store fails: there may be a lease all the same, which nobody has.
    fn lease(&self, key: &K, claim: Claim, length: Duration) -> Result<Leased>;

    /// Makes the lease last for `length` from now, and gives its token, which may be another now; `None` if it has ended.
    ///
    /// Only for one that is held alone.
    ///
    /// # Errors
    ///
    /// When the store fails: the lease may have been renewed, with a token that is lost.
    fn renew(&self, key: &K, token: Token, length: Duration) -> Result<Option<Token>>;

    /// Gives the lease back, and tells whether it was still there. A value that can be read stays.
    ///
    /// # Errors
    ///
    /// When the store fails: the lease may last until its length is over.
    fn release(&self, key: &K, token: Token) -> Result<bool>;

    /// Stores `value` if the lease has not ended, which ends it, and tells whether it did.
    ///
    /// # Errors
    ///
    /// As [`put`](Cache::put). When the store fails, it may have been stored.
    fn put_if_leased(&self, key: &K, value: &V, ttl: Ttl, token: Token) -> Result<bool>;
}

/// The same as [`Lease`], for stores that are waited for.
///
/// # Examples
///
/// ```
/// use ctu_core::{AsyncLease, Claim, Leased, Ttl};
/// use std::time::Duration;
///
/// async fn store_unless_removed<C: AsyncLease<str, u64>>(cache: &C, compute: impl Future<Output = u64>) -> ctu_core::Result<u64> {
///     let leased = cache.lease("answer", Claim::Shared, Duration::from_secs(60)).await?;
///     let answer = compute.await;
///     if let Leased::Granted(token) = leased {
///         cache.put_if_leased("answer", &answer, Ttl::Default, token).await?;
///     }
///     Ok(answer)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no leases for async functions, which `invalidation = \"strict\"` and `coalesce = cluster` \
               are made of",
    label = "not an async store with leases, with keys of `{K}` and values of `{V}`",
    note = "`AsyncRedisCache`, `AsyncMemcachedCache`, `AsyncAnyCache` and the stores in memory have leases, and the layers \
            over them such as `.prefixed(..)`, `.json()`, `.encrypted(..)`, `.with_stats()` and `.two_level(..)`"
)]
pub trait AsyncLease<K: ?Sized + Sync, V: Send + Sync>: AsyncCache<K, V> {
    /// Takes a lease of `key` for `length`, rounded up to what the store can keep.
    ///
    /// # Errors
    ///
    /// As [`Lease::lease`].
    fn lease(&self, key: &K, claim: Claim, length: Duration) -> impl Future<Output = Result<Leased>> + Send;

    /// Makes the lease last for `length` from now, and gives its token, which may be another now; `None` if it has ended.
    ///
    /// # Errors
    ///
    /// As [`Lease::renew`].
    fn renew(&self, key: &K, token: Token, length: Duration) -> impl Future<Output = Result<Option<Token>>> + Send;

    /// Gives the lease back, and tells whether it was still there. A value that can be read stays.
    ///
    /// # Errors
    ///
    /// As [`Lease::release`].
    fn release(&self, key: &K, token: Token) -> impl Future<Output = Result<bool>> + Send;

    /// Stores `value` if the lease has not ended, which ends it, and tells whether it did.
    ///
    /// # Errors
    ///
    /// As [`Lease::put_if_leased`].
    fn put_if_leased(&self, key: &K, value: &V, ttl: Ttl, token: Token) -> impl Future<Output = Result<bool>> + Send;
}
