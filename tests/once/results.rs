//! What is shared of errors, and of results that have no clones.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;

use bytes::Bytes;
use ctu::{JsonCache, MemoryCache, StackExt, cached};

use super::{LOADING, herd};

#[test]
fn law3_once_errors_that_can_be_cloned_are_shared() {
    static COMPUTED: AtomicU32 = AtomicU32::new(0);
    #[cached]
    fn load(key: u32) -> Result<u32, String> {
        COMPUTED.fetch_add(1, SeqCst);
        thread::sleep(LOADING);
        Err(format!("no {key}"))
    }
    assert!(herd(16, || load(1)).into_iter().all(|result| result == Err("no 1".to_owned())));
    assert_eq!(COMPUTED.load(SeqCst), 1);
    assert!(load(1).is_err());
    assert_eq!(COMPUTED.load(SeqCst), 2);
}

#[test]
fn law3_once_errors_that_cannot_be_cloned_do_not_queue_up_the_callers() {
    static COMPUTED: AtomicU32 = AtomicU32::new(0);
    #[derive(Debug)]
    struct NotClone;
    #[cached]
    fn load(key: u32) -> Result<u32, NotClone> {
        COMPUTED.fetch_add(1, SeqCst);
        thread::sleep(LOADING / 3);
        if key == 1 { Err(NotClone) } else { Ok(key) }
    }
    let start = std::time::Instant::now();
    assert!(herd(32, || load(1)).iter().all(Result::is_err));
    assert_eq!(COMPUTED.load(SeqCst), 32);
    // One, one more, and all the others at once; in turn it would be 32.
    assert!(start.elapsed() < LOADING / 3 * 16);
    COMPUTED.store(0, SeqCst);
    assert!(herd(32, || load(2)).into_iter().all(|result| result.unwrap() == 2));
    assert_eq!(COMPUTED.load(SeqCst), 1);
    assert_eq!(load::__site().in_flight(), 0);
}

static TEXTS: LazyLock<JsonCache<MemoryCache<Vec<u8>, Bytes>>> = LazyLock::new(|| MemoryCache::new(100).json());

#[test]
fn law3_once_results_that_cannot_be_cloned_are_read_from_the_store() {
    static COMPUTED: AtomicU32 = AtomicU32::new(0);
    #[derive(serde::Serialize, serde::Deserialize)]
    struct NotClone(u32);
    #[cached(cache = TEXTS)]
    fn load(key: u32) -> NotClone {
        COMPUTED.fetch_add(1, SeqCst);
        thread::sleep(LOADING);
        NotClone(key)
    }
    assert!(herd(16, || load(7)).iter().all(|result| result.0 == 7));
    assert_eq!(COMPUTED.load(SeqCst), 1);
}

#[cfg(feature = "testing")]
#[test]
fn law3_once_a_store_that_is_down_lets_no_herd_through() {
    use ctu::testing::Broken;
    static DOWN: LazyLock<Broken> = LazyLock::new(Broken::default);
    static COMPUTED: AtomicU32 = AtomicU32::new(0);
    #[cached(cache = DOWN)]
    fn load(key: u32) -> u32 {
        COMPUTED.fetch_add(1, SeqCst);
        thread::sleep(LOADING);
        key
    }
    assert_eq!(herd(64, || load(7)), [7; 64]);
    assert_eq!(COMPUTED.load(SeqCst), 1);
    assert!(load::evict(7).is_err());
}
