//! Law 2 with leases: whatever the store does, a call returns what the function does, and what can't be confirmed is not
//! stored.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use ctu::testing::{Flaky, ModelStore, Operation, Recorder};
use ctu::{Cache, Claim, ErrorKind, Lease, Leased, Ttl, cached};

type Store = Recorder<Flaky<ModelStore<String, u64>>>;

/// Whether a store fails, from which operation on.
fn store(fails: &'static AtomicU64) -> Store {
    let plan = move |at| (at + 1 > fails.load(SeqCst)).then_some(ErrorKind::Unavailable);
    Recorder::new(Flaky::new(plan, ModelStore::new()))
}

const NEVER: u64 = u64::MAX;

#[test]
fn law2_harmless_a_store_that_fails_at_any_point_costs_only_the_caching() {
    static FAILS: AtomicU64 = AtomicU64::new(NEVER);
    static STORE: LazyLock<Store> = LazyLock::new(|| store(&FAILS));

    #[cached(cache = STORE, key = "{n}", prefix = "", invalidation = "strict")]
    fn strict(n: u64) -> u64 {
        n + 1
    }

    let fails_after = |operations, n, expected: &[Operation]| {
        FAILS.store(STORE.inner().operations() + operations, SeqCst);
        assert_eq!(strict(n), n + 1);
        FAILS.store(NEVER, SeqCst);
        assert_eq!(STORE.take(), expected);
        assert_eq!(STORE.get(&n.to_string()).unwrap(), None::<u64>);
        STORE.take();
    };
    fails_after(0, 1, &[Operation::Get]);
    fails_after(1, 2, &[Operation::Get, Operation::Lease]);
    fails_after(2, 3, &[Operation::Get, Operation::Lease, Operation::PutIfLeased]);
    let stats = strict::stats();
    assert_eq!((stats.reads, stats.hits, stats.writes, stats.errors), (3, 0, 0, 3));
    assert_eq!(strict(4), 5);
    assert_eq!(STORE.take(), [Operation::Get, Operation::Lease, Operation::PutIfLeased]);
    assert_eq!((strict(4), strict::stats().hits), (5, 1));
}

#[test]
fn law4_gone_is_gone_a_refresh_that_can_not_be_stored_leaves_no_older_value() {
    static FAILS: AtomicU64 = AtomicU64::new(NEVER);
    static STORE: LazyLock<Recorder<Flaky<ModelStore<String, u64>>>> = LazyLock::new(|| {
        // One operation only.
        let plan = |at| (at == FAILS.load(SeqCst)).then_some(ErrorKind::Unavailable);
        Recorder::new(Flaky::new(plan, ModelStore::new()))
    });

    #[cached(cache = STORE, key = "{n}", prefix = "", invalidation = "strict")]
    fn strict(n: u64) -> u64 {
        n + 1
    }

    for operation in 0..2 {
        strict::prime(7, &1).unwrap();
        FAILS.store(STORE.inner().operations() + operation, SeqCst);
        assert_eq!(strict::refresh(7), 8);
        assert_eq!(strict::peek(7).unwrap(), None);
    }
    strict::prime(7, &1).unwrap();
    assert_eq!((strict::refresh(7), strict::peek(7).unwrap()), (8, Some(8)));
}

#[test]
fn a_refresh_that_fails_keeps_the_older_value_and_gives_the_lease_back() {
    static STORE: LazyLock<ModelStore<String, u64>> = LazyLock::new(ModelStore::new);
    static FAILS: AtomicBool = AtomicBool::new(false);

    #[cached(cache = STORE, key = "{n}", prefix = "", coalesce = cluster)]
    fn cluster(n: u64) -> Result<u64, String> {
        if FAILS.load(SeqCst) { Err("no".into()) } else { Ok(n) }
    }

    assert_eq!(cluster(1), Ok(1));
    FAILS.store(true, SeqCst);
    assert!(cluster::refresh(1).is_err());
    assert_eq!(cluster(1), Ok(1));
    cluster::evict(1).unwrap();
    let start = Instant::now();
    assert!(cluster(1).is_err());
    assert!(cluster(1).is_err());
    assert!(start.elapsed() < Duration::from_secs(2), "waits for a lease that nobody has");
}

#[test]
fn law3_once_a_panic_gives_the_lease_to_the_next_caller_of_the_process() {
    static STORE: LazyLock<ModelStore<String, u64>> = LazyLock::new(ModelStore::new);
    static PANICS: AtomicBool = AtomicBool::new(true);

    #[cached(cache = STORE, key = "{n}", prefix = "", coalesce = cluster, lease = "1h")]
    fn cluster(n: u64) -> u64 {
        assert!(!PANICS.load(SeqCst), "as asked for");
        n
    }

    assert!(catch_unwind(AssertUnwindSafe(|| cluster(1))).is_err());
    PANICS.store(false, SeqCst);
    assert_eq!(cluster(1), 1);
    assert_eq!(cluster::peek(1).unwrap(), Some(1));
}

#[test]
fn law3_once_a_dropped_future_gives_the_lease_to_the_next_caller_of_the_process() {
    static STORE: LazyLock<ModelStore<String, u64>> = LazyLock::new(ModelStore::new);
    static HANGS: AtomicBool = AtomicBool::new(true);

    #[cached(cache = STORE, key = "{n}", prefix = "", coalesce = cluster, lease = "1h")]
    async fn cluster(n: u64) -> u64 {
        if HANGS.load(SeqCst) {
            std::future::pending::<()>().await;
        }
        n
    }

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        assert!(tokio::time::timeout(Duration::from_millis(20), cluster(1)).await.is_err());
        HANGS.store(false, SeqCst);
        assert_eq!(cluster(1).await, 1);
        assert_eq!(cluster::peek(1).await.unwrap(), Some(1));
    });
}

#[test]
fn a_lease_is_renewed_while_its_value_is_computed() {
    static STORE: LazyLock<Recorder<ModelStore<String, u64>>> = LazyLock::new(|| Recorder::new(ModelStore::new()));

    #[cached(cache = STORE, key = "{n}", prefix = "", coalesce = cluster, lease = "150ms")]
    fn cluster(n: u64) -> u64 {
        // Until it has lasted longer than the lease, and was renewed.
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(400) {
            std::thread::yield_now();
        }
        assert_eq!(
            Lease::<str, u64>::lease(&*STORE, &n.to_string(), Claim::Exclusive, Duration::ZERO).unwrap(),
            Leased::Taken
        );
        n
    }

    assert_eq!(cluster(1), 1);
    let operations = STORE.take();
    assert!(operations.iter().filter(|operation| **operation == Operation::Renew).count() >= 2, "{operations:?}");
    assert_eq!(cluster::peek(1).unwrap(), Some(1));
}

#[test]
fn whoever_waited_as_long_as_can_be_computes_too_and_may_store() {
    static STORE: LazyLock<Arc<ModelStore<String, u64>>> = LazyLock::new(|| Arc::new(ModelStore::new()));

    #[cached(cache = STORE, key = "{n}", prefix = "", coalesce = cluster, lease = "50ms")]
    fn cluster(n: u64) -> u64 {
        n
    }

    // By another process, for long.
    let Leased::Granted(token) =
        Lease::<str, u64>::lease(&*STORE, "1", Claim::Exclusive, Duration::from_secs(60)).unwrap()
    else {
        panic!("it is free")
    };
    let start = Instant::now();
    assert_eq!(cluster(1), 1);
    assert!(start.elapsed() >= Duration::from_millis(100));
    assert_eq!(cluster::peek(1).unwrap(), Some(1));
    assert!(!STORE.put_if_leased("1", &2, Ttl::Never, token).unwrap(), "the first who stores ends the lease");
}

#[test]
fn a_value_that_another_process_stored_meanwhile_is_not_computed_again() {
    static STORE: LazyLock<ModelStore<String, u64>> = LazyLock::new(ModelStore::new);

    #[cached(cache = STORE, key = "{n}", prefix = "", coalesce = cluster)]
    fn cluster(n: u64) -> u64 {
        unreachable!("{n} is computed elsewhere")
    }

    let Leased::Granted(token) =
        Lease::<str, u64>::lease(&*STORE, "1", Claim::Exclusive, Duration::from_secs(60)).unwrap()
    else {
        panic!("it is free")
    };
    let waiting = std::thread::spawn(|| cluster(1));
    while cluster::stats().reads == 0 {
        std::thread::yield_now();
    }
    assert!(STORE.put_if_leased("1", &2, Ttl::Never, token).unwrap());
    assert_eq!(waiting.join().unwrap(), 2);
    assert_eq!(cluster::stats().coalesced, 1);
}
