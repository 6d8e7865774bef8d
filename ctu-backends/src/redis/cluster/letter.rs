//! Questions about keys on their way to nodes: which go together, and which come back. No I/O.

use std::sync::Arc;

use ctu_core::Result;
use redis::{Arg, Cmd, Value, cmd, pipe};

use super::super::command::{Request, decisive};
use super::super::failure;
use super::nodes::Node;
use super::slots::{Redirect, redirect, slot};

/// A question about one key.
pub(super) struct Letter<L> {
    /// Of its answer among those of the call.
    index: usize,
    pub(super) slot: u16,
    /// The answer is that to the last one. Empty while they are in a [`Request`].
    commands: Vec<Cmd>,
    /// No right answer is longer, in bytes.
    longest: usize,
    /// Where it goes.
    pub(super) node: Arc<Node<L>>,
    /// That node is to answer although the slot is only on its way there.
    pub(super) asking: bool,
}

/// Letters to one node, in one request.
pub(super) struct Packed<L> {
    pub(super) node: Arc<Node<L>>,
    pub(super) request: Request,
    pub(super) longest: usize,
    /// With the number of commands in the request up to its last.
    letters: Vec<(Letter<L>, usize)>,
}

/// What came of them.
pub(super) struct Delivered<L> {
    /// With their indices.
    pub(super) answers: Vec<(usize, Value)>,
    pub(super) returned: Vec<(Letter<L>, Redirect)>,
    /// A node said that it is not in a state to answer.
    pub(super) refused: bool,
}

impl<L> Letter<L> {
    pub(super) fn new(
        index: usize,
        request: Request,
        longest: usize,
        owner: impl FnOnce(u16) -> Result<Arc<Node<L>>>,
    ) -> Result<Self> {
        let slot = slot(key(&request));
        Ok(Self { index, slot, commands: commands(request), longest, node: owner(slot)?, asking: false })
    }
}

/// The letters to each node in one request, in their order.
///
/// The nodes are in an order that is the same in all threads: each may wait for one's connection while it has another's.
pub(super) fn by_node<L>(mut letters: Vec<Letter<L>>) -> Vec<Packed<L>> {
    letters.sort_by(|a, b| a.node.place.cmp(&b.node.place));
    let mut groups: Vec<Vec<Letter<L>>> = Vec::new();
    for letter in letters {
        match groups.last_mut() {
            Some(group) if group.iter().all(|other| Arc::ptr_eq(&other.node, &letter.node)) => group.push(letter),
            _ => groups.push(vec![letter]),
        }
    }
    groups.into_iter().filter_map(pack).collect()
}

/// One request; none of no letters.
fn pack<L>(letters: Vec<Letter<L>>) -> Option<Packed<L>> {
    let node = Arc::clone(&letters.first()?.node);
    let (mut pipeline, mut longest) = (pipe(), 0_usize);
    let mut with_ends = Vec::with_capacity(letters.len());
    for mut letter in letters {
        if letter.asking {
            pipeline.add_command(cmd("ASKING"));
        }
        for command in letter.commands.drain(..) {
            pipeline.add_command(command);
        }
        longest = longest.saturating_add(letter.longest);
        with_ends.push((letter, pipeline.len()));
    }
    let commands = pipeline.len();
    Some(Packed { node, request: Request::Many(pipeline, commands), longest, letters: with_ends })
}

impl<L> Packed<L> {
    /// Takes the answers apart.
    pub(super) fn unpack(self, answers: Vec<Value>) -> Result<Delivered<L>> {
        let Self { request, letters, .. } = self;
        let mut delivered =
            Delivered { answers: Vec::with_capacity(letters.len()), returned: Vec::new(), refused: false };
        let (mut answers, mut start) = (answers.into_iter(), 0);
        for (mut letter, end) in letters {
            let answer = decisive(answers.by_ref().take(end - start)).ok_or_else(failure::nonsense)?;
            if let Some(to) = redirect(&answer).transpose()? {
                letter.commands = request.slice(start + usize::from(letter.asking), end);
                delivered.returned.push((letter, to));
            } else {
                delivered.refused |= is_refusal(&answer);
                delivered.answers.push((letter.index, answer));
            }
            start = end;
        }
        Ok(delivered)
    }
}

/// Another node may have taken this one's place.
fn is_refusal(answer: &Value) -> bool {
    let codes = ["CLUSTERDOWN", "LOADING", "MASTERDOWN", "READONLY", "TRYAGAIN"];
    matches!(answer, Value::ServerError(error) if codes.contains(&error.code()))
}

/// The key that a question is about: its first word after the name of the command, or, for a script, after what script it
/// is and how many keys it has.
fn key(request: &Request) -> &[u8] {
    let command = match request {
        Request::One(command) => Some(command),
        Request::Many(pipeline, _) => pipeline.cmd_iter().next(),
        Request::Atomic(pipeline, _) => pipeline.cmd_iter().nth(1),
    };
    let words = || command.into_iter().flat_map(Cmd::args_iter);
    let place = match words().next() {
        Some(Arg::Simple(b"EVAL" | b"EVALSHA")) => 3,
        _ => 1,
    };
    match words().nth(place) {
        Some(Arg::Simple(key)) => key,
        _ => b"",
    }
}

fn commands(request: Request) -> Vec<Cmd> {
    match request {
        Request::One(command) => vec![command],
        Request::Many(pipeline, _) | Request::Atomic(pipeline, _) => pipeline.cmd_iter().cloned().collect(),
    }
}
