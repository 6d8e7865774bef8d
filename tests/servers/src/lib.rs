//! Real Redis and Memcached servers for tests.
//!
//! Each is a process of its own, on a free port of the loopback interface (and, for Redis, a unix socket), with nothing
//! persistent. It answers when `start` returns. It is killed when its fixture is dropped, also by a panic, and by a
//! watchdog when the test process ends in any other way: a fixture may live in a `static`.
//!
//! The binaries are those named by `REDIS_SERVER_BIN` and `MEMCACHED_BIN`, or else `redis-server` and `memcached` in
//! `PATH`. A missing one is a panic, never a skipped test.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod process;
mod talk;

use std::fmt;
use std::path::PathBuf;

use process::{Plan, Server};

/// A Redis server.
///
/// # Examples
///
/// ```
/// let server = servers::RedisServer::start();
/// assert_eq!(server.url(), format!("redis://127.0.0.1:{}", server.port()));
/// ```
pub struct RedisServer(Server);

/// A Memcached server.
///
/// # Examples
///
/// ```
/// let server = servers::MemcachedServer::start();
/// assert_eq!(server.url(), format!("memcached://127.0.0.1:{}", server.port()));
/// ```
pub struct MemcachedServer(Server);

impl RedisServer {
    /// A server on a free port.
    ///
    /// # Panics
    ///
    /// Without a binary, or when it does not answer.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// A server on a free port, with these arguments too, such as `["--requirepass", "secret"]`.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start).
    pub fn start_with(arguments: &[&str]) -> Self {
        Self(Server::start(Plan {
            variable: "REDIS_SERVER_BIN",
            binary: "redis-server",
            arguments: |port, directory| {
                let socket = directory.join("redis.sock");
                let port = port.to_string();
                ["--port", &port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no"]
                    .into_iter()
                    .map(String::from)
                    .chain(["--dir".into(), directory.display().to_string()])
                    .chain([
                        "--unixsocket".into(),
                        socket.display().to_string(),
                        "--unixsocketperm".into(),
                        "700".into(),
                    ])
                    .collect()
            },
            more_arguments: arguments.iter().map(ToString::to_string).collect(),
            pid: talk::redis_pid,
        }))
    }

    /// `redis://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.0.port())
    }

    /// The path of its unix socket.
    pub fn socket(&self) -> PathBuf {
        self.0.directory().join("redis.sock")
    }
}

impl MemcachedServer {
    /// A server on a free port.
    ///
    /// # Panics
    ///
    /// Without a binary, or when it does not answer.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// A server on a free port, with these arguments too, such as `["-I", "2m"]`.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start).
    pub fn start_with(arguments: &[&str]) -> Self {
        Self(Server::start(Plan {
            variable: "MEMCACHED_BIN",
            binary: "memcached",
            // A user has to be named if it is root that starts it, and is ignored otherwise.
            arguments: |port, _| {
                let port = port.to_string();
                ["-l", "127.0.0.1", "-p", &port, "-U", "0", "-u", "root"].map(String::from).to_vec()
            },
            more_arguments: arguments.iter().map(ToString::to_string).collect(),
            pid: talk::memcached_pid,
        }))
    }

    /// `memcached://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("memcached://127.0.0.1:{}", self.0.port())
    }
}

macro_rules! control {
    ($server:ident) => {
        impl $server {
            /// The TCP port it listens on.
            pub fn port(&self) -> u16 {
                self.0.port()
            }

            /// The process, as long as it is neither killed nor restarted.
            pub fn pid(&self) -> u32 {
                self.0.pid()
            }

            /// Stops the process (SIGSTOP): its connections stay open, and nothing is answered.
            pub fn pause(&self) {
                self.0.signal("STOP");
            }

            /// Lets a paused process go on.
            pub fn resume(&self) {
                self.0.signal("CONT");
            }

            /// Kills the process (SIGKILL); the port is closed when this returns.
            pub fn kill(&self) {
                self.0.kill();
            }

            /// A new, empty process on the same port; the old one is killed first if it still runs.
            ///
            /// # Panics
            ///
            /// When it does not answer.
            pub fn restart_on_same_port(&self) {
                self.0.restart();
            }
        }

        impl fmt::Debug for $server {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($server)).field("port", &self.port()).finish_non_exhaustive()
            }
        }
    };
}

control!(RedisServer);
control!(MemcachedServer);
