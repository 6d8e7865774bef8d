//! Master keys that come and go: [`Keyring`].

use std::sync::Arc;

use super::MasterKey;

/// The master keys of an encrypted cache: one to write with, and those that are still, or already, read.
///
/// To replace a key without losing what is stored, deploy three times:
///
/// 1. `Keyring::new(old).retiring(new)`: everybody can read what the new key will write;
/// 2. `Keyring::new(new).retiring(old)`: the new key writes;
/// 3. `Keyring::new(new)`, once the longest lifetime has passed: the old key is worth nothing any more.
///
/// After a leak go to the third step at once: what the old key wrote is then recomputed.
///
/// An `Arc<Keyring>` serves several caches, best with a scope each.
///
/// # Examples
///
/// ```
/// use ctu_core::{Keyring, MasterKey};
///
/// let old: MasterKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f".parse()?;
/// let new = MasterKey::generate()?;
/// let keyring = Keyring::new(new).retiring(old);
/// # Ok::<(), ctu_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Keyring {
    primary: MasterKey,
    retiring: Vec<MasterKey>,
}

impl Keyring {
    /// With a key to write and read with.
    pub const fn new(primary: MasterKey) -> Self {
        Self { primary, retiring: Vec::new() }
    }

    /// The same, with one more key to look under where the others before it have nothing.
    ///
    /// Each costs a round trip per miss, write and removal.
    #[must_use]
    pub fn retiring(mut self, key: MasterKey) -> Self {
        // The same key twice would have a write remove what it replaces, and each miss asked twice.
        if self.all().all(|other| other.storage() != key.storage()) {
            self.retiring.push(key);
        }
        self
    }

    pub(super) fn primary(&self) -> &MasterKey {
        &self.primary
    }

    pub(super) fn retiring_keys(&self) -> &[MasterKey] {
        &self.retiring
    }

    fn all(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.primary).chain(&self.retiring)
    }
}

/// One key alone, for where a keyring is asked for.
impl From<MasterKey> for Arc<Keyring> {
    fn from(primary: MasterKey) -> Self {
        Self::new(Keyring::new(primary))
    }
}
