//! The nodes of a cluster, and which slots each has, as far as is known.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use ctu_core::{Error, ErrorKind, Result};
use redis::ConnectionInfo;

use super::super::settings::Settings;
use super::address::{Place, elsewhere, place};
use super::link::Link;
use super::slots::{Range, SLOTS};

/// Between two looks at where the slots are, while nodes fail or slots move.
const PAUSE: Duration = Duration::from_millis(100);
/// The owner of a slot that nobody has.
const NOBODY: u16 = u16::MAX;

pub(super) struct Nodes<L> {
    /// All but the address is common to all nodes.
    pub(super) settings: Settings,
    /// Those that the url names.
    pub(super) seeds: Vec<Arc<Node<L>>>,
    state: RwLock<State<L>>,
}

pub(super) struct Node<L> {
    pub(super) place: Place,
    pub(super) link: L,
    /// It did not answer when it was last asked.
    ailing: AtomicBool,
}

struct State<L> {
    /// Those that have slots, and those that others pointed to.
    known: Vec<Arc<Node<L>>>,
    /// For each slot an index into `known`; empty until a node was asked.
    owners: Vec<u16>,
    /// Something went otherwise than it should if `owners` were right.
    doubted: bool,
    looked: Option<Instant>,
}

/// Whether a node has to be asked where the slots are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Nothing is known yet.
    First,
    /// By this caller: others go on with what is known.
    Again,
    No,
}

impl<L: Link> Nodes<L> {
    pub(super) fn new(settings: Settings, seeds: Vec<ConnectionInfo>) -> Result<Self> {
        let seeds = seeds.into_iter().map(|seed| Node::new(&settings, seed)).collect::<Result<_>>()?;
        let state = State { known: Vec::new(), owners: Vec::new(), doubted: false, looked: None };
        Ok(Self { settings, seeds, state: RwLock::new(state) })
    }

    pub(super) fn look(&self) -> Look {
        let state = self.read();
        let now = Instant::now();
        let is_due = |state: &State<L>| state.doubted && state.looked.is_none_or(|looked| now - looked >= PAUSE);
        if state.owners.is_empty() {
            return Look::First;
        }
        if !is_due(&state) {
            return Look::No;
        }
        drop(state);
        let mut state = self.write();
        // Another caller may have been faster.
        if !is_due(&state) {
            return Look::No;
        }
        state.looked = Some(now);
        Look::Again
    }

    /// Whom to ask where the slots are: those that answered last time first.
    pub(super) fn to_ask(&self) -> Vec<Arc<Node<L>>> {
        let mut nodes = self.read().known.clone();
        nodes.extend(self.seeds.iter().cloned());
        let mut places = HashSet::new();
        nodes.retain(|node| places.insert(node.place.clone()));
        nodes.sort_by_key(|node| node.ailing.load(Ordering::Relaxed));
        nodes
    }

    /// What `told` knows of the slots.
    pub(super) fn adopt(&self, ranges: Vec<Range>, told: &Node<L>) -> Result<()> {
        let mut known: Vec<Arc<Node<L>>> = Vec::new();
        let mut indices: HashMap<Place, u16> = HashMap::new();
        let mut owners = vec![NOBODY; SLOTS];
        for Range { first, last, primary } in ranges {
            let place = from(told, primary);
            let index = if let Some(index) = indices.get(&place) {
                *index
            } else {
                let index = new_index(&known)?;
                known.push(self.find(&place).map_or_else(|| self.new_node(&place), Ok)?);
                indices.insert(place, index);
                index
            };
            if let Some(owned) = owners.get_mut(usize::from(first)..=usize::from(last)) {
                owned.fill(index);
            }
        }
        let mut state = self.write();
        *state = State { known, owners, doubted: false, looked: Some(Instant::now()) };
        Ok(())
    }

    /// The node that has a slot, or else one that should know.
    pub(super) fn owner(&self, slot: u16) -> Result<Arc<Node<L>>> {
        let state = self.read();
        let owner = state.owners.get(usize::from(slot)).and_then(|owner| state.known.get(usize::from(*owner)));
        let nobody = || Error::new(ErrorKind::Unavailable, "no node of the Redis Cluster is known");
        owner.or_else(|| state.known.first()).cloned().ok_or_else(nobody)
    }

    /// `told` said that a slot has moved: the rest may have, too.
    pub(super) fn moved(&self, slot: u16, to: Place, told: &Node<L>) -> Result<Arc<Node<L>>> {
        let node = self.at(to, told)?;
        let mut state = self.write();
        state.doubted = true;
        let index = state.known.iter().position(|known| known.place == node.place);
        let index = index.and_then(|index| u16::try_from(index).ok());
        if let (Some(index), Some(owner)) = (index, state.owners.get_mut(usize::from(slot))) {
            *owner = index;
        }
        Ok(node)
    }

    /// The node at a place that `told` named.
    pub(super) fn at(&self, place: Place, told: &Node<L>) -> Result<Arc<Node<L>>> {
        let place = from(told, place);
        let node = self.find(&place).map_or_else(|| self.new_node(&place), Ok)?;
        let mut state = self.write();
        if let Some(known) = state.known.iter().find(|known| known.place == place) {
            return Ok(Arc::clone(known));
        }
        new_index(&state.known)?;
        state.known.push(Arc::clone(&node));
        Ok(node)
    }

    /// The nodes that have slots, in the order of their places.
    pub(super) fn primaries(&self) -> Vec<Arc<Node<L>>> {
        let state = self.read();
        let owners: HashSet<u16> = state.owners.iter().copied().collect();
        let index = |index: usize| u16::try_from(index).unwrap_or(NOBODY);
        let primaries = state.known.iter().enumerate().filter(|(at, _)| owners.contains(&index(*at)));
        let mut primaries: Vec<_> = primaries.map(|(_, node)| Arc::clone(node)).collect();
        primaries.sort_by(|a, b| a.place.cmp(&b.place));
        primaries
    }

    /// A node answered, or did not: then what is known of the slots may have become wrong.
    pub(super) fn note(&self, node: &Node<L>, answered: bool) {
        node.ailing.store(!answered, Ordering::Relaxed);
        if !answered && !self.read().doubted {
            self.write().doubted = true;
        }
    }

    fn find(&self, place: &Place) -> Option<Arc<Node<L>>> {
        let state = self.read();
        state.known.iter().chain(&self.seeds).find(|node| node.place == *place).cloned()
    }

    fn new_node(&self, place: &Place) -> Result<Arc<Node<L>>> {
        Node::new(&self.settings, elsewhere(&self.settings.address, place))
    }

    fn read(&self) -> RwLockReadGuard<'_, State<L>> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A panic while it is held, which there is no reason for, leaves nothing half done.
    fn write(&self) -> RwLockWriteGuard<'_, State<L>> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<L: Link> Node<L> {
    fn new(settings: &Settings, address: ConnectionInfo) -> Result<Arc<Self>> {
        let place = place(&address);
        let link = L::new(Settings { address, ..settings.clone() })?;
        Ok(Arc::new(Self { place, link, ailing: AtomicBool::new(false) }))
    }
}

/// A place as `told` means it: without a host it is on the same.
fn from<L>(told: &Node<L>, (host, port): Place) -> Place {
    if host.is_empty() { (told.place.0.clone(), port) } else { (host, port) }
}

/// That of one more node.
fn new_index<L>(known: &[Arc<Node<L>>]) -> Result<u16> {
    match u16::try_from(known.len()) {
        Ok(index) if known.len() < SLOTS => Ok(index),
        _ => Err(Error::new(ErrorKind::Protocol, "the servers name more nodes than a Redis Cluster has slots")),
    }
}

/// Where they are.
impl<L> fmt::Debug for Nodes<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let nodes = if state.known.is_empty() { &self.seeds } else { &state.known };
        f.debug_list().entries(nodes.iter().map(|node| format!("{}:{}", node.place.0, node.place.1))).finish()
    }
}
