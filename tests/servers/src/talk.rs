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

/// The answer to a command: its strings and numbers as they come, without their structure.
pub(crate) struct Answer {
    pub(crate) strings: Vec<Vec<u8>>,
}

impl Answer {
    /// The only string.
    pub(crate) fn text(&self) -> String {
        self.strings.iter().map(|string| String::from_utf8_lossy(string)).collect()
    }
}

/// Asks a Redis server, that is not paused.
pub(crate) fn redis(port: u16, words: &[&[u8]]) -> Answer {
    let mut question = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        question.extend([format!("${}\r\n", word.len()).as_bytes(), word, b"\r\n"].concat());
    }
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("the server listens");
    stream.set_read_timeout(Some(PATIENCE * 10)).expect("it is not zero");
    stream.write_all(&question).expect("the server reads");
    let mut answer = Answer { strings: Vec::new() };
    read(&mut BufReader::new(stream), &mut answer.strings);
    answer
}

fn read(stream: &mut impl BufRead, strings: &mut Vec<Vec<u8>>) {
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line).expect("the server answers");
    let rest = String::from_utf8_lossy(&line[1..]).trim_end().to_owned();
    match line[0] {
        b'*' => (0..rest.parse().expect("a length")).for_each(|_: usize| read(stream, strings)),
        b'$' => {
            let mut string = vec![0; rest.parse::<usize>().expect("a length") + 2];
            stream.read_exact(&mut string).expect("as many bytes as announced");
            string.truncate(string.len() - 2);
            strings.push(string);
        }
        _ => strings.push(rest.into_bytes()),
    }
}
