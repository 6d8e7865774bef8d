//! Times many functions beside each other.

use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// One of the functions of a row.
#[derive(Debug, Clone, Copy)]
pub struct Contestant<K> {
    /// Its name in the table.
    pub name: &'static str,
    /// The function: called through this pointer, so that none is inlined into the loop that times it.
    pub call: fn(K) -> u64,
}

/// Functions that do the same, for the same keys.
#[derive(Debug)]
pub struct Row<K> {
    /// What they do.
    pub name: &'static str,
    /// What they are called with, over and over.
    pub keys: Vec<K>,
    /// All of them. They are to call [`compute`] on a miss.
    pub contestants: Vec<Contestant<K>>,
}

/// How long to measure.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// How often each contestant has its turn.
    pub rounds: usize,
    /// About how long a turn is.
    pub turn: Duration,
}

impl Effort {
    /// Enough to tell a few per cent apart. Turns are shorter than the time slices of a busy machine, so that most are
    /// not interrupted.
    pub const FULL: Self = Self { rounds: 200, turn: Duration::from_millis(1) };
    /// Enough to see that it works.
    pub const QUICK: Self = Self { rounds: 3, turn: Duration::from_millis(1) };
}

/// What one contestant took.
#[derive(Debug, Clone)]
pub struct Timings {
    /// Its name.
    pub name: &'static str,
    /// Calls per thread in one turn.
    pub calls: usize,
    /// Nanoseconds per call on each thread, for each round.
    pub nanos: Vec<f64>,
}

const WARM_UPS: usize = 2;
/// How often all keys are called with to find out how many calls fill a turn.
const TRIAL_PASSES: usize = 5;
const TRIALS: usize = 5;

static COMPUTED: AtomicU64 = AtomicU64::new(0);

/// What the contestants remember. That it was computed is counted, so that a hit that was none is found out.
pub fn compute(n: u64) -> u64 {
    COMPUTED.fetch_add(1, Ordering::Relaxed);
    n.wrapping_mul(3)
}

/// Times all contestants of `row`, on `threads` threads at once.
///
/// # Panics
///
/// When a timed call was not a hit: the figures would be worth nothing.
pub fn measure<K: Copy + Send + Sync>(row: &Row<K>, threads: usize, effort: Effort) -> Vec<Timings> {
    let passes: Vec<_> = row.contestants.iter().map(|_| AtomicUsize::new(1)).collect();
    let (barrier, misses) = (Barrier::new(threads), AtomicU64::new(0));
    let work = |thread: usize| {
        let worker =
            Worker { row, passes: &passes, barrier: &barrier, thread, offset: row.keys.len() * thread / threads };
        worker.warm_up(effort.turn);
        if barrier.wait().is_leader() {
            misses.store(COMPUTED.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        worker.rounds(effort.rounds)
    };
    let per_thread: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        workers.into_iter().map(|worker| worker.join().expect("a contestant panicked")).collect()
    });
    let misses = COMPUTED.load(Ordering::Relaxed) - misses.into_inner();
    assert_eq!(misses, 0, "{}: not all timed calls were hits", row.name);
    merge(row, &passes, &per_thread, effort.rounds)
}

/// Times all contestants of `row` on one thread, with new keys in each turn, the same for all of them.
///
/// `keys` is the next key of a stream, misses and hits as the case may be. `warm_up` keys come first, and each turn has
/// `calls`.
pub fn measure_stream<K: Copy>(
    contestants: &[Contestant<K>],
    mut keys: impl FnMut() -> K,
    (warm_up, calls): (usize, usize),
    rounds: usize,
) -> Vec<Timings> {
    let mut timings: Vec<_> =
        contestants.iter().map(|one| Timings { name: one.name, calls, nanos: Vec::with_capacity(rounds) }).collect();
    let first: Vec<K> = (0..warm_up).map(|_| keys()).collect();
    for one in contestants {
        time_all(one, &first);
    }
    for round in 0..rounds {
        let keys: Vec<K> = (0..calls).map(|_| keys()).collect();
        for place in 0..contestants.len() {
            let index = (place + round) % contestants.len();
            #[allow(clippy::cast_precision_loss)] // milliseconds in nanoseconds
            timings[index].nanos.push(time_all(&contestants[index], &keys).as_nanos() as f64 / calls as f64);
        }
    }
    timings
}

fn time_all<K: Copy>(contestant: &Contestant<K>, keys: &[K]) -> Duration {
    let call = black_box(contestant.call);
    let start = Instant::now();
    for &key in keys {
        black_box(call(black_box(key)));
    }
    start.elapsed()
}

/// How many times as fast the threads together are as one of them alone: the ratio of each round.
///
/// `keys` are those of each thread. One alone and all together take turns.
///
/// # Panics
///
/// When there are no keys.
pub fn scaling<K: Copy + Send + Sync>(call: fn(K) -> u64, keys: &[Vec<K>], effort: Effort) -> Vec<f64> {
    let turn = |keys: &[K], passes: usize| {
        let call = black_box(call);
        let start = Instant::now();
        for _ in 0..passes {
            for &key in keys {
                black_box(call(black_box(key)));
            }
        }
        start.elapsed()
    };
    for keys in keys {
        turn(keys, 1);
    }
    let trial = (0..TRIALS).map(|_| turn(&keys[0], TRIAL_PASSES)).min().unwrap_or_default();
    let passes = effort.turn.as_nanos() * TRIAL_PASSES as u128 / trial.as_nanos().max(1);
    let passes = usize::try_from(passes).unwrap_or(1).max(1);
    let (all, barrier) = (keys.len(), Barrier::new(keys.len()));
    let work = |thread: usize| {
        let rounds = (0..effort.rounds).map(|_| {
            barrier.wait();
            let alone = (thread == 0).then(|| turn(&keys[0], passes));
            barrier.wait();
            let start = Instant::now();
            turn(&keys[thread], passes);
            (alone, start, Instant::now())
        });
        rounds.collect::<Vec<_>>()
    };
    let threads: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..all).map(|thread| scope.spawn(move || work(thread))).collect();
        workers.into_iter().map(|worker| worker.join().expect("a contestant panicked")).collect()
    });
    let ratios = (0..effort.rounds).map(|round| {
        let alone = threads[0][round].0.unwrap_or_default();
        let together = together(threads.iter().map(|turns| (turns[round].1, turns[round].2)));
        #[allow(clippy::cast_precision_loss)] // a handful
        let all = all as f64;
        all * alone.as_secs_f64() / together.as_secs_f64()
    });
    ratios.collect()
}

/// From the first start to the last end: threads that have to wait for a processor do not work at the same time.
fn together(turns: impl Iterator<Item = (Instant, Instant)>) -> Duration {
    let ends = turns.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
    ends.map(|(start, end)| end - start).unwrap_or_default()
}

/// Per contestant and round, the time from the first thread's start to the last one's end.
#[allow(clippy::cast_precision_loss)] // milliseconds in nanoseconds
fn merge<K>(row: &Row<K>, passes: &[AtomicUsize], threads: &[Vec<Vec<Turn>>], rounds: usize) -> Vec<Timings> {
    let timings = row.contestants.iter().enumerate().map(|(index, contestant)| {
        let calls = passes[index].load(Ordering::Relaxed) * row.keys.len();
        let turn = |round: usize| together(threads.iter().map(|turns| turns[index][round]));
        let nanos = (0..rounds).map(|round| turn(round).as_nanos() as f64 / calls as f64).collect();
        Timings { name: contestant.name, calls, nanos }
    });
    timings.collect()
}

/// When it began and ended.
type Turn = (Instant, Instant);

struct Worker<'a, K> {
    row: &'a Row<K>,
    /// How often each contestant is called with every key in a turn.
    passes: &'a [AtomicUsize],
    barrier: &'a Barrier,
    thread: usize,
    /// Where this thread begins, so that two do not ask for the same keys in step.
    offset: usize,
}

impl<K: Copy> Worker<'_, K> {
    /// Fills the caches, also those of each thread's own, and finds out how many calls fill a turn.
    fn warm_up(&self, turn: Duration) {
        for (contestant, passes) in self.row.contestants.iter().zip(self.passes) {
            self.call(contestant, 1);
            // The shortest of a few, as one may have been interrupted.
            let trial = (0..TRIALS)
                .map(|_| self.call(contestant, TRIAL_PASSES))
                .map(|(start, end)| end - start)
                .min()
                .unwrap_or_default();
            if self.thread == 0 {
                let fitting = turn.as_nanos() * TRIAL_PASSES as u128 / trial.as_nanos().max(1);
                passes.store(usize::try_from(fitting).unwrap_or(1).max(1), Ordering::Relaxed);
            }
        }
        self.barrier.wait();
        self.rounds(WARM_UPS);
    }

    /// The times of all turns, by contestant and round. The order changes from round to round, so that nobody always
    /// comes after the same one.
    fn rounds(&self, rounds: usize) -> Vec<Vec<Turn>> {
        let count = self.row.contestants.len();
        let mut turns = vec![Vec::with_capacity(rounds); count];
        for round in 0..rounds {
            for place in 0..count {
                let place = if round % 2 == 0 { place } else { count - 1 - place };
                let index = (place + round) % count;
                let passes = self.passes[index].load(Ordering::Relaxed);
                turns[index].push(self.call(&self.row.contestants[index], passes));
            }
        }
        turns
    }

    /// `passes` calls with every key, begun on all threads at once.
    fn call(&self, contestant: &Contestant<K>, passes: usize) -> Turn {
        let (call, (head, tail)) = (black_box(contestant.call), self.row.keys.split_at(self.offset));
        self.barrier.wait();
        let start = Instant::now();
        for _ in 0..passes {
            for &key in tail {
                black_box(call(black_box(key)));
            }
            for &key in head {
                black_box(call(black_box(key)));
            }
        }
        (start, Instant::now())
    }
}
