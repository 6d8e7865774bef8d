//! What is derived from a master key: where each entry is stored, and the key it is encrypted with.

use std::fmt;

use zeroize::Zeroizing;

use super::MasterKey;
use crate::{Error, ErrorKind, Result};

/// The id of a master key: tells which one an envelope was made with, and nothing else about it.
pub(super) type Kid = [u8; 4];

pub(super) const KEY_ID: &str = "ctu 2026-11-22 envelope v1 key id";
pub(super) const STORAGE_KEY: &str = "ctu 2026-11-22 envelope v1 storage key";
pub(super) const ENTRY_KEY: &str = "ctu 2026-11-22 envelope v1 entry key";

/// 32 bytes for one of the purposes above, which tell nothing about those for another.
pub(super) fn from_master(purpose: &str, master: &[u8; 32]) -> [u8; 32] {
    blake3::derive_key(purpose, master)
}

/// What is particular to an entry, its scope and its key: each after its length, so that no two pairs coincide.
pub(super) struct Info(Vec<u8>);

impl Info {
    pub(super) fn new(scope: &str, key: &[u8]) -> Self {
        let mut info = Vec::with_capacity(16 + scope.len() + key.len());
        for part in [scope.as_bytes(), key] {
            info.extend_from_slice(&(part.len() as u64).to_be_bytes());
            info.extend_from_slice(part);
        }
        Self(info)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Where an entry is stored under one of the master keys.
pub(super) struct Place<'k> {
    pub(super) key: &'k MasterKey,
    pub(super) skey: [u8; 32],
}

impl<'k> Place<'k> {
    pub(super) fn new(key: &'k MasterKey, info: &Info) -> Self {
        Self { key, skey: blake3::keyed_hash(key.storage(), info.bytes()).into() }
    }

    /// The entry's own encryption key.
    pub(super) fn ekey(&self, info: &Info) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(blake3::keyed_hash(self.key.entry(), info.bytes()).into())
    }
}

/// Fills `out` from the operating system's random generator.
pub(super) fn random(out: &mut [u8]) -> Result<()> {
    getrandom::fill(out).map_err(|error| {
        Error::new(ErrorKind::Unavailable, "the operating system's random generator failed").with_source(error)
    })
}

/// Bytes in hexadecimal.
pub(super) struct Hex<'b>(pub(super) &'b [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
