//! Leases on the model store, and through every layer over it.

use std::hash::Hash;
use std::time::Duration;

use bytes::Bytes;
use ctu_core::testing::{
    Conformance, Flaky, ManualClock, ModelStore, Operation, Recorder, SampleKey, SampleValue, block_on,
};
use ctu_core::{AsyncLease, AsyncStore, Cache, Claim, Entry, Lease, Leased, Result, StackExt, Store, Token, Ttl};

const LONG: Duration = Duration::from_secs(60);

fn check<K, V, C>(make: impl Fn(&ManualClock) -> C)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: Lease<K, V> + Store + AsyncLease<K, V> + AsyncStore,
{
    let hand = ManualClock::new();
    Conformance::<K, V>::clock(&hand).may_refuse().check_leases(make(&hand));
    block_on(Conformance::<K, V>::clock(&hand).may_refuse().check_leases_async(make(&hand)));
}

fn model<K: Hash + Eq, V>(hand: &ManualClock) -> ModelStore<K, V> {
    ModelStore::new().clock(hand)
}

#[test]
fn the_model_keeps_the_contract_of_leases() {
    check::<str, String, _>(model::<String, String>);
    check::<(String, u64), u64, _>(model::<(String, u64), u64>);
}

#[test]
fn every_layer_forwards_leases() {
    check::<[u8], Bytes, _>(|hand| model::<Vec<u8>, Bytes>(hand).prefixed("p."));
    check::<str, Option<u64>, _>(|hand| model::<Vec<u8>, Bytes>(hand).json());
    check::<str, u64, _>(|hand| model::<String, u64>(hand).with_stats().debug("leases"));
    check::<[u8], Bytes, _>(|hand| model::<Vec<u8>, Bytes>(hand).circuit_breaker().clock(hand));
    check::<str, u64, _>(|hand| std::sync::Arc::new(Box::new(model::<String, u64>(hand))));
    check::<str, u64, _>(|hand| Recorder::new(Flaky::every(0, model::<String, u64>(hand))));
    check::<str, u64, _>(|hand| model::<String, u64>(hand).two_level(model::<String, u64>(hand)));
}

#[cfg(feature = "encryption")]
#[test]
fn encryption_forwards_leases() {
    use ctu_core::{Keyring, MasterKey};

    let keyring = || Keyring::new(MasterKey::generate().unwrap());
    check::<[u8], Bytes, _>(|hand| model::<Vec<u8>, Bytes>(hand).encrypted(keyring(), "app").clock(hand));
}

#[test]
fn law4_gone_is_gone_from_the_first_level_too() {
    let cache = ModelStore::<String, u64>::new().two_level(ModelStore::<String, u64>::new());
    let Leased::Granted(token) = Lease::lease(&cache, "a", Claim::Shared, LONG).unwrap() else { panic!("taken") };
    // Another process removes it from the level that both share.
    Cache::remove(cache.second(), "a").unwrap();
    assert!(!Lease::put_if_leased(&cache, "a", &1, Ttl::Never, token).unwrap());
    assert_eq!(Cache::get(&cache, "a").unwrap(), None);
    assert_eq!(Cache::get(cache.inner(), "a").unwrap(), None);
}

#[test]
fn a_value_whose_lease_has_ended_is_dropped_from_the_first_level() {
    let cache = ModelStore::<String, u64>::new().two_level(ModelStore::<String, u64>::new());
    Cache::put(&cache, "a", &1, Ttl::Never).unwrap();
    let Leased::Granted(token) = Lease::lease(&cache, "a", Claim::Replacing, LONG).unwrap() else { panic!("taken") };
    Cache::put(cache.second(), "a", &2, Ttl::Never).unwrap();
    assert!(!Lease::put_if_leased(&cache, "a", &3, Ttl::Never, token).unwrap());
    assert_eq!(Cache::get(&cache, "a").unwrap(), Some(2));
}

#[test]
fn law4_gone_is_gone_a_removal_that_failed_ends_the_lease_when_the_store_is_back() {
    // The lease is taken, the removal fails, and all is well after that.
    let flaky = Flaky::script([None, Some(ctu_core::ErrorKind::Timeout)], ModelStore::<Vec<u8>, u64>::new());
    let cache = flaky.circuit_breaker();
    let key = &b"a"[..];
    let Leased::Granted(token) = Lease::<[u8], u64>::lease(&cache, key, Claim::Shared, LONG).unwrap() else {
        panic!("taken")
    };
    assert!(Cache::<[u8], u64>::remove(&cache, key).is_err());
    assert!(!Lease::put_if_leased(&cache, key, &1, Ttl::Never, token).unwrap());
    assert_eq!(Cache::<[u8], u64>::get(&cache, key).unwrap(), None);
}

#[test]
fn what_goes_on_with_leases_is_recorded_and_counted() {
    let cache = Recorder::new(ModelStore::<String, u64>::new()).with_stats();
    let Leased::Granted(token) = Lease::lease(&cache, "a", Claim::Exclusive, LONG).unwrap() else { panic!("taken") };
    let token = Lease::renew(&cache, "a", token, LONG).unwrap().unwrap();
    assert!(Lease::put_if_leased(&cache, "a", &1, Ttl::Never, token).unwrap());
    assert!(!Lease::put_if_leased(&cache, "a", &2, Ttl::Never, token).unwrap());
    assert!(!Lease::release(&cache, "a", token).unwrap());
    let operations =
        [Operation::Lease, Operation::Renew, Operation::PutIfLeased, Operation::PutIfLeased, Operation::Release];
    assert_eq!(cache.inner().take(), operations);
    assert_eq!((cache.counters().stats().writes, cache.counters().stats().errors), (1, 0));
}

/// What is wrong with a store.
#[derive(Clone, Copy)]
enum Fault {
    StoresWithoutALease,
    RemovalKeepsTheLease,
    IsNeverTaken,
    IsNotShared,
    ForgetsTheOlderValue,
    IsNotReleased,
}

struct Wrong {
    inner: ModelStore<String, u64>,
    fault: Fault,
}

impl Cache<str, u64> for Wrong {
    fn get(&self, key: &str) -> Result<Option<u64>> {
        Cache::<str, u64>::get(&self.inner, key)
    }
    fn get_entry(&self, key: &str) -> Result<Option<Entry<u64>>> {
        Cache::<str, u64>::get_entry(&self.inner, key)
    }
    fn put(&self, key: &str, value: &u64, ttl: Ttl) -> Result<()> {
        Cache::<str, u64>::put(&self.inner, key, value, ttl)
    }
    fn remove(&self, key: &str) -> Result<bool> {
        if matches!(self.fault, Fault::RemovalKeepsTheLease) && !Cache::<str, u64>::contains(&self.inner, key)? {
            return Ok(false);
        }
        Cache::<str, u64>::remove(&self.inner, key)
    }
    fn contains(&self, key: &str) -> Result<bool> {
        Cache::<str, u64>::contains(&self.inner, key)
    }
}

impl Store for Wrong {
    fn len(&self) -> Result<usize> {
        Store::len(&self.inner)
    }
    fn clear(&self) -> Result<()> {
        Store::clear(&self.inner)
    }
    fn stats(&self) -> Result<ctu_core::Stats> {
        Store::stats(&self.inner)
    }
}

impl Lease<str, u64> for Wrong {
    fn lease(&self, key: &str, claim: Claim, length: Duration) -> Result<Leased> {
        let claim = match (self.fault, claim) {
            (Fault::IsNeverTaken, Claim::Exclusive) => Claim::Shared,
            (Fault::IsNotShared, Claim::Shared) if !Cache::<str, u64>::contains(&self.inner, key)? => Claim::Replacing,
            (_, claim) => claim,
        };
        if matches!(self.fault, Fault::ForgetsTheOlderValue) && claim == Claim::Replacing {
            Cache::<str, u64>::remove(&self.inner, key)?;
        }
        Lease::<str, u64>::lease(&self.inner, key, claim, length)
    }
    fn renew(&self, key: &str, token: Token, length: Duration) -> Result<Option<Token>> {
        Lease::<str, u64>::renew(&self.inner, key, token, length)
    }
    fn release(&self, key: &str, token: Token) -> Result<bool> {
        if matches!(self.fault, Fault::IsNotReleased) {
            return Lease::<str, u64>::renew(&self.inner, key, token, LONG).map(|held| held.is_some());
        }
        Lease::<str, u64>::release(&self.inner, key, token)
    }
    fn put_if_leased(&self, key: &str, value: &u64, ttl: Ttl, token: Token) -> Result<bool> {
        if matches!(self.fault, Fault::StoresWithoutALease) {
            return Cache::<str, u64>::put(&self.inner, key, value, ttl).map(|()| true);
        }
        Lease::<str, u64>::put_if_leased(&self.inner, key, value, ttl, token)
    }
}

#[test]
fn a_store_with_a_fault_in_its_leases_fails_the_suite() {
    let faults = [
        (Fault::StoresWithoutALease, "after a removal"),
        (Fault::RemovalKeepsTheLease, "after a removal"),
        (Fault::IsNeverTaken, "`lease` with Exclusive gave"),
        (Fault::IsNotShared, "a shared lease has two tokens"),
        (Fault::ForgetsTheOlderValue, "`get`"),
        (Fault::IsNotReleased, "`lease` of a free key"),
    ];
    for (fault, message) in faults {
        let hand = ManualClock::new();
        let wrong = Wrong { inner: model(&hand), fault };
        let suite = Conformance::<str, u64>::clock(&hand);
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| suite.check_leases(wrong))).unwrap_err();
        let said = panic.downcast_ref::<String>().unwrap();
        assert!(said.starts_with("conformance: leases: ") && said.contains(message), "{message}: {said}");
    }
}
