//! The layers, one a file: what stacks on a store.

mod auto_prefix;
mod bytes_text;
#[cfg(feature = "compression")]
mod compressed;
mod debug;
#[cfg(feature = "encryption")]
mod encrypted;
mod json;
mod json_serde;
mod locked;
#[cfg(feature = "msgpack")]
mod msgpack;
mod observed;
mod prefix;
mod promotion;
mod stats;
mod two_level;

pub use auto_prefix::AutoPrefixedCache;
pub use bytes_text::{BytesCache, BytesText};
#[cfg(feature = "compression")]
pub use compressed::{CompressedCache, Compression};
pub use debug::{DebugCache, Debugging, Hidden, Show, Shown};
#[cfg(feature = "encryption")]
pub use encrypted::{Encrypt, EncryptedCache, Keyring, MasterKey, Rejection, Suite};
pub use json::{Json, JsonCache, ToBytes, ToBytesCache};
pub use json_serde::{AnyValue, Flagged, JsonSerde, JsonSerdeCache};
pub use locked::LockedCache;
#[cfg(feature = "msgpack")]
pub use msgpack::{MsgPack, MsgPackCache};
pub use observed::{Event, Observe, Observed, Observer};
pub use prefix::{Prefix, PrefixedCache};
pub use stats::{Counting, StatsCache};
pub use two_level::TwoLevelCache;
