//! Stacking layers, read from the store up.

use crate::Mapped;
use crate::layers::{
    AutoPrefixedCache, BytesCache, BytesText, Counting, DebugCache, Debugging, Json, JsonCache, JsonSerde,
    JsonSerdeCache, Observed, Prefix, PrefixedCache, StatsCache, ToBytes, ToBytesCache, TwoLevelCache,
};

/// Layers over a store, one method each, as iterator adapters are stacked.
///
/// A stack is written from the store up: the last layer is the one that callers meet. So a value is compressed before it
/// is encrypted by `store.encrypted(..).compressed()`, and typed callers are served by `.json()` at the end.
///
/// Every type has these methods; whether the result is a cache, sync or async, depends on what the layer needs below.
///
/// # Examples
///
/// ```
/// use ctu_core::{Cache, LockedCache, StackExt, Ttl};
/// use std::collections::HashMap;
/// use std::sync::{Arc, LazyLock};
///
/// type Table = LockedCache<HashMap<String, u64>>;
///
/// static CACHE: LazyLock<Arc<dyn Cache<str, u64> + Send + Sync>> = LazyLock::new(|| {
///     let shared = Table::default();
///     Arc::new(Table::default().two_level(shared.debug("shared")).prefixed("fib.").with_stats())
/// });
///
/// CACHE.put("10", &55, Ttl::Default)?;
/// assert_eq!(CACHE.get("10")?, Some(55));
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub trait StackExt: Sized {
    /// Puts `prefix` before the keys: see [`PrefixedCache`].
    fn prefixed(self, prefix: impl Into<Box<str>>) -> PrefixedCache<Self> {
        Mapped::new(Prefix::new(prefix), self)
    }

    /// Puts a prefix of its own before the keys, the next number of the process: see [`AutoPrefixedCache`].
    fn auto_prefixed(self) -> AutoPrefixedCache<Self> {
        Mapped::new(Prefix::auto_default(), self)
    }

    /// Keeps values of any serde type in a byte store, as JSON under text keys: see [`JsonCache`].
    fn json(self) -> JsonCache<Self> {
        Mapped::new(Json, self)
    }

    /// Keeps keys and values of any serde types in a byte store, as JSON: see [`ToBytesCache`].
    fn to_bytes(self) -> ToBytesCache<Self> {
        Mapped::new(ToBytes, self)
    }

    /// Keeps values of any serde type in a store with flags, as the Python library does: see [`JsonSerdeCache`].
    fn json_serde(self) -> JsonSerdeCache<Self> {
        Mapped::new(JsonSerde, self)
    }

    /// Keeps byte keys and values in a text store: see [`BytesCache`].
    fn bytes_as_text(self) -> BytesCache<Self> {
        Mapped::new(BytesText, self)
    }

    /// Keeps values of any serde type in a byte store, as MessagePack under text keys: see
    /// [`MsgPackCache`](crate::MsgPackCache).
    #[cfg(feature = "msgpack")]
    fn msgpack(self) -> crate::MsgPackCache<Self> {
        Mapped::new(crate::MsgPack, self)
    }

    /// Compresses the values of a byte store: see [`CompressedCache`](crate::CompressedCache).
    #[cfg(feature = "compression")]
    fn compressed(self) -> crate::CompressedCache<Self> {
        Mapped::new(crate::Compression::new(), self)
    }

    /// Encrypts the keys and values of a byte store: see [`EncryptedCache`](crate::EncryptedCache).
    ///
    /// `scope` sets these entries apart from others under the same master key. It must not be empty.
    #[cfg(feature = "encryption")]
    fn encrypted(
        self,
        keyring: impl Into<std::sync::Arc<crate::Keyring>>,
        scope: impl Into<Box<str>>,
    ) -> crate::EncryptedCache<Self> {
        crate::EncryptedCache::new(crate::Encrypt::new(keyring, scope), self)
    }

    /// Counts what goes through: see [`StatsCache`].
    ///
    /// Not `stats()`, which is what reads the figures: see [`Store::stats`](crate::Store::stats).
    fn with_stats(self) -> StatsCache<Self> {
        Observed::new(Counting::new(), self)
    }

    /// Logs what goes through: see [`DebugCache`].
    fn debug(self, name: impl Into<Box<str>>) -> DebugCache<Self> {
        Observed::new(Debugging::new(name), self)
    }

    /// Uses this cache as the first level before `second`: see [`TwoLevelCache`].
    fn two_level<B>(self, second: B) -> TwoLevelCache<Self, B> {
        TwoLevelCache::new(self, second)
    }
}

impl<C> StackExt for C {}
