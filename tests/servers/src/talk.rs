//! Asks a server for its process id: an answer from another process that took the port first is not ours.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(2);

/// What a server answered about its process.
pub(crate) enum Pid {
    Known(u32),
    /// It answers, but would tell only after authentication.
    Hidden,
}

pub(crate) fn redis_pid(port: u16) -> Option<Pid> {
    ask(port, "INFO server\r\n", |line| {
        if line.starts_with("-NOAUTH") {
            return Some(Pid::Hidden);
        }
        line.strip_prefix("process_id:").and_then(|pid| pid.parse().ok()).map(Pid::Known)
    })
}

pub(crate) fn memcached_pid(port: u16) -> Option<Pid> {
    ask(port, "stats\r\n", |line| line.strip_prefix("STAT pid ").and_then(|pid| pid.parse().ok()).map(Pid::Known))
}

fn ask(port: u16, question: &str, answer: impl Fn(&str) -> Option<Pid>) -> Option<Pid> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.write_all(question.as_bytes()).ok()?;
    BufReader::new(stream).lines().map_while(Result::ok).take(100).find_map(|line| answer(line.trim_end()))
}
