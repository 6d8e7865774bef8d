//! Who may change an entry, and how others come to know of it.

use std::mem;

use ctu_core::{Clock, Error, ErrorKind, Result, Token, Watch, Watches};

/// How the entries of a store are changed.
pub(crate) struct Change(Option<Watches>);

/// Who changes an entry.
pub(crate) enum By {
    /// Whoever does so by hand.
    Anybody,
    /// Who has computed the value, and may store it unless the key was changed since.
    Watch(Watch),
    /// The same, with a lease.
    Lease(Token),
}

impl Change {
    pub(crate) fn watched() -> Self {
        Self(Some(Watches::new()))
    }

    /// Of a store that one function has for itself: nobody changes it by hand.
    pub(crate) const fn unwatched() -> Self {
        Self(None)
    }

    #[inline]
    pub(crate) fn watch(&self, hash: impl FnOnce() -> u32) -> Option<Watch> {
        let watches = self.0.as_ref()?;
        Some(watches.watch(hash().into()))
    }

    pub(crate) fn watches(&self) -> Result<&Watches> {
        self.0.as_ref().ok_or_else(|| Error::new(ErrorKind::Unsupported, "a function's own store has no leases"))
    }

    /// Runs `change`, which changes the entry of the key with this hash, if whoever does so may. Nothing is to be dropped
    /// in it whose code might use the store.
    // `by` is lent, and looked at only where it counts: moving it takes as long as all the rest of a store that is not
    // watched.
    #[inline]
    pub(crate) fn of<R>(&self, hash: u32, by: &mut By, clock: &Clock, change: impl FnOnce() -> R) -> Option<R> {
        let Some(watches) = &self.0 else { return Some(change()) };
        let (mut change, mut changed) = (Some(change), None);
        of_watched(watches, (hash.into(), by), clock, &mut || {
            if let Some(change) = change.take() {
                changed = Some(change());
            }
        });
        changed
    }

    /// Runs `change`, which changes any entries.
    pub(crate) fn of_all<R>(&self, change: impl FnOnce() -> R) -> R {
        match &self.0 {
            Some(watches) => watches.change_all(change),
            None => change(),
        }
    }
}

/// Runs `change` once, or not at all.
// Not generic: it is compiled once, and not twice for each type of store.
fn of_watched(watches: &Watches, (hash, by): (u64, &mut By), clock: &Clock, change: &mut dyn FnMut()) {
    match mem::replace(by, By::Anybody) {
        By::Anybody => watches.change(hash, change),
        By::Watch(watch) => drop(watches.store(watch, change)),
        By::Lease(token) => drop(watches.store_leased(hash, token, clock, change)),
    }
}
