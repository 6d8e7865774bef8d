//! What is stored is what is read, wherever in the cluster it is.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use ctu_core::testing::{Check, Conformance};
use ctu_core::{AsyncCache, AsyncCacheExt, ErrorKind, MasterKey, StackExt, Ttl};
use servers::RedisCluster;

use crate::form::{Form, Options, bytes};
use crate::support::{cluster, errors, on_both_cluster_forms, options, sum};

on_both_cluster_forms! {
    keeps_the_contract
    keeps_the_contract_of_leases
    stacks_keep_the_contract
    law1_exact_keys_of_any_bytes_stay_apart
    law1_exact_keys_with_brackets_stay_apart
    batches_reach_all_nodes_and_keep_their_order
    lifetimes_are_kept_to_the_millisecond
    law5_apart_clear_removes_the_namespace_on_all_nodes_and_nothing_else
    clear_and_len_see_thousands_of_keys
    clear_without_a_namespace_says_what_to_do
    flush_server_and_stats_are_those_of_all_nodes
    law6_bounded_over_long_values_are_refused
}

async fn keeps_the_contract<F: Form>() {
    let suite = Conformance::<[u8], Bytes>::real_time(Duration::from_millis(400));
    suite.steps(1_000).check_async(|| F::open(&options())).await;
}

async fn keeps_the_contract_of_leases<F: Form>() {
    Conformance::<[u8], Bytes>::real_time(Duration::from_millis(500)).check_leases_async(F::open(&options())).await;
}

async fn stacks_keep_the_contract<F: Form>() {
    let checks = [Check::RoundTrip, Check::OddKeys, Check::OddValues, Check::GetMany, Check::PutMany];
    let suite = || Conformance::<[u8], Bytes>::real_time(Duration::from_secs(2)).only(checks);
    suite().check_async(|| F::open(&options()).prefixed("f.")).await;
    let master = || MasterKey::generate().unwrap();
    suite().max_value_bytes(100_000).check_async(|| F::open(&options()).encrypted(master(), "app")).await;
    let stack = F::open(&options()).encrypted(master(), "app").prefixed("f.").json();
    let value = (String::from("é\n"), vec![1.5, -0.0], None::<u64>);
    AsyncCacheExt::set(&stack, "key", &value).await.unwrap();
    assert_eq!(stack.get("key").await.unwrap(), Some(value));
    stack.put("other", &7_u64, Ttl::After(Duration::from_secs(9))).await.unwrap();
    let entry: ctu_core::Entry<u64> = stack.get_entry("other").await.unwrap().unwrap();
    assert!(entry.value == 7 && entry.ttl.unwrap() <= Duration::from_secs(9));
}

async fn stay_apart<F: Form>(keys: &[&[u8]]) {
    let cache = F::open(&options());
    let values: Vec<Bytes> = keys.iter().map(|key| [b"<", *key, b">"].concat().into()).collect();
    for (key, value) in keys.iter().zip(&values) {
        assert!(!cache.contains(key).await.unwrap());
        cache.set(key, value).await.unwrap();
    }
    assert_eq!(cache.len().await.unwrap(), keys.len());
    let found = cache.get_many(keys).await.unwrap();
    assert!(found.iter().map(Option::as_ref).eq(values.iter().map(Some)));
    for (key, value) in keys.iter().zip(&values) {
        assert_eq!(cache.get(key).await.unwrap().as_ref(), Some(value));
        assert!(cache.remove(key).await.unwrap() && !cache.remove(key).await.unwrap());
    }
    assert!(cache.is_empty().await.unwrap());
}

async fn law1_exact_keys_of_any_bytes_stay_apart<F: Form>() {
    let injection = b"a\r\nDEL b\r\n*1\r\n$8\r\nFLUSHALL\r\n";
    let (long, longer) = (vec![b'k'; 10_000], vec![b'k'; 10_001]);
    stay_apart::<F>(&[b"", b" ", b"\0", b"\0\0", b"\r\n", b"a\r\n", b"a b", b"\xff\xfe", injection, &long, &longer])
        .await;
}

async fn law1_exact_keys_with_brackets_stay_apart<F: Form>() {
    stay_apart::<F>(&[
        b"a",
        b"{a}",
        b"{a}b",
        b"b{a}",
        b"{{a}}",
        b"{",
        b"}",
        b"{}",
        b"{}a",
        b"}{",
        b"}a{",
        b"{a",
        b"a}",
        b"{a}{b}",
        b"{b}{a}",
        b"{\0}",
        b"{\r\n}",
        b"\xff{\xff}\xff",
    ])
    .await;
}

async fn batches_reach_all_nodes_and_keep_their_order<F: Form>() {
    let options = options();
    let cache = F::open(&options);
    let keys: Vec<Vec<u8>> = (0..100).map(|n| format!("key{n}").into_bytes()).collect();
    let slot = |key: &Vec<u8>| cluster().slot(&[&options.namespace[..], key].concat());
    let slots: BTreeSet<u16> = keys.iter().map(slot).collect();
    let owners: BTreeSet<usize> = slots.iter().map(|slot| cluster().first_owner(*slot)).collect();
    assert!(slots.len() > 90 && owners.len() == 3);
    let values: Vec<Bytes> = (0..100).map(|n| bytes(&format!("value{n}"))).collect();
    let mut entries: Vec<(&[u8], &Bytes)> = keys.iter().map(Vec::as_slice).zip(&values).collect();
    // What comes later counts.
    let (first, last) = (bytes("first"), bytes("last"));
    entries.insert(0, (&keys[50], &first));
    entries.push((&keys[51], &last));
    cache.put_many(&entries, Ttl::Default).await.unwrap();
    let mut asked: Vec<&[u8]> = keys.iter().map(Vec::as_slice).rev().collect();
    asked.extend([&keys[51][..], b"none", &keys[51][..]]);
    let mut expected: Vec<Option<Bytes>> = values.into_iter().map(Some).collect();
    expected[51] = Some(last.clone());
    expected.reverse();
    expected.extend([Some(last.clone()), None, Some(last)]);
    assert_eq!(cache.get_many(&asked).await.unwrap(), expected);
    assert!(cache.get_many(&[]).await.unwrap().is_empty());
    cache.put_many(&[], Ttl::Default).await.unwrap();
    for node in cluster().nodes() {
        assert_eq!((errors(node.port(), "CROSSSLOT"), errors(node.port(), "MOVED")), (0, 0));
    }
}

async fn lifetimes_are_kept_to_the_millisecond<F: Form>() {
    let cache = F::open(&options());
    for n in 0..10_u64 {
        let (key, asked) = (format!("key{n}"), Duration::from_millis(987_654_321 + n));
        cache.put(key.as_bytes(), &bytes("1"), Ttl::After(asked)).await.unwrap();
        let left = cache.get_entry(key.as_bytes()).await.unwrap().unwrap().ttl.unwrap();
        assert!(left <= asked && left + Duration::from_secs(60) > asked && left.subsec_nanos() % 1_000_000 == 0);
    }
    cache.set(b"default", &bytes("1")).await.unwrap();
    let left = cache.get_entry(b"default").await.unwrap().unwrap().ttl.unwrap();
    assert!(left > Duration::from_secs(540) && left <= Duration::from_secs(600));
    cache.put(b"endless", &bytes("1"), Ttl::Never).await.unwrap();
    assert_eq!(cache.get_entry(b"endless").await.unwrap().unwrap().ttl, None);
    cache.put(b"endless", &bytes("1"), Ttl::After(Duration::ZERO)).await.unwrap();
    assert_eq!(cache.get_entry(b"endless").await.unwrap(), None);
}

async fn law5_apart_clear_removes_the_namespace_on_all_nodes_and_nothing_else<F: Form>() {
    let base = String::from_utf8(options().namespace).unwrap();
    let of = |namespace: &str| F::open(&options().namespace(format!("{base}{namespace}")));
    let value = bytes("1");
    let keys: Vec<Vec<u8>> = (0..50).map(|n| format!("key{n}").into_bytes()).collect();
    let entries: Vec<(&[u8], &Bytes)> = keys.iter().map(|key| (key.as_slice(), &value)).collect();
    // Each would match others if it were taken for a pattern, and one has all of its keys on one node.
    let names = ["*", "?.", "[ab]", "{tag}.", "\\", "b", "plain."];
    for name in names {
        of(name).put_many(&entries, Ttl::Default).await.unwrap();
    }
    for (cleared, name) in names.iter().enumerate() {
        of(name).clear().await.unwrap();
        for (index, other) in names.iter().enumerate() {
            assert_eq!(of(other).len().await.unwrap(), if index <= cleared { 0 } else { 50 }, "{name} {other}");
        }
    }
}

async fn clear_and_len_see_thousands_of_keys<F: Form>() {
    let cache = F::open(&options());
    let value = bytes("1");
    let keys: Vec<Vec<u8>> = (0..5_000).map(|n| format!("key{n}").into_bytes()).collect();
    let entries: Vec<(&[u8], &Bytes)> = keys.iter().map(|key| (key.as_slice(), &value)).collect();
    cache.put_many(&entries, Ttl::Default).await.unwrap();
    assert_eq!(cache.len().await.unwrap(), 5_000);
    cache.clear().await.unwrap();
    assert_eq!(cache.len().await.unwrap(), 0);
}

async fn clear_without_a_namespace_says_what_to_do<F: Form>() {
    let cache = F::open(&options().namespace(""));
    let error = cache.clear().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("namespace") && error.to_string().contains("flush_server()"), "{error}");
}

async fn flush_server_and_stats_are_those_of_all_nodes<F: Form>() {
    let own = RedisCluster::start();
    let cache = F::open(&Options::new(own.url()));
    let value = bytes("1");
    let keys: Vec<Vec<u8>> = (0..30).map(|n| format!("key{n}").into_bytes()).collect();
    let entries: Vec<(&[u8], &Bytes)> = keys.iter().map(|key| (key.as_slice(), &value)).collect();
    cache.put_many(&entries, Ttl::Default).await.unwrap();
    let asked: Vec<&[u8]> = keys.iter().map(Vec::as_slice).chain([&b"none"[..]; 10]).collect();
    assert_eq!(cache.get_many(&asked).await.unwrap().iter().flatten().count(), 30);
    let stats = cache.stats().await.unwrap();
    assert_eq!((stats.reads, stats.hits, stats.entries), (40, 30, Some(30)));
    assert_eq!((cache.len().await.unwrap(), sum(&own, "DBSIZE")), (30, 30));
    assert_eq!(F::open(&Options::new(own.url()).namespace("n")).stats().await.unwrap().entries, None);
    cache.flush_server().await.unwrap();
    assert!(cache.is_empty().await.unwrap());
    assert_eq!(sum(&own, "DBSIZE"), 0);
}

async fn law6_bounded_over_long_values_are_refused<F: Form>() {
    let mut options = options();
    let generous = F::open(&options);
    generous.set(b"long", &Bytes::from(vec![0; 1_001])).await.unwrap();
    options.max_value = 1_000;
    let cache = F::open(&options);
    cache.set(b"key", &Bytes::from(vec![0; 1_000])).await.unwrap();
    assert_eq!(cache.set(b"other", &Bytes::from(vec![0; 1_001])).await.unwrap_err().kind(), ErrorKind::Limit);
    assert_eq!(cache.get(b"long").await.unwrap_err().kind(), ErrorKind::Limit);
    assert_eq!(cache.get_entry(b"long").await.unwrap_err().kind(), ErrorKind::Limit);
    assert_eq!(cache.get_many(&[b"key", b"long"]).await.unwrap_err().kind(), ErrorKind::Limit);
    assert!(cache.contains(b"key").await.unwrap());
}
