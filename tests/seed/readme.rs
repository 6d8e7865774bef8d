//! The example of the seed's README, `examples/seed.rs`.

use ctu::prelude::*;

#[allow(dead_code)] // its `main`, which prints
#[path = "../../examples/seed.rs"]
mod example;

#[test]
fn the_example_has_the_entries_and_hits_that_its_comments_say() -> ctu::Result<()> {
    use example::{CACHE, banged, question, repeat};
    assert_eq!((banged("aa", 3).as_str(), CACHE.len()?, CACHE.counters().stats().hits), ("aaaaaa!", 2, 0));
    assert_eq!((question("aa", 3).as_str(), CACHE.len()?, CACHE.counters().stats().hits), ("aaaaaa?", 3, 1));
    assert_eq!((repeat("aa", 3).as_str(), CACHE.len()?, CACHE.counters().stats().hits), ("aaaaaa", 3, 2));
    assert_eq!((banged("aa", 3).as_str(), CACHE.len()?, CACHE.counters().stats().hits), ("aaaaaa!", 3, 3));
    assert!(CACHE.hit_rate() > 0.0);
    Ok(())
}
