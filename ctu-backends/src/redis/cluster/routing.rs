//! Sends questions to the nodes that have the keys, and follows them when they move.

use std::sync::Arc;

use ctu_core::{Error, ErrorKind, Result};
use redis::Value;

use super::super::budget::Budget;
use super::super::command::{Ask, Request, array};
use super::super::failure;
use super::super::settings::Settings;
use super::letter::{self, Delivered, Letter, Packed};
use super::link::Link;
use super::nodes::{Look, Node, Nodes};
use super::slots::{self, Redirect};
use super::together::together;

/// How often a question is sent on, in one call.
const MOST_REDIRECTS: usize = 5;
/// Nodes that a call asks where the slots are when it has an idea itself.
const ASKED_AGAIN: usize = 3;

pub(super) struct Cluster<L: Link> {
    pub(super) nodes: Nodes<L>,
    turns: L::Turns,
}

/// Answers with their indices, and letters to be sent on.
type Outcome<L> = (Vec<(usize, Value)>, Vec<Letter<L>>);

impl<L: Link> Cluster<L> {
    pub(super) fn new(nodes: Nodes<L>) -> Self {
        Self { nodes, turns: L::Turns::default() }
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.nodes.settings
    }

    /// The answer about one key: a round trip, unless its slot has moved.
    pub(super) async fn ask<T>(&self, ask: Ask<T>) -> Result<T> {
        self.ask_each(vec![ask]).await?.pop().ok_or_else(failure::nonsense)
    }

    /// The answers about many keys: a round trip to each node that has some, all at the same time.
    pub(super) async fn ask_each<T>(&self, asks: Vec<Ask<T>>) -> Result<Vec<T>> {
        if asks.is_empty() {
            return Ok(Vec::new());
        }
        let budget = Budget::new(self.settings());
        self.look_if_needed(&budget).await?;
        let mut answers = vec![Value::Nil; asks.len()];
        let (mut letters, mut reads) = (Vec::with_capacity(asks.len()), Vec::with_capacity(asks.len()));
        for (index, Ask { request, read, longest }) in asks.into_iter().enumerate() {
            letters.push(Letter::new(index, request, longest, |slot| self.nodes.owner(slot))?);
            reads.push(read);
        }
        for _ in 0..=MOST_REDIRECTS {
            let delivered = self.deliver_all(std::mem::take(&mut letters), &budget).await?;
            for (some, sent_on) in delivered {
                for (index, answer) in some {
                    answers[index] = answer;
                }
                letters.extend(sent_on);
            }
            if letters.is_empty() {
                return answers.into_iter().zip(reads).map(|(answer, read)| read(answer, self.settings())).collect();
            }
        }
        Err(Error::new(ErrorKind::Unavailable, "the nodes of the Redis Cluster send the question to each other"))
    }

    /// The answers of each of these nodes to the same question, in one round trip to each.
    pub(super) async fn ask_nodes<T>(
        &self,
        nodes: &[Arc<Node<L>>],
        ask: fn() -> Ask<T>,
        budget: &Budget,
    ) -> Result<Vec<Result<T>>> {
        let ask_one = async |node: &Arc<Node<L>>| Ok(self.ask_node(node, ask(), budget).await);
        together(nodes.iter().map(ask_one).collect()).await
    }

    /// The answer of one node.
    pub(super) async fn ask_node<T>(&self, node: &Node<L>, ask: Ask<T>, budget: &Budget) -> Result<T> {
        let answer = self.exchange(node, &ask.request, ask.longest, budget).await?;
        (ask.read)(answer, self.settings())
    }

    /// All nodes that have slots, as a node knows them now.
    pub(super) async fn primaries(&self, budget: &Budget) -> Result<Vec<Arc<Node<L>>>> {
        self.look(usize::MAX, budget).await?;
        Ok(self.nodes.primaries())
    }

    async fn look_if_needed(&self, budget: &Budget) -> Result<()> {
        match self.nodes.look() {
            Look::No => Ok(()),
            Look::Again => {
                // If none answers, what is known has to do.
                let part = budget.part(2);
                let _ = self.look(ASKED_AGAIN, &part).await;
                budget.spent_on(&part);
                Ok(())
            }
            Look::First => {
                let turn = L::turn(&self.turns, budget).await?;
                if self.nodes.look() == Look::First {
                    self.look(usize::MAX, budget).await?;
                }
                drop(turn);
                Ok(())
            }
        }
    }

    /// Asks one node after the other where the slots are, at most so many. Each has a share of the time.
    async fn look(&self, most: usize, budget: &Budget) -> Result<()> {
        let nodes = self.nodes.to_ask();
        let asked = nodes.len().min(most);
        let mut outcome = Err(failure::nonsense());
        for (index, node) in nodes.iter().take(asked).enumerate() {
            let part = budget.part(u32::try_from(asked - index).unwrap_or(u32::MAX));
            let ranges = self.ask_node(node, slots::ask(), &part).await;
            budget.spent_on(&part);
            outcome = ranges.and_then(|ranges| self.nodes.adopt(ranges, node));
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }

    /// The letters to each node in one round trip, all at the same time.
    async fn deliver_all(&self, letters: Vec<Letter<L>>, budget: &Budget) -> Result<Vec<Outcome<L>>> {
        let mut packed = letter::by_node(letters);
        match packed.pop() {
            Some(only) if packed.is_empty() => Ok(vec![self.deliver(only, budget).await?]),
            last => together(packed.into_iter().chain(last).map(|packed| self.deliver(packed, budget)).collect()).await,
        }
    }

    async fn deliver(&self, packed: Packed<L>, budget: &Budget) -> Result<Outcome<L>> {
        let node = Arc::clone(&packed.node);
        let answers = array(self.exchange(&node, &packed.request, packed.longest, budget).await?)?;
        let Delivered { answers, returned, refused } = packed.unpack(answers)?;
        if refused {
            // Nor is it the one to ask where the slots are: it may be cut off from the others.
            self.nodes.note(&node, false);
        }
        let mut sent_on = Vec::with_capacity(returned.len());
        for (mut letter, to) in returned {
            (letter.node, letter.asking) = match to {
                Redirect::Moved(place) => (self.nodes.moved(letter.slot, place, &node)?, false),
                Redirect::Ask(place) => (self.nodes.at(place, &node)?, true),
            };
            sent_on.push(letter);
        }
        Ok((answers, sent_on))
    }

    async fn exchange(&self, node: &Node<L>, request: &Request, longest: usize, budget: &Budget) -> Result<Value> {
        let answer = node.link.exchange(request, longest, budget).await;
        self.nodes.note(node, answer.is_ok());
        answer
    }
}
