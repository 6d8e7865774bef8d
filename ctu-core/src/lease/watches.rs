//! What a store in memory keeps of the keys whose values are being computed.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Claim, Leased, Token};
use crate::{Clock, Nanos};

/// Keys of different shards do not share a lock.
const SHARDS: usize = 16;
/// Leases, whose holders may never come back, in one shard. One more takes the place of another.
const MOST_LEASES: usize = 1_024;
/// The least number of keys at which ended leases are looked for.
const LEAST_TO_SWEEP: usize = 64;
/// No watch has this id.
const ENDED: u64 = 0;

/// The watches and leases of a store in memory: for those who write one.
///
/// Keys are told apart by their hashes alone: two that share one end each other's watches, which costs a value that is
/// not stored. A store changes its entries within [`change`](Self::change) and [`change_all`](Self::change_all), and
/// stores what was computed under a watch within [`store`](Self::store). Each holds a lock, one of sixteen, while it
/// runs what it is given, which must not use the same `Watches`.
///
/// It takes the memory of the computations under way, and of a bounded number of leases.
///
/// # Examples
///
/// ```
/// use ctu_core::Watches;
///
/// let watches = Watches::new();
/// let (first, second) = (watches.watch(7), watches.watch(8));
/// watches.change(7, || ()); // such as a removal
/// assert_eq!(watches.store(first, || "stored"), None);
/// assert_eq!(watches.store(second, || "stored"), Some("stored"));
/// ```
#[derive(Clone, Default)]
pub struct Watches(Arc<[Mutex<Shard>; SHARDS]>);

#[derive(Default)]
struct Shard {
    keys: HashMap<u64, Key, BuildHasherDefault<Spread>>,
    /// What tells a watch or a lease from all others of this shard.
    last_id: u64,
    leases: usize,
    sweep_at: usize,
}

/// A key whose value is being computed.
#[derive(Default)]
struct Key {
    /// The watch that all of its holders have, if there are any.
    watch: u64,
    holders: usize,
    lease: Option<Held>,
}

struct Held {
    id: u64,
    until: Nanos,
}

impl Watches {
    /// Nobody watches anything.
    pub fn new() -> Self {
        Self::default()
    }

    fn shard(&self, hash: u64) -> MutexGuard<'_, Shard> {
        // Other bits than the table's. The state is whole at every point where what is run could panic.
        #[allow(clippy::cast_possible_truncation)] // a few bits are asked for
        let shard = (spread(hash) >> 40) as usize % SHARDS;
        self.0[shard].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches the key with this hash.
    pub fn watch(&self, hash: u64) -> Watch {
        let mut shard = self.shard(hash);
        let id = shard.next_id();
        let key = shard.keys.entry(hash).or_default();
        if key.holders == 0 {
            key.watch = id;
        }
        key.holders += 1;
        Watch { hash, id: key.watch, watches: self.clone() }
    }

    /// Runs `change`, which stores or removes the key with this hash. Watches and leases of the key end before.
    #[inline]
    pub fn change<R>(&self, hash: u64, change: impl FnOnce() -> R) -> R {
        let mut shard = self.shard(hash);
        shard.end(hash);
        change()
    }

    /// Runs `change`, which changes any keys. All watches and leases end, those that begin meanwhile too.
    pub fn change_all<R>(&self, change: impl FnOnce() -> R) -> R {
        let end = || (0..SHARDS).for_each(|shard| self.0[shard].lock().unwrap_or_else(PoisonError::into_inner).clear());
        end();
        let changed = change();
        end();
        changed
    }

    /// Runs `store`, which stores the value of a key, unless the key was changed since the watch began. The key's other
    /// watches and leases end.
    pub fn store<R>(&self, mut watch: Watch, store: impl FnOnce() -> R) -> Option<R> {
        let shard = self.shard(watch.hash);
        let is_watched = shard.is_watched(&watch);
        // Either way nothing is left to be given back.
        watch.id = ENDED;
        replace(shard, watch.hash, is_watched, store)
    }

    /// A lease of the key with this hash, as [`Lease::lease`](crate::Lease::lease). `is_there`: whether the key has a
    /// value that the [claim is not over](Claim::is_over).
    pub fn lease(
        &self,
        hash: u64,
        claim: Claim,
        length: Duration,
        clock: &Clock,
        is_there: impl FnOnce() -> bool,
    ) -> Leased {
        let (now, until) = (clock.now(), clock.deadline(length));
        let mut shard = self.shard(hash);
        if claim == Claim::Replacing {
            shard.end(hash);
        } else if is_there() {
            return Leased::Found;
        } else if let Some(held) = shard.leased(hash, now) {
            if !claim.is_shared() {
                return Leased::Taken;
            }
            held.until = held.until.max(until);
            return Leased::Granted(token(hash, held.id));
        }
        shard.make_room(now);
        let id = shard.next_id();
        shard.leases += usize::from(shard.keys.entry(hash).or_default().lease.replace(Held { id, until }).is_none());
        Leased::Granted(token(hash, id))
    }

    /// As [`Lease::renew`](crate::Lease::renew).
    pub fn renew(&self, hash: u64, of: Token, length: Duration, clock: &Clock) -> Option<Token> {
        let mut shard = self.shard(hash);
        let held = shard.leased(hash, clock.now()).filter(|held| token(hash, held.id) == of)?;
        held.until = clock.deadline(length);
        Some(of)
    }

    /// As [`Lease::release`](crate::Lease::release).
    pub fn release(&self, hash: u64, of: Token, clock: &Clock) -> bool {
        let mut shard = self.shard(hash);
        let is_held = shard.leased(hash, clock.now()).is_some_and(|held| token(hash, held.id) == of);
        if is_held {
            shard.drop_lease(hash);
        }
        is_held
    }

    /// Runs `store`, which stores the value of the key, if the lease has not ended, as
    /// [`Lease::put_if_leased`](crate::Lease::put_if_leased).
    pub fn store_leased<R>(&self, hash: u64, of: Token, clock: &Clock, store: impl FnOnce() -> R) -> Option<R> {
        let mut shard = self.shard(hash);
        let is_held = shard.leased(hash, clock.now()).is_some_and(|held| token(hash, held.id) == of);
        replace(shard, hash, is_held, store)
    }
}

/// Stores, if that is allowed. Where it is not, what `store` owns, and its code, is dropped behind the lock.
fn replace<R>(mut shard: MutexGuard<'_, Shard>, hash: u64, is_to_store: bool, store: impl FnOnce() -> R) -> Option<R> {
    if !is_to_store {
        return None;
    }
    shard.end(hash);
    Some(store())
}

/// Of one store, where nobody else can make anything of it. Ids are told apart within a shard.
fn token(hash: u64, id: u64) -> Token {
    Token::from_bytes((u128::from(hash) << 64 | u128::from(id)).to_le_bytes())
}

impl Shard {
    const fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    #[inline]
    fn end(&mut self, hash: u64) {
        if !self.keys.is_empty() && self.keys.remove(&hash).is_some_and(|key| key.lease.is_some()) {
            self.leases -= 1;
        }
    }

    fn clear(&mut self) {
        self.keys.clear();
        self.leases = 0;
    }

    fn is_watched(&self, watch: &Watch) -> bool {
        self.keys.get(&watch.hash).is_some_and(|key| key.holders > 0 && key.watch == watch.id)
    }

    /// The lease of a key that has not ended.
    fn leased(&mut self, hash: u64, now: Nanos) -> Option<&mut Held> {
        self.keys.get_mut(&hash)?.lease.as_mut().filter(|held| held.until > now)
    }

    fn drop_lease(&mut self, hash: u64) {
        let Some(key) = self.keys.get_mut(&hash) else { return };
        self.leases -= usize::from(key.lease.take().is_some());
        if key.holders == 0 {
            self.keys.remove(&hash);
        }
    }

    /// Forgets leases whose time is over, seldom enough to cost a constant each; and one more, where there are too many.
    fn make_room(&mut self, now: Nanos) {
        if self.leases >= self.sweep_at.max(LEAST_TO_SWEEP) || self.leases >= MOST_LEASES {
            self.drop_leases(|held| held.until <= now, usize::MAX);
            self.sweep_at = self.leases * 2;
        }
        if self.leases >= MOST_LEASES {
            self.drop_leases(|_| true, MOST_LEASES / 8);
        }
    }

    fn drop_leases(&mut self, is_over: impl Fn(&Held) -> bool, most: usize) {
        let over = self.keys.iter().filter(|(_, key)| key.lease.as_ref().is_some_and(&is_over));
        let over: Vec<u64> = over.take(most).map(|(hash, _)| *hash).collect();
        for hash in over {
            self.drop_lease(hash);
        }
    }
}

/// The right to store a value that was computed, which ends with any other change of its key: from
/// [`Cache::watch`](crate::Cache::watch).
///
/// It belongs to the store that it came from. Dropped, it is given back.
pub struct Watch {
    hash: u64,
    id: u64,
    watches: Watches,
}

impl Watch {
    pub(crate) fn sight(&self) -> Sight {
        Sight { hash: self.hash, id: self.id, watches: self.watches.clone() }
    }
}

/// Tells whether a watch is over, without being one.
pub(crate) struct Sight {
    hash: u64,
    id: u64,
    watches: Watches,
}

impl Sight {
    pub(crate) fn is_over(&self) -> bool {
        self.watches.shard(self.hash).keys.get(&self.hash).is_none_or(|key| key.watch != self.id)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if self.id == ENDED {
            return;
        }
        let mut shard = self.watches.shard(self.hash);
        if shard.is_watched(self)
            && let Some(key) = shard.keys.get_mut(&self.hash)
        {
            key.holders -= 1;
            if key.holders == 0 && key.lease.is_none() {
                shard.keys.remove(&self.hash);
            }
        }
    }
}

/// Shows nothing of the key.
impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch(..)")
    }
}

/// Shows nothing of the keys.
impl fmt::Debug for Watches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watches(..)")
    }
}

/// The bits of a hash that may have 32 only, all over 64.
const fn spread(hash: u64) -> u64 {
    hash.wrapping_mul(0x9E37_79B9_7F4A_7C15) // 2^64 over the golden ratio
}

/// The hash of a hash.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = spread(hash).rotate_right(20);
    }

    /// Not called for a `u64`.
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ManualClock;

    const LONG: Duration = Duration::from_secs(60);

    impl Watches {
        fn len(&self) -> usize {
            self.0.iter().map(|shard| shard.lock().unwrap().keys.len()).sum()
        }
    }

    fn granted(leased: Leased) -> Token {
        let Leased::Granted(token) = leased else { panic!("no lease but {leased:?}") };
        token
    }

    #[test]
    fn law6_bounded_nothing_is_kept_of_computations_that_are_over() {
        let watches = Watches::new();
        for hash in 0..1_000 {
            let (dropped, stored, changed) = (watches.watch(hash), watches.watch(hash), watches.watch(hash));
            drop(dropped);
            assert!(watches.store(stored, || ()).is_some());
            assert!(watches.store(changed, || ()).is_none(), "another has stored");
            assert_eq!(watches.len(), 0);
        }
    }

    #[test]
    fn a_watch_that_began_after_a_change_is_another_one() {
        let watches = Watches::new();
        let older = watches.watch(1);
        watches.change(1, || ());
        let newer = watches.watch(1);
        assert!(watches.store(older, || ()).is_none());
        assert!(watches.store(newer, || ()).is_some());
        let older = watches.watch(1);
        watches.change_all(|| ());
        let newer = watches.watch(1);
        drop(older);
        assert!(watches.store(newer, || ()).is_some());
        let meanwhile = watches.change_all(|| watches.watch(1));
        assert!(watches.store(meanwhile, || ()).is_none());
    }

    #[test]
    fn a_watch_and_a_lease_of_a_key_end_together_but_are_given_back_apart() {
        let (watches, clock) = (Watches::new(), Clock::from(&ManualClock::new()));
        let watch = watches.watch(1);
        let lease = || watches.lease(1, Claim::Exclusive, LONG, &clock, || false);
        let token = granted(lease());
        assert_eq!(lease(), Leased::Taken);
        drop(watch);
        assert_eq!(lease(), Leased::Taken);
        assert!(watches.release(1, token, &clock));
        assert_eq!(watches.len(), 0);

        let (watch, token) = (watches.watch(1), granted(lease()));
        assert!(watches.store(watch, || ()).is_some());
        assert!(watches.store_leased(1, token, &clock, || ()).is_none());
        assert_eq!(watches.len(), 0);
    }

    #[test]
    fn law6_bounded_leases_that_nobody_gives_back_are_forgotten() {
        let hand = ManualClock::new();
        let (watches, clock) = (Watches::new(), Clock::from(&hand));
        for hash in 0..1_000 {
            granted(watches.lease(hash, Claim::Shared, LONG, &clock, || false));
        }
        assert_eq!(watches.len(), 1_000);
        hand.advance(LONG);
        for hash in 1_000..4_000 {
            granted(watches.lease(hash, Claim::Shared, LONG, &clock, || false));
        }
        assert!(watches.len() < 3_500, "{} of 3,000 live ones", watches.len());
        let watch = watches.watch(1_000_000);
        for hash in 4_000..100_000 {
            granted(watches.lease(hash, Claim::Shared, LONG, &clock, || false));
        }
        assert!(watches.len() <= SHARDS * MOST_LEASES + 1, "{} leases", watches.len());
        assert!(watches.store(watch, || ()).is_some());
    }
}
