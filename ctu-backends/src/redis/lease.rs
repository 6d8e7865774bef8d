//! Leases, which are kept in the places of values: whatever removes or replaces a value ends its lease too, for nothing.
//!
//! A place holds a value as it is, or a head of 32 bytes and perhaps a value after it: see `lease.lua`, which does all
//! that has to be done at once.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use ctu_core::{Claim, Leased, Result, Token, Ttl};
use redis::{Value, cmd};

use super::command::{Ask, Request, SMALL_BYTES, unexpected};
use super::failure;
use super::settings::{Lifetime, Settings};

const SCRIPT: &str = include_str!("lease.lua");
/// The SHA-1 of the script, by which a server that has seen it knows it.
const SCRIPT_NAME: &str = "086e9764dfe4e8c0538c29fc2b916a33b274c812";

/// How a head begins. Random, so that no value begins with it by chance; one that does all the same is stored after a
/// head.
const MAGIC: [u8; 15] = [0x53, 0x87, 0x70, 0x33, 0x23, 0x54, 0xdd, 0x6a, 0x20, 0x82, 0x66, 0x3d, 0x99, 0xed, 0x2b];
pub(super) const HEAD_BYTES: usize = 32;
/// The head of a lease without a value.
const ALONE: u8 = b'L';
/// The head of a lease with the value that was there.
const BEFORE: u8 = b'V';
/// The head of a value that begins as a head does.
const ESCAPE: u8 = b'E';

fn head(letter: u8, token: Token) -> [u8; HEAD_BYTES] {
    let mut head = [letter; HEAD_BYTES];
    head[..15].copy_from_slice(&MAGIC);
    head[16..].copy_from_slice(token.as_bytes());
    head
}

fn is_head(stored: &[u8]) -> bool {
    stored.len() >= HEAD_BYTES && stored.starts_with(&MAGIC)
}

/// Whether what begins so, with at least a head if it is that long, is a lease without a value.
pub(super) fn is_lease_alone(beginning: &[u8]) -> bool {
    is_head(beginning) && beginning[15] == ALONE
}

/// The value in what is stored, if there is one.
pub(super) fn value_in(stored: Vec<u8>) -> Option<Bytes> {
    if is_lease_alone(&stored) {
        return None;
    }
    let begin = if is_head(&stored) { HEAD_BYTES } else { 0 };
    Some(Bytes::from(stored).slice(begin..))
}

/// What is stored for a value.
pub(super) fn stored_for(value: &[u8]) -> Cow<'_, [u8]> {
    if is_head(value) {
        Cow::Owned([&head(ESCAPE, Token::from_bytes([0; 16])), value].concat())
    } else {
        Cow::Borrowed(value)
    }
}

/// A run of the script.
pub(super) struct Run<'a, T> {
    key: Cow<'a, [u8]>,
    arguments: Vec<Cow<'a, [u8]>>,
    /// `None`: the server does not know the script by its name.
    read: fn(Value, &Settings) -> Result<Option<T>>,
}

impl<'a, T> Run<'a, T> {
    fn new(
        settings: &Settings,
        key: &'a [u8],
        act: &'static str,
        token: Token,
        read: fn(Value, &Settings) -> Result<Option<T>>,
    ) -> Result<Self> {
        let heads = [head(ALONE, token), head(BEFORE, token)];
        let mut arguments = vec![Cow::Borrowed(act.as_bytes())];
        arguments.extend(heads.map(|head| Cow::Owned(head.to_vec())));
        Ok(Self { key: settings.key(key)?, arguments, read })
    }

    fn with(mut self, argument: impl Into<Cow<'a, [u8]>>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// To be asked first: all but the first time one round trip.
    pub(super) fn by_name(&self) -> Ask<Option<T>> {
        self.ask("EVALSHA", SCRIPT_NAME)
    }

    /// To be asked when the server does not know the script, which it does after that.
    pub(super) fn in_full(&self) -> Ask<Option<T>> {
        self.ask("EVAL", SCRIPT)
    }

    fn ask(&self, command: &'static str, script: &'static str) -> Ask<Option<T>> {
        let mut command = cmd(command);
        command.arg(script).arg(1).arg(&*self.key);
        for argument in &self.arguments {
            command.arg(&**argument);
        }
        Ask { request: Request::One(command), read: self.read, longest: SMALL_BYTES }
    }
}

/// What the script did when it was run in full.
///
/// # Errors
///
/// When the server goes on not to know it.
pub(super) fn ran<T>(done: Option<T>) -> Result<T> {
    done.ok_or_else(failure::nonsense)
}

pub(super) fn lease<'a>(settings: &Settings, key: &'a [u8], claim: Claim, length: Duration) -> Result<Run<'a, Leased>> {
    let (act, over) = match claim {
        Claim::Shared => ("shared", None),
        Claim::Exclusive => ("exclusive", None),
        Claim::Replacing => ("replacing", None),
        Claim::SharedOver(left) => ("shared", Some(left)),
        Claim::ExclusiveOver(left) => ("exclusive", Some(left)),
    };
    // What is left of a value's lifetime, at most, for a lease over it.
    let over = match over {
        None => b"none".to_vec(),
        Some(Duration::MAX) => b"any".to_vec(),
        Some(left) => millis(settings, left),
    };
    Ok(Run::new(settings, key, act, Token::random(), leased)?.with(millis(settings, length)).with(over))
}

pub(super) fn renew<'a>(
    settings: &Settings,
    key: &'a [u8],
    token: Token,
    length: Duration,
) -> Result<Run<'a, Option<Token>>> {
    Ok(Run::new(settings, key, "renew", token, renewed)?.with(millis(settings, length)))
}

pub(super) fn release<'a>(settings: &Settings, key: &'a [u8], token: Token) -> Result<Run<'a, bool>> {
    Run::new(settings, key, "release", token, done)
}

pub(super) fn put<'a>(
    settings: &Settings,
    key: &'a [u8],
    value: &'a Bytes,
    ttl: Ttl,
    token: Token,
) -> Result<Run<'a, bool>> {
    settings.check_length(value.len())?;
    let lifetime = match settings.lifetime(ttl) {
        Lifetime::Over => "over".to_owned(),
        Lifetime::Endless => "endless".to_owned(),
        Lifetime::Millis(millis) => millis.to_string(),
    };
    Ok(Run::new(settings, key, "put", token, done)?.with(stored_for(value)).with(lifetime.into_bytes()))
}

/// A length as the script takes it: at least a millisecond, which is the shortest that there is.
fn millis(settings: &Settings, length: Duration) -> Vec<u8> {
    match settings.lifetime(Ttl::After(length)) {
        Lifetime::Millis(millis) => millis.to_string().into_bytes(),
        Lifetime::Over | Lifetime::Endless => b"1".to_vec(),
    }
}

fn is_unknown(answer: &Value) -> bool {
    matches!(answer, Value::ServerError(error) if error.code() == "NOSCRIPT")
}

fn leased(answer: Value, _: &Settings) -> Result<Option<Leased>> {
    Ok(match answer {
        Value::Int(0) => Some(Leased::Found),
        Value::Int(1) => Some(Leased::Taken),
        Value::BulkString(token) => Some(Leased::Granted(token_of(token)?)),
        other if is_unknown(&other) => None,
        other => return Err(unexpected(&other)),
    })
}

fn token_of(bytes: Vec<u8>) -> Result<Token> {
    bytes.try_into().map(Token::from_bytes).map_err(|_| failure::nonsense())
}

// None: the server does not know the script. None within: the lease has ended.
#[allow(clippy::option_option)]
fn renewed(answer: Value, _: &Settings) -> Result<Option<Option<Token>>> {
    Ok(match answer {
        Value::Int(0) => Some(None),
        Value::BulkString(token) => Some(Some(token_of(token)?)),
        other if is_unknown(&other) => None,
        other => return Err(unexpected(&other)),
    })
}

fn done(answer: Value, _: &Settings) -> Result<Option<bool>> {
    match answer {
        Value::Int(done) => Ok(Some(done == 1)),
        other if is_unknown(&other) => Ok(None),
        other => Err(unexpected(&other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn law1_exact_a_value_that_begins_as_a_head_does_comes_back() {
        for letter in [ALONE, BEFORE, ESCAPE, b'x'] {
            let whole = [&head(letter, Token::random())[..], b"rest"].concat();
            for length in 0..=whole.len() {
                let value = &whole[..length];
                let stored = stored_for(value).into_owned();
                assert_eq!(value_in(stored).as_deref(), Some(value), "{letter} {length}");
            }
        }
    }

    #[test]
    fn a_lease_alone_is_no_value_and_one_before_a_value_is_that() {
        let alone = head(ALONE, Token::random());
        assert!(is_lease_alone(&alone));
        assert_eq!(value_in(alone.to_vec()), None);
        let before = [&head(BEFORE, Token::random())[..], b"value"].concat();
        assert!(!is_lease_alone(&before));
        assert_eq!(value_in(before).as_deref(), Some(&b"value"[..]));
    }
}
