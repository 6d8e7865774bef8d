//! The conformance suite accepts right stores, and each of its checks rejects a store that breaks it.

mod abandoning;
mod accepted;
mod rejected;
mod right;
mod stores;
mod wrong;
