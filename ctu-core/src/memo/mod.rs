//! The memoization runtime: what `#[cached]` expands to calls of.
//!
//! The rules live here, as ordinary code: what counts as a hit, what is stored and for how long, and that no failure of
//! a cache ever becomes a failure of the function. By hand they are reached through
//! [`CacheExt::get_or_set_with`](crate::CacheExt::get_or_set_with).

mod blocking;
mod check;
mod erased;
mod key;
mod returns;
mod site;
mod waiting;

pub use blocking::{call, evict, in_cache, peek, prime, refresh};
pub use check::{
    AliasOfResult, IsPlain, IsResult, Plain, Returned, check_json_key, check_key, check_plain, check_value,
};
pub use erased::ErasedCell;
pub use key::{AsIs, Lookup, Template, Text, Typed, hash_text, json_text, prefix_of_types, value_text};
pub use returns::{OkOnly, Returns, Whole};
pub use site::Site;
pub use waiting::{call_async, evict_async, in_cache_async, peek_async, prime_async, refresh_async};
