//! A lease that is had, and what becomes of it when its holder ends before its time.

use std::sync::PoisonError;
use std::time::Duration;

use crate::memo::site::Site;
use crate::memo::sync::{Instant, Mutex, MutexGuard, global};
use crate::{Claim, Token};

/// Of leases nobody gave back. The oldest is forgotten for one more, and ends when its length is over.
const MOST_ORPHANS: usize = 256;
/// Of keys that other processes compute. The oldest is forgotten for one more, and asked for sooner.
const MOST_BUSY: usize = 256;
/// How long it is taken for granted that another process still computes, by those who have an answer meanwhile.
const BUSY: Duration = Duration::from_millis(100);

global! {
    static ORPHANS: Orphans = Orphans::new();
}

/// That of all functions of the process.
pub(super) fn orphans() -> &'static Orphans {
    &ORPHANS
}

/// Which function's key a lease is of. The first is the address of the function's [`Site`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place(usize, u64);

impl Place {
    /// `slot`: that of the key in the function's flights.
    pub(super) fn new(site: &Site, slot: u64) -> Self {
        Self(std::ptr::from_ref(site).addr(), slot)
    }
}

/// Leases whose holders in this process ended before their time: by a panic, or with their futures. Whoever computes
/// next gives them back, instead of waiting for their end.
///
/// And what is known of the leases of others.
#[derive(Debug)]
pub(super) struct Orphans {
    lost: Mutex<Vec<(Place, Token)>>,
    busy: Mutex<Vec<(Place, Instant)>>,
}

impl Orphans {
    const fn new() -> Self {
        Self { lost: Mutex::new(Vec::new()), busy: Mutex::new(Vec::new()) }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Place, Token)>> {
        // Whole at every point where its holder could panic.
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another process computes the key at `place`.
    pub(super) fn set_busy(&self, place: Place) {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        busy.retain(|(known, _)| *known != place);
        if busy.len() >= MOST_BUSY {
            busy.remove(0);
        }
        busy.push((place, Instant::now() + BUSY));
    }

    /// Whether another process did a moment ago.
    pub(super) fn is_busy(&self, place: Place) -> bool {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if !busy.is_empty() {
            let now = Instant::now();
            busy.retain(|(_, until)| *until > now);
        }
        busy.iter().any(|(known, _)| *known == place)
    }

    fn push(&self, place: Place, token: Token) {
        let mut orphans = self.lock();
        if orphans.len() >= MOST_ORPHANS {
            orphans.remove(0);
        }
        orphans.push((place, token));
    }

    /// One of the key at `place`, if there is one.
    pub(super) fn take(&self, place: Place) -> Option<Token> {
        let mut orphans = self.lock();
        let index = orphans.iter().position(|(orphan, _)| *orphan == place)?;
        Some(orphans.remove(index).1)
    }
}

/// A lease.
pub(in crate::memo) struct Held {
    place: Place,
    /// Others may have it as well, so it is not given back.
    is_shared: bool,
    /// `None` when it has ended.
    token: Mutex<Option<Token>>,
}

impl Held {
    pub(super) fn new(place: Place, claim: Claim, token: Token) -> Self {
        Self { place, is_shared: claim.is_shared(), token: Mutex::new(Some(token)) }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Token>> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn token(&self) -> Option<Token> {
        *self.lock()
    }

    /// It has this token now, or has ended.
    pub(super) fn set(&self, token: Option<Token>) {
        *self.lock() = token;
    }

    /// And its token; `None` when it has ended.
    pub(super) fn with_token(self) -> Option<(Self, Token)> {
        let token = self.token()?;
        Some((self, token))
    }

    pub(super) const fn is_shared(&self) -> bool {
        self.is_shared
    }

    /// It was used, or given back.
    pub(super) fn end(self) {
        self.set(None);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(token) = self.token().filter(|_| !self.is_shared) {
            orphans().push(self.place, token);
        }
    }
}

#[cfg(all(test, not(ctu_shuttle)))]
mod tests {
    use super::*;

    #[test]
    fn law6_bounded_of_many_lost_leases_the_oldest_are_forgotten() {
        let orphans = Orphans::new();
        (0..1000).for_each(|slot| orphans.push(Place(0, slot), Token::random()));
        assert_eq!(orphans.lock().len(), MOST_ORPHANS);
        assert!(orphans.take(Place(0, 0)).is_none());
        assert!(orphans.take(Place(1, 999)).is_none(), "of another function");
        assert!(orphans.take(Place(0, 999)).is_some());
        assert!(orphans.take(Place(0, 999)).is_none(), "each is given back once");
    }

    #[test]
    fn law6_bounded_of_many_keys_that_others_compute_the_oldest_are_forgotten() {
        let orphans = Orphans::new();
        (0..1000).for_each(|slot| orphans.set_busy(Place(0, slot)));
        assert_eq!(orphans.busy.lock().unwrap().len(), MOST_BUSY);
        assert!(orphans.is_busy(Place(0, 999)) && !orphans.is_busy(Place(0, 0)));
    }

    #[test]
    fn a_lease_that_is_shared_or_was_used_is_not_given_back() {
        let site = Site::new("held");
        let place = Place::new(&site, 1);
        drop(Held::new(place, Claim::Shared, Token::random()));
        Held::new(place, Claim::Exclusive, Token::random()).end();
        assert!(orphans().take(place).is_none());
        drop(Held::new(place, Claim::Exclusive, Token::random()));
        assert!(orphans().take(place).is_some());
    }
}
