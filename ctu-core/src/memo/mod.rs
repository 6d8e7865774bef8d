//! The memoization runtime: what `#[cached]` expands to calls of.
//!
//! The rules live here, as ordinary code: what counts as a hit, what is stored and for how long, and that no failure of
//! a cache ever becomes a failure of the function; that callers of one key compute once, and that what was evicted does not
//! come back out of a computation that was in flight. By hand, but for these last two, they are reached through
//! [`CacheExt::get_or_set_with`](crate::CacheExt::get_or_set_with).

mod about;
mod call;
mod called;
mod check;
mod clear;
mod flights;
mod hit;
mod join;
mod key;
mod leased;
#[cfg(all(test, ctu_shuttle))]
mod models;
mod names;
mod plan;
mod policy;
mod returns;
mod rules;
mod share;
mod site;
mod sync;
mod terms;

pub use about::{About, SiteCell};
pub(crate) use call::{by_hand, by_hand_async};
pub use call::{
    evict, evict_async, in_cache, in_cache_async, peek, peek_async, prime, prime_async, refresh, refresh_async,
};
pub use called::{
    Asked, AsyncAt, AsyncLeasedAt, At, Borrowed, Called, Held, Lasts, LeasedAt, Lifetime, Made, Open, asked, call_at,
    call_leased_at, call_leased_with_at, call_with_at, called, called_async, called_leased, called_leased_async,
    evict_at, finish_at, in_cache_at, in_cache_with_at, key_at, peek_at, peek_with_at, prime_at, recompute_alone_at,
    recompute_alone_leased_at, recompute_at, recompute_leased_at, refresh_at, refresh_leased_at,
};
pub use check::{
    AliasOfResult, CachedValue, Finding, Fit, IsPlain, IsResult, JsonKeyPart, KeyPart, Part, Plain, Returned,
    TemplatePart, Unfit, check_plain, json_part, made_part, template_part, typed_part,
};
pub use clear::{clear, clear_async};
pub use hit::{call, call_async};
pub use key::{AsIs, Lookup, Template, Text, Typed, hash_text, json_text, prefix_of_types, value_text};
pub use key::{
    ConstBool, ConstChar, ConstI8, ConstI16, ConstI32, ConstI64, ConstI128, ConstIsize, ConstU8, ConstU16, ConstU32,
    ConstU64, ConstU128, ConstUsize,
};
pub use leased::{Leasing, call_leased, call_leased_async, refresh_leased, refresh_leased_async};
pub use policy::{
    Begun, CanFail, CannotFail, Failing, Failure, FromCacheError, InBackground, InTask, InThread, Never, OnError,
    Policy, Room, Running, Slot, StaleOn, Tasks, Threads, call_leased_with, call_leased_with_async, call_with,
    call_with_async, check_static, failure, in_cache_with, in_cache_with_async, lend, own, peek_with, peek_with_async,
    recompute, recompute_async, recompute_leased, recompute_leased_async,
};
pub use returns::{OkOnly, Returns, Whole};
pub use share::{Packed, Share, ShareAll, ShareNothing, ShareValue, SharesAll, SharesNothing, SharesValue, Sharing};
pub use site::Site;
