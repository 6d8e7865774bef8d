//! The memoization runtime: what `#[cached]` expands to calls of.
//!
//! The rules live here, as ordinary code: what counts as a hit, what is stored and for how long, and that no failure of
//! a cache ever becomes a failure of the function; that callers of one key compute once, and that what was evicted does not
//! come back out of a computation that was in flight. By hand, but for these last two, they are reached through
//! [`CacheExt::get_or_set_with`](crate::CacheExt::get_or_set_with).

mod call;
mod check;
mod erased;
mod flights;
mod key;
mod names;
mod plan;
mod returns;
mod share;
mod site;

pub(crate) use call::{by_hand, by_hand_async};
pub use call::{
    call, call_async, evict, evict_async, in_cache, in_cache_async, peek, peek_async, prime, prime_async, refresh,
    refresh_async,
};
pub use check::{
    AliasOfResult, IsPlain, IsResult, Plain, Returned, check_json_key, check_key, check_plain, check_value,
};
pub use erased::ErasedCell;
pub use key::{AsIs, Lookup, Template, Text, Typed, hash_text, json_text, prefix_of_types, value_text};
pub use returns::{OkOnly, Returns, Whole};
pub use share::{Packed, Share, ShareAll, ShareNothing, ShareValue, SharesAll, SharesNothing, SharesValue, Sharing};
pub use site::Site;
