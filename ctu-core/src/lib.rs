//! The traits, keys, layers and memoization runtime of [ctu](https://docs.rs/ctu).
//!
//! Most programs depend on `ctu` alone, which re-exports all of this. Depend on `ctu-core` to write a store or a layer:
//! implement [`Cache`] (or [`AsyncCache`]) and [`Store`] for a store, [`Map`] for a layer that only translates keys and
//! values.

#![forbid(unsafe_code)]
#![warn(missing_docs)]
// docs.rs sets this: what needs a feature is marked.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod async_cache;
mod cache;
mod clock;
mod counters;
mod encode;
mod entry;
mod error;
mod ext;
mod forward;
mod json;
mod key;
mod layers;
mod lease;
mod log_gate;
mod map;
/// What the attributes expand to calls. Not for use by hand: it changes without notice.
#[doc(hidden)]
pub mod memo;
mod memoize;
mod sha3;
mod stack;
mod stats;
#[cfg(test)]
mod test_store;
#[cfg(feature = "testing")]
pub mod testing;

pub use async_cache::{AsyncCache, AsyncStore};
pub use cache::{Cache, CacheMut, Store, StoreMut};
pub use clock::{Clock, ManualClock, Nanos};
pub use counters::{Count, Counters};
pub use encode::{Encoding, decode_b85};
pub use entry::{Entry, Ttl};
pub use error::{Error, ErrorKind, Result};
pub use ext::{AsyncCacheExt, CacheExt};
pub use json::{HashJsonKey, full_hash_key, hash_json_key, json_key, write_json};
pub use key::{Args, CacheKey, Scoped};
pub use layers::{
    AnyValue, AutoPrefixedCache, BreakerCache, BreakerState, BytesCache, BytesText, Counting, DebugCache, Debugging,
    Event, Flagged, Hidden, Json, JsonCache, JsonSerde, JsonSerdeCache, LockedCache, Observe, Observed, Observer,
    Prefix, PrefixedCache, Show, Shown, StatsCache, ToBytes, ToBytesCache, TwoLevelCache,
};
#[cfg(feature = "compression")]
pub use layers::{CompressedCache, Compression};
#[cfg(feature = "encryption")]
pub use layers::{Encrypt, EncryptedCache, Keyring, MasterKey, Rejection, Suite};
#[cfg(feature = "msgpack")]
pub use layers::{MsgPack, MsgPackCache};
pub use lease::{AsyncLease, Claim, Lease, Leased, Token, Watch, Watches};
pub use map::{Layer, Map, Mapped, Reject};
pub use memoize::{AsyncMemo, Memo};
pub use stack::StackExt;
pub use stats::Stats;

/// What byte stores hold: shared, and cloned without copying. That of the `bytes` crate.
pub use bytes::Bytes;

/// For the stores, which shorten keys with it; not for use by hand.
#[doc(hidden)]
pub use sha3::sha3_256;
