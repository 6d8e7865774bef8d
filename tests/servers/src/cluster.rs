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

/// A Redis Cluster of three nodes, each with a third of the slots in a row, and at first without replicas.
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
    /// Empty without TLS.
    tls_ports: Vec<u16>,
}

impl RedisCluster {
    /// A cluster on free ports; all of its nodes know of all slots.
    ///
    /// # Panics
    ///
    /// Without a binary, or when the nodes do not find each other within a minute.
    pub fn start() -> Self {
        Self::start_with(&[], Vec::new())
    }

    /// As [`start`](Self::start), but the nodes talk to each other over TLS, and to clients on ports of their own, with
    /// `server.pem` and `server.key` of this directory, signed by its `ca.pem`.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start).
    pub fn start_with_tls(certificates: &str) -> Self {
        let file = |name: &str| format!("{certificates}/{name}");
        let (certificate, key, authority) = (file("server.pem"), file("server.key"), file("ca.pem"));
        let settings = [
            ["--tls-cert-file", &certificate],
            ["--tls-key-file", &key],
            ["--tls-ca-cert-file", &authority],
            ["--tls-auth-clients", "no"],
            ["--tls-cluster", "yes"],
        ];
        Self::start_with(settings.as_flattened(), (0..NODES).map(|_| free_port()).collect())
    }

    fn start_with(settings: &[&str], tls_ports: Vec<u16>) -> Self {
        let started: Vec<_> = (0..NODES)
            .map(|number| {
                let tls_port = tls_ports.get(usize::from(number)).map(ToString::to_string);
                let tls_port = tls_port.iter().flat_map(|port| ["--tls-port", port]);
                let (node, bus) = start_node(&settings.iter().copied().chain(tls_port).collect::<Vec<_>>());
                let end = if number + 1 == NODES { SLOTS } else { SLOTS / NODES * (number + 1) };
                let (first, last) = (SLOTS / NODES * number, end - 1);
                expect_ok(&node, &["CLUSTER", "ADDSLOTSRANGE", &first.to_string(), &last.to_string()]);
                expect_ok(&node, &["CLUSTER", "SET-CONFIG-EPOCH", &(number + 1).to_string()]);
                (node, bus)
            })
            .collect();
        for (number, (node, bus)) in started.iter().enumerate().skip(1) {
            meet(&started[0].0, tls_ports.get(number).copied().unwrap_or(node.port()), bus);
        }
        let cluster = Self { nodes: started.into_iter().map(|(node, _)| node).collect(), tls_ports };
        cluster.wait();
        cluster
    }

    /// `redis-cluster://127.0.0.1:port,127.0.0.1:port,127.0.0.1:port`.
    pub fn url(&self) -> String {
        let nodes: Vec<_> = self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port())).collect();
        format!("redis-cluster://{}", nodes.join(","))
    }

    /// `rediss-cluster://localhost:port`, of the first node, if it speaks TLS.
    pub fn tls_url(&self) -> Option<String> {
        self.tls_ports.first().map(|port| format!("rediss-cluster://localhost:{port}"))
    }

    /// Its nodes. One that is started anew may need [`wait`](Self::wait) to take part again.
    pub fn nodes(&self) -> &[RedisServer] {
        &self.nodes
    }

    /// Waits until all three nodes are up and know of all others and of all slots.
    ///
    /// # Panics
    ///
    /// When they do not within a minute.
    pub fn wait(&self) {
        let complete = ["cluster_state:ok", "cluster_slots_ok:16384", "cluster_known_nodes:3", "cluster_size:3"];
        for node in &self.nodes {
            patiently("the nodes did not find each other", || {
                let info = command(node, &["CLUSTER", "INFO"]);
                complete.iter().all(|line| info.contains(line))
            });
        }
    }

    /// The slot of a key, as the nodes compute it.
    ///
    /// # Panics
    ///
    /// When the first node is down, as do those below when one of theirs is, or refuses.
    pub fn slot(&self, key: &[u8]) -> u16 {
        redis(self.nodes[0].port(), &[b"CLUSTER", b"KEYSLOT", key]).text().parse().expect("the answer is a number")
    }

    /// The node that has a slot at the start.
    pub fn first_owner(&self, slot: u16) -> usize {
        usize::from((slot / (SLOTS / NODES)).min(NODES - 1))
    }

    /// From now on keys of the slot that `from` does not have are asked for at `to`.
    pub fn begin_to_move(&self, slot: u16, from: usize, to: usize) {
        let (slot, from_id, to_id) = (slot.to_string(), self.id(from), self.id(to));
        expect_ok(&self.nodes[to], &["CLUSTER", "SETSLOT", &slot, "IMPORTING", &from_id]);
        expect_ok(&self.nodes[from], &["CLUSTER", "SETSLOT", &slot, "MIGRATING", &to_id]);
    }

    /// Moves the keys that `from` has in a slot that is on the move.
    ///
    /// # Panics
    ///
    /// When a key does not move.
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

    /// One more node, the last: it holds what the node `of` does.
    ///
    /// # Panics
    ///
    /// When it is not up to date within a minute.
    pub fn add_replica(&mut self, of: usize) {
        let (node, bus) = start_node(&[]);
        meet(&self.nodes[0], node.port(), &bus);
        let id = self.id(of);
        patiently("the replica is not known", || command(&node, &["CLUSTER", "REPLICATE", &id]) == "OK");
        let is_up_to_date = || command(&node, &["INFO", "replication"]).contains("master_link_status:up");
        patiently("the replica is not up to date", is_up_to_date);
        self.nodes.push(node);
    }

    /// The last node, a replica, takes the slots of its primary, which is down. All others know of it then.
    ///
    /// # Panics
    ///
    /// When they do not within a minute.
    pub fn promote(&self, down: usize) {
        let Some((replica, others)) = self.nodes.split_last() else { return };
        expect_ok(replica, &["CLUSTER", "FAILOVER", "TAKEOVER"]);
        let port = format!(":{}@", replica.port());
        for (_, node) in others.iter().enumerate().filter(|(index, _)| *index != down) {
            patiently("the replica did not take over", || {
                let nodes = command(node, &["CLUSTER", "NODES"]);
                nodes.lines().any(|line| line.contains(&port) && line.contains("master"))
            });
        }
    }

    fn id(&self, node: usize) -> String {
        command(&self.nodes[node], &["CLUSTER", "MYID"])
    }
}

/// A node that knows of no others, and the port that they find it by.
fn start_node(settings: &[&str]) -> (RedisServer, String) {
    let bus = free_port().to_string();
    let of_cluster = ["--cluster-enabled", "yes", "--cluster-port", &bus, "--cluster-require-full-coverage", "no"];
    (RedisServer::start_with(&[&of_cluster, settings].concat()), bus)
}

fn meet(known: &RedisServer, port: u16, bus: &str) {
    expect_ok(known, &["CLUSTER", "MEET", "127.0.0.1", &port.to_string(), bus]);
}

fn patiently(complaint: &str, is_done: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_done() {
        assert!(Instant::now() < deadline, "{complaint}");
        thread::sleep(PROBE_INTERVAL);
    }
}

fn command(node: &RedisServer, words: &[&str]) -> String {
    let words: Vec<_> = words.iter().map(|word| word.as_bytes()).collect();
    redis(node.port(), &words).text()
}

fn expect_ok(node: &RedisServer, words: &[&str]) {
    assert_eq!(command(node, words), "OK", "{words:?}");
}
