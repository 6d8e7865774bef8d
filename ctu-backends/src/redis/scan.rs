//! Finds the keys of a namespace, in steps of one round trip each.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use ctu_core::Result;
use redis::{Value, cmd};

use super::command::{Ask, Request, array, integer, unexpected};
use super::failure;
use super::settings::Settings;

/// Keys that the server looks at in a step.
const STEP_KEYS: usize = 1_000;
/// Of a step's answer: a thousand long keys.
const LONGEST_ANSWER: usize = 64 << 20;

/// A step's outcome: where to go on, and the keys found.
pub(super) struct Step {
    /// 0 at the end.
    pub(super) cursor: u64,
    pub(super) keys: Vec<Vec<u8>>,
}

pub(super) fn step(settings: &Settings, cursor: u64) -> Ask<Step> {
    let mut command = cmd("SCAN");
    command.arg(cursor).arg("MATCH").arg(pattern(&settings.namespace)).arg("COUNT").arg(STEP_KEYS);
    Ask { request: Request::One(command), read, longest: LONGEST_ANSWER }
}

/// Without waiting for their memory to be freed.
pub(super) fn unlink(keys: &[Vec<u8>]) -> Ask<()> {
    let mut command = cmd("UNLINK");
    command.arg(keys);
    Ask::small(command, |answer, _| integer(&answer).map(drop))
}

/// Counts keys of which a scan may find some twice, by a keyed hash of 64 bits each.
#[derive(Default)]
pub(super) struct Distinct {
    hashes: HashSet<u64>,
    state: RandomState,
}

impl Distinct {
    pub(super) fn add(&mut self, keys: &[Vec<u8>]) {
        self.hashes.extend(keys.iter().map(|key| self.state.hash_one(key)));
    }

    pub(super) fn count(&self) -> usize {
        self.hashes.len()
    }
}

/// What matches the keys that begin with `prefix`, whatever its bytes.
fn pattern(prefix: &[u8]) -> Vec<u8> {
    let mut pattern = Vec::with_capacity(prefix.len() + 8);
    for byte in prefix {
        if matches!(byte, b'*' | b'?' | b'[' | b']' | b'\\') {
            pattern.push(b'\\');
        }
        pattern.push(*byte);
    }
    pattern.push(b'*');
    pattern
}

fn read(answer: Value, settings: &Settings) -> Result<Step> {
    let [cursor, keys] = <[Value; 2]>::try_from(array(answer)?).map_err(|_| failure::nonsense())?;
    let bytes = |answer: Value| match answer {
        Value::BulkString(bytes) => Ok(bytes),
        other => Err(unexpected(&other)),
    };
    let cursor = String::from_utf8(bytes(cursor)?).ok().and_then(|cursor| cursor.parse().ok());
    let keys = array(keys)?.into_iter().map(bytes).collect::<Result<Vec<_>>>()?;
    // What is removed is decided here, not by a pattern.
    if !keys.iter().all(|key| key.starts_with(&settings.namespace)) {
        return Err(failure::nonsense());
    }
    Ok(Step { cursor: cursor.ok_or_else(failure::nonsense)?, keys })
}
