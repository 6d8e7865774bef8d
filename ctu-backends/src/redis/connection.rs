//! A blocking connection: one question at a time, each with its deadline.

use std::io::{self, Read, Write};
use std::time::Instant;

use ctu_core::{Error, ErrorKind, Result};
use redis::{ConnectionAddr, Parser, RedisConnectionInfo, RedisError, Value, cmd};

use super::command::{Request, decisive, too_long, unexpected};
use super::failure;
use super::settings::Settings;
use super::socket::Socket;
#[cfg(feature = "redis-tls")]
use super::tls;

/// A parser that has held a longer answer is replaced, for it keeps its memory.
const KEPT_BYTES: usize = 1 << 20;
const LOGIN_BYTES: usize = 64 << 10;

pub(super) struct Connection {
    channel: Channel,
    parser: Parser,
}

/// What bytes go through. Every read and write of the socket in it ends at the socket's deadline.
enum Channel {
    Plain(Socket),
    #[cfg(feature = "redis-tls")]
    Tls(Box<tls::Stream>),
}

/// Why a question went unanswered; the connection can't be used any more.
pub(super) struct Failure {
    pub(super) error: Error,
    /// The server had closed the connection, so it may be asked again on a new one.
    pub(super) was_closed: bool,
}

impl Connection {
    /// Connects, authenticates and chooses the database.
    pub(super) fn open(settings: &Settings, deadline: Instant) -> Result<Self> {
        let in_time = |error: Error| match error.kind() {
            ErrorKind::Timeout => failure::connect_timed_out(),
            _ => error,
        };
        let socket =
            Socket::connect(settings.address.addr(), deadline).map_err(|error| in_time(failure::of_io(error)))?;
        let channel = Channel::new(socket, settings.address.addr())?;
        let mut connection = Self { channel, parser: Parser::new() };
        for request in login(settings.address.redis_settings()) {
            let answer = connection.send(&request, deadline);
            let answer = answer.and_then(|()| connection.receive(&request, LOGIN_BYTES, deadline));
            let answer = answer.map_err(|failure| in_time(failure.error))?;
            if answer != Value::Okay {
                return Err(unexpected(&answer));
            }
        }
        Ok(connection)
    }

    /// The first half of a round trip. After a failure a late answer may still arrive: the connection has to be dropped.
    pub(super) fn send(&mut self, request: &Request, deadline: Instant) -> std::result::Result<(), Failure> {
        self.channel.socket().deadline = deadline;
        self.channel.write_all(&request.packed()).and_then(|()| self.channel.flush()).map_err(|error| {
            let was_closed = is_closed(error.kind());
            Failure { error: failure::of_io(error), was_closed }
        })
    }

    /// The second half: the answer to what was sent.
    pub(super) fn receive(
        &mut self,
        request: &Request,
        longest: usize,
        deadline: Instant,
    ) -> std::result::Result<Value, Failure> {
        self.channel.socket().deadline = deadline;
        let mut answer = Answer { channel: &mut self.channel, received: 0, longest };
        let result = match request {
            Request::One(_) => answer.value(&mut self.parser),
            Request::Many(_, commands) => answer.values(&mut self.parser, *commands).map(Value::Array),
            Request::Atomic(_, commands) => {
                answer.values(&mut self.parser, *commands).map(|answers| decisive(answers).unwrap_or(Value::Nil))
            }
        };
        let received = answer.received;
        if received > KEPT_BYTES {
            self.parser = Parser::new();
        }
        result.map_err(|error| {
            if received > longest {
                return Failure { error: too_long(longest), was_closed: false };
            }
            let was_closed = received == 0 && error.is_connection_dropped();
            Failure { error: failure::of_library(&error), was_closed }
        })
    }
}

impl Channel {
    #[cfg(feature = "redis-tls")]
    fn new(socket: Socket, address: &ConnectionAddr) -> Result<Self> {
        match address {
            ConnectionAddr::TcpTls { host, .. } => {
                Ok(Self::Tls(Box::new(tls::Stream::new(tls::client(host)?, socket))))
            }
            _ => Ok(Self::Plain(socket)),
        }
    }

    #[cfg(not(feature = "redis-tls"))]
    #[allow(clippy::unnecessary_wraps)] // as the one above
    fn new(socket: Socket, _: &ConnectionAddr) -> Result<Self> {
        Ok(Self::Plain(socket))
    }

    fn socket(&mut self) -> &mut Socket {
        match self {
            Self::Plain(socket) => socket,
            #[cfg(feature = "redis-tls")]
            Self::Tls(stream) => &mut stream.sock,
        }
    }
}

impl Read for Channel {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(buffer),
            #[cfg(feature = "redis-tls")]
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Channel {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(buffer),
            #[cfg(feature = "redis-tls")]
            Self::Tls(stream) => stream.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.flush(),
            #[cfg(feature = "redis-tls")]
            Self::Tls(stream) => stream.flush(),
        }
    }
}

/// Counts what is received, and ends it when it is more than any right answer has.
struct Answer<'c> {
    channel: &'c mut Channel,
    received: usize,
    longest: usize,
}

impl Answer<'_> {
    fn value(&mut self, parser: &mut Parser) -> std::result::Result<Value, RedisError> {
        parser.parse_value(self)
    }

    fn values(&mut self, parser: &mut Parser, count: usize) -> std::result::Result<Vec<Value>, RedisError> {
        (0..count).map(|_| self.value(parser)).collect()
    }
}

impl Read for Answer<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.received > self.longest {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let read = self.channel.read(buffer)?;
        self.received += read;
        Ok(read)
    }
}

fn is_closed(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted)
}

fn login(login: &RedisConnectionInfo) -> impl Iterator<Item = Request> + use<> {
    let authenticate = login.password().map(|password| {
        let mut command = cmd("AUTH");
        command.arg(login.username()).arg(password);
        Request::One(command)
    });
    let select = (login.db() != 0).then(|| {
        let mut command = cmd("SELECT");
        command.arg(login.db());
        Request::One(command)
    });
    authenticate.into_iter().chain(select)
}
