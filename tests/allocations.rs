//! Law 8: a typed hit is free of allocations.

#![cfg(feature = "memory")]

use ctu::cached;
use pollster::block_on;

#[cached]
fn plain(s: &str, n: u64) -> u64 {
    s.len() as u64 + n
}

#[cached(ttl = "1h")]
fn timed(s: &str, n: u64) -> u64 {
    s.len() as u64 + n
}

#[cached]
async fn slow(s: &str, n: u64) -> u64 {
    std::future::ready(()).await;
    s.len() as u64 + n
}

#[cached]
fn number(n: u64) -> u64 {
    n + 1
}

/// Bytes and calls, of the allocator, on this thread.
fn allocated(f: impl FnOnce()) -> (u64, u64) {
    let info = allocation_counter::measure(f);
    (info.bytes_total, info.count_total)
}

#[test]
fn law8_free_a_typed_hit_allocates_nothing() {
    let expected = [8, 8, 8];
    let call = || [plain("aa", 6), timed("aa", 6), block_on(slow("aa", 6))];
    // A miss; a hit by which the thread gets its table; and one by which it keeps a copy there.
    (0..3).for_each(|_| assert_eq!(call(), expected));
    let mut hit = [0; 3];
    assert_eq!(allocated(|| hit[0] = plain("aa", 6)), (0, 0));
    assert_eq!(allocated(|| hit[1] = timed("aa", 6)), (0, 0));
    assert_eq!(
        allocated(|| {
            let mut future = std::pin::pin!(slow("aa", 6));
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            if let std::task::Poll::Ready(value) = future.as_mut().poll(&mut context) {
                hit[2] = value;
            }
        }),
        (0, 0)
    );
    assert_eq!(hit, expected);
    assert_ne!(allocated(|| assert_eq!(plain("bb", 6), 8)), (0, 0), "a miss owns its key: the counter works");
}

#[test]
fn law8_free_a_thread_allocates_for_a_text_that_is_nearby_once_or_twice() {
    const KEYS: usize = 1_000;
    #[cached]
    fn length(text: &str) -> usize {
        text.len()
    }
    let texts: Vec<String> = (0..KEYS).map(|n| format!("user:{n:08}")).collect();
    let all = || texts.iter().map(|text| length(text)).sum::<usize>();
    assert_eq!(all(), 13 * KEYS);
    let counts = [(); 64].map(|()| allocated(|| assert_eq!(all(), 13 * KEYS)).1);
    let sum = counts.iter().sum::<u64>();
    assert!(sum <= 3 * KEYS as u64, "{sum} for 64,000 hits");
    // Of those that share a place with too many others, one makes room for itself now and then.
    assert!(counts[63] <= 20, "{} for the last thousand", counts[63]);
}

#[test]
fn law8_free_a_thread_allocates_for_numbers_that_are_nearby_a_few_times_only() {
    const KEYS: u64 = 1_000;
    (0..KEYS).for_each(|n| assert_eq!(number(n), n + 1));
    let mut allocations = 0;
    for _ in 0..32 {
        let mut sum = 0;
        let (bytes, count) = allocated(|| sum = (0..KEYS).map(number).sum());
        assert_eq!(sum, KEYS * (KEYS + 1) / 2);
        assert!(bytes < 256 << 10, "{bytes} bytes");
        allocations += count;
    }
    assert!(allocations <= 16, "{allocations} for 32,000 hits");
    assert_eq!(allocated(|| assert_eq!(number(7), 8)), (0, 0));
}
