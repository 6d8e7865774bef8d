//! A server that answers as the test wants it to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// What a connection of the fake server does: it may read commands, and write what it likes.
pub(crate) fn server(connection: impl Fn(Commands) + Send + Sync + Clone + 'static) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("redis://127.0.0.1:{}", listener.local_addr().unwrap().port());
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            // Several answers in a row must not wait for each other.
            stream.set_nodelay(true).unwrap();
            let connection = connection.clone();
            thread::spawn(move || connection(Commands(BufReader::new(stream))));
        }
    });
    url
}

/// Answers every command with the same bytes.
pub(crate) fn parrot(answer: &'static [u8]) -> String {
    server(move |mut commands| while commands.next().is_some() && commands.answer(answer) {})
}

/// Answers whatever comes first, as a server does that does not speak TLS.
#[allow(dead_code)] // not in all tests
pub(crate) fn parrot_of_bytes(answer: &'static [u8]) -> String {
    server(move |mut commands| {
        if commands.0.fill_buf().is_ok_and(|bytes| !bytes.is_empty()) {
            commands.answer(answer);
        }
    })
}

/// The commands that a client sends.
pub(crate) struct Commands(BufReader<TcpStream>);

impl Commands {
    /// The port of the server.
    #[allow(dead_code)] // not in all tests
    pub(crate) fn port(&self) -> u16 {
        self.0.get_ref().local_addr().unwrap().port()
    }

    /// The words of the next command.
    pub(crate) fn next(&mut self) -> Option<Vec<Vec<u8>>> {
        let words = self.number(b'*')?;
        (0..words).map(|_| self.word()).collect()
    }

    /// Whether the client is still there.
    pub(crate) fn answer(&mut self, answer: &[u8]) -> bool {
        self.0.get_mut().write_all(answer).is_ok()
    }

    fn word(&mut self) -> Option<Vec<u8>> {
        let mut word = vec![0; self.number(b'$')? + 2];
        self.0.read_exact(&mut word).ok()?;
        word.truncate(word.len() - 2);
        Some(word)
    }

    fn number(&mut self, mark: u8) -> Option<usize> {
        let mut line = Vec::new();
        self.0.read_until(b'\n', &mut line).ok()?;
        let digits = line.strip_prefix(&[mark])?.trim_ascii_end();
        std::str::from_utf8(digits).ok()?.parse().ok()
    }
}
