//! Entries that a store can lose or keep, but not read, forge, move or prolong: [`EncryptedCache`].
//!
//! The parts: [`MasterKey`]s in a [`Keyring`], what is derived from them for each entry (`derive`), the bytes that are
//! stored (`envelope`, with lengths hidden by `padme`), the rules for making and accepting them ([`Encrypt`], pure), and
//! the cache that looks under one key after another.

mod cache;
mod derive;
mod encrypt;
mod envelope;
mod keyring;
mod master_key;
mod padme;
mod rejection;

pub use cache::EncryptedCache;
pub use encrypt::Encrypt;
pub use envelope::Suite;
pub use keyring::Keyring;
pub use master_key::MasterKey;
pub use rejection::Rejection;
