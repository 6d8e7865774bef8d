//! The stores on Redis beside the bare redis crate and the Python library, on one server of its own, in one run.
//!
//! `cargo bench -p benches --bench redis`. All contestants of a row take turns of about a millisecond; ratios are taken
//! within a round. The Python library takes part if the Python named by `PYTHON`, or else `python3`, has it.

use benches::{Beside, Python, beside, record};
use ctu_backends::{AsyncRedisCache, RedisCache};
use redis::aio::MultiplexedConnection;
use redis::{Client, Connection, cmd};
use servers::RedisServer;

struct Redis(RedisServer);

fn main() {
    record("Redis", || beside(&Redis(RedisServer::start())));
}

impl Redis {
    fn client(&self) -> Client {
        Client::open(self.0.url()).expect("a good url")
    }
}

impl Beside for Redis {
    const BARE: [&'static str; 3] =
        ["redis crate, GET of bytes", "redis crate and serde_json", "redis crate, a key of MGET of 100"];
    const ON_THREADS: &'static str = "a connection for each thread of the bare crate";
    const IN_TASKS: &'static str = "64 tasks on one multiplexed connection";

    type Store = RedisCache;
    type AsyncStore = AsyncRedisCache;
    type Bare = Connection;
    type AsyncBare = MultiplexedConnection;

    fn store(&self) -> RedisCache {
        RedisCache::open(&self.0.url()).expect("a good url")
    }

    fn async_store(&self) -> AsyncRedisCache {
        AsyncRedisCache::open(&self.0.url()).expect("a good url")
    }

    fn bare(&self) -> Connection {
        self.client().get_connection().expect("the server listens")
    }

    async fn async_bare(&self) -> MultiplexedConnection {
        self.client().get_multiplexed_async_connection().await.expect("the server listens")
    }

    fn place(key: &str) -> String {
        key.to_owned()
    }

    fn get(bare: &mut Connection, place: &str) -> Option<Vec<u8>> {
        cmd("GET").arg(place).query(bare).expect("the server answers")
    }

    async fn get_in_task(bare: &mut MultiplexedConnection, place: &'static str) -> Option<Vec<u8>> {
        cmd("GET").arg(place).query_async(bare).await.expect("the server answers")
    }

    fn get_many(bare: &mut Connection, places: &[String]) -> usize {
        let found: Vec<Option<Vec<u8>>> = cmd("MGET").arg(places).query(bare).expect("the server answers");
        found.iter().flatten().count()
    }

    fn python(&self, [prefix, key, json]: [&str; 3]) -> Option<Python> {
        Python::start("seed_redis.py", [&self.0.port().to_string(), prefix, key, json])
    }
}
