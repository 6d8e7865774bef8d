//! A socket every use of which ends at a deadline.

use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
#[cfg(unix)]
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use redis::ConnectionAddr;

/// How much later than asked for a wait may end: it saves a system call on most of them.
const SLACK: Duration = Duration::from_millis(2);
/// Name lookups that may be under way in this process: each holds a thread, for as long as the system likes.
const MOST_LOOKUPS: usize = 32;

pub(super) struct Socket {
    stream: Stream,
    /// When reading and writing end with `TimedOut`.
    pub(super) deadline: Instant,
    /// As they are set on the stream.
    read_timeout: Option<Duration>,
    write_timeout: Option<Duration>,
}

enum Stream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl Socket {
    pub(super) fn connect(address: &ConnectionAddr, deadline: Instant) -> io::Result<Self> {
        let stream = match address {
            ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
                Stream::Tcp(connect_tcp(&resolve(host, *port, deadline)?, deadline)?)
            }
            #[cfg(unix)]
            ConnectionAddr::Unix(path) => Stream::Unix(connect_unix(path, deadline)?),
            _ => return Err(io::ErrorKind::Unsupported.into()),
        };
        Ok(Self { stream, deadline, read_timeout: None, write_timeout: None })
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let left = left_until(self.deadline)?;
            if differs(self.read_timeout, left) {
                match &self.stream {
                    Stream::Tcp(stream) => stream.set_read_timeout(Some(left))?,
                    #[cfg(unix)]
                    Stream::Unix(stream) => stream.set_read_timeout(Some(left))?,
                }
                self.read_timeout = Some(left);
            }
            let read = match &mut self.stream {
                Stream::Tcp(stream) => stream.read(buffer),
                #[cfg(unix)]
                Stream::Unix(stream) => stream.read(buffer),
            };
            if !is_passing(&read) {
                return read;
            }
        }
    }
}

impl Write for Socket {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        loop {
            let left = left_until(self.deadline)?;
            if differs(self.write_timeout, left) {
                match &self.stream {
                    Stream::Tcp(stream) => stream.set_write_timeout(Some(left))?,
                    #[cfg(unix)]
                    Stream::Unix(stream) => stream.set_write_timeout(Some(left))?,
                }
                self.write_timeout = Some(left);
            }
            let written = match &mut self.stream {
                Stream::Tcp(stream) => stream.write(buffer),
                #[cfg(unix)]
                Stream::Unix(stream) => stream.write(buffer),
            };
            if !is_passing(&written) {
                return written;
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether to look at the deadline and go on: a signal came, or the wait ended a little early.
fn is_passing(result: &io::Result<usize>) -> bool {
    let kinds = [io::ErrorKind::Interrupted, io::ErrorKind::WouldBlock, io::ErrorKind::TimedOut];
    result.as_ref().is_err_and(|error| kinds.contains(&error.kind()))
}

/// Whether a timeout has to be set anew to end after `left`.
fn differs(set: Option<Duration>, left: Duration) -> bool {
    set.is_none_or(|set| set < left.saturating_sub(SLACK) || set > left + SLACK)
}

fn left_until(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}

/// To the first address that answers; each may take its share of the time.
fn connect_tcp(addresses: &[SocketAddr], deadline: Instant) -> io::Result<TcpStream> {
    let mut failure = io::Error::from(io::ErrorKind::NotFound);
    for (tried, address) in addresses.iter().enumerate() {
        let untried = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
        let share = left_until(deadline)? / untried;
        match TcpStream::connect_timeout(address, share.max(Duration::from_micros(1))) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// The system waits here when a stopped server has a full queue, for as long as the socket's write timeout.
#[cfg(unix)]
fn connect_unix(path: &Path, deadline: Instant) -> io::Result<UnixStream> {
    use redis::io::tcp::socket2::{Domain, SockAddr, Socket, Type};

    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_write_timeout(Some(left_until(deadline)?))?;
    socket.connect(&SockAddr::unix(path)?).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => io::ErrorKind::TimedOut.into(),
        _ => error,
    })?;
    Ok(socket.into())
}

/// The addresses of a host. The system's resolver knows no deadline, so it is asked on a thread of its own.
fn resolve(host: &str, port: u16, deadline: Instant) -> io::Result<Vec<SocketAddr>> {
    static LOOKUPS: AtomicUsize = AtomicUsize::new(0);

    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let left = left_until(deadline)?;
    if LOOKUPS.fetch_add(1, Ordering::Relaxed) >= MOST_LOOKUPS {
        LOOKUPS.fetch_sub(1, Ordering::Relaxed);
        return Err(io::Error::other("too many name lookups are unanswered"));
    }
    let (sender, receiver) = mpsc::sync_channel(1);
    let host = host.to_owned();
    let lookup = move || {
        // Nobody may be waiting any more.
        let _ = sender.send((host.as_str(), port).to_socket_addrs().map(Iterator::collect));
        LOOKUPS.fetch_sub(1, Ordering::Relaxed);
    };
    if let Err(error) = thread::Builder::new().name("ctu-redis-lookup".into()).spawn(lookup) {
        LOOKUPS.fetch_sub(1, Ordering::Relaxed);
        return Err(error);
    }
    receiver.recv_timeout(left).unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}
