//! Leases by Memcached's own means: whatever is stored has a number, which changes with whatever is done to it, and a
//! command can be for one number only.
//!
//! A lease without a value is an empty item with flags of its own, which is no value; its token is the item's number. The
//! token of one over a value is the value's number, and what tells others of it is an item under a key of its own, which
//! has that number in it and lasts as long as the lease. Whatever is done to the value ends the lease, as then the numbers
//! are no longer the same. To end one and keep the value, nothing is added at the value's end, which gives it a new number.

use std::time::Duration;

use ctu_core::{Claim, Error, ErrorKind, Leased, Result, Token, Ttl};

use super::calls::{Call, Calls, MemcachedValue, single};
use super::expiry::{self, Expiry};
use super::reply::{self, Flags, Reply, Value};
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
    /// Its number, and what is left of its lifetime.
    Value(u64, Option<Duration>),
}

/// What to do next to get a lease.
pub(super) enum Next {
    Done(Leased),
    /// The key has to be free.
    Add,
    /// In the place of the lease of this number.
    Replace(u64),
    /// Over the value of this number, which gets another.
    Append(u64),
    /// Over the value of this number, unless there is one already.
    Beside(u64),
}

/// Where to begin. Mostly the key is free, as it has just been looked up, unless the claim says otherwise.
pub(super) const fn first(claim: Claim) -> Option<Next> {
    match claim {
        Claim::Shared | Claim::Exclusive | Claim::Replacing => Some(Next::Add),
        Claim::SharedOver(_) | Claim::ExclusiveOver(_) => None,
    }
}

/// What follows from what is there.
pub(super) fn next(there: There, claim: Claim) -> Next {
    match there {
        There::Nothing => Next::Add,
        There::Lease(item) if claim == Claim::Replacing => Next::Replace(item),
        There::Lease(item) if claim.is_shared() => {
            Next::Done(Leased::Granted(Number { item, is_over_value: false }.token()))
        }
        There::Lease(_) => Next::Done(Leased::Taken),
        There::Value(_, left) if !claim.is_over(left) => Next::Done(Leased::Found),
        There::Value(item, _) if claim == Claim::Replacing => Next::Append(item),
        There::Value(item, _) => Next::Beside(item),
    }
}

/// What an item that tells of a lease over a value says: its own number and the value's.
#[derive(Clone, Copy)]
pub(super) struct Beside {
    pub(super) own: u64,
    item: u64,
}

impl Beside {
    /// What follows for who asks for a lease over the value of the number `item`; `None`: this lease has ended.
    pub(super) fn answer(self, item: u64, claim: Claim) -> Option<Leased> {
        let token = Number { item, is_over_value: true }.token();
        (self.item == item).then_some(if claim.is_shared() { Leased::Granted(token) } else { Leased::Taken })
    }
}

/// In seconds, as the server takes it: at least one.
fn seconds(length: Duration) -> u64 {
    match Expiry::of(Some(length)) {
        Expiry::At(at) => at,
        Expiry::Past => 1,
    }
}

impl Calls {
    /// A lease where nothing is.
    pub(super) fn add_lease(&self, key: &[u8], length: Duration) -> Call {
        self.call(key, |token, key| {
            Request::numbered(token, key, Numbered::Add { expiry: seconds(length) }, LEASE, &[])
        })
    }

    /// A lease in the place of that of this number.
    pub(super) fn replace_lease(&self, key: &[u8], item: u64, length: Duration) -> Call {
        let expiry = seconds(length);
        self.call(key, |token, key| Request::numbered(token, key, Numbered::Set { item, expiry }, LEASE, &[]))
    }

    /// A new number for the value of this one.
    pub(super) fn append_nothing(&self, key: &[u8], item: u64) -> Call {
        self.call(key, |token, key| Request::numbered(token, key, Numbered::Append { item }, 0, &[]))
    }

    /// Tells others of a lease over the value of the number `item`, if nobody else has, or in the place of what the item
    /// of the number `own` tells.
    pub(super) fn tell(&self, key: &[u8], item: u64, own: Option<u64>, length: Duration) -> Call {
        let expiry = seconds(length);
        let how = match own {
            None => Numbered::Add { expiry },
            Some(own) => Numbered::Set { item: own, expiry },
        };
        self.call_beside(key, |token, key| Request::numbered(token, key, how, LEASE, &item.to_le_bytes()))
    }

    /// Tells others of a lease over the value of the number `item`, whatever they have been told before.
    pub(super) fn retell(&self, key: &[u8], item: u64, length: Duration) -> Call {
        let expiry = seconds(length);
        self.call_beside(key, |token, key| Request::set(token, key, expiry, LEASE, &item.to_le_bytes()))
    }

    pub(super) fn look_beside(&self, key: &[u8]) -> Call {
        self.call_beside(key, Request::numbered_value)
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
        Reply::Done(Flags { number: Some(number), client, stale, left, .. }) => {
            // What another program marked as out of date is its lease, so to speak.
            let is_lease = client == LEASE || stale;
            Ok(if is_lease { There::Lease(number) } else { There::Value(number, left.and_then(expiry::left)) })
        }
        Reply::Not(_) => Ok(There::Nothing),
        _ => Err(reply::garbage()),
    }
}

/// What is told of a lease over a value, if anything.
pub(super) fn told(replies: Vec<Reply>) -> Result<Option<Beside>> {
    match single(replies)? {
        Reply::Value(Value { flags: Flags { number: Some(own), .. }, data }) => {
            // What is not of ours is of no value.
            let item = <[u8; 8]>::try_from(&data[..]).map_or(0, u64::from_le_bytes);
            Ok(Some(Beside { own, item }))
        }
        Reply::Not(_) => Ok(None),
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
