//! The stores on Memcached beside the bare memcache crate and the Python library, on one server of its own, in one run.
//!
//! `cargo bench -p benches --bench memcached`. As the benchmark `redis`. Of the crate it is the new client
//! (`memcache::exp`), which has timeouts as ours has: the old one takes the answer to one question for that to another.

use std::sync::Arc;

use benches::{Beside, Python, beside, record};
use ctu_backends::{AsyncMemcachedCache, MemcachedCache};
use ctu_core::Encoding;
use memcache::exp::{AsyncMemcache, Memcache};
use servers::MemcachedServer;

struct Memcached {
    server: MemcachedServer,
    bare: Arc<Memcache>,
}

fn main() {
    record("Memcached", || {
        let server = MemcachedServer::start();
        let bare = Arc::new(Memcache::connect([address(&server)]).expect("the server listens"));
        beside(&Memcached { server, bare });
    });
}

fn address(server: &MemcachedServer) -> String {
    format!("127.0.0.1:{}", server.port())
}

impl Beside for Memcached {
    const BARE: [&'static str; 3] =
        ["memcache crate, GET of bytes", "memcache crate and serde_json", "memcache crate, a key of get_many of 100"];
    const ON_THREADS: &'static str = "a pool for all threads of each";
    const IN_TASKS: &'static str = "64 tasks, a pool for all tasks of each";

    type Store = MemcachedCache;
    type AsyncStore = AsyncMemcachedCache;
    type Bare = Arc<Memcache>;
    type AsyncBare = Arc<AsyncMemcache>;

    fn store(&self) -> MemcachedCache {
        MemcachedCache::open(&self.server.url()).expect("a good url")
    }

    fn async_store(&self) -> AsyncMemcachedCache {
        AsyncMemcachedCache::open(&self.server.url()).expect("a good url")
    }

    fn bare(&self) -> Arc<Memcache> {
        Arc::clone(&self.bare)
    }

    async fn async_bare(&self) -> Arc<AsyncMemcache> {
        Arc::new(AsyncMemcache::connect([address(&self.server)]).await.expect("the server listens"))
    }

    fn place(key: &str) -> String {
        Encoding::B85.encode(key.as_bytes())
    }

    fn get(bare: &mut Arc<Memcache>, place: &str) -> Option<Vec<u8>> {
        bare.get(place).expect("the server answers")
    }

    async fn get_in_task(bare: &mut Arc<AsyncMemcache>, place: &'static str) -> Option<Vec<u8>> {
        bare.get(place).await.expect("the server answers")
    }

    fn get_many(bare: &mut Arc<Memcache>, places: &[String]) -> usize {
        bare.get_many::<Vec<u8>, _>(places).expect("the server answers").len()
    }

    fn python(&self, [prefix, key, json]: [&str; 3]) -> Option<Python> {
        Python::start("seed_memcached.py", [&self.server.port().to_string(), prefix, key, json])
    }
}
