//! The attributes of [ctu](https://docs.rs/ctu), where they are documented with examples.
//!
//! From attribute to code in three steps: what can't be read is reported by `args`, what is not allowed by
//! `cached::validate`, and the `cached::model` that is left can always be expanded.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod args;
mod cache_functions;
mod cache_methods;
mod cached;
mod duration;
mod faults;
mod leasing;
mod policy;
#[cfg(all(test, feature = "memory"))]
mod snapshots;
mod template;
mod unfinished;

use proc_macro::TokenStream;

/// Memoizes every function of a module: see `ctu::cache_functions`.
#[proc_macro_attribute]
pub fn cache_functions(args: TokenStream, item: TokenStream) -> TokenStream {
    cache_functions::expand(args.into(), &item.into()).into()
}

/// Memoizes methods: see `ctu::cache_methods`.
#[proc_macro_attribute]
pub fn cache_methods(args: TokenStream, item: TokenStream) -> TokenStream {
    cache_methods::expand(args.into(), &item.into()).into()
}

/// Memoizes a function: see `ctu::cached`.
#[proc_macro_attribute]
pub fn cached(args: TokenStream, item: TokenStream) -> TokenStream {
    cached::expand(args.into(), &item.into()).into()
}
