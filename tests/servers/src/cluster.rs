//! A Redis Cluster of three primaries.

use std::thread;
use std::time::{Duration, Instant};

use crate::RedisServer;
use crate::process::free_port;
use crate::talk::redis;

const NODES: u16 = 3;
const SLOTS: u16 = 16_384;
const PATIENCE: Duration = Duration::from_secs(60);
const PROBE_INTERVAL: Duration = Duration::from_millis(20);

/// A Redis Cluster of three nodes, each with a third of the slots in a row, and without replicas.
///
/// If some nodes are down, the others go on with their slots.
///
/// # Examples
///
/// ```
/// let cluster = servers::RedisCluster::start();
/// let first = cluster.nodes()[0].port();
/// assert!(cluster.url().starts_with(&format!("redis-cluster://127.0.0.1:{first},")));
/// assert_eq!(cluster.slot(b"foo"), 12_182);
/// ```
#[derive(Debug)]
pub struct RedisCluster {
    nodes: Vec<RedisServer>,
}

impl RedisCluster {
    /// A cluster on free ports; all of its nodes know of all slots.
    ///
    /// # Panics
    ///
    /// Without a binary, or when the nodes do not find each other within a minute.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// A cluster whose nodes have these arguments too.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start).
    pub fn start_with(arguments: &[&str]) -> Self {
        let start = |number: u16| {
            let bus = free_port().to_string();
            let of_cluster =
                ["--cluster-enabled", "yes", "--cluster-port", &bus, "--cluster-require-full-coverage", "no"];
            let node = RedisServer::start_with(&[&of_cluster, arguments].concat());
            let (first, last) = (SLOTS / NODES * number, SLOTS / NODES * (number + 1) - 1);
            let last = if number + 1 == NODES { SLOTS - 1 } else { last };
            expect_ok(&node, &["CLUSTER", "ADDSLOTSRANGE", &first.to_string(), &last.to_string()]);
            expect_ok(&node, &["CLUSTER", "SET-CONFIG-EPOCH", &(number + 1).to_string()]);
            (node, bus)
        };
        let started: Vec<_> = (0..NODES).map(start).collect();
        for (node, bus) in &started[1..] {
            expect_ok(&started[0].0, &["CLUSTER", "MEET", "127.0.0.1", &node.port().to_string(), bus]);
        }
        let cluster = Self { nodes: started.into_iter().map(|(node, _)| node).collect() };
        cluster.wait();
        cluster
    }

    /// `redis-cluster://127.0.0.1:port,127.0.0.1:port,127.0.0.1:port`.
    pub fn url(&self) -> String {
        let nodes: Vec<_> = self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port())).collect();
        format!("redis-cluster://{}", nodes.join(","))
    }

    /// Its nodes. One that is started anew may need [`wait`](Self::wait) to take part again.
    pub fn nodes(&self) -> &[RedisServer] {
        &self.nodes
    }

    /// Waits until all nodes are up and know of all others and of all slots.
    ///
    /// # Panics
    ///
    /// When they do not within a minute.
    pub fn wait(&self) {
        let deadline = Instant::now() + PATIENCE;
        let complete = ["cluster_state:ok", "cluster_slots_ok:16384", "cluster_known_nodes:3", "cluster_size:3"];
        for node in &self.nodes {
            loop {
                let info = command(node, &["CLUSTER", "INFO"]);
                if complete.iter().all(|line| info.contains(line)) {
                    break;
                }
                assert!(Instant::now() < deadline, "the nodes did not find each other: {info}");
                thread::sleep(PROBE_INTERVAL);
            }
        }
    }

    /// The slot of a key, as the nodes compute it.
    pub fn slot(&self, key: &[u8]) -> u16 {
        redis(self.nodes[0].port(), &[b"CLUSTER", b"KEYSLOT", key]).text().parse().expect("the answer is a number")
    }

    /// The node that has a slot at the start.
    pub fn first_owner(&self, slot: u16) -> usize {
        usize::from((slot / (SLOTS / NODES)).min(NODES - 1))
    }

    /// From now on keys of the slot that `from` does not have are asked for at `to`.
    ///
    /// # Panics
    ///
    /// When a node refuses, as do the two below.
    pub fn begin_to_move(&self, slot: u16, from: usize, to: usize) {
        let (slot, from_id, to_id) = (slot.to_string(), self.id(from), self.id(to));
        expect_ok(&self.nodes[to], &["CLUSTER", "SETSLOT", &slot, "IMPORTING", &from_id]);
        expect_ok(&self.nodes[from], &["CLUSTER", "SETSLOT", &slot, "MIGRATING", &to_id]);
    }

    /// Moves the keys that `from` has in a slot that is on the move.
    pub fn move_keys(&self, slot: u16, from: usize, to: usize) {
        let port = self.nodes[to].port().to_string();
        let slot = slot.to_string();
        for key in redis(self.nodes[from].port(), &[b"CLUSTER", b"GETKEYSINSLOT", slot.as_bytes(), b"1000"]).strings {
            let migrate: [&[u8]; 6] = [b"MIGRATE", b"127.0.0.1", port.as_bytes(), &key, b"0", b"5000"];
            assert_eq!(redis(self.nodes[from].port(), &migrate).text(), "OK");
        }
    }

    /// The slot is at `to` now.
    pub fn end_to_move(&self, slot: u16, to: usize) {
        let (slot, id) = (slot.to_string(), self.id(to));
        // Its new owner first: otherwise it might be nobody's for a moment.
        for node in [&self.nodes[to]].into_iter().chain(&self.nodes) {
            expect_ok(node, &["CLUSTER", "SETSLOT", &slot, "NODE", &id]);
        }
    }

    fn id(&self, node: usize) -> String {
        command(&self.nodes[node], &["CLUSTER", "MYID"])
    }
}

fn command(node: &RedisServer, words: &[&str]) -> String {
    let words: Vec<_> = words.iter().map(|word| word.as_bytes()).collect();
    redis(node.port(), &words).text()
}

fn expect_ok(node: &RedisServer, words: &[&str]) {
    assert_eq!(command(node, words), "OK", "{words:?}");
}
