//! Leases by the numbers of items.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use ctu_backends::{AsyncMemcachedCache, MemcachedCache};
use ctu_core::testing::Conformance;
use ctu_core::{AsyncCache, AsyncLease, Cache, Claim, ErrorKind, Flagged, Lease, Leased, StackExt, Token, Ttl};
use servers::MemcachedServer;

use crate::support::{Setup, value};

const LONG: Duration = Duration::from_secs(60);

static SERVER: LazyLock<MemcachedServer> = LazyLock::new(MemcachedServer::start);

fn builder() -> Setup {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    Setup::new(&SERVER.url()).namespace(format!("lease{number}.")).response_timeout(Duration::from_secs(10))
}

fn store() -> MemcachedCache {
    builder().build().unwrap()
}

fn granted(cache: &MemcachedCache, claim: Claim) -> Token {
    match Lease::<[u8], Bytes>::lease(cache, b"key", claim, LONG).unwrap() {
        Leased::Granted(token) => token,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_blocking_store_keeps_the_contract_of_leases() {
    Conformance::<[u8], Bytes>::real_time(Duration::from_secs(2)).check_leases(store());
    Conformance::<str, (String, Option<u64>)>::no_ttl().may_refuse().check_leases(store().prefixed("f.").json());
    Conformance::<str, String>::no_ttl().check_leases(store().json_serde());
}

#[tokio::test]
async fn the_async_store_keeps_the_contract_of_leases() {
    let store: AsyncMemcachedCache = builder().build_async().unwrap();
    Conformance::<[u8], Bytes>::real_time(Duration::from_secs(2)).check_leases_async(store).await;
}

#[test]
fn both_forms_have_their_leases_in_common() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let namespace = "both.";
    let here = Setup::new(&SERVER.url()).namespace(namespace).build().unwrap();
    let there = Setup::new(&SERVER.url()).namespace(namespace).build_async().unwrap();
    let token = granted(&here, Claim::Exclusive);
    runtime.block_on(async {
        let leased = AsyncLease::<[u8], Bytes>::lease(&there, b"key", Claim::Exclusive, LONG).await.unwrap();
        assert_eq!(leased, Leased::Taken);
        assert!(there.put_if_leased(b"key", &value(1), Ttl::Never, token).await.unwrap());
        assert_eq!(there.get(b"key").await.unwrap(), Some(value(1)));
    });
    assert_eq!(Cache::<[u8], Bytes>::get(&here, b"key").unwrap(), Some(value(1)));
}

#[test]
fn law4_gone_is_gone_also_when_the_server_forgets_everything() {
    let server = MemcachedServer::start();
    let store = MemcachedCache::open(&server.url()).unwrap();
    let token = granted(&store, Claim::Shared);
    store.flush_server().unwrap();
    assert!(!store.put_if_leased(b"key", &value(9), Ttl::Never, token).unwrap());
    let token = granted(&store, Claim::Replacing);
    server.restart_on_same_port();
    assert!(!store.put_if_leased(b"key", &value(9), Ttl::Never, token).unwrap());
    assert_eq!(Cache::<[u8], Bytes>::get(&store, b"key").unwrap(), None);
}

#[test]
fn law1_exact_a_value_that_would_be_taken_for_a_lease_is_refused() {
    let store = store();
    let flags = (0xA3C7_51E9, 0xA3C7_51E8);
    let flagged = |flags: u32| Flagged { flags, data: value(4) };
    let error = store.put(b"key", &flagged(flags.0), Ttl::Never).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Codec);
    assert!(store.put_many(&[(b"key".as_slice(), &flagged(flags.0))], Ttl::Never).is_err());
    let token = granted(&store, Claim::Shared);
    assert!(store.put_if_leased(b"key", &flagged(flags.0), Ttl::Never, token).is_err());
    assert!(store.put_if_leased(b"key", &flagged(flags.1), Ttl::Never, token).unwrap());
    assert_eq!(Cache::<[u8], Flagged>::get(&store, b"key").unwrap(), Some(flagged(flags.1)));
    // A lease over it keeps its flags.
    granted(&store, Claim::Replacing);
    assert_eq!(Cache::<[u8], Flagged>::get(&store, b"key").unwrap(), Some(flagged(flags.1)));
}

#[test]
fn a_lease_over_a_value_keeps_its_lifetime() {
    let store = store();
    store.put(b"key", &value(1), Ttl::After(Duration::from_secs(500))).unwrap();
    let token = granted(&store, Claim::Replacing);
    assert_eq!(Lease::<[u8], Bytes>::renew(&store, b"key", token, LONG).unwrap(), Some(token));
    let left = Cache::<[u8], Bytes>::get_entry(&store, b"key").unwrap().unwrap().ttl.unwrap();
    assert!(left > Duration::from_secs(400) && left <= Duration::from_secs(500));
    assert!(store.put_if_leased(b"key", &value(2), Ttl::Never, token).unwrap());
}

#[test]
fn a_lifetime_of_zero_ends_the_lease_and_stores_nothing() {
    let store = store();
    let token = granted(&store, Claim::Shared);
    assert!(store.put_if_leased(b"key", &value(1), Ttl::After(Duration::ZERO), token).unwrap());
    assert_eq!(Cache::<[u8], Bytes>::get(&store, b"key").unwrap(), None);
    granted(&store, Claim::Exclusive);
}
