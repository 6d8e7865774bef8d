//! Functions that are called the same, in two crates and in two modules, in one store.

use neighbour::{TEXTS, TYPED};

/// As in the crate `neighbour`.
mod prices {
    use super::{TEXTS, TYPED};

    #[memo::cached(crate = memo, cache = TEXTS)]
    pub(crate) fn total(n: u64) -> u64 {
        n + 200
    }

    #[memo::cached(crate = memo, cache = TYPED, key = typed)]
    pub(crate) fn typed(n: u64) -> u64 {
        n + 200
    }

    #[memo::cached(crate = memo, cache = TEXTS, key = hash)]
    pub(crate) fn hashed(n: u64) -> u64 {
        n + 200
    }
}

#[test]
fn law5_apart_functions_of_one_name_in_two_crates_never_see_each_others_answers() -> memo::Result<()> {
    for _ in 0..2 {
        assert_eq!((prices::total(1), neighbour::prices::total(1)), (201, 101));
        assert_eq!((prices::typed(1), neighbour::prices::typed(1)), (201, 101));
        assert_eq!((prices::hashed(1), neighbour::prices::hashed(1)), (201, 101));
    }
    assert_eq!((prices::total::stats().hits, neighbour::prices::total::stats().hits), (1, 1));
    assert!(prices::total::evict(1)? && prices::typed::evict(1)? && prices::hashed::evict(1)?);
    assert!(neighbour::prices::total::in_cache(1)?);
    assert!(neighbour::prices::typed::in_cache(1)?);
    assert!(neighbour::prices::hashed::in_cache(1)?);
    assert_ne!(prices::total::key(1)?, neighbour::prices::total::key(1)?);
    Ok(())
}
