//! Conversations over blocking sockets, from a pool of connections to each server.

use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use ctu_core::Result;

use super::IDLE;
use super::aside::Aside;
use super::builder::Limits;
use super::calls::{Answer, Call};
use super::conversation::{Conversation, Inbox, Step};
use super::failure::{self, Failure};
use super::reply::Reply;
use super::request::Request;
use super::url::Address;

/// By how much a socket's timeout may be off before it is set anew.
const SLACK: Duration = Duration::from_millis(1);

pub(super) struct Transport {
    servers: Vec<Server>,
    limits: Limits,
}

struct Server {
    address: Address,
    aside: Aside,
    pool: Mutex<Pool>,
    freed: Condvar,
}

#[derive(Default)]
struct Pool {
    idle: Vec<Connection>,
    /// Connections that somebody uses or is about to make.
    taken: usize,
}

/// Somebody's right to a connection, which ends with it.
struct Permit<'s>(&'s Server);

impl Transport {
    pub(super) fn new(servers: Vec<Address>, limits: Limits) -> Self {
        let server =
            |address| Server { address, aside: Aside::default(), pool: Mutex::default(), freed: Condvar::new() };
        Self { servers: servers.into_iter().map(server).collect(), limits }
    }

    /// The replies to `call`, or why there are none; failures are added to `errors`.
    pub(super) fn run(&self, call: &Call, errors: &AtomicU64) -> Answer {
        self.run_until(call, Instant::now() + self.limits.response, errors)
    }

    fn run_until(&self, call: &Call, until: Instant, errors: &AtomicU64) -> Answer {
        self.exchange(&self.servers[call.server], &call.request, until).inspect_err(|_| {
            errors.fetch_add(1, Ordering::Relaxed);
        })
    }

    /// As [`run`](Self::run) for each, all at the same time: one that hangs takes nothing from the others' deadlines.
    pub(super) fn run_all(&self, calls: &[&Call], errors: &AtomicU64) -> Vec<Answer> {
        let Some((first, rest)) = calls.split_first() else { return Vec::new() };
        // One for all, however long it takes to start the threads.
        let until = Instant::now() + self.limits.response;
        thread::scope(|scope| {
            let spawn = |call| thread::Builder::new().spawn_scoped(scope, move || self.run_until(call, until, errors));
            let running: Vec<_> = rest.iter().map(|call| (*call, spawn(*call))).collect();
            let first = self.run_until(first, until, errors);
            let join = |(call, running): (&Call, io::Result<thread::ScopedJoinHandle<'_, Answer>>)| match running {
                Ok(running) => running.join().unwrap_or_else(|_| Err(super::reply::garbage())),
                // There are no more threads: one after the other, then.
                Err(_) => self.run(call, errors),
            };
            std::iter::once(first).chain(running.into_iter().map(join)).collect()
        })
    }

    fn exchange(&self, server: &Server, request: &Request, mut until: Instant) -> Answer {
        let (permit, idle) = server.take(until, &self.limits)?;
        if let Some(mut connection) = idle {
            match connection.converse(request, until, &self.limits) {
                Ok(replies) => {
                    permit.put_back(connection);
                    return Ok(replies);
                }
                // So are the others, then.
                Err(failure) if failure.closed => server.pool().idle.clear(),
                Err(failure) => return Err(failure.error),
            }
        }
        let start = Instant::now();
        let mut connection =
            server.connect(&self.limits).map_err(|error| failure::no_connection(error, self.limits.connect))?;
        until += start.elapsed();
        let replies = connection.converse(request, until, &self.limits).map_err(|failure| failure.error)?;
        permit.put_back(connection);
        Ok(replies)
    }
}

impl Server {
    fn pool(&self) -> MutexGuard<'_, Pool> {
        // Nothing in there can be left half done by a panic.
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The right to a connection, and one that is idle if there is any.
    fn take(&self, until: Instant, limits: &Limits) -> Result<(Permit<'_>, Option<Connection>)> {
        let mut pool = self.pool();
        while pool.taken >= limits.connections {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(failure::late(limits.response));
            }
            pool = self.freed.wait_timeout(pool, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        pool.taken += 1;
        let idle = pool.idle.pop().filter(|connection| connection.used.elapsed() < IDLE);
        Ok((Permit(self), idle))
    }

    fn connect(&self, limits: &Limits) -> io::Result<Connection> {
        let until = Instant::now() + limits.connect;
        let stream = match &self.address {
            Address::Tcp(host, port) => Stream::Tcp(self.connect_tcp(host, *port, until)?),
            #[cfg(unix)]
            Address::Unix(path) => {
                let path = path.clone();
                Stream::Unix(self.aside.run(until, || UnixStream::connect(path))?)
            }
            #[cfg(not(unix))]
            Address::Unix(_) => return Err(io::ErrorKind::Unsupported.into()),
        };
        Ok(Connection { stream, inbox: Inbox::default(), armed: Duration::ZERO, used: Instant::now() })
    }

    fn connect_tcp(&self, host: &str, port: u16, until: Instant) -> io::Result<TcpStream> {
        let addresses: Vec<SocketAddr> = if let Ok(ip) = host.parse::<IpAddr>() {
            vec![(ip, port).into()]
        } else {
            let host = host.to_owned();
            self.aside.run(until, move || (host, port).to_socket_addrs().map(Iterator::collect))?
        };
        let mut failure = io::ErrorKind::NotFound.into();
        for (index, address) in addresses.iter().enumerate() {
            // None may use up what is left for those after it.
            let share = shares(addresses.len() - index);
            let left = until.saturating_duration_since(Instant::now()) / share;
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            match TcpStream::connect_timeout(address, left) {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    return Ok(stream);
                }
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }
}

/// In how many parts to divide what is left of a deadline.
pub(super) fn shares(addresses: usize) -> u32 {
    u32::try_from(addresses).unwrap_or(u32::MAX).max(1)
}

impl Permit<'_> {
    fn put_back(self, mut connection: Connection) {
        connection.used = Instant::now();
        // Before the right ends: whoever waits for it finds the connection.
        self.0.pool().idle.push(connection);
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.pool().taken -= 1;
        self.0.freed.notify_one();
    }
}

/// One that has failed is dropped, with whatever may still come from it.
struct Connection {
    stream: Stream,
    inbox: Inbox,
    /// The socket's timeouts.
    armed: Duration,
    used: Instant,
}

enum Stream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl Connection {
    fn converse(&mut self, request: &Request, until: Instant, limits: &Limits) -> Result<Vec<Reply>, Failure> {
        let mut conversation = Conversation::new(request, limits.max_value);
        loop {
            let done = match conversation.step(&mut self.inbox)? {
                Step::Finished => return Ok(conversation.into_replies()),
                Step::Send(bytes) => self.send(bytes, until),
                Step::Receive => self.receive(until),
            };
            done.map_err(|error| Failure::of(error, conversation.is_unanswered(&self.inbox), limits.response))?;
        }
    }

    fn send(&mut self, mut bytes: &[u8], until: Instant) -> io::Result<()> {
        while !bytes.is_empty() {
            self.arm(until)?;
            let written = match &mut self.stream {
                Stream::Tcp(stream) => stream.write(bytes),
                #[cfg(unix)]
                Stream::Unix(stream) => stream.write(bytes),
            };
            match written {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn receive(&mut self, until: Instant) -> io::Result<()> {
        loop {
            self.arm(until)?;
            let room = self.inbox.room();
            let received = match &mut self.stream {
                Stream::Tcp(stream) => stream.read(room),
                #[cfg(unix)]
                Stream::Unix(stream) => stream.read(room),
            };
            match received {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(received) => {
                    self.inbox.received(received);
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Makes the socket give up at `until`, give or take the slack.
    fn arm(&mut self, until: Instant) -> io::Result<()> {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        if self.armed.abs_diff(left) < SLACK {
            return Ok(());
        }
        match &self.stream {
            Stream::Tcp(stream) => {
                stream.set_read_timeout(Some(left))?;
                stream.set_write_timeout(Some(left))?;
            }
            #[cfg(unix)]
            Stream::Unix(stream) => {
                stream.set_read_timeout(Some(left))?;
                stream.set_write_timeout(Some(left))?;
            }
        }
        self.armed = left;
        Ok(())
    }
}
