//! The fixtures start, stop and go away as they promise.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use servers::{MemcachedServer, RedisServer};

fn ask(port: u16, question: &[u8]) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_millis(200)))?;
    stream.write_all(question)?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    Ok(line)
}

macro_rules! is_controlled {
    ($server:ident, $question:literal, $answer:literal) => {
        let server = $server::start();
        assert!(ask(server.port(), $question).unwrap().starts_with($answer));
        server.pause();
        assert!(ask(server.port(), $question).is_err());
        server.resume();
        assert!(ask(server.port(), $question).unwrap().starts_with($answer));
        server.kill();
        assert!(TcpStream::connect(("127.0.0.1", server.port())).is_err());
        server.restart_on_same_port();
        assert!(ask(server.port(), $question).unwrap().starts_with($answer));
        let (port, other) = (server.port(), $server::start());
        assert_ne!(port, other.port());
        drop(server);
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    };
}

#[test]
fn a_redis_server_is_paused_killed_restarted_and_dropped() {
    is_controlled!(RedisServer, b"PING\r\n", "+PONG");
}

#[test]
fn a_memcached_server_is_paused_killed_restarted_and_dropped() {
    is_controlled!(MemcachedServer, b"version\r\n", "VERSION");
}

/// Run by the test below in a process of its own.
#[test]
#[ignore = "waits to be killed"]
fn held_until_killed() {
    let (redis, memcached) = (RedisServer::start(), MemcachedServer::start());
    println!("pids {} {}", redis.pid(), memcached.pid());
    let _ = std::io::stdin().read(&mut [0]);
}

#[test]
fn servers_die_with_a_test_process_that_is_killed() {
    let mut test = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "held_until_killed", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(test.stdout.take().unwrap()).lines().map(Result::unwrap);
    let pids = lines.find_map(|line| line.split_once("pids ").map(|(_, pids)| pids.to_owned())).unwrap();
    assert!(pids.split(' ').all(is_alive));
    test.kill().unwrap();
    test.wait().unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    while pids.split(' ').any(is_alive) && Instant::now() < deadline {
        std::thread::yield_now();
    }
    assert!(!pids.split(' ').any(is_alive));
}

/// A dead process that nobody reaps has no command line.
fn is_alive(pid: &str) -> bool {
    std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| !line.is_empty())
}
