//! Both forms of the store behind one trait, and what tests do with a server.

use std::future::Future;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use ctu_backends::{AsyncRedisCache, RedisCache};
use ctu_core::{
    AsyncCache, AsyncLease, AsyncStore, Cache, Claim, Entry, Lease, Leased, Result, Stats, Store, Token, Ttl, Watch,
};
use servers::RedisServer;

/// What tests set; the rest is left at its default.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) url: String,
    pub(crate) namespace: Vec<u8>,
    pub(crate) connect: Duration,
    pub(crate) response: Duration,
    pub(crate) max_value: usize,
}

impl Options {
    /// No deadline that a busy machine could miss.
    pub(crate) fn new(url: impl Into<String>) -> Self {
        let patience = Duration::from_secs(20);
        Self { url: url.into(), namespace: Vec::new(), connect: patience, response: patience, max_value: 8 << 20 }
    }

    /// A namespace of its own on the server that all tests share.
    pub(crate) fn shared() -> Self {
        static SERVER: LazyLock<RedisServer> = LazyLock::new(RedisServer::start);
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self::new(SERVER.url()).namespace(format!("test{number}."))
    }

    pub(crate) fn namespace(mut self, namespace: impl AsRef<[u8]>) -> Self {
        self.namespace = namespace.as_ref().to_vec();
        self
    }

    pub(crate) fn deadlines(mut self, connect: Duration, response: Duration) -> Self {
        (self.connect, self.response) = (connect, response);
        self
    }

    pub(crate) fn port(&self) -> u16 {
        self.url.rsplit(':').next().unwrap().parse().unwrap()
    }
}

/// A form of the store.
pub(crate) trait Form: AsyncLease<[u8], Bytes> + AsyncStore + Sized + 'static {
    fn build(options: &Options) -> Result<Self>;
    fn flush_server(&self) -> impl Future<Output = Result<()>> + Send;

    fn open(options: &Options) -> Self {
        Self::build(options).unwrap()
    }
}

/// The blocking form as an async one that is always ready.
pub(crate) struct Blocking<C>(pub(crate) C);

macro_rules! forms {
    ($blocking:ty, $asynchronous:ty) => {
        impl Form for $asynchronous {
            fn build(options: &Options) -> Result<Self> {
                Self::builder(&options.url)
                    .namespace(&options.namespace)
                    .connect_timeout(options.connect)
                    .response_timeout(options.response)
                    .max_value(options.max_value)
                    .build()
            }

            fn flush_server(&self) -> impl Future<Output = Result<()>> + Send {
                Self::flush_server(self)
            }
        }

        impl Form for Blocking<$blocking> {
            fn build(options: &Options) -> Result<Self> {
                <$blocking>::builder(&options.url)
                    .namespace(&options.namespace)
                    .connect_timeout(options.connect)
                    .response_timeout(options.response)
                    .max_value(options.max_value)
                    .build()
                    .map(Self)
            }

            async fn flush_server(&self) -> Result<()> {
                self.0.flush_server()
            }
        }
    };
}

forms!(RedisCache, AsyncRedisCache);
#[cfg(feature = "redis-cluster")]
forms!(ctu_backends::RedisClusterCache, ctu_backends::AsyncRedisClusterCache);

#[deny(clippy::missing_trait_methods)]
impl<C: Cache<[u8], Bytes> + Send + Sync> AsyncCache<[u8], Bytes> for Blocking<C> {
    async fn get(&self, key: &[u8]) -> Result<Option<Bytes>> {
        self.0.get(key)
    }
    async fn get_entry(&self, key: &[u8]) -> Result<Option<Entry<Bytes>>> {
        self.0.get_entry(key)
    }
    async fn put(&self, key: &[u8], value: &Bytes, ttl: Ttl) -> Result<()> {
        self.0.put(key, value, ttl)
    }
    async fn remove(&self, key: &[u8]) -> Result<bool> {
        self.0.remove(key)
    }
    async fn contains(&self, key: &[u8]) -> Result<bool> {
        self.0.contains(key)
    }
    async fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<Bytes>>> {
        self.0.get_many(keys)
    }
    async fn put_many(&self, entries: &[(&[u8], &Bytes)], ttl: Ttl) -> Result<()> {
        self.0.put_many(entries, ttl)
    }
    fn watch(&self, key: &[u8]) -> Option<Watch> {
        self.0.watch(key)
    }
    async fn put_if_unchanged(&self, key: &[u8], value: &Bytes, ttl: Ttl, watch: Watch) -> Result<bool> {
        self.0.put_if_unchanged(key, value, ttl, watch)
    }
}

#[deny(clippy::missing_trait_methods)]
impl<C: Lease<[u8], Bytes> + Send + Sync> AsyncLease<[u8], Bytes> for Blocking<C> {
    async fn lease(&self, key: &[u8], claim: Claim, length: Duration) -> Result<Leased> {
        self.0.lease(key, claim, length)
    }
    async fn renew(&self, key: &[u8], token: Token, length: Duration) -> Result<Option<Token>> {
        self.0.renew(key, token, length)
    }
    async fn release(&self, key: &[u8], token: Token) -> Result<bool> {
        self.0.release(key, token)
    }
    async fn put_if_leased(&self, key: &[u8], value: &Bytes, ttl: Ttl, token: Token) -> Result<bool> {
        self.0.put_if_leased(key, value, ttl, token)
    }
}

impl<C: Store + Send + Sync> AsyncStore for Blocking<C> {
    async fn len(&self) -> Result<usize> {
        self.0.len()
    }
    async fn clear(&self) -> Result<()> {
        self.0.clear()
    }
    async fn stats(&self) -> Result<Stats> {
        self.0.stats()
    }
}

/// Runs the named tests, `async fn name<F: Form>()`, on both forms.
macro_rules! on_both_forms {
    ($($name:ident)*) => {
        mod blocking {
            $(#[test]
            fn $name() {
                crate::form::run(super::$name::<crate::form::Blocking<ctu_backends::RedisCache>>());
            })*
        }
        mod multiplexed {
            $(#[test]
            fn $name() {
                crate::form::run(super::$name::<ctu_backends::AsyncRedisCache>());
            })*
        }
    };
}

pub(crate) use on_both_forms;

pub(crate) fn run(test: impl Future<Output = ()>) {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(8).enable_all().build().unwrap().block_on(test);
}

/// Sends an inline command, or several, and returns the first of the answer's bytes.
pub(crate) fn raw(port: u16, commands: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(format!("{commands}\r\n").as_bytes()).unwrap();
    let mut answer = [0; 1024];
    let read = stream.read(&mut answer).unwrap();
    String::from_utf8_lossy(&answer[..read]).into_owned()
}

pub(crate) fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

/// Checks that operations end by their deadline.
pub(crate) struct Stopwatch {
    limit: Duration,
    taken: Vec<Duration>,
}

impl Stopwatch {
    pub(crate) fn new(deadline: Duration) -> Self {
        Self { limit: deadline + Duration::from_millis(50), taken: Vec::new() }
    }

    pub(crate) async fn time<T>(&mut self, operation: impl Future<Output = T>) -> T {
        let start = Instant::now();
        let result = operation.await;
        self.taken.push(start.elapsed());
        result
    }

    /// One in ten may be later, on a machine that is busy with other tests, but none as late as without a deadline.
    pub(crate) fn check(mut self) {
        self.taken.sort();
        let late = self.taken.iter().filter(|taken| **taken > self.limit).count();
        assert!(
            late * 10 <= self.taken.len(),
            "{late} of {} over {:?}: {:?}",
            self.taken.len(),
            self.limit,
            self.taken
        );
        assert!(self.taken.last().is_none_or(|taken| *taken < self.limit + Duration::from_secs(2)), "{:?}", self.taken);
    }
}

/// Every operation once, with what went wrong; `None` for one that went well.
pub(crate) async fn every_operation<F: Form>(cache: &F, stopwatch: &mut Stopwatch) -> Vec<Option<ctu_core::ErrorKind>> {
    let value = Bytes::from_static(b"value");
    let keys: [&[u8]; 2] = [b"key", b"other"];
    let entries: [(&[u8], &Bytes); 2] = [(b"key", &value), (b"other", &value)];
    vec![
        kind(stopwatch.time(cache.get(b"key")).await),
        kind(stopwatch.time(cache.get_entry(b"key")).await),
        kind(stopwatch.time(cache.put(b"key", &value, Ttl::Default)).await),
        kind(stopwatch.time(cache.remove(b"key")).await),
        kind(stopwatch.time(cache.contains(b"key")).await),
        kind(stopwatch.time(cache.get_many(&keys)).await),
        kind(stopwatch.time(cache.put_many(&entries, Ttl::Default)).await),
        kind(stopwatch.time(cache.len()).await),
        kind(stopwatch.time(cache.stats()).await),
        kind(stopwatch.time(cache.flush_server()).await),
    ]
}

fn kind<T>(result: Result<T>) -> Option<ctu_core::ErrorKind> {
    result.err().map(|error| error.kind())
}

/// Of the certificates that these tests make their servers show.
#[cfg(feature = "redis-tls")]
pub(crate) const CERTIFICATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/redis/certificates");

/// Runs an ignored test in a process that trusts the authority of this file, and no other: what is trusted is read from
/// the environment, once.
#[cfg(feature = "redis-tls")]
pub(crate) fn in_another_process(test: &str, authority: &str) {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored"]).env("SSL_CERT_FILE", format!("{CERTIFICATES}/{authority}"));
    let output = command.env_remove("SSL_CERT_DIR").output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && shown.contains("1 passed"), "{shown}");
}
