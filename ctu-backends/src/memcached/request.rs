//! What is sent to a server: commands of the meta protocol, and where their replies end.

use std::io::Write;
use std::ops::Range;

/// As many bytes of questions are sent before their answers are read. More could fill the buffers of both directions: then
/// neither side would go on before the deadline.
const WINDOW: usize = 32 * 1024;
const MOST_FIGURES: usize = 1_000;

/// One or more commands for one server, and what to expect of it.
#[derive(Debug)]
pub(super) struct Request {
    bytes: Vec<u8>,
    windows: Vec<Window>,
    /// One for each command, so that no reply is taken for that of another command, whenever it comes.
    tokens: Range<u64>,
}

/// A part of the request that is sent at once, and where its replies end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) end: usize,
    pub(super) until: Until,
    /// The most replies there can be.
    pub(super) replies: usize,
}

/// Where the replies to a window end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// With the first.
    First,
    /// With that to a no-op; quiet commands send none of their own.
    Barrier,
    /// With the end of a list of figures.
    End,
}

/// What has to be there for something to be stored.
#[derive(Debug, Clone, Copy)]
pub(super) enum Numbered {
    /// Nothing.
    Add { expiry: u64 },
    /// The item of this number, in whose place it comes.
    Set { item: u64, expiry: u64 },
    /// The item of this number, at whose end it comes.
    Append { item: u64 },
}

impl Request {
    fn single(token: u64, write: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut bytes = Vec::with_capacity(320);
        write(&mut bytes);
        let window = Window { end: bytes.len(), until: Until::First, replies: 1 };
        Self { bytes, windows: vec![window], tokens: token..token + 1 }
    }

    /// The value, its flags and what is left of its lifetime.
    pub(super) fn get(token: u64, key: &[u8]) -> Self {
        Self::single(token, |out| command(out, b"mg", key, format_args!("v f t O{token}")))
    }

    /// The size of the value and its flags.
    pub(super) fn size(token: u64, key: &[u8]) -> Self {
        Self::single(token, |out| command(out, b"mg", key, format_args!("s f O{token}")))
    }

    pub(super) fn set(token: u64, key: &[u8], expiry: u64, flags: u32, data: &[u8]) -> Self {
        Self::single(token, |out| set(out, key, data, format_args!("T{expiry} F{flags} O{token}")))
    }

    pub(super) fn delete(token: u64, key: &[u8]) -> Self {
        Self::single(token, |out| command(out, b"md", key, format_args!("O{token}")))
    }

    /// The number of what is there, its flags and what is left of its lifetime.
    pub(super) fn number(token: u64, key: &[u8]) -> Self {
        Self::single(token, |out| command(out, b"mg", key, format_args!("c f t O{token}")))
    }

    /// What is there, its number and its flags.
    pub(super) fn numbered_value(token: u64, key: &[u8]) -> Self {
        Self::single(token, |out| command(out, b"mg", key, format_args!("v c f O{token}")))
    }

    /// As [`set`](Self::set), for one number only; the reply tells the new one.
    pub(super) fn numbered(token: u64, key: &[u8], how: Numbered, flags: u32, data: &[u8]) -> Self {
        Self::single(token, |out| match how {
            Numbered::Add { expiry } => set(out, key, data, format_args!("ME T{expiry} F{flags} c O{token}")),
            Numbered::Set { item, expiry } => {
                set(out, key, data, format_args!("C{item} T{expiry} F{flags} c O{token}"));
            }
            Numbered::Append { item } => set(out, key, data, format_args!("MA C{item} c O{token}")),
        })
    }

    pub(super) fn delete_numbered(token: u64, key: &[u8], item: u64) -> Self {
        Self::single(token, |out| command(out, b"md", key, format_args!("C{item} O{token}")))
    }

    /// As [`get`](Self::get) for each key, whose token is the first plus its position.
    pub(super) fn get_many<'k>(first: u64, keys: impl ExactSizeIterator<Item = &'k [u8]>) -> Self {
        let mut many = Many::new(first, keys.len(), WINDOW);
        for key in keys {
            let token = many.next_token();
            many.push(|out| command(out, b"mg", key, format_args!("v f t q O{token}")));
        }
        many.finish()
    }

    /// As [`set`](Self::set) for each. In one window, as next to nothing comes back.
    pub(super) fn set_many<'a>(
        first: u64,
        expiry: u64,
        entries: impl ExactSizeIterator<Item = (&'a [u8], u32, &'a [u8])>,
    ) -> Self {
        let mut many = Many::new(first, entries.len(), usize::MAX);
        for (key, flags, data) in entries {
            let token = many.next_token();
            many.push(|out| set(out, key, data, format_args!("T{expiry} F{flags} q O{token}")));
        }
        many.finish()
    }

    /// As [`delete`](Self::delete) for each.
    pub(super) fn delete_many<'k>(first: u64, keys: impl ExactSizeIterator<Item = &'k [u8]>) -> Self {
        let mut many = Many::new(first, keys.len(), WINDOW);
        for key in keys {
            let token = many.next_token();
            many.push(|out| command(out, b"md", key, format_args!("q O{token}")));
        }
        many.finish()
    }

    pub(super) fn figures() -> Self {
        let bytes = b"stats\r\n".to_vec();
        let window = Window { end: bytes.len(), until: Until::End, replies: MOST_FIGURES };
        Self { bytes, windows: vec![window], tokens: 0..0 }
    }

    pub(super) fn flush() -> Self {
        Self::single(0, |out| out.extend_from_slice(b"flush_all\r\n"))
    }

    /// The bytes of the window at `index`, and what to expect; `None` after the last.
    pub(super) fn window(&self, index: usize) -> Option<(&[u8], Window)> {
        let window = *self.windows.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.windows[before].end);
        Some((&self.bytes[start..window.end], window))
    }

    pub(super) fn tokens(&self) -> Range<u64> {
        self.tokens.clone()
    }
}

/// Quiet commands, and a no-op at the end of each window.
struct Many {
    request: Request,
    width: usize,
    start: usize,
    commands: usize,
}

impl Many {
    fn new(first: u64, count: usize, width: usize) -> Self {
        let request =
            Request { bytes: Vec::new(), windows: Vec::with_capacity(1), tokens: first..first + count as u64 };
        Self { request, width, start: 0, commands: 0 }
    }

    fn next_token(&self) -> u64 {
        let sent: usize = self.request.windows.iter().map(|window| window.replies - 1).sum();
        self.request.tokens.start + (sent + self.commands) as u64
    }

    fn push(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.request.bytes);
        self.commands += 1;
        if self.request.bytes.len() - self.start >= self.width {
            self.close();
        }
    }

    fn close(&mut self) {
        self.request.bytes.extend_from_slice(b"mn\r\n");
        let end = self.request.bytes.len();
        self.request.windows.push(Window { end, until: Until::Barrier, replies: self.commands + 1 });
        (self.start, self.commands) = (end, 0);
    }

    fn finish(mut self) -> Request {
        if self.commands > 0 {
            self.close();
        }
        self.request
    }
}

fn command(out: &mut Vec<u8>, name: &[u8], key: &[u8], flags: std::fmt::Arguments<'_>) {
    out.extend_from_slice(name);
    out.push(b' ');
    out.extend_from_slice(key);
    // Writing to a vector can't fail.
    let _ = write!(out, " {flags}\r\n");
}

fn set(out: &mut Vec<u8>, key: &[u8], data: &[u8], flags: std::fmt::Arguments<'_>) {
    out.reserve(data.len() + key.len() + 64);
    out.extend_from_slice(b"ms ");
    out.extend_from_slice(key);
    let _ = write!(out, " {} {flags}\r\n", data.len());
    out.extend_from_slice(data);
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(request: &Request, index: usize) -> String {
        String::from_utf8(request.window(index).unwrap().0.to_vec()).unwrap()
    }

    #[test]
    fn commands_are_those_of_the_meta_protocol() {
        assert_eq!(text(&Request::get(7, b"k"), 0), "mg k v f t O7\r\n");
        assert_eq!(text(&Request::size(7, b"k"), 0), "mg k s f O7\r\n");
        assert_eq!(text(&Request::delete(7, b"k"), 0), "md k O7\r\n");
        assert_eq!(text(&Request::set(7, b"k", 60, 3, b"\r\n"), 0), "ms k 2 T60 F3 O7\r\n\r\n\r\n");
        let set = Request::set_many(3, 0, [(&b"a"[..], 0, &b"x"[..]), (b"b", 1, b"")].into_iter());
        assert_eq!(text(&set, 0), "ms a 1 T0 F0 q O3\r\nx\r\nms b 0 T0 F1 q O4\r\n\r\nmn\r\n");
    }

    #[test]
    fn law6_bounded_many_questions_go_in_windows_each_with_its_tokens() {
        let keys: Vec<Vec<u8>> = (0..1_000).map(|n| format!("{n:0100}").into_bytes()).collect();
        let request = Request::get_many(5, keys.iter().map(Vec::as_slice));
        assert_eq!(request.tokens(), 5..1_005);
        let mut token = 5;
        let mut windows = 0;
        while let Some((bytes, window)) = request.window(windows) {
            assert!(bytes.len() < WINDOW + 512);
            assert!(bytes.ends_with(b"mn\r\n"));
            for line in String::from_utf8(bytes.to_vec()).unwrap().lines().filter(|line| line.starts_with("mg")) {
                assert!(line.ends_with(&format!(" O{token}")));
                token += 1;
            }
            assert_eq!(window.until, Until::Barrier);
            windows += 1;
        }
        assert_eq!((token, windows), (1_005, 4));
    }
}
