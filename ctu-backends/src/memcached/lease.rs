//! Leases by Memcached's own means: whatever is stored has a number, which changes with whatever is done to it, and a
//! command can be for one number only.
//!
//! A lease without a value is an empty item with flags of its own, which is no value; its token is the item's number. One
//! over a value is the value's new number, had by adding nothing at the value's end.

use std::time::Duration;

use ctu_core::{Claim, Error, ErrorKind, Leased, Result, Token, Ttl};

use super::calls::{Call, Calls, MemcachedValue, single};
use super::expiry::Expiry;
use super::reply::{self, Flags, Reply};
use super::request::{Numbered, Request};

/// The flags of a lease without a value. Random, so that no other program uses them.
pub(super) const LEASE: u32 = 0xA3C7_51E9;
/// How often to look again when somebody else is always faster.
pub(super) const TRIES: usize = 16;

/// What a token stands for.
#[derive(Clone, Copy)]
pub(super) struct Number {
    pub(super) item: u64,
    /// It is that of a value.
    pub(super) is_over_value: bool,
}

impl Number {
    fn token(self) -> Token {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.item.to_le_bytes());
        bytes[8] = u8::from(self.is_over_value);
        Token::from_bytes(bytes)
    }

    pub(super) fn of(token: Token) -> Self {
        let (item, rest) = token.as_bytes().split_at(8);
        // There are eight.
        let item = item.try_into().unwrap_or_default();
        Self { item: u64::from_le_bytes(item), is_over_value: rest[0] != 0 }
    }
}

/// What is under a key.
#[derive(Clone, Copy)]
pub(super) enum There {
    Nothing,
    Lease(u64),
    Value(u64),
}

/// What to do next to get a lease.
pub(super) enum Next {
    Done(Leased),
    /// The key has to be free.
    Add,
    /// In the place of the lease of this number.
    Replace(u64),
    /// Over the value of this number.
    Append(u64),
}

/// What follows from what is there.
pub(super) fn next(there: There, claim: Claim) -> Next {
    match (there, claim) {
        (There::Nothing, _) => Next::Add,
        (There::Lease(item), Claim::Shared) => {
            Next::Done(Leased::Granted(Number { item, is_over_value: false }.token()))
        }
        (There::Lease(_), Claim::Exclusive) => Next::Done(Leased::Taken),
        (There::Lease(item), Claim::Replacing) => Next::Replace(item),
        (There::Value(_), Claim::Shared | Claim::Exclusive) => Next::Done(Leased::Found),
        (There::Value(item), Claim::Replacing) => Next::Append(item),
    }
}

/// In seconds, as the server takes it: at least one.
fn expiry(length: Duration) -> u64 {
    match Expiry::of(Some(length)) {
        Expiry::At(at) => at,
        Expiry::Past => 1,
    }
}

impl Calls {
    /// A lease where nothing is.
    pub(super) fn add_lease(&self, key: &[u8], length: Duration) -> Call {
        self.call(key, |token, key| Request::numbered(token, key, Numbered::Add { expiry: expiry(length) }, LEASE, &[]))
    }

    /// A lease in the place of that of this number.
    pub(super) fn replace_lease(&self, key: &[u8], item: u64, length: Duration) -> Call {
        let expiry = expiry(length);
        self.call(key, |token, key| Request::numbered(token, key, Numbered::Set { item, expiry }, LEASE, &[]))
    }

    /// A new number for the value of this one.
    pub(super) fn append_nothing(&self, key: &[u8], item: u64) -> Call {
        self.call(key, |token, key| Request::numbered(token, key, Numbered::Append { item }, 0, &[]))
    }

    pub(super) fn look(&self, key: &[u8]) -> Call {
        self.call(key, Request::number)
    }

    pub(super) fn delete_numbered(&self, key: &[u8], item: u64) -> Call {
        self.call(key, |token, key| Request::delete_numbered(token, key, item))
    }

    pub(super) fn put_numbered<V: MemcachedValue>(&self, key: &[u8], value: &V, ttl: Ttl, item: u64) -> Result<Call> {
        let (flags, data) = self.parts_of(value)?;
        Ok(match Expiry::of(ttl.or(self.ttl)) {
            Expiry::Past => self.delete_numbered(key, item),
            Expiry::At(expiry) => {
                self.call(key, |token, key| Request::numbered(token, key, Numbered::Set { item, expiry }, flags, data))
            }
        })
    }
}

/// What a look at a key found.
pub(super) fn there(replies: Vec<Reply>) -> Result<There> {
    match single(replies)? {
        Reply::Done(Flags { number: Some(number), client, stale, .. }) => {
            // What another program marked as out of date is its lease, so to speak.
            Ok(if client == LEASE || stale { There::Lease(number) } else { There::Value(number) })
        }
        Reply::Not(_) => Ok(There::Nothing),
        _ => Err(reply::garbage()),
    }
}

/// The new number of what was done, if it was.
pub(super) fn numbered(replies: Vec<Reply>) -> Result<Option<u64>> {
    match single(replies)? {
        Reply::Done(Flags { number: Some(number), .. }) => Ok(Some(number)),
        Reply::Not(_) | Reply::Refused(_) => Ok(None),
        _ => Err(reply::garbage()),
    }
}

/// Whether it was done.
pub(super) fn done(replies: Vec<Reply>) -> Result<bool> {
    match single(replies)? {
        Reply::Done(_) => Ok(true),
        Reply::Not(_) | Reply::Refused(_) => Ok(false),
        _ => Err(reply::garbage()),
    }
}

pub(super) fn granted(item: Option<u64>, is_over_value: bool) -> Option<Leased> {
    item.map(|item| Leased::Granted(Number { item, is_over_value }.token()))
}

pub(super) fn renewed(item: Option<u64>, is_over_value: bool) -> Option<Token> {
    item.map(|item| Number { item, is_over_value }.token())
}

#[cold]
pub(super) fn too_busy() -> Error {
    Error::new(ErrorKind::Unavailable, "the key was changed whenever it was about to be leased")
}
