//! Random numbers for spreading work: neither secret nor the same in two processes.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};

thread_local! {
    /// Seeded by the system once per process, and differently for each thread after that.
    static STATE: Cell<u64> = Cell::new(RandomState::new().hash_one(0_u64));
}

/// A number above 0, up to 1.
pub(super) fn unit() -> f64 {
    // A thread that ends draws what makes nothing happen.
    STATE
        .try_with(|state| {
            let (next, drawn) = step(state.get());
            state.set(next);
            unit_of(drawn)
        })
        .unwrap_or(1.0)
}

/// `SplitMix64`: every state but one in a period of 2^64, and good enough for a coin.
const fn step(state: u64) -> (u64, u64) {
    let next = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (next ^ (next >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (next, mixed ^ (mixed >> 31))
}

/// The upper 53 bits, as many as a float is exact for.
#[allow(clippy::cast_precision_loss)] // there is none
fn unit_of(drawn: u64) -> f64 {
    ((drawn >> 11) + 1) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_above_zero_up_to_one_and_evenly_spread() {
        assert!(unit_of(0) > 0.0);
        assert!((unit_of(u64::MAX) - 1.0).abs() < f64::EPSILON);
        let (mut state, mut tenths) = (7, [0; 10]);
        for _ in 0..100_000 {
            let (next, drawn) = step(state);
            state = next;
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let tenth = (unit_of(drawn) * 10.0).ceil() as usize;
            tenths[tenth - 1] += 1;
        }
        assert!(tenths.iter().all(|count| (9_500..10_500).contains(count)), "{tenths:?}");
    }

    #[test]
    fn two_draws_differ() {
        assert!((unit() - unit()).abs() > 0.0);
    }
}
