//! What a server answers.

use bytes::Bytes;
use ctu_core::{Error, ErrorKind, Result};

/// The longest line of a reply. Those of a server that follows the protocol are far shorter.
const LONGEST_LINE: usize = 2_048;

/// One reply of a server.
#[derive(Debug)]
pub(super) enum Reply {
    /// A value was found.
    Value(Value),
    /// Done; or found, where the value was not asked for.
    Done(Flags),
    /// Nothing was found.
    Not(Flags),
    /// The server could not do what it was asked, and goes on.
    Failed(Error),
    /// That to a no-op.
    Barrier,
    /// One of the figures that are listed in [`FIGURES`], by its index.
    Figure(usize, u64),
    /// A figure of no interest.
    OtherFigure,
    /// The end of the figures.
    End,
    /// That to the flush.
    Ok,
}

/// The server's figures that are read.
pub(super) const FIGURES: [&str; 6] = ["cmd_get", "get_hits", "cmd_set", "delete_hits", "delete_misses", "curr_items"];

/// A value, and what comes with it.
#[derive(Debug)]
pub(super) struct Value {
    pub(super) flags: Flags,
    pub(super) data: Bytes,
}

/// What comes on the line of a reply.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Flags {
    /// That of the command.
    pub(super) token: Option<u64>,
    /// The client flags.
    pub(super) client: u32,
    /// What is left of the lifetime, in seconds; negative: it does not end.
    pub(super) left: Option<i64>,
    /// The size of the value.
    pub(super) size: Option<u64>,
    /// Another client has marked the value as out of date, or has yet to store it.
    pub(super) stale: bool,
}

/// The reply at the front of `unread` and its length; `None` if it is not complete yet.
///
/// # Errors
///
/// `Protocol` for what is not a reply, `Limit` for a value over `max_value`: in either case all that follows is without
/// meaning.
pub(super) fn parse(unread: &[u8], max_value: usize) -> Result<Option<(Reply, usize)>> {
    let head = &unread[..unread.len().min(LONGEST_LINE)];
    let Some(end) = head.iter().position(|byte| *byte == b'\n') else {
        return if head.len() < LONGEST_LINE { Ok(None) } else { Err(garbage()) };
    };
    let line = head[..end].strip_suffix(b"\r").unwrap_or(&head[..end]);
    let line = std::str::from_utf8(line).map_err(|_| garbage())?;
    let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
    let reply = match name {
        "VA" => return value(rest, &unread[end + 1..], max_value).map(|found| found.map(|(v, n)| (v, n + end + 1))),
        "HD" => Reply::Done(flags(rest)?),
        "EN" | "NF" => Reply::Not(flags(rest)?),
        "MN" => Reply::Barrier,
        "STAT" => figure(rest)?,
        "END" => Reply::End,
        "OK" => Reply::Ok,
        "SERVER_ERROR" | "NS" | "EX" => Reply::Failed(failed(rest)),
        "ERROR" | "CLIENT_ERROR" => return Err(refused()),
        _ => return Err(garbage()),
    };
    Ok(Some((reply, end + 1)))
}

fn value(line: &str, block: &[u8], max_value: usize) -> Result<Option<(Reply, usize)>> {
    let (size, rest) = line.split_once(' ').unwrap_or((line, ""));
    let size: u64 = number(size)?;
    let Some(size) = usize::try_from(size).ok().filter(|size| *size <= max_value) else {
        return Err(too_large());
    };
    let flags = flags(rest)?;
    let Some(block) = block.get(..size + 2) else { return Ok(None) };
    let data = block.strip_suffix(b"\r\n").ok_or_else(garbage)?;
    Ok(Some((Reply::Value(Value { flags, data: Bytes::copy_from_slice(data) }), size + 2)))
}

fn flags(line: &str) -> Result<Flags> {
    let mut flags = Flags::default();
    for token in line.split(' ').filter(|token| !token.is_empty()) {
        let (name, argument) = token.split_at_checked(1).ok_or_else(garbage)?;
        match name {
            "O" => flags.token = Some(number(argument)?),
            "f" => flags.client = number(argument)?,
            "t" => flags.left = Some(number(argument)?),
            "s" => flags.size = Some(number(argument)?),
            "W" | "X" | "Z" => flags.stale = true,
            _ => {}
        }
    }
    Ok(flags)
}

fn figure(line: &str) -> Result<Reply> {
    let (name, value) = line.split_once(' ').ok_or_else(garbage)?;
    Ok(match FIGURES.iter().position(|known| *known == name) {
        Some(index) => Reply::Figure(index, number(value)?),
        None => Reply::OtherFigure,
    })
}

fn number<N: std::str::FromStr>(digits: &str) -> Result<N> {
    digits.parse().map_err(|_| garbage())
}

/// What is wrong with what the server can't do, without its text.
#[cold]
fn failed(text: &str) -> Error {
    if text.contains("too large") {
        return Error::new(ErrorKind::Limit, "the value is larger than the memcached server takes (its option `-I`)");
    }
    Error::new(ErrorKind::Unavailable, "the memcached server failed, perhaps for want of memory")
}

/// Of a value over the limit, found or to be stored.
#[cold]
pub(super) fn too_large() -> Error {
    Error::new(ErrorKind::Limit, "the value is larger than the store's `max_value`")
}

#[cold]
pub(super) fn garbage() -> Error {
    Error::new(ErrorKind::Protocol, "the server's reply is not one of memcached's meta protocol")
}

#[cold]
fn refused() -> Error {
    Error::new(ErrorKind::Protocol, "the server does not know a meta command: memcached 1.6 or later is needed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_complete_with_its_last_byte() {
        let whole = b"VA 4 f3 t-1 O9\r\n\r\n\0\xff\r\nMN\r\n";
        for end in 0..22 {
            assert!(parse(&whole[..end], 10).unwrap().is_none(), "{end}");
        }
        let (reply, length) = parse(whole, 10).unwrap().unwrap();
        assert_eq!(length, 22);
        let Reply::Value(value) = reply else { panic!("{reply:?}") };
        assert_eq!(&*value.data, b"\r\n\0\xff");
        assert_eq!((value.flags.client, value.flags.left, value.flags.token), (3, Some(-1), Some(9)));
    }

    #[test]
    fn law2_harmless_garbage_is_an_error() {
        let endless = [b'x'; LONGEST_LINE];
        for reply in [
            &b"\r\n"[..],
            b"VA\r\n",
            b"VA x\r\n",
            b"VA -1\r\n",
            b"VA 99999999999999999999999999\r\n",
            b"VA 1 f-1\r\nx\r\n",
            b"VA 1\r\nxyz",
            b"HD O\r\n",
            b"HD \xc3\xa9\r\n",
            b"HD \xff\r\n",
            b"HTTP/1.1 400 Bad Request\r\n",
            b"ERROR\r\n",
            b"STAT cmd_get x\r\n",
            &endless,
        ] {
            let parsed = parse(reply, 10);
            match parsed {
                Err(error) => assert_eq!(error.kind(), ErrorKind::Protocol, "{reply:?}"),
                Ok(parsed) => assert!(reply == b"HD \xc3\xa9\r\n", "{parsed:?}"),
            }
        }
    }

    #[test]
    fn law6_bounded_a_length_over_the_limit_is_refused_before_the_value_comes() {
        for length in ["11", "1073741824", "18446744073709551615"] {
            let error = parse(format!("VA {length}\r\n").as_bytes(), 10).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Limit, "{length}");
        }
    }
}
