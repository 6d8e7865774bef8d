//! Each operation as requests to servers, and their replies as its result: the part that does no I/O.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use ctu_core::{Entry, Error, ErrorKind, Flagged, Result, Stats, Ttl};

use super::expiry::{self, Expiry};
use super::key;
use super::lease::LEASE;
use super::reply::{self, Reply, Value};
use super::request::Request;
use super::route::route;

/// What a Memcached store holds: [`Bytes`], or [`Flagged`] bytes.
///
/// Bytes alone are stored with flags of 0 and read whatever the flags. This trait can't be implemented elsewhere.
pub trait MemcachedValue: Clone + Send + Sync + Sized + sealed::Sealed {
    #[doc(hidden)]
    fn from_parts(flags: u32, data: Bytes) -> Self;
    #[doc(hidden)]
    fn parts(&self) -> (u32, &[u8]);
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for bytes::Bytes {}
    impl Sealed for ctu_core::Flagged {}
}

impl MemcachedValue for Bytes {
    fn from_parts(_: u32, data: Bytes) -> Self {
        data
    }

    fn parts(&self) -> (u32, &[u8]) {
        (0, self)
    }
}

impl MemcachedValue for Flagged {
    fn from_parts(flags: u32, data: Bytes) -> Self {
        Self { flags, data }
    }

    fn parts(&self) -> (u32, &[u8]) {
        (self.flags, &self.data)
    }
}

/// What operations need to know of the settings.
#[derive(Debug)]
pub(super) struct Calls {
    pub(super) namespace: String,
    pub(super) ttl: Option<Duration>,
    pub(super) max_value: usize,
    /// As they are named to the router.
    pub(super) servers: Vec<String>,
    pub(super) tokens: AtomicU64,
    /// Conversations that failed.
    pub(super) errors: AtomicU64,
}

/// A request, and the server for it.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) server: usize,
    pub(super) request: Request,
}

/// A server's part of an operation on many keys.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) call: Call,
    /// Of each command: whose key it is.
    positions: Vec<usize>,
}

/// The replies to a call.
pub(super) type Answer = Result<Vec<Reply>>;

impl Calls {
    pub(super) fn get(&self, key: &[u8]) -> Call {
        self.call(key, Request::get)
    }

    pub(super) fn contains(&self, key: &[u8]) -> Call {
        self.call(key, Request::size)
    }

    pub(super) fn remove(&self, key: &[u8]) -> Call {
        self.call(key, Request::delete)
    }

    pub(super) fn put<V: MemcachedValue>(&self, key: &[u8], value: &V, ttl: Ttl) -> Result<Call> {
        let (flags, data) = self.parts_of(value)?;
        Ok(self.call(key, |token, key| match Expiry::of(ttl.or(self.ttl)) {
            Expiry::Past => Request::delete(token, key),
            Expiry::At(expiry) => Request::set(token, key, expiry, flags, data),
        }))
    }

    /// A value as it is sent.
    pub(super) fn parts_of<'v, V: MemcachedValue>(&self, value: &'v V) -> Result<(u32, &'v [u8])> {
        let (flags, data) = value.parts();
        if data.len() > self.max_value {
            return Err(reply::too_large());
        }
        check_flags(value)?;
        Ok((flags, data))
    }

    pub(super) fn get_many(&self, keys: &[&[u8]]) -> Vec<Part> {
        self.parts(keys.iter().copied().enumerate(), |first, group| {
            Request::get_many(first, group.iter().map(|(_, key)| &**key))
        })
    }

    /// The parts, without the values that are too large, and whether there are such.
    pub(super) fn put_many<V: MemcachedValue>(&self, entries: &[(&[u8], &V)], ttl: Ttl) -> (Vec<Part>, bool) {
        let data = |index: usize| entries[index].1.parts();
        let fits = |index: &usize| data(*index).1.len() <= self.max_value;
        let keys = (0..entries.len()).filter(fits).map(|index| (index, entries[index].0));
        let expiry = Expiry::of(ttl.or(self.ttl));
        let parts = self.parts(keys, |first, group| match expiry {
            Expiry::Past => Request::delete_many(first, group.iter().map(|(_, key)| &**key)),
            Expiry::At(expiry) => {
                let entry = |(index, key): &'_ (usize, Vec<u8>)| (key.clone(), data(*index));
                let entries: Vec<_> = group.iter().map(entry).collect();
                Request::set_many(first, expiry, entries.iter().map(|(key, (flags, data))| (&**key, *flags, *data)))
            }
        });
        let sent: usize = parts.iter().map(|part| part.positions.len()).sum();
        (parts, sent < entries.len())
    }

    pub(super) fn call(&self, key: &[u8], request: impl FnOnce(u64, &[u8]) -> Request) -> Call {
        let key = key::wire(&self.namespace, key);
        Call { server: route(&self.servers, &key), request: request(self.reserve(1), &key) }
    }

    /// As [`call`](Self::call), about the lease over the key's value, at the same server.
    pub(super) fn call_beside(&self, key: &[u8], request: impl FnOnce(u64, &[u8]) -> Request) -> Call {
        let beside = key::wire_of_lease(&self.namespace, key);
        let key = key::wire(&self.namespace, key);
        Call { server: route(&self.servers, &key), request: request(self.reserve(1), &beside) }
    }

    fn parts<'k>(
        &self,
        keys: impl Iterator<Item = (usize, &'k [u8])>,
        request: impl Fn(u64, &[(usize, Vec<u8>)]) -> Request,
    ) -> Vec<Part> {
        let mut groups: Vec<Vec<(usize, Vec<u8>)>> = vec![Vec::new(); self.servers.len()];
        for (index, key) in keys {
            let key = key::wire(&self.namespace, key);
            groups[route(&self.servers, &key)].push((index, key));
        }
        let part = |(server, group): (usize, Vec<(usize, Vec<u8>)>)| {
            let request = request(self.reserve(group.len()), &group);
            let positions = group.into_iter().map(|(index, _)| index).collect();
            Part { call: Call { server, request }, positions }
        };
        groups.into_iter().enumerate().filter(|(_, group)| !group.is_empty()).map(part).collect()
    }

    /// The first of so many tokens, which no other command gets.
    fn reserve(&self, count: usize) -> u64 {
        self.tokens.fetch_add(count as u64, Ordering::Relaxed)
    }

    /// The counts, with those of `answers`: one from each server.
    pub(super) fn stats(&self, answers: Vec<Answer>) -> Result<Stats> {
        let [reads, hits, writes, deleted, not_deleted, entries] = figures(answers)?;
        let mut stats = Stats::default();
        (stats.reads, stats.hits, stats.writes, stats.dels) = (reads, hits, writes, deleted + not_deleted);
        stats.errors = self.errors.load(Ordering::Relaxed);
        stats.entries = self.namespace.is_empty().then_some(entries);
        Ok(stats)
    }

    pub(super) fn can_count(&self) -> Result<()> {
        if self.namespace.is_empty() {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Unsupported, "memcached counts all its entries, not those of a namespace"))
    }
}

/// The value that `replies` bring, and what is left of its lifetime.
pub(super) fn found<V: MemcachedValue>(replies: Vec<Reply>) -> Result<Option<Entry<V>>> {
    Ok(match single(replies)? {
        Reply::Value(value) if value.flags.is_of_value() => {
            let ttl = value.flags.left.and_then(expiry::left);
            Some(Entry { value: V::from_parts(value.flags.client, value.data), ttl })
        }
        Reply::Value(_) | Reply::Not(_) => None,
        _ => return Err(reply::garbage()),
    })
}

/// Refuses a value that would be taken for a lease.
pub(super) fn check_flags<V: MemcachedValue>(value: &V) -> Result<()> {
    if value.parts().0 == LEASE {
        return Err(Error::new(ErrorKind::Codec, "these flags are those of a lease: no value can have them"));
    }
    Ok(())
}

pub(super) fn present(replies: Vec<Reply>, max_value: usize) -> Result<bool> {
    match single(replies)? {
        // As reading it would be.
        Reply::Done(flags) if flags.size.is_none_or(|size| size > max_value as u64) => Err(reply::too_large()),
        Reply::Done(flags) => Ok(flags.is_of_value()),
        Reply::Not(_) => Ok(false),
        _ => Err(reply::garbage()),
    }
}

pub(super) fn stored(replies: Vec<Reply>) -> Result<()> {
    match single(replies)? {
        // A value without a lifetime is one that is removed.
        Reply::Done(_) | Reply::Not(_) => Ok(()),
        reply => Err(failure(reply).unwrap_or_else(reply::garbage)),
    }
}

pub(super) fn removed(replies: Vec<Reply>) -> Result<bool> {
    match single(replies)? {
        Reply::Done(_) => Ok(true),
        Reply::Not(_) => Ok(false),
        _ => Err(reply::garbage()),
    }
}

pub(super) fn flushed(answers: Vec<Answer>) -> Result<()> {
    answers.into_iter().try_for_each(|answer| match single(answer?)? {
        Reply::Ok => Ok(()),
        _ => Err(reply::garbage()),
    })
}

/// The values of all parts, in the order of the keys. A server that fails has none, unless all do.
pub(super) fn gather<V: MemcachedValue>(keys: usize, parts: &[Part], answers: Vec<Answer>) -> Result<Vec<Option<V>>> {
    let mut found: Vec<Option<V>> = vec![None; keys];
    let mut failure = None;
    let mut answered = parts.is_empty();
    for (part, answer) in parts.iter().zip(answers) {
        match answer.and_then(|replies| values(part, replies, &mut found)) {
            Ok(()) => answered = true,
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    match failure {
        Some(error) if !answered => Err(error),
        _ => Ok(found),
    }
}

fn values<V: MemcachedValue>(part: &Part, replies: Vec<Reply>, found: &mut [Option<V>]) -> Result<()> {
    for reply in replies {
        match reply {
            Reply::Value(Value { flags, data }) if flags.is_of_value() => {
                let index = flags.token.map(|token| token - part.call.request.tokens().start);
                let position = index.and_then(|index| part.positions.get(usize::try_from(index).ok()?));
                found[*position.ok_or_else(reply::garbage)?] = Some(V::from_parts(flags.client, data));
            }
            Reply::Failed(error) => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

pub(super) fn all_stored(answers: Vec<Answer>, some_too_large: bool) -> Result<()> {
    for answer in answers {
        if let Some(error) = answer?.into_iter().find_map(failure) {
            return Err(error);
        }
    }
    if some_too_large { Err(reply::too_large()) } else { Ok(()) }
}

/// The figures of all servers, each summed up.
fn figures(answers: Vec<Answer>) -> Result<[u64; reply::FIGURES.len()]> {
    let mut sums = [0_u64; reply::FIGURES.len()];
    for answer in answers {
        for reply in answer? {
            if let Reply::Figure(index, value) = reply {
                sums[index] = sums[index].saturating_add(value);
            }
        }
    }
    Ok(sums)
}

pub(super) fn entries(answers: Vec<Answer>) -> Result<usize> {
    let [.., entries] = figures(answers)?;
    Ok(usize::try_from(entries).unwrap_or(usize::MAX))
}

pub(super) fn single(mut replies: Vec<Reply>) -> Result<Reply> {
    match replies.pop() {
        Some(Reply::Failed(error)) => Err(error),
        Some(reply) => Ok(reply),
        None => Err(reply::garbage()),
    }
}

fn failure(reply: Reply) -> Option<Error> {
    match reply {
        Reply::Failed(error) => Some(error),
        Reply::Refused(_) => Some(reply::failed("")),
        _ => None,
    }
}

#[cold]
pub(super) fn no_clear() -> Error {
    Error::new(
        ErrorKind::Unsupported,
        "memcached can't list its keys, so a store can't forget just its own: let them expire, change the namespace, \
         or forget everything on the servers with `flush_server()`",
    )
}
