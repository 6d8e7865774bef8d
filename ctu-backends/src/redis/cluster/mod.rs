//! Redis Cluster as a store of bytes: the keys are spread over nodes, and move between them.
//!
//! The redis crate's own cluster clients are not used: they connect to every node before the first question, wait and
//! try again up to 16 times, and after a failed pipeline the blocking one leaves answers unread that the next question
//! would be given. Here each node has the same connections as a single server, with their deadlines. What is between them
//! and the store is written once for both forms: `slots` knows which slot a key is in and reads where the slots are,
//! `nodes` remembers it, `routing` sends questions there (as each `letter` says) and follows where a node points to.

mod address;
mod keyspace;
mod letter;
mod link;
mod nodes;
mod routing;
mod slots;
mod store;
mod together;

pub(super) use address::parse;
#[cfg(feature = "tokio")]
pub use store::AsyncRedisClusterCache;
pub use store::RedisClusterCache;
