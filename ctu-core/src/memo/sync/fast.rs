//! foldhash in the place of std's hasher.

use std::hash::{self, BuildHasher};
use std::sync::LazyLock;

use foldhash::SharedSeed;
use foldhash::quality::{FoldHasher, SeedableRandomState};

/// With secrets from the system's random numbers: foldhash's own would be made of addresses and the time.
pub(in crate::memo) struct RandomState(SeedableRandomState);

impl Default for RandomState {
    fn default() -> Self {
        static SHARED: LazyLock<SharedSeed> = LazyLock::new(|| SharedSeed::from_u64(random()));
        Self(SeedableRandomState::with_seed(random(), &SHARED))
    }
}

/// Std seeds its hash maps from the system, and `SipHash` makes of the seed what can't be told from random.
fn random() -> u64 {
    hash::RandomState::new().hash_one(0)
}

impl BuildHasher for RandomState {
    type Hasher = FoldHasher<'static>;

    #[inline]
    fn build_hasher(&self) -> Self::Hasher {
        self.0.build_hasher()
    }
}
