//! Conversations over tokio's sockets, from a pool of connections to each server.

use std::future::{Future, poll_fn};
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use ctu_core::{Error, ErrorKind, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::runtime::{Handle, Id};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};

use super::IDLE;
use super::blocking::shares;
use super::builder::Limits;
use super::calls::{Answer, Call};
use super::conversation::{Conversation, Inbox, Step};
use super::failure::{self, Failure};
use super::reply::Reply;
use super::request::Request;
use super::url::Address;

pub(super) struct Transport {
    servers: Vec<Server>,
    limits: Limits,
}

struct Server {
    address: Address,
    idle: Mutex<Vec<Connection>>,
    free: Semaphore,
    /// For one resolution of the name at a time: one that hangs holds a single thread.
    resolving: Arc<Semaphore>,
}

impl Transport {
    pub(super) fn new(servers: Vec<Address>, limits: Limits) -> Self {
        let server = |address| Server {
            address,
            idle: Mutex::default(),
            free: Semaphore::new(limits.connections.min(Semaphore::MAX_PERMITS)),
            resolving: Arc::new(Semaphore::new(1)),
        };
        Self { servers: servers.into_iter().map(server).collect(), limits }
    }

    /// The replies to `call`, or why there are none; failures are added to `errors`.
    pub(super) async fn run(&self, call: &Call, errors: &AtomicU64) -> Answer {
        self.exchange(&self.servers[call.server], &call.request).await.inspect_err(|_| {
            errors.fetch_add(1, Ordering::Relaxed);
        })
    }

    /// As [`run`](Self::run) for each, all at the same time: one that hangs takes nothing from the others' deadlines.
    pub(super) async fn run_all(&self, calls: &[&Call], errors: &AtomicU64) -> Vec<Answer> {
        type Running<'r> = Pin<Box<dyn Future<Output = Answer> + Send + 'r>>;
        let mut running: Vec<Running<'_>> = calls.iter().map(|call| Box::pin(self.run(call, errors)) as _).collect();
        let mut answers: Vec<Option<Answer>> = calls.iter().map(|_| None).collect();
        poll_fn(|context| {
            for (running, answer) in running.iter_mut().zip(&mut answers).filter(|(_, answer)| answer.is_none()) {
                if let Poll::Ready(done) = running.as_mut().poll(context) {
                    *answer = Some(done);
                }
            }
            if answers.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        answers.into_iter().flatten().collect()
    }

    async fn exchange(&self, server: &Server, request: &Request) -> Answer {
        let runtime = Handle::try_current().map_err(|_| no_runtime())?.id();
        let late = || failure::late(self.limits.response);
        let mut until = Instant::now() + self.limits.response;
        // Never closed, so that an error is a timeout.
        let _permit = timeout_at(until, server.free.acquire()).await.map_err(|_| late())?.map_err(|_| late())?;
        if let Some(mut connection) = server.take(runtime) {
            match connection.converse_until(request, until, &self.limits).await {
                Ok(replies) => {
                    server.put_back(connection, &self.limits);
                    return Ok(replies);
                }
                // So are the others, then.
                Err(failure) if failure.closed => server.idle().clear(),
                Err(failure) => return Err(failure.error),
            }
        }
        let start = Instant::now();
        let stream = timeout_at(start + self.limits.connect, server.connect(start + self.limits.connect)).await;
        let stream = stream
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            .map_err(|error| failure::no_connection(error, self.limits.connect))?;
        until += start.elapsed();
        let mut connection = Connection { stream, inbox: Inbox::default(), runtime, used: start };
        let replies = connection.converse_until(request, until, &self.limits).await.map_err(|failure| failure.error)?;
        server.put_back(connection, &self.limits);
        Ok(replies)
    }
}

impl Server {
    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        // Nothing in there can be left half done by a panic.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An idle connection of this runtime: those of others are served by no one here.
    fn take(&self, runtime: Id) -> Option<Connection> {
        let mut idle = self.idle();
        let index = idle.iter().rposition(|connection| connection.runtime == runtime)?;
        Some(idle.remove(index)).filter(|connection| connection.used.elapsed() < IDLE)
    }

    fn put_back(&self, mut connection: Connection, limits: &Limits) {
        connection.used = Instant::now();
        let mut idle = self.idle();
        if idle.len() >= limits.connections {
            // The oldest: one of a runtime that has ended, perhaps.
            idle.remove(0);
        }
        idle.push(connection);
    }

    async fn connect(&self, until: Instant) -> io::Result<Stream> {
        match &self.address {
            Address::Tcp(host, port) => self.connect_tcp(host, *port, until).await.map(Stream::Tcp),
            #[cfg(unix)]
            Address::Unix(path) => UnixStream::connect(path).await.map(Stream::Unix),
            #[cfg(not(unix))]
            Address::Unix(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    async fn connect_tcp(&self, host: &str, port: u16, until: Instant) -> io::Result<TcpStream> {
        let addresses = match host.parse::<IpAddr>() {
            Ok(ip) => vec![(ip, port).into()],
            Err(_) => self.resolve(host.to_owned(), port).await?,
        };
        let mut failure = io::ErrorKind::NotFound.into();
        for (index, address) in addresses.iter().enumerate() {
            // None may use up what is left for those after it.
            let left = until.saturating_duration_since(Instant::now()) / shares(addresses.len() - index);
            match timeout_at(Instant::now() + left, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    stream.set_nodelay(true)?;
                    return Ok(stream);
                }
                Ok(Err(error)) => failure = error,
                Err(_) => failure = io::ErrorKind::TimedOut.into(),
            }
        }
        Err(failure)
    }

    async fn resolve(&self, host: String, port: u16) -> io::Result<Vec<SocketAddr>> {
        let turn = Arc::clone(&self.resolving).acquire_owned().await.map_err(io::Error::other)?;
        let resolve = move || {
            let _turn = turn;
            (host, port).to_socket_addrs().map(Iterator::collect)
        };
        spawn_blocking(resolve).await.map_err(io::Error::other)?
    }
}

/// One that has failed, or whose conversation was abandoned, is dropped with whatever may still come from it.
struct Connection {
    stream: Stream,
    inbox: Inbox,
    runtime: Id,
    used: Instant,
}

enum Stream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl Connection {
    async fn converse_until(
        &mut self,
        request: &Request,
        until: Instant,
        limits: &Limits,
    ) -> Result<Vec<Reply>, Failure> {
        match timeout_at(until, self.converse(request, limits)).await {
            Ok(replies) => replies,
            Err(_) => Err(failure::late(limits.response).into()),
        }
    }

    async fn converse(&mut self, request: &Request, limits: &Limits) -> Result<Vec<Reply>, Failure> {
        let mut conversation = Conversation::new(request, limits.max_value);
        loop {
            let done = match conversation.step(&mut self.inbox)? {
                Step::Finished => return Ok(conversation.into_replies()),
                Step::Send(bytes) => match &mut self.stream {
                    Stream::Tcp(stream) => stream.write_all(bytes).await,
                    #[cfg(unix)]
                    Stream::Unix(stream) => stream.write_all(bytes).await,
                },
                Step::Receive => self.receive().await,
            };
            done.map_err(|error| Failure::of(error, conversation.is_unanswered(&self.inbox), limits.response))?;
        }
    }

    async fn receive(&mut self) -> io::Result<()> {
        let room = self.inbox.room();
        let received = match &mut self.stream {
            Stream::Tcp(stream) => stream.read(room).await?,
            #[cfg(unix)]
            Stream::Unix(stream) => stream.read(room).await?,
        };
        if received == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.inbox.received(received);
        Ok(())
    }
}

#[cold]
fn no_runtime() -> Error {
    Error::new(
        ErrorKind::Config,
        "an async memcached store is used in a tokio runtime with I/O and time (`enable_all`): there is none here",
    )
}
