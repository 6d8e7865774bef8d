//! The cluster that most tests share, and keys for each of its nodes.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use servers::RedisCluster;

use crate::form::{Options, raw};

static CLUSTER: LazyLock<RedisCluster> = LazyLock::new(RedisCluster::start);

/// The cluster that all tests share: none may move its slots or stop its nodes.
pub(crate) fn cluster() -> &'static RedisCluster {
    &CLUSTER
}

/// A namespace of its own there.
pub(crate) fn options() -> Options {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    Options::new(cluster().url()).namespace(format!("test{number}."))
}

/// A key on each node, without a namespace.
pub(crate) fn key_on_each(cluster: &RedisCluster) -> [Vec<u8>; 3] {
    [0, 1, 2].map(|node| {
        let keys = (0..).map(|number| format!("key{number}").into_bytes());
        keys.into_iter().find(|key| cluster.first_owner(cluster.slot(key)) == node).unwrap()
    })
}

/// The sum over all nodes of what each answers to a command with a number.
pub(crate) fn sum(cluster: &RedisCluster, command: &str) -> u64 {
    let number = |port| raw(port, command).trim_matches([':', '\r', '\n']).parse::<u64>().unwrap();
    cluster.nodes().iter().map(|node| number(node.port())).sum()
}

/// How often a node answered with an error of this code.
pub(crate) fn errors(port: u16, code: &str) -> u64 {
    let text = raw(port, "INFO errorstats");
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("errorstat_{code}:count=")));
    line.map_or(0, |count| count.trim().parse().unwrap())
}

/// Runs the named tests, `async fn name<F: Form>()`, on both forms.
macro_rules! on_both_cluster_forms {
    ($($name:ident)*) => {
        mod blocking {
            $(#[test]
            fn $name() {
                crate::form::run(super::$name::<crate::form::Blocking<ctu_backends::RedisClusterCache>>());
            })*
        }
        mod multiplexed {
            $(#[test]
            fn $name() {
                crate::form::run(super::$name::<ctu_backends::AsyncRedisClusterCache>());
            })*
        }
    };
}

pub(crate) use on_both_cluster_forms;
