//! Slots that move from node to node are followed.

use std::time::{Duration, Instant};

use bytes::Bytes;
use ctu_core::{ErrorKind, Ttl};
use servers::RedisCluster;

use crate::form::{Form, Options, bytes};
use crate::support::{errors, key_on_each, on_both_cluster_forms};

on_both_cluster_forms! {
    law1_exact_a_slot_is_followed_while_it_moves
    law2_harmless_a_replica_takes_the_place_of_a_dead_node
}

async fn law1_exact_a_slot_is_followed_while_it_moves<F: Form>() {
    let cluster = RedisCluster::start();
    let cache = F::open(&Options::new(cluster.url()));
    let slot = cluster.slot(b"{tag}");
    let from = cluster.first_owner(slot);
    let to = (from + 1) % 3;
    let (from_port, to_port) = (cluster.nodes()[from].port(), cluster.nodes()[to].port());
    let (one, two, three) = (&b"{tag}1"[..], &b"{tag}2"[..], &b"{tag}3"[..]);
    let elsewhere: Vec<Vec<u8>> = (0..20).map(|n| format!("key{n}").into_bytes()).collect();
    for key in elsewhere.iter().map(Vec::as_slice).chain([one]) {
        cache.put(key, &bytes("old"), Ttl::Never).await.unwrap();
    }

    cluster.begin_to_move(slot, from, to);
    // This one is there yet; what is new, or not there, is asked for at the other node.
    assert_eq!(cache.get(one).await.unwrap(), Some(bytes("old")));
    assert_eq!(cache.get(two).await.unwrap(), None);
    cache.put(two, &bytes("2"), Ttl::Never).await.unwrap();
    assert_eq!(cache.get(two).await.unwrap(), Some(bytes("2")));
    assert_eq!(cache.get_entry(two).await.unwrap().unwrap().value, bytes("2"));
    assert!(cache.contains(two).await.unwrap() && !cache.contains(three).await.unwrap());
    let mut keys: Vec<&[u8]> = elsewhere.iter().map(Vec::as_slice).collect();
    keys.extend([one, two, three]);
    let mut expected = vec![Some(bytes("old")); 21];
    expected.extend([Some(bytes("2")), None]);
    assert_eq!(cache.get_many(&keys).await.unwrap(), expected);
    assert!(errors(from_port, "ASK") > 0);
    cluster.move_keys(slot, from, to);
    assert_eq!(cache.get(one).await.unwrap(), Some(bytes("old")));
    let (new, values) = (bytes("new"), [bytes("1"), bytes("3")]);
    let mut entries: Vec<(&[u8], &Bytes)> = elsewhere.iter().map(|key| (key.as_slice(), &new)).collect();
    entries.extend([(one, &values[0]), (three, &values[1])]);
    cache.put_many(&entries, Ttl::Never).await.unwrap();

    cluster.end_to_move(slot, to);
    let mut expected = vec![Some(bytes("new")); 20];
    expected.extend([Some(bytes("1")), Some(bytes("2")), Some(bytes("3"))]);
    assert_eq!(cache.get_many(&keys).await.unwrap(), expected);
    assert!(errors(from_port, "MOVED") > 0);
    // From now on it is known where to ask.
    let before = errors(from_port, "MOVED");
    for _ in 0..5 {
        assert_eq!(cache.get_entry(one).await.unwrap().unwrap().value, bytes("1"));
        assert_eq!(cache.get_many(&keys).await.unwrap(), expected);
    }
    assert!(cache.remove(two).await.unwrap() && !cache.remove(two).await.unwrap());
    assert_eq!((errors(from_port, "MOVED"), errors(to_port, "MOVED")), (before, 0));
    assert_eq!(cache.len().await.unwrap(), 22);
}

async fn law2_harmless_a_replica_takes_the_place_of_a_dead_node<F: Form>() {
    let mut cluster = RedisCluster::start();
    let keys = key_on_each(&cluster);
    let all: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
    let cache = F::open(&Options::new(cluster.url()));
    let value = bytes("value");
    for key in &keys {
        cache.put(key, &value, Ttl::Never).await.unwrap();
    }
    cluster.add_replica(1);
    // Replicas are never asked, so theirs are no further entries.
    assert_eq!(cache.len().await.unwrap(), 3);
    cluster.nodes()[1].kill();
    assert_eq!(cache.get(&keys[1]).await.unwrap_err().kind(), ErrorKind::Unavailable);
    cluster.promote(1);
    let start = Instant::now();
    while let Err(error) = cache.get(&keys[1]).await {
        assert!(start.elapsed() < Duration::from_secs(2), "{error:?}");
    }
    assert_eq!(cache.get_many(&all).await.unwrap(), vec![Some(value); 3]);
    assert_eq!(cache.len().await.unwrap(), 3);
}
