//! Times what has a state, or a process of its own, in turns.

use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use tokio::runtime::Runtime;

use crate::{Aim, Random, Timings, is_quick, print};

/// Turns are shorter than the time slices of a busy machine, so that most are not interrupted.
const ROUNDS: usize = 400;
/// Calls of each turn before those that are timed: whoever had the turn before took the processor's caches, and perhaps
/// its core.
const WARM_UP: usize = 5;

/// One who takes part: a name, and a turn that returns the nanoseconds per call.
pub type Entrant<'t> = (&'static str, Box<dyn FnMut() -> f64 + 't>);

/// Times all of `entrants` in many rounds, each in an order of its own, so that none always comes after the same other
/// one, and prints them as [`print()`] does.
pub fn take_turns(
    (name, threads): (&str, usize),
    ours: &str,
    aims: &[Aim],
    calls: usize,
    mut entrants: Vec<Entrant<'_>>,
) {
    let rounds = if is_quick() { 3 } else { ROUNDS };
    let mut nanos = vec![Vec::with_capacity(rounds); entrants.len()];
    let mut order: Vec<usize> = (0..entrants.len()).collect();
    let mut random = Random::new(7);
    // The first round warms up.
    for round in 0..=rounds {
        for place in (1..order.len()).rev() {
            #[allow(clippy::cast_possible_truncation)] // below the number of entrants
            order.swap(place, random.below(place as u64 + 1) as usize);
        }
        for &index in &order {
            let turn = entrants[index].1();
            if round > 0 {
                nanos[index].push(turn);
            }
        }
    }
    let timings: Vec<_> = entrants.iter().zip(nanos).map(|((name, _), nanos)| Timings { name, calls, nanos }).collect();
    print(name, threads, ours, aims, &timings);
}

/// Nanoseconds for each of so many calls, after a few that warm up.
pub fn timed(calls: usize, call: impl FnMut()) -> f64 {
    timed_after(|| (), calls, call)
}

/// Those of the slowest of the threads, which begin at once, each with a state of its own.
///
/// # Panics
///
/// When a call does.
pub fn timed_on_threads<S: Send>(states: &mut [S], calls: usize, call: impl Fn(&mut S) + Sync) -> f64 {
    let barrier = Barrier::new(states.len());
    let work = |state: &mut S| timed_after(|| _ = barrier.wait(), calls, || call(state));
    let work = &work;
    thread::scope(|scope| {
        let threads: Vec<_> = states.iter_mut().map(|state| scope.spawn(move || work(state))).collect();
        let nanos = threads.into_iter().map(|thread| thread.join().expect("no panic"));
        nanos.fold(0.0, f64::max)
    })
}

/// Nanoseconds until so many tasks of a runtime end, which begin at once.
///
/// # Panics
///
/// When a task does.
pub fn timed_in_tasks<F: Future<Output = ()> + Send + 'static>(
    runtime: &Runtime,
    tasks: usize,
    task: impl Fn() -> F,
) -> f64 {
    let start = Instant::now();
    let tasks: Vec<_> = (0..tasks).map(|_| runtime.spawn(task())).collect();
    tasks.into_iter().for_each(|task| runtime.block_on(task).expect("no panic"));
    start.elapsed().as_secs_f64() * 1e9
}

/// `begin` comes between the calls that warm up and the others.
#[allow(clippy::cast_precision_loss)] // a few calls
fn timed_after(begin: impl FnOnce(), calls: usize, mut call: impl FnMut()) -> f64 {
    (0..WARM_UP).for_each(|_| call());
    begin();
    let start = Instant::now();
    (0..calls).for_each(|_| call());
    start.elapsed().as_secs_f64() * 1e9 / calls as f64
}
