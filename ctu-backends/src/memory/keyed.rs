//! Keys as the stores in memory hold them, and the ways to look for one.
//!
//! Beside the key stand its hash and its weight. So a store grows, evicts and sweeps under its lock without running any
//! code of the key's type. When the entry expires stands beside the value: divided like this, they fit into as few bytes
//! as `quick_cache` allows.

use std::any::Any;
use std::cell::Cell;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::mem::needs_drop;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::LazyLock;

use ctu_core::CacheKey;
use equivalent::Equivalent;
use foldhash::SharedSeed;
use foldhash::fast::SeedableRandomState;

/// A key with what a store knows of it.
pub(crate) struct Keyed<K> {
    pub(crate) key: K,
    pub(crate) hash: u32,
    pub(crate) weight: u32,
}

impl<K> Keyed<K> {
    /// Whether this is the key `key`, which hashes to `hash`.
    #[inline]
    pub(crate) fn is<Q: ?Sized + CacheKey<Owned = K>>(&self, hash: u32, key: &Q) -> bool {
        // Keys that own nothing are compared as fast as their hashes.
        (!needs_drop::<K>() || self.hash == hash) && key.is(&self.key)
    }

    /// The same under an exclusive lock, and then to be [passed on](pass_on).
    pub(crate) fn is_unpoisoned<Q: ?Sized + CacheKey<Owned = K>>(&self, hash: u32, key: &Q) -> bool {
        self.hash == hash && caught(&|| key.is(&self.key))
    }
}

impl<K> Hash for Keyed<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(spread(self.hash));
    }
}

/// As `quick_cache` compares on insertion, under an exclusive lock.
impl<K: Eq> PartialEq for Keyed<K> {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && caught(&|| self.key == other.key)
    }
}

impl<K: Eq> Eq for Keyed<K> {}

/// The hash function of one store: foldhash with a secret from the system's random numbers. Its own would be made of
/// addresses and the time.
///
/// The fast form of foldhash leaves out the last multiplication of the other one, and with it some randomness of the
/// single bits. [`hash`](Self::hash) and [`spread`] make up for that, with less to wait for.
#[derive(Clone)]
pub(crate) struct Seed(SeedableRandomState);

impl Default for Seed {
    fn default() -> Self {
        static PROCESS: LazyLock<SharedSeed> = LazyLock::new(|| SharedSeed::from_u64(random()));
        Self(SeedableRandomState::with_seed(random(), &PROCESS))
    }
}

/// Std seeds its own hash maps from the system, and `SipHash` makes of the seed what can't be told from random.
fn random() -> u64 {
    RandomState::new().hash_one(0)
}

impl Seed {
    /// 32 bits are enough to find and compare by: among a million keys, one in four thousand shares its hash with
    /// another, which costs it a comparison.
    #[inline]
    #[allow(clippy::cast_possible_truncation)]
    pub(crate) fn hash<Q: ?Sized + Hash>(&self, key: &Q) -> u32 {
        let hash = self.0.hash_one(key);
        (hash ^ (hash >> 32)) as u32
    }
}

/// The 64 bits that hash tables and shards take theirs from: the lowest and the highest, and those from the 32nd on.
///
/// The higher a bit of the product, the more bits of `hash` it depends on. Rotated, all that are used are from high up.
#[inline]
pub(crate) fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_right(20) // 2^64 over the golden ratio
}

/// Makes `quick_cache` hash with what [`Keyed`] already knows.
#[derive(Clone, Default)]
pub(crate) struct Known;

pub(crate) struct KnownHash(u64);

impl BuildHasher for Known {
    type Hasher = KnownHash;

    #[inline]
    fn build_hasher(&self) -> KnownHash {
        KnownHash(0)
    }
}

impl Hasher for KnownHash {
    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }

    #[inline]
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    /// Not used: the keys of this module write one `u64`.
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
}

/// Looks for an entry, borrowed key in hand.
pub(crate) struct Lookup<'a, Q: ?Sized> {
    pub(crate) hash: u32,
    pub(crate) key: &'a Q,
}

impl<Q: ?Sized> Hash for Lookup<'_, Q> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(spread(self.hash));
    }
}

impl<K, Q: ?Sized + CacheKey<Owned = K>> Equivalent<Keyed<K>> for Lookup<'_, Q> {
    #[inline]
    fn equivalent(&self, held: &Keyed<K>) -> bool {
        held.is(self.hash, self.key)
    }
}

/// Looks for an entry under an exclusive lock, whatever it is told by.
pub(crate) struct Candidate<'a, K> {
    pub(crate) hash: u32,
    pub(crate) is: &'a dyn Fn(&Keyed<K>) -> bool,
}

impl<K> Hash for Candidate<'_, K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(spread(self.hash));
    }
}

impl<K> Equivalent<Keyed<K>> for Candidate<'_, K> {
    fn equivalent(&self, held: &Keyed<K>) -> bool {
        (self.is)(held)
    }
}

thread_local! {
    /// A panic of a key's `Eq` on its way out of a lock.
    static PANIC: Cell<Option<Box<dyn Any + Send>>> = const { Cell::new(None) };
}

/// Compares keys under an exclusive lock of `quick_cache`, which a panic would poison for good. To be [passed on](pass_on).
// Not generic: what a panic takes is compiled once, and not for each type of key.
fn caught(compare: &dyn Fn() -> bool) -> bool {
    catch_unwind(AssertUnwindSafe(compare)).unwrap_or_else(|panic| {
        // Fails in a thread's last destructors only; the panic was reported by its hook anyway.
        let _ = PANIC.try_with(|slot| slot.set(Some(panic)));
        false
    })
}

/// Passes a panic of the keys' `Eq` on, after an operation that has taken an exclusive lock.
pub(crate) fn pass_on() {
    if let Ok(Some(panic)) = PANIC.try_with(Cell::take) {
        resume_unwind(panic);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const KEYS: u32 = 1 << 16;

    /// How many pairs of keys have the same hash, and how many keys the fullest of 1,024 buckets has, by the bits that a
    /// table takes the place from, by those it tells keys apart by, and by those that shards are chosen by.
    #[allow(clippy::cast_possible_truncation)] // the lower bits are what is asked for
    fn crowding<Q: Hash>(seed: &Seed, keys: impl Iterator<Item = Q>) -> (usize, usize) {
        let mut buckets = vec![[0_usize; 1_024]; 3];
        let (mut hashes, mut count) = (HashSet::new(), 0);
        for key in keys {
            let hash = seed.hash(&key);
            count += 1;
            hashes.insert(hash);
            for (buckets, shift) in buckets.iter_mut().zip([0, 54, 32]) {
                buckets[(spread(hash) >> shift) as usize % 1_024] += 1;
            }
        }
        (count - hashes.len(), buckets.into_iter().flatten().max().unwrap_or(0))
    }

    #[test]
    fn keys_that_differ_in_a_few_bits_spread_like_random_ones() {
        for _seed in 0..8 {
            let seed = Seed::default();
            let texts = (0..KEYS).map(|n| format!("user:{n:08}"));
            let shapes = [
                crowding(&seed, 0..KEYS),
                crowding(&seed, (0..KEYS).map(u64::from)),
                crowding(&seed, (0..KEYS).map(|n| u64::from(n) << 24)),
                crowding(&seed, (0..KEYS).map(|n| u64::from(n) << 48)),
                crowding(&seed, (0..KEYS).map(|n| f64::from(n).to_bits())),
                crowding(&seed, (0..KEYS).map(|n| (u64::from(n & 255), u64::from(n >> 8)))),
                crowding(&seed, (0..KEYS).map(|n| (n & 255, n >> 8, 0_u128))),
                crowding(&seed, texts.clone()),
                crowding(&seed, texts.map(|text| (text, 7_u64))),
            ];
            // Of random ones: half a pair, and in the fullest of the buckets about 90 keys, seldom more than 110.
            for (shape, (pairs, fullest)) in shapes.into_iter().enumerate() {
                assert!(pairs <= 12, "{pairs} pairs of keys of shape {shape} have one hash");
                assert!(fullest <= 150, "{fullest} keys of shape {shape} are in one bucket");
            }
        }
    }
}
