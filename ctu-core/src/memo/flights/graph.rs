//! Who waits for whom, so that nobody waits for a computation that waits for its own.
//!
//! A computation is known by the id of its flight, or berth. While it runs, or its future is polled, the flight is on the
//! stack of its thread, above those whose computations called it. A caller that is about to wait draws an edge from each
//! flight on its stack to the one it waits for, unless there is a way back.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

use super::flight::Flight;
use crate::memo::sync::{Mutex, MutexGuard, global, thread_local};

/// How many flights of a stack have their places in the thread's own memory.
const SHALLOW: usize = 8;

/// The lower part of the stack, without anything that the thread would have to destroy: so a look at it is a load.
struct Stack {
    depth: Cell<usize>,
    ids: [Cell<u64>; SHALLOW],
}

thread_local! {
    static STACK: Stack = const { Stack { depth: Cell::new(0), ids: [const { Cell::new(0) }; SHALLOW] } };
    /// The rest of it.
    static DEEP: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

type Graph = BTreeMap<u64, Vec<u64>>;

global! {
    static WAITS: Mutex<Graph> = Mutex::new(BTreeMap::new());
}

fn waits() -> MutexGuard<'static, Graph> {
    WAITS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Puts the flight of this id on the stack of this thread while the guard lives.
#[inline]
pub(super) fn enter(id: u64) -> Entered {
    STACK.with(|stack| {
        let depth = stack.depth.get();
        stack.depth.set(depth + 1);
        match stack.ids.get(depth) {
            Some(place) => place.set(id),
            None => deep(|deep| deep.push(id)),
        }
    });
    Entered(())
}

pub(super) struct Entered(());

impl Drop for Entered {
    #[inline]
    fn drop(&mut self) {
        STACK.with(|stack| {
            let depth = stack.depth.get() - 1;
            stack.depth.set(depth);
            if depth >= SHALLOW {
                deep(|deep| deep.truncate(depth - SHALLOW));
            }
        });
    }
}

#[cold]
fn deep(change: impl FnOnce(&mut Vec<u64>)) {
    // Fails while the thread's locals are being destroyed: then it is nobody's caller any more.
    let _ = DEEP.try_with(|deep| change(&mut deep.borrow_mut()));
}

/// All ids on the stack of this thread.
fn stack() -> Vec<u64> {
    let mut ids: Vec<u64> = STACK.with(|stack| stack.ids.iter().take(stack.depth.get()).map(Cell::get).collect());
    let _ = DEEP.try_with(|deep| ids.extend_from_slice(&deep.borrow()));
    ids
}

/// The edges of one who waits.
#[derive(Default)]
pub(super) struct Edges {
    from: Vec<u64>,
    to: u64,
}

/// Edges to `flight` from those whose computations the caller is in; `None`: it would wait for itself.
pub(super) fn edges(flight: &Arc<Flight>) -> Option<Edges> {
    let from = stack();
    if from.is_empty() {
        return Some(Edges::default());
    }
    let to = flight.id();
    let mut waits = waits();
    if reaches(&waits, to, &from) {
        return None;
    }
    for flight in &from {
        waits.entry(*flight).or_default().push(to);
    }
    Some(Edges { from, to })
}

fn reaches(waits: &Graph, start: u64, ends: &[u64]) -> bool {
    let (mut seen, mut next) = (BTreeSet::new(), vec![start]);
    while let Some(flight) = next.pop() {
        if ends.contains(&flight) {
            return true;
        }
        if seen.insert(flight) {
            next.extend(waits.get(&flight).into_iter().flatten());
        }
    }
    false
}

impl Drop for Edges {
    fn drop(&mut self) {
        if self.from.is_empty() {
            return;
        }
        let mut waits = waits();
        for from in &self.from {
            let Some(to) = waits.get_mut(from) else { continue };
            if let Some(place) = to.iter().position(|to| *to == self.to) {
                to.swap_remove(place);
            }
            if to.is_empty() {
                waits.remove(from);
            }
        }
    }
}

/// For models: there are no edges.
#[cfg(all(test, ctu_shuttle))]
pub(in crate::memo) fn is_empty() -> bool {
    waits().is_empty()
}
