//! A lease that is had, and what becomes of it when its holder ends before its time.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{Claim, Token};

/// Of leases nobody gave back. The oldest is forgotten for one more, and ends when its length is over.
const MOST_ORPHANS: usize = 64;

/// Leases whose holders in this process ended before their time: by a panic, or with their futures. Whoever computes
/// next gives them back, instead of waiting for their end.
#[derive(Debug)]
pub(in crate::memo) struct Orphans(Mutex<Vec<(u64, Token)>>);

impl Orphans {
    pub(in crate::memo) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(u64, Token)>> {
        // Whole at every point where its holder could panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, slot: u64, token: Token) {
        let mut orphans = self.lock();
        if orphans.len() >= MOST_ORPHANS {
            orphans.remove(0);
        }
        orphans.push((slot, token));
    }

    /// One of the key at `slot`, if there is one.
    pub(super) fn take(&self, slot: u64) -> Option<Token> {
        let mut orphans = self.lock();
        let place = orphans.iter().position(|(orphan, _)| *orphan == slot)?;
        Some(orphans.remove(place).1)
    }
}

/// A lease.
pub(super) struct Held<'o> {
    orphans: &'o Orphans,
    slot: u64,
    /// Others may have it as well, so it is not given back.
    is_shared: bool,
    /// `None` when it has ended.
    token: Mutex<Option<Token>>,
}

impl<'o> Held<'o> {
    pub(super) const fn new(orphans: &'o Orphans, slot: u64, claim: Claim, token: Token) -> Self {
        Self { orphans, slot, is_shared: matches!(claim, Claim::Shared), token: Mutex::new(Some(token)) }
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

    /// What is to be given back, when nothing is to be stored.
    pub(super) fn to_release(&self) -> Option<Token> {
        self.token().filter(|_| !self.is_shared)
    }

    /// It was used, or given back.
    pub(super) fn end(self) {
        self.set(None);
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if let Some(token) = self.to_release() {
            self.orphans.push(self.slot, token);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn law6_bounded_of_many_lost_leases_the_oldest_are_forgotten() {
        let orphans = Orphans::new();
        for slot in 0..1000 {
            drop(Held::new(&orphans, slot, Claim::Exclusive, Token::random()));
        }
        assert_eq!(orphans.lock().len(), MOST_ORPHANS);
        assert!(orphans.take(0).is_none());
        assert!(orphans.take(999).is_some());
        assert!(orphans.take(999).is_none(), "each is given back once");
    }

    #[test]
    fn a_lease_that_is_shared_or_was_used_is_not_given_back() {
        let orphans = Orphans::new();
        drop(Held::new(&orphans, 1, Claim::Shared, Token::random()));
        Held::new(&orphans, 1, Claim::Exclusive, Token::random()).end();
        assert!(orphans.take(1).is_none());
    }
}
