use std::collections::BTreeMap;
use std::fmt::Debug;

use bytes::Bytes;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::exact::MAX_DEPTH;
use crate::test_store::{TestStore, now};
use crate::{AsyncCache, Cache, ErrorKind, StackExt, Store, Ttl};

type Bottom = TestStore<Vec<u8>, Bytes>;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Unit;
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Wrapped<T>(T);
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Named<T> {
    first: T,
    second: Option<T>,
}
#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Either<T> {
    Nothing,
    One(T),
    Two(T, T),
    Field { field: T },
}
#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Chain {
    End,
    Next(Box<Chain>),
    List(Vec<Chain>),
    Field { next: Box<Chain> },
}

#[test]
fn law1_exact_a_hit_is_what_was_stored() {
    fn check<V: Serialize + DeserializeOwned + PartialEq + Debug + Send + Sync>(value: V) {
        let cache = Bottom::new().msgpack();
        Cache::put(&cache, "k", &value, Ttl::Default).unwrap();
        assert_eq!(Cache::get(&cache, "k").unwrap().as_ref(), Some(&value));
        assert_eq!(now(AsyncCache::get(&cache, "k")).unwrap(), Some(value));
    }
    check(());
    check(Unit);
    check(Some(Unit));
    check(Some(Wrapped(Unit)));
    check(None::<()>);
    check(vec![None, Some(1), Some(u64::MAX)]);
    check(Wrapped(None::<u8>));
    check((i8::MIN, i64::MIN, u64::MAX, u128::MAX, i128::MIN));
    check((f32::MIN_POSITIVE, 0.1_f64, f64::MAX, f64::NEG_INFINITY, 5e-324));
    check(("é\u{1f600}\0".to_owned(), 'ß', true));
    check(Named { first: 1, second: None });
    check(vec![Either::Nothing, Either::One(1), Either::Two(1, 2), Either::Field { field: 3 }]);
    check(vec![Some(Either::Nothing), Some(Either::One(())), None]);
    check(Some(Either::One(None::<u8>)));
    check(BTreeMap::from([((1, 'a'), vec![1]), ((2, 'b'), vec![])]));
    check(BTreeMap::from([(None, 1), (Some(2), 3)]));
    check("::1".parse::<std::net::IpAddr>().unwrap());
    check(Ok::<Option<u8>, ()>(None));
    check(std::time::Duration::new(1, 2));
}

#[test]
fn law1_exact_a_float_keeps_its_bits() {
    let cache = Bottom::new().msgpack();
    for float in [-0.0, f64::NAN, f64::from_bits(0x7ff8_0000_0000_beef)] {
        Cache::put(&cache, "k", &float, Ttl::Default).unwrap();
        let found: f64 = Cache::get(&cache, "k").unwrap().unwrap();
        assert_eq!(found.to_bits(), float.to_bits());
    }
}

#[test]
fn law1_exact_what_messagepack_does_not_hold_is_refused_and_not_stored() {
    fn refused<V: Serialize + DeserializeOwned>(value: &V) {
        let cache = Bottom::new().msgpack();
        assert_eq!(Cache::put(&cache, "k", value, Ttl::Default).unwrap_err().kind(), ErrorKind::Codec);
        assert!(Store::is_empty(&cache).unwrap());
    }
    refused(&Some(None::<u8>));
    refused(&Some(()));
    refused(&Some(Some(())));
    refused(&Some(Wrapped(())));
    refused(&Some(Wrapped(Wrapped(None::<u8>))));
    refused(&Some(Box::new(None::<u8>)));
    refused(&vec![Some(Some(1)), Some(None)]);
    refused(&(1, Some(())));
    refused(&Named { first: Some(1), second: Some(None) });
    refused(&Either::One(Some(())));
    refused(&Either::Two(None, Some(())));
    refused(&Either::Field { field: Some(()) });
    refused(&BTreeMap::from([(1, Some(()))]));
    refused(&BTreeMap::from([(Some(()), 1)]));
}

#[test]
fn law2_harmless_garbage_is_a_miss_and_is_counted() {
    let cache = Bottom::new().msgpack();
    Cache::put(&cache, "k", &Named { first: "text".to_owned(), second: None }, Ttl::Default).unwrap();
    let good = Cache::get(cache.inner(), &b"k"[..]).unwrap().unwrap().to_vec();
    let mut cases: Vec<Vec<u8>> = (0..good.len()).map(|len| good[..len].to_vec()).collect();
    cases.push([&good[..], &[0xc0]].concat());
    cases.push(vec![0xc1]);
    cases.push(vec![0xdd, 0xff, 0xff, 0xff, 0xff]); // a list of 4 G elements
    cases.push(vec![0xc6, 0xff, 0xff, 0xff, 0xff]); // 4 GiB
    cases.push(vec![0x81; 100_000]);
    let count = cases.len() as u64;
    for case in cases {
        Cache::put(cache.inner(), &b"k"[..], &case.into(), Ttl::Default).unwrap();
        assert_eq!(Cache::<str, Named<String>>::get(&cache, "k").unwrap(), None);
    }
    assert_eq!(cache.rejected(), count);
}

#[test]
fn law2_harmless_what_is_nested_as_deep_as_allowed_is_read_and_deeper_costs_no_stack() {
    type Wrap = fn(Chain) -> Chain;
    let cache = Bottom::new().msgpack();
    let wraps: [(Wrap, usize); 3] = [
        (|chain| Chain::Next(Box::new(chain)), 1),
        (|chain| Chain::List(vec![chain]), 2),
        (|chain| Chain::Field { next: Box::new(chain) }, 1),
    ];
    for (wrap, levels) in wraps {
        let nested = |depth: usize| (0..depth / levels).fold(Chain::End, |chain, _| wrap(chain));
        let deepest = nested(MAX_DEPTH);
        Cache::put(&cache, "k", &deepest, Ttl::Default).unwrap();
        assert_eq!(Cache::get(&cache, "k").unwrap(), Some(deepest));
        let refused = Cache::put(&cache, "k", &nested(MAX_DEPTH + levels), Ttl::Default).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Codec);
    }
    let mut bomb = vec![0x91; 1_000_000]; // lists of one list
    bomb.push(0xc0);
    Cache::put(cache.inner(), &b"k"[..], &Bytes::from(bomb), Ttl::Default).unwrap();
    assert_eq!(Cache::<str, serde_json::Value>::get(&cache, "k").unwrap(), None);
}
