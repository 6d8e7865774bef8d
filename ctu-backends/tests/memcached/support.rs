//! Both stores under one set of blocking methods, and what stands between them and a server.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use ctu_backends::{AsyncMemcachedCache, MemcachedCache, MemcachedCacheBuilder};
use ctu_core::{AsyncCache, AsyncStore, Cache, Entry, Result, Stats, Store, Ttl};
use tokio::runtime::Runtime;

/// What an operation may take beyond its deadline.
const GRACE: Duration = Duration::from_millis(50);

/// The settings of a store of either kind.
pub(crate) struct Setup(MemcachedCacheBuilder<MemcachedCache>, MemcachedCacheBuilder<AsyncMemcachedCache>);

macro_rules! settings {
    ($($name:ident: $type:ty),*) => {
        impl Setup {
            pub(crate) fn new(url: &str) -> Self {
                Self(MemcachedCache::builder(url), AsyncMemcachedCache::builder(url))
            }

            $(pub(crate) fn $name(self, value: $type) -> Self {
                Self(self.0.$name(value.clone()), self.1.$name(value))
            })*

            pub(crate) fn build(self) -> Result<MemcachedCache> {
                self.0.build()
            }

            pub(crate) fn build_async(self) -> Result<AsyncMemcachedCache> {
                self.1.build()
            }
        }
    };
}

settings!(
    namespace: impl Into<String> + Clone,
    ttl: Ttl,
    connect_timeout: Duration,
    response_timeout: Duration,
    pool_size: usize,
    max_value: usize
);

/// A store of either kind.
pub(crate) enum Subject {
    Blocking(MemcachedCache),
    Async(AsyncMemcachedCache, Runtime),
}

/// The same test on a store of each kind.
pub(crate) fn on_both(builder: impl Fn() -> Setup, test: impl Fn(&Subject)) {
    test(&Subject::Blocking(builder().build().unwrap()));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    test(&Subject::Async(builder().build_async().unwrap(), runtime));
}

macro_rules! forward {
    ($($trait:ident, $async_trait:ident: $name:ident($($argument:ident: $type:ty),*) -> $output:ty;)*) => {
        impl Subject {
            $(pub(crate) fn $name(&self $(, $argument: $type)*) -> Result<$output> {
                match self {
                    Self::Blocking(cache) => forward!(call $trait, $name, cache $(, $argument)*),
                    Self::Async(cache, runtime) => {
                        runtime.block_on(async { forward!(call $async_trait, $name, cache $(, $argument)*).await })
                    }
                }
            })*
        }
    };
    (call Store, $name:ident, $cache:ident) => { Store::$name($cache) };
    (call AsyncStore, $name:ident, $cache:ident) => { AsyncStore::$name($cache) };
    (call Cache, $name:ident, $cache:ident $(, $argument:ident)*) => {
        Cache::<[u8], Bytes>::$name($cache $(, $argument)*)
    };
    (call AsyncCache, $name:ident, $cache:ident $(, $argument:ident)*) => {
        AsyncCache::<[u8], Bytes>::$name($cache $(, $argument)*)
    };
}

forward! {
    Cache, AsyncCache: get(key: &[u8]) -> Option<Bytes>;
    Cache, AsyncCache: get_entry(key: &[u8]) -> Option<Entry<Bytes>>;
    Cache, AsyncCache: put(key: &[u8], value: &Bytes, ttl: Ttl) -> ();
    Cache, AsyncCache: remove(key: &[u8]) -> bool;
    Cache, AsyncCache: contains(key: &[u8]) -> bool;
    Cache, AsyncCache: get_many(keys: &[&[u8]]) -> Vec<Option<Bytes>>;
    Cache, AsyncCache: put_many(entries: &[(&[u8], &Bytes)], ttl: Ttl) -> ();
    Store, AsyncStore: len() -> usize;
    Store, AsyncStore: clear() -> ();
    Store, AsyncStore: stats() -> Stats;
}

impl Subject {
    pub(crate) fn flush_server(&self) -> Result<()> {
        match self {
            Self::Blocking(cache) => cache.flush_server(),
            Self::Async(cache, runtime) => runtime.block_on(cache.flush_server()),
        }
    }

    /// Every operation, with what it is called.
    pub(crate) fn every_operation(&self, check: impl Fn(&str, &dyn Fn() -> Option<ctu_core::Error>)) {
        let value = Bytes::from_static(b"secret value");
        let key = &b"secret key"[..];
        check("get", &|| self.get(key).err());
        check("get_entry", &|| self.get_entry(key).err());
        check("put", &|| self.put(key, &value, Ttl::Default).err());
        check("remove", &|| self.remove(key).err());
        check("contains", &|| self.contains(key).err());
        check("get_many", &|| self.get_many(&[key, b"other"]).err());
        check("put_many", &|| self.put_many(&[(key, &value)], Ttl::Default).err());
        check("zero", &|| self.put(key, &value, Ttl::After(Duration::ZERO)).err());
        check("len", &|| self.len().err());
        check("stats", &|| self.stats().err());
        check("flush_server", &|| self.flush_server().err());
    }
}

/// Tells what took too long on a machine that may itself be busy.
pub(crate) struct Watch {
    late: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
}

impl Watch {
    pub(crate) fn new() -> Self {
        let (late, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let (worst, ended) = (Arc::clone(&late), Arc::clone(&stop));
        // By how much a mere sleep is late, no store can be blamed for.
        thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                let start = Instant::now();
                thread::sleep(Duration::from_millis(5));
                let late = start.elapsed().saturating_sub(Duration::from_millis(5));
                worst.fetch_max(u64::try_from(late.as_micros()).unwrap(), Ordering::Relaxed);
            }
        });
        Self { late, stop }
    }

    /// The result of `run`, which must not take longer than `deadline` and the grace.
    pub(crate) fn within<T>(&self, deadline: Duration, what: &str, run: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = run();
        let took = start.elapsed();
        let noise = Duration::from_micros(self.late.load(Ordering::Relaxed));
        assert!(took <= deadline + GRACE + noise, "{what} took {took:?} of {deadline:?}; noise {noise:?}");
        result
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// A listener whose connections are handled by `serve`, each on a thread. Its port.
pub(crate) fn fake(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(std::result::Result::ok) {
            let serve = Arc::clone(&serve);
            thread::spawn(move || serve(stream));
        }
    });
    port
}

/// Stands between a store and a server.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    connections: Arc<Mutex<Vec<TcpStream>>>,
    sent: Arc<Mutex<Vec<u8>>>,
}

impl Proxy {
    /// `before_reply` is called before each piece of a reply is passed on.
    pub(crate) fn new(server: u16, before_reply: impl Fn() + Send + Sync + 'static) -> Self {
        let (connections, sent) = (Arc::<Mutex<Vec<TcpStream>>>::default(), Arc::<Mutex<Vec<u8>>>::default());
        let (all, record) = (Arc::clone(&connections), Arc::clone(&sent));
        let before_reply = Arc::new(before_reply);
        let port = fake(move |client| {
            client.set_nodelay(true).unwrap();
            let Ok(upstream) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)) else { return };
            upstream.set_nodelay(true).unwrap();
            all.lock().unwrap().push(client.try_clone().unwrap());
            let (back, forth) = (client.try_clone().unwrap(), upstream.try_clone().unwrap());
            let before_reply = Arc::clone(&before_reply);
            thread::spawn(move || pass(upstream, back, |_| before_reply()));
            let record = Arc::clone(&record);
            pass(client, forth, |bytes| record.lock().unwrap().extend_from_slice(bytes));
        });
        Self { port, connections, sent }
    }

    pub(crate) fn url(&self) -> String {
        format!("memcached://127.0.0.1:{}", self.port)
    }

    /// Breaks all connections.
    pub(crate) fn sever(&self) {
        for stream in self.connections.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// What was sent to the server since the last time.
    pub(crate) fn sent(&self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut *self.sent.lock().unwrap())).into_owned()
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, before: impl Fn(&[u8])) {
    let mut buffer = vec![0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        before(&buffer[..length]);
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

/// The key and the value of a number, which belong together.
pub(crate) fn key(n: usize) -> Vec<u8> {
    format!("key {n}").into_bytes()
}

pub(crate) fn value(n: usize) -> Bytes {
    format!("value {n} {}", "x".repeat(n % 700)).into()
}
