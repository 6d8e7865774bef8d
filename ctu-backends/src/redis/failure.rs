//! What failed, in the words of ctu: never a server's own text, which may quote the arguments of a command.

use std::io;

use ctu_core::{Error, ErrorKind};
use redis::{RedisError, ServerError};

const LOGIN: &str = "the server refused the url's user or password";
const RIGHTS: &str =
    "the url's user has no right to a command or a key of this cache: give it to them with the server's `ACL SETUSER`";

/// An error of a socket.
pub(super) fn of_io(error: io::Error) -> Error {
    #[cfg(feature = "redis-tls")]
    if let Some(refusal) = super::tls::refusal(&error) {
        return refusal;
    }
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => timed_out(),
        _ => Error::new(ErrorKind::Unavailable, "the connection to the Redis server failed").with_source(error),
    }
}

/// An error of the redis crate, outside of an answer.
pub(super) fn of_library(error: &RedisError) -> Error {
    #[cfg(feature = "redis-tls")]
    if let Some(refusal) = super::tls::refusal(error) {
        return refusal;
    }
    if error.is_timeout() {
        return timed_out();
    }
    match error.kind() {
        redis::ErrorKind::Io => Error::new(ErrorKind::Unavailable, "the connection to the Redis server failed"),
        redis::ErrorKind::Parse | redis::ErrorKind::UnexpectedReturnType => nonsense(),
        redis::ErrorKind::AuthenticationFailed => Error::new(ErrorKind::Config, LOGIN),
        redis::ErrorKind::InvalidClientConfig => {
            Error::new(ErrorKind::Config, "the Redis server can't be used with the settings of this cache")
        }
        _ => match error.code() {
            Some(code) => of_code(code, error.detail()),
            None => Error::new(ErrorKind::Other, "the Redis server can't be used"),
        },
    }
}

/// An error that a server answered with.
pub(super) fn of_server(error: &ServerError) -> Error {
    of_code(error.code(), error.details())
}

fn of_code(code: &str, detail: Option<&str>) -> Error {
    let detail = detail.unwrap_or_default();
    let (kind, message) = match code {
        "NOAUTH" | "WRONGPASS" => (ErrorKind::Config, LOGIN),
        "NOPERM" => (ErrorKind::Config, RIGHTS),
        "ERR" if detail.contains("password") => (ErrorKind::Config, LOGIN),
        "ERR" if detail.contains("DB index") => (ErrorKind::Config, "the server has no database of the url's number"),
        "ERR" if detail.contains("max number of clients") => {
            (ErrorKind::Unavailable, "the server has as many clients as it takes")
        }
        "OOM" => (ErrorKind::Limit, "the server is at its `maxmemory` and evicts nothing: set its `maxmemory-policy`"),
        "LOADING" | "MASTERDOWN" | "CLUSTERDOWN" | "TRYAGAIN" | "BUSY" | "READONLY" | "MISCONF" => {
            (ErrorKind::Unavailable, "the server can't answer in its present state (loading, failing over or busy)")
        }
        "MOVED" | "ASK" | "CROSSSLOT" => {
            (ErrorKind::Config, "the server is part of a Redis Cluster: use `RedisClusterCache`")
        }
        _ => (ErrorKind::Other, "the server refused the command"),
    };
    Error::new(kind, message)
}

/// The deadline has passed.
pub(super) fn timed_out() -> Error {
    Error::new(ErrorKind::Timeout, "no answer of the Redis server within the deadline")
}

/// The deadline for connecting has passed.
pub(super) fn connect_timed_out() -> Error {
    Error::new(ErrorKind::Timeout, "no connection to the Redis server within its deadline")
}

/// The server sent what no Redis server sends.
pub(super) fn nonsense() -> Error {
    Error::new(ErrorKind::Protocol, "what the server sent is not the answer of a Redis server")
}
