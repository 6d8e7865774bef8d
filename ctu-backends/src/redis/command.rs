//! What is asked of a server, and how its answers are read: no I/O, so both forms of the store share it.

use std::time::Duration;

use bytes::Bytes;
use ctu_core::{Entry, Error, ErrorKind, Result, Stats, Ttl};
use redis::{Cmd, Pipeline, Value, cmd, pipe};

use super::failure;
use super::lease::{HEAD_BYTES, is_lease_alone, stored_for, value_in};
use super::settings::{Lifetime, Settings};

/// Of an answer that carries no value.
pub(super) const SMALL_BYTES: usize = 64 << 10;
/// Of one command: the server does nothing else meanwhile.
const MOST_KEYS: usize = 1_000;
/// Around each value of an answer, and before it if it is leased.
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
    /// As many commands, from `MULTI` to `EXEC`, that nobody else's come between. Its answer is that to the last.
    ///
    /// Not a transaction of the library's: its driver panics if a server refuses the beginning of one.
    Atomic(Pipeline, usize),
}

impl Request {
    fn atomic(commands: impl IntoIterator<Item = Cmd>) -> Self {
        let mut pipeline = pipe();
        for command in std::iter::once(cmd("MULTI")).chain(commands).chain([cmd("EXEC")]) {
            pipeline.add_command(command);
        }
        let commands = pipeline.len();
        Self::Atomic(pipeline, commands)
    }

    pub(super) fn packed(&self) -> Vec<u8> {
        match self {
            Self::One(command) => command.get_packed_command(),
            Self::Many(pipeline, _) | Self::Atomic(pipeline, _) => pipeline.get_packed_pipeline(),
        }
    }
}

#[cfg(feature = "redis-cluster")]
impl Request {
    /// Its commands from `start` on, up to `end`.
    pub(super) fn slice(&self, start: usize, end: usize) -> Vec<Cmd> {
        match self {
            Self::One(command) => vec![command.clone()],
            Self::Many(pipeline, _) | Self::Atomic(pipeline, _) => {
                pipeline.cmd_iter().skip(start).take(end - start).cloned().collect()
            }
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
    let request = Request::atomic([with_key("GET", settings, key)?, with_key("PTTL", settings, key)?]);
    Ok(Ask { request, read: entry, longest: longest(settings, 1) })
}

pub(super) fn get_many(settings: &Settings, keys: &[&[u8]]) -> Result<Ask<Vec<Option<Bytes>>>> {
    let longest = longest(settings, keys.len());
    if keys.len() <= MOST_KEYS {
        return Ok(Ask { request: Request::One(mget(settings, keys)?), read: values, longest });
    }
    let mut pipeline = pipe();
    for keys in keys.chunks(MOST_KEYS) {
        pipeline.add_command(mget(settings, keys)?);
    }
    let commands = pipeline.len();
    Ok(Ask { request: Request::Many(pipeline, commands), read: values_of_all, longest })
}

fn mget(settings: &Settings, keys: &[&[u8]]) -> Result<Cmd> {
    let mut command = cmd("MGET");
    for key in keys {
        command.arg(&*settings.key(key)?);
    }
    Ok(command)
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

/// By the type, as only a string is found by [`get`], and by how it begins, as a lease alone is none; both at once, as
/// one could be of another value than the other.
pub(super) fn contains(settings: &Settings, key: &[u8]) -> Result<Ask<bool>> {
    let mut beginning = with_key("GETRANGE", settings, key)?;
    beginning.arg(0).arg(HEAD_BYTES - 1);
    let request = Request::atomic([beginning, with_key("TYPE", settings, key)?]);
    Ok(Ask { request, read: contained, longest: SMALL_BYTES })
}

fn contained(answer: Value, _: &Settings) -> Result<bool> {
    match pair(answer)? {
        [beginning, Value::SimpleString(kind)] => Ok(kind == "string" && !is_lease(&beginning)),
        [_, other] => Err(unexpected(&other)),
    }
}

fn is_lease(beginning: &Value) -> bool {
    matches!(beginning, Value::BulkString(beginning) if is_lease_alone(beginning))
}

fn pair(answer: Value) -> Result<[Value; 2]> {
    array(answer)?.try_into().map_err(|_| failure::nonsense())
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
    command.arg(&*stored_for(value));
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
            let Some(value) = value_in(value) else { return Ok(None) };
            settings.check_length(value.len())?;
            Ok(Some(value))
        }
        Value::ServerError(error) if error.code() == "WRONGTYPE" => Ok(None),
        other => Err(unexpected(&other)),
    }
}

fn values(answer: Value, settings: &Settings) -> Result<Vec<Option<Bytes>>> {
    array(answer)?.into_iter().map(|answer| value(answer, settings)).collect()
}

fn values_of_all(answer: Value, settings: &Settings) -> Result<Vec<Option<Bytes>>> {
    let mut all = Vec::new();
    for answer in array(answer)? {
        all.extend(values(answer, settings)?);
    }
    Ok(all)
}

fn entry(answer: Value, settings: &Settings) -> Result<Option<Entry<Bytes>>> {
    let [found, left] = pair(answer)?;
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
    let [info, size] = pair(answer)?;
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

/// The last of the answers; but if a transaction is refused, why.
pub(super) fn decisive(answers: impl IntoIterator<Item = Value>) -> Option<Value> {
    let (mut first_error, mut last) = (None, None);
    for answer in answers {
        if let Some(Value::ServerError(error)) = last.replace(answer) {
            first_error.get_or_insert(error);
        }
    }
    match last {
        Some(Value::ServerError(error)) => Some(Value::ServerError(first_error.unwrap_or(error))),
        last => last,
    }
}

/// Whether the server refused to write as it is a replica, of another server or of none yet.
pub(super) fn is_read_only(answer: &Value) -> bool {
    match answer {
        Value::ServerError(error) => error.code() == "READONLY",
        Value::Array(answers) => answers.iter().any(is_read_only),
        _ => false,
    }
}

/// More was received than any right answer has.
pub(super) fn too_long(longest: usize) -> Error {
    Error::new(
        ErrorKind::Limit,
        format!("the server's answer is longer than {longest} bytes: set `max_value` if its values are"),
    )
}
