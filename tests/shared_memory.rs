//! Functions of any types in one `SharedMemory`.

#![cfg(feature = "memory")]

use std::cell::Cell;
use std::sync::LazyLock;
use std::time::Duration;

use ctu::prelude::*;
use ctu::{ManualClock, SharedMemory, cached};
use pollster::block_on;

thread_local! {
    /// Computations on this thread, which is the running test's own.
    static COMPUTED: Cell<u32> = const { Cell::new(0) };
}

fn count<T>(value: T) -> T {
    COMPUTED.set(COMPUTED.get() + 1);
    value
}

#[test]
fn law5_apart_functions_of_the_same_types_and_of_others() -> ctu::Result<()> {
    static MEMORY: LazyLock<SharedMemory> = LazyLock::new(|| SharedMemory::new(100));

    #[cached(cache = MEMORY, key = typed)]
    fn double(s: &str, n: usize) -> String {
        count(s.repeat(n * 2))
    }
    #[cached(cache = MEMORY, key = typed)]
    fn triple(s: &str, n: usize) -> String {
        count(s.repeat(n * 3))
    }
    #[cached(cache = MEMORY, key = typed)]
    fn length(s: &str, n: usize) -> usize {
        count(s.len() * n)
    }
    #[cached(cache = MEMORY, key = typed)]
    async fn later(s: &str, n: usize) -> Result<usize, std::io::Error> {
        std::future::ready(()).await;
        Ok(count(s.len() + n))
    }

    for _ in 0..2 {
        assert_eq!((double("ab", 1), triple("ab", 1)), ("abab".to_owned(), "ababab".to_owned()));
        assert_eq!((length("ab", 1), block_on(later("ab", 1)).unwrap()), (2, 3));
    }
    assert_eq!((COMPUTED.take(), MEMORY.len()?), (4, 4));
    assert!(double::evict("ab", 1)?);
    assert!(!double::in_cache("ab", 1)?);
    assert!(triple::in_cache("ab", 1)? && length::in_cache("ab", 1)? && block_on(later::in_cache("ab", 1))?);
    triple::prime("ab", 1, &"primed".to_owned())?;
    assert_eq!((triple::peek("ab", 1)?, double::peek("ab", 1)?), (Some("primed".to_owned()), None));
    MEMORY.clear()?;
    assert!(!triple::in_cache("ab", 1)? && !block_on(later::in_cache("ab", 1))?);
    Ok(())
}

#[test]
fn law6_bounded_many_functions_never_pass_the_one_capacity() -> ctu::Result<()> {
    static MEMORY: LazyLock<SharedMemory> = LazyLock::new(|| SharedMemory::new(50));

    #[cached(cache = MEMORY, key = typed)]
    fn square(n: u64) -> u64 {
        n * n
    }
    #[cached(cache = MEMORY, key = typed)]
    fn text(n: u64) -> String {
        n.to_string()
    }
    #[cached(cache = MEMORY, key = typed)]
    fn list(s: &str) -> Vec<char> {
        s.chars().collect()
    }

    for n in 0..500 {
        assert_eq!((square(n), text(n), list(&text(n)).len()), (n * n, n.to_string(), n.to_string().len()));
        assert!(MEMORY.len()? <= 50);
    }
    assert_eq!(MEMORY.len()?, 50);
    Ok(())
}

#[test]
fn one_lifetime_for_all_unless_a_function_has_its_own() {
    static HAND: LazyLock<ManualClock> = LazyLock::new(ManualClock::new);
    static MEMORY: LazyLock<SharedMemory> =
        LazyLock::new(|| SharedMemory::builder().ttl(Duration::from_secs(60)).clock(&*HAND).build());

    #[cached(cache = MEMORY, key = typed)]
    fn minute(n: u64) -> u64 {
        count(n)
    }
    #[cached(cache = MEMORY, key = typed, ttl = "1h")]
    fn hour(n: u64) -> u64 {
        count(n)
    }

    let call = || {
        let _ = (minute(1), hour(1), minute(1), hour(1));
        COMPUTED.take()
    };
    assert_eq!(call(), 2);
    HAND.advance(Duration::from_secs(60));
    assert_eq!(call(), 1);
    HAND.advance(Duration::from_secs(3_540));
    assert_eq!(call(), 2);
}

#[test]
fn law8_free_a_hit_allocates_nothing() {
    static MEMORY: LazyLock<SharedMemory> = LazyLock::new(|| SharedMemory::new(100));

    #[cached(cache = MEMORY, key = typed)]
    fn length(s: &str, n: usize) -> usize {
        s.len() + n
    }

    assert_eq!(length("aa", 1), 3);
    assert_eq!(length("aa", 1), 3);
    let mut hit = 0;
    let allocated = allocation_counter::measure(|| hit = length("aa", 1));
    assert_eq!((hit, allocated.count_total), (3, 0));
    assert_ne!(allocation_counter::measure(|| hit = length("bb", 1)).count_total, 0, "a miss owns its key");
}
