//! What is asked of a server, and how its answers are read: no I/O, so both forms of the store share it.

use std::time::Duration;

use bytes::Bytes;
use ctu_core::{Entry, Error, ErrorKind, Result, Stats, Ttl};
use redis::{Cmd, Pipeline, Value, cmd, pipe};

use super::failure;
use super::settings::{Lifetime, Settings};

/// Of an answer that carries no value.
const SMALL_BYTES: usize = 64 << 10;
/// Around each value of an answer.
const FRAME_BYTES: usize = 64;

/// A question, and how its answer is read.
pub(super) struct Ask<T> {
    pub(super) request: Request,
    pub(super) read: fn(Value, &Settings) -> Result<T>,
    /// No right answer is longer, in bytes.
    pub(super) longest: usize,
}

/// One round trip.
pub(super) enum Request {
    One(Cmd),
    /// Its answer is the array of the answers.
    Many(Pipeline, usize),
    /// As many commands that nobody else's come between.
    Atomic(Pipeline, usize),
}

impl Request {
    pub(super) fn packed(&self) -> Vec<u8> {
        match self {
            Self::One(command) => command.get_packed_command(),
            Self::Many(pipeline, _) | Self::Atomic(pipeline, _) => pipeline.get_packed_pipeline(),
        }
    }
}

impl<T> Ask<T> {
    pub(super) fn small(command: Cmd, read: fn(Value, &Settings) -> Result<T>) -> Self {
        Self { request: Request::One(command), read, longest: SMALL_BYTES }
    }
}

pub(super) fn get(settings: &Settings, key: &[u8]) -> Result<Ask<Option<Bytes>>> {
    let request = Request::One(with_key("GET", settings, key)?);
    Ok(Ask { request, read: value, longest: longest(settings, 1) })
}

/// In a transaction: between two plain commands another client could put a value with a longer lifetime, which would
/// then be taken for that of the older value.
pub(super) fn get_entry(settings: &Settings, key: &[u8]) -> Result<Ask<Option<Entry<Bytes>>>> {
    let mut pipeline = pipe();
    pipeline.atomic();
    pipeline.add_command(with_key("GET", settings, key)?).add_command(with_key("PTTL", settings, key)?);
    Ok(Ask { request: Request::Atomic(pipeline, 2), read: entry, longest: longest(settings, 1) })
}

pub(super) fn get_many(settings: &Settings, keys: &[&[u8]]) -> Result<Ask<Vec<Option<Bytes>>>> {
    let mut command = cmd("MGET");
    for key in keys {
        command.arg(&*settings.key(key)?);
    }
    Ok(Ask { request: Request::One(command), read: values, longest: longest(settings, keys.len()) })
}

pub(super) fn put(settings: &Settings, key: &[u8], value: &Bytes, ttl: Ttl) -> Result<Ask<()>> {
    Ok(Ask::small(set(settings, key, value, settings.lifetime(ttl))?, done))
}

pub(super) fn put_many(settings: &Settings, entries: &[(&[u8], &Bytes)], ttl: Ttl) -> Result<Ask<()>> {
    let lifetime = settings.lifetime(ttl);
    let mut pipeline = pipe();
    for (key, value) in entries {
        pipeline.add_command(set(settings, key, value, lifetime)?);
    }
    let longest = SMALL_BYTES.saturating_add(entries.len().saturating_mul(FRAME_BYTES));
    Ok(Ask { request: Request::Many(pipeline, entries.len()), read: all_done, longest })
}

pub(super) fn remove(settings: &Settings, key: &[u8]) -> Result<Ask<bool>> {
    Ok(Ask::small(with_key("DEL", settings, key)?, |answer, _| integer(&answer).map(|removed| removed > 0)))
}

/// By the type, as only a string is found by [`get`].
pub(super) fn contains(settings: &Settings, key: &[u8]) -> Result<Ask<bool>> {
    Ok(Ask::small(with_key("TYPE", settings, key)?, |answer, _| match answer {
        Value::SimpleString(kind) => Ok(kind == "string"),
        other => Err(unexpected(&other)),
    }))
}

/// The keys of the whole database.
pub(super) fn size() -> Ask<usize> {
    Ask::small(cmd("DBSIZE"), |answer, _| usize::try_from(integer(&answer)?).map_err(|_| failure::nonsense()))
}

pub(super) fn flush() -> Ask<()> {
    let mut command = cmd("FLUSHALL");
    // Otherwise the answer waits until all memory is freed, longer than any deadline.
    command.arg("ASYNC");
    Ask::small(command, done)
}

/// The server's figures, since its start.
pub(super) fn stats() -> Ask<Stats> {
    let mut pipeline = pipe();
    let mut info = cmd("INFO");
    info.arg("stats");
    pipeline.add_command(info).add_command(cmd("DBSIZE"));
    Ask { request: Request::Many(pipeline, 2), read: figures, longest: SMALL_BYTES }
}

fn with_key(name: &'static str, settings: &Settings, key: &[u8]) -> Result<Cmd> {
    let mut command = cmd(name);
    command.arg(&*settings.key(key)?);
    Ok(command)
}

fn set(settings: &Settings, key: &[u8], value: &Bytes, lifetime: Lifetime) -> Result<Cmd> {
    settings.check_length(value.len())?;
    if lifetime == Lifetime::Over {
        return with_key("DEL", settings, key);
    }
    let mut command = with_key("SET", settings, key)?;
    command.arg(&value[..]);
    if let Lifetime::Millis(millis) = lifetime {
        command.arg("PX").arg(millis);
    }
    Ok(command)
}

fn longest(settings: &Settings, values: usize) -> usize {
    SMALL_BYTES.saturating_add(settings.max_value.saturating_add(FRAME_BYTES).saturating_mul(values))
}

/// A key of another type than a string can't be made sense of: a miss.
fn value(answer: Value, settings: &Settings) -> Result<Option<Bytes>> {
    match answer {
        Value::Nil => Ok(None),
        Value::BulkString(value) => {
            settings.check_length(value.len())?;
            Ok(Some(Bytes::from(value)))
        }
        Value::ServerError(error) if error.code() == "WRONGTYPE" => Ok(None),
        other => Err(unexpected(&other)),
    }
}

fn values(answer: Value, settings: &Settings) -> Result<Vec<Option<Bytes>>> {
    array(answer)?.into_iter().map(|answer| value(answer, settings)).collect()
}

fn entry(answer: Value, settings: &Settings) -> Result<Option<Entry<Bytes>>> {
    let [found, left] = <[Value; 2]>::try_from(array(answer)?).map_err(|_| failure::nonsense())?;
    let Some(value) = value(found, settings)? else { return Ok(None) };
    Ok(match integer(&left)? {
        // It expired between the two commands.
        -2 => None,
        -1 => Some(Entry { value, ttl: None }),
        left => {
            let left = u64::try_from(left).map_err(|_| failure::nonsense())?;
            Some(Entry { value, ttl: Some(Duration::from_millis(left)) })
        }
    })
}

/// Also of a removal, which answers with a number.
fn done(answer: Value, _: &Settings) -> Result<()> {
    match answer {
        Value::Okay | Value::Int(_) => Ok(()),
        other => Err(unexpected(&other)),
    }
}

fn all_done(answer: Value, settings: &Settings) -> Result<()> {
    array(answer)?.into_iter().try_for_each(|answer| done(answer, settings))
}

fn figures(answer: Value, settings: &Settings) -> Result<Stats> {
    let [info, size] = <[Value; 2]>::try_from(array(answer)?).map_err(|_| failure::nonsense())?;
    let info = match info {
        Value::BulkString(info) => String::from_utf8(info).map_err(|_| failure::nonsense())?,
        other => return Err(unexpected(&other)),
    };
    let figure = |name: &str| {
        let line = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.and_then(|figure| figure.trim().parse::<u64>().ok()).ok_or_else(failure::nonsense)
    };
    let mut stats = Stats::default();
    stats.hits = figure("keyspace_hits")?;
    stats.reads = figure("keyspace_misses")?.saturating_add(stats.hits);
    if settings.namespace.is_empty() {
        stats.entries = u64::try_from(integer(&size)?).ok();
    }
    Ok(stats)
}

pub(super) fn array(answer: Value) -> Result<Vec<Value>> {
    match answer {
        Value::Array(answers) => Ok(answers),
        other => Err(unexpected(&other)),
    }
}

pub(super) fn integer(answer: &Value) -> Result<i64> {
    match answer {
        Value::Int(number) => Ok(*number),
        other => Err(unexpected(other)),
    }
}

/// An error of the server, or not an answer to this question.
pub(super) fn unexpected(answer: &Value) -> Error {
    match answer {
        Value::ServerError(error) => failure::of_server(error),
        _ => failure::nonsense(),
    }
}

/// More was received than any right answer has.
pub(super) fn too_long(longest: usize) -> Error {
    Error::new(
        ErrorKind::Limit,
        format!("the server's answer is longer than {longest} bytes: set `max_value` if its values are"),
    )
}
