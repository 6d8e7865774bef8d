//! Which names functions have taken for their keys.

use std::collections::BTreeMap;
use std::ptr;
use std::sync::{Mutex, PoisonError};

use super::site::Site;
use crate::{Error, ErrorKind};

/// The first function of each name. There are no more than the program has cached functions.
static TAKEN: Mutex<BTreeMap<&'static str, &'static Site>> = Mutex::new(BTreeMap::new());

/// Takes a name, and tells whether it was free.
#[cold]
pub(super) fn claim(name: &'static str, site: &'static Site) -> bool {
    // A map that a panic left is whole: nothing that runs under the lock can panic but its allocation.
    let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    ptr::eq(*taken.entry(name).or_insert(site), site)
}

/// What a function is told whose name is another's.
#[cold]
pub(super) fn taken() -> Error {
    Error::new(
        ErrorKind::Config,
        "another function has the same path, name and types, and so the same keys in a shared cache: give one of them a \
         `prefix = \"..\"` or a `version`",
    )
}
