//! The slots of a cluster: which one a key is in, and where they are. No I/O.

use ctu_core::{Error, ErrorKind, Result};
use redis::{Value, cmd};

use super::super::command::{Ask, Request, array, integer, unexpected};
use super::super::failure;
use super::super::settings::Settings;
use super::address::Place;

pub(super) const SLOTS: usize = 16_384;
/// Of an answer that names the nodes of every slot, each a range of its own, with their replicas.
const LONGEST_ANSWER: usize = 16 << 20;
const CHECKSUMS: [u16; 256] = checksums();

/// Slots in a row, and their primary.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) first: u16,
    pub(super) last: u16,
    /// An empty host is that of the node which answered.
    pub(super) primary: Place,
}

/// Where a node sends a question on to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Redirect {
    /// The slot is there from now on.
    Moved(Place),
    /// This key may be: its slot is on the way.
    Ask(Place),
}

/// The slot of a key: of all its bytes, or of those between the first `{` and the next `}`, if there are any.
pub(super) fn slot(key: &[u8]) -> u16 {
    let tag = key.iter().position(|byte| *byte == b'{').and_then(|open| {
        let rest = &key[open + 1..];
        let length = rest.iter().position(|byte| *byte == b'}')?;
        (length > 0).then(|| &rest[..length])
    });
    let checksum = tag.unwrap_or(key).iter().fold(0, |checksum: u16, byte| {
        let [high, low] = checksum.to_be_bytes();
        u16::from_be_bytes([low, 0]) ^ CHECKSUMS[usize::from(high ^ byte)]
    });
    checksum % 16_384
}

/// CRC-16 of each byte, as XMODEM has it.
const fn checksums() -> [u16; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[allow(clippy::cast_possible_truncation)] // below 256
        let mut checksum = (byte as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            checksum = (checksum << 1) ^ if checksum & 0x8000 == 0 { 0 } else { 0x1021 };
            bit += 1;
        }
        table[byte] = checksum;
        byte += 1;
    }
    table
}

/// Where the slots are, as a node knows it.
pub(super) fn ask() -> Ask<Vec<Range>> {
    let mut command = cmd("CLUSTER");
    command.arg("SLOTS");
    Ask { request: Request::One(command), read, longest: LONGEST_ANSWER }
}

fn read(answer: Value, _: &Settings) -> Result<Vec<Range>> {
    if let Value::ServerError(error) = &answer
        && error.details().is_some_and(|detail| detail.contains("cluster support disabled"))
    {
        return Err(Error::new(ErrorKind::Config, "the server is no node of a Redis Cluster: use `RedisCache`"));
    }
    let mut ranges = Vec::new();
    for range in array(answer)? {
        let range = array(range)?;
        let [first, last, primary, ..] = range.as_slice() else { return Err(failure::nonsense()) };
        let number = |value| {
            let number = u16::try_from(integer(value)?).ok().filter(|slot| usize::from(*slot) < SLOTS);
            number.ok_or_else(failure::nonsense)
        };
        // A node whose name is not known yet has none of its slots listed.
        if let Some(primary) = place(primary)? {
            ranges.push(Range { first: number(first)?, last: number(last)?, primary });
        }
    }
    if ranges.is_empty() {
        return Err(Error::new(
            ErrorKind::Unavailable,
            "the node knows of no slots: the Redis Cluster is not set up yet",
        ));
    }
    Ok(ranges)
}

/// The host and port of a node; none if its host is not known.
fn place(node: &Value) -> Result<Option<Place>> {
    let Value::Array(node) = node else { return Err(unexpected(node)) };
    let [host, port, ..] = node.as_slice() else { return Err(failure::nonsense()) };
    let host = match host {
        Value::Nil => String::new(),
        Value::BulkString(host) => String::from_utf8(host.clone()).map_err(|_| failure::nonsense())?,
        other => return Err(unexpected(other)),
    };
    let port = u16::try_from(integer(port)?).map_err(|_| failure::nonsense())?;
    Ok((host != "?").then_some((host, port)))
}

/// Whether an answer is none, but names the node that has one: `MOVED 3999 host:port`.
pub(super) fn redirect(answer: &Value) -> Option<Result<Redirect>> {
    let Value::ServerError(error) = answer else { return None };
    let redirect = match error.code() {
        "MOVED" => Redirect::Moved,
        "ASK" => Redirect::Ask,
        _ => return None,
    };
    let place = error.details().and_then(|detail| {
        let (_, place) = detail.split_once(' ')?;
        let (host, port) = place.rsplit_once(':')?;
        Some((host.to_owned(), port.parse().ok()?))
    });
    Some(match place {
        Some((host, _)) if host == "?" => {
            Err(Error::new(ErrorKind::Unavailable, "the slot's node in the Redis Cluster has no address that is known"))
        }
        Some(place) => Ok(redirect(place)),
        None => Err(failure::nonsense()),
    })
}

#[cfg(test)]
mod tests {
    use redis::parse_redis_value;

    use super::*;

    fn settings() -> Settings {
        super::super::super::RedisCacheBuilder::<super::super::RedisClusterCache>::new("redis://host")
            .cluster_settings()
            .unwrap()
            .0
    }

    #[test]
    fn the_slot_of_a_key_is_the_one_that_servers_compute() {
        // What `CLUSTER KEYSLOT` of Redis 7.0 answers.
        for (key, expected) in [
            ("", 0),
            ("123456789", 12_739),
            ("foo", 12_182),
            ("{foo}", 12_182),
            ("a{foo}b{bar}", 12_182),
            ("{}foo", 9_500),
            ("foo{}{bar}", 8_363),
            ("foo{{bar}}zap", 4_015),
            ("}{foo", 3_840),
            ("{foo", 13_308),
            ("{user1000}.x", 3_443),
        ] {
            assert_eq!(slot(key.as_bytes()), expected, "{key}");
        }
    }

    #[test]
    fn slots_are_read_with_their_primaries() {
        let answer = b"*3\r\n\
            *4\r\n:0\r\n:5460\r\n*3\r\n$9\r\n127.0.0.1\r\n:7000\r\n$2\r\nid\r\n*3\r\n$1\r\nr\r\n:7003\r\n$2\r\nid\r\n\
            *3\r\n:5461\r\n:5461\r\n*4\r\n$-1\r\n:7001\r\n$2\r\nid\r\n*0\r\n\
            *3\r\n:5462\r\n:16383\r\n*2\r\n$1\r\n?\r\n:7002\r\n";
        let ranges = read(parse_redis_value(answer).unwrap(), &settings()).unwrap();
        let expected = [
            Range { first: 0, last: 5460, primary: ("127.0.0.1".into(), 7000) },
            Range { first: 5461, last: 5461, primary: (String::new(), 7001) },
        ];
        assert_eq!(ranges, expected);
    }

    #[test]
    fn what_is_no_answer_of_a_cluster_is_an_error_that_says_so() {
        for (answer, kind) in [
            (&b"-ERR This instance has cluster support disabled\r\n"[..], ErrorKind::Config),
            (b"*0\r\n", ErrorKind::Unavailable),
            (b"+OK\r\n", ErrorKind::Protocol),
            (b"*1\r\n*1\r\n:1\r\n", ErrorKind::Protocol),
            (b"*1\r\n*3\r\n:0\r\n:16384\r\n*2\r\n$1\r\na\r\n:1\r\n", ErrorKind::Protocol),
            (b"*1\r\n*3\r\n:0\r\n:-1\r\n*2\r\n$1\r\na\r\n:1\r\n", ErrorKind::Protocol),
            (b"*1\r\n*3\r\n:0\r\n:1\r\n*2\r\n$1\r\na\r\n:65536\r\n", ErrorKind::Protocol),
            (b"*1\r\n*3\r\n:0\r\n:1\r\n*2\r\n$1\r\n\xff\r\n:1\r\n", ErrorKind::Protocol),
        ] {
            let error = read(parse_redis_value(answer).unwrap(), &settings()).unwrap_err();
            assert_eq!(error.kind(), kind, "{}", answer.escape_ascii());
        }
    }

    #[test]
    fn a_redirection_is_read_and_nothing_else_is_one() {
        let redirect = |answer: &str| redirect(&parse_redis_value(answer.as_bytes()).unwrap());
        let moved = |host: &str, port| Redirect::Moved((host.into(), port));
        assert_eq!(redirect("-MOVED 1 host:7000\r\n").unwrap().unwrap(), moved("host", 7000));
        assert_eq!(redirect("-MOVED 1 ::1:7000\r\n").unwrap().unwrap(), moved("::1", 7000));
        assert_eq!(redirect("-MOVED 1 :7000\r\n").unwrap().unwrap(), moved("", 7000));
        assert_eq!(redirect("-ASK 1 host:7000\r\n").unwrap().unwrap(), Redirect::Ask(("host".into(), 7000)));
        assert_eq!(redirect("-MOVED 1 ?:7000\r\n").unwrap().unwrap_err().kind(), ErrorKind::Unavailable);
        for answer in ["-MOVED\r\n", "-MOVED 1\r\n", "-ASK 1 host\r\n", "-ASK 1 host:70000\r\n"] {
            assert_eq!(redirect(answer).unwrap().unwrap_err().kind(), ErrorKind::Protocol, "{answer}");
        }
        assert!(redirect("-WRONGTYPE of a key\r\n").is_none() && redirect("+MOVED\r\n").is_none());
    }
}
