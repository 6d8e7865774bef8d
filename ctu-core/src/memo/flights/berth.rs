//! A place for one computation of whose key nobody else asks anything meanwhile: a word, and neither lock nor memory.
//!
//! A computation is led from the berth that the hash of its key has, if that is free. Three exchanges of the word are all
//! that its leader does: to take the berth, to say that the value is being stored, and to leave. Whoever meets it there
//! *guards* the word, under the lock of the berth's shard: from then on the word is changed under that lock only, and the
//! leader, whose next exchange fails, looks there for what the others know of it, or ask of it.
//!
//! Nor does anybody take a berth that is guarded, so that it finds the flights that are in the table.

use std::sync::atomic::Ordering;

use super::Spot;
use crate::memo::sync::AtomicU64;

pub(super) struct Berth(AtomicU64);

/// What a berth's word says. Of one that is led from: the tag of its leader's key and store. Of a free one: the closing
/// with which the last flight ended here that has stored something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word(u64);

/// Somebody leads from here.
const LED: u64 = 1;
/// Its value is being stored. Unless the leader is known by a flight, which tells then.
const STORING: u64 = 1 << 1;
/// It is changed under the lock only.
const GUARDED: u64 = 1 << 2;
/// Its leader is known by a flight.
const KNOWN: u64 = 1 << 3;
/// The part that tells leaders apart, of one berth, whom others have waited for.
const GENERATION: u64 = 0xff << 4;
const ONE_GENERATION: u64 = 1 << 4;
/// Where tag and closing begin.
const SHIFT: u32 = 12;
/// Of a tag, the bits that are the key's, and not the store's.
const OF_KEY: u64 = !0 << 36;

/// The bits of key and store that a word has room for. The berth itself goes by others of the key's.
const fn tag(spot: Spot) -> u64 {
    spot.hash << 36 | (spot.hash ^ spot.slot) >> 40 << SHIFT
}

impl Berth {
    pub(super) const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Takes it, if it is free; what it said before, and what it says now.
    #[inline]
    pub(super) fn take(&self, spot: Spot) -> Option<(Word, Word)> {
        let before = Word(self.0.load(Ordering::Relaxed));
        if before.0 & (LED | GUARDED) != 0 {
            return None;
        }
        let now = Word(tag(spot) | before.0 & GENERATION | LED);
        self.exchange(before, now).then_some((before, now))
    }

    /// The leader's next step: `false` if somebody guards it.
    #[inline]
    pub(super) fn exchange(&self, now: Word, next: Word) -> bool {
        self.0.compare_exchange(now.0, next.0, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    pub(super) fn word(&self) -> Word {
        Word(self.0.load(Ordering::Acquire))
    }

    /// The same, and whoever takes the berth from now on sees what was done before.
    pub(super) fn seen(&self) -> Word {
        Word(self.0.fetch_add(0, Ordering::AcqRel))
    }

    /// Under the lock: guards the word.
    pub(super) fn guard(&self) -> Word {
        Word(self.0.fetch_or(GUARDED, Ordering::AcqRel) | GUARDED)
    }

    /// Under the lock: changes a word that is guarded.
    pub(super) fn set(&self, word: Word) {
        self.0.store(word.0, Ordering::Release);
    }

    /// What tells this leader from all other flights.
    #[inline]
    pub(super) fn id(&self, word: Word) -> u64 {
        // No address has bits up there that another has not.
        std::ptr::from_ref(self).addr() as u64 ^ (word.0 & GENERATION) << 52
    }
}

impl Word {
    /// Of no leader.
    pub(super) const NONE: Self = Self(0);

    #[inline]
    pub(super) const fn is_led(self) -> bool {
        self.0 & LED != 0
    }

    #[inline]
    pub(super) const fn is_guarded(self) -> bool {
        self.0 & GUARDED != 0
    }

    pub(super) const fn is_storing(self) -> bool {
        self.0 & STORING != 0
    }

    #[inline]
    pub(super) const fn is_known(self) -> bool {
        self.0 & KNOWN != 0
    }

    /// Whether somebody leads from it who is known by no flight yet.
    pub(super) const fn is_unknown(self) -> bool {
        self.0 & (LED | KNOWN) == LED
    }

    /// The same, of one who may have this key and store. Only it can tell, who has the key.
    pub(super) const fn may_be_of(self, spot: Spot) -> bool {
        self.is_unknown() && (self.0 ^ tag(spot)) >> SHIFT == 0
    }

    /// The same for this key, in whatever store.
    pub(super) const fn may_have_key_of(self, spot: Spot) -> bool {
        self.is_unknown() && (self.0 ^ tag(spot)) & OF_KEY == 0
    }

    /// Whether a flight of the berth may have ended, with a value in the store, not before the closing `since`.
    #[inline]
    pub(super) const fn is_late(self, since: u64) -> bool {
        self.is_led() || self.0 >> SHIFT >= since
    }

    #[inline]
    #[must_use]
    pub(super) const fn storing(self) -> Self {
        Self(self.0 | STORING)
    }

    /// Of a free berth: a flight ended with this closing.
    #[inline]
    #[must_use]
    pub(super) const fn closed(self, closing: u64) -> Self {
        Self(closing << SHIFT | self.0 & !(!0 << SHIFT))
    }

    #[must_use]
    pub(super) const fn known(self) -> Self {
        Self(self.0 | KNOWN)
    }

    /// Of one that its leader leaves. The next one is told from it, if others have known it.
    #[must_use]
    pub(super) const fn free(self) -> Self {
        let next = if self.is_known() { self.0.wrapping_add(ONE_GENERATION) } else { self.0 };
        Self(self.0 & !(LED | STORING | KNOWN | GENERATION) | next & GENERATION)
    }

    #[must_use]
    pub(super) const fn unguarded(self) -> Self {
        Self(self.0 & !GUARDED)
    }
}
