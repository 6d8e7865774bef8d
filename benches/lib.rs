//! What the benchmarks share: a harness that measures contestants beside each other, and the contestants.
//!
//! On a shared machine the time of a call changes from minute to minute by more than what is to be told apart. So the
//! [harness](measure) runs all contestants in turn, a few milliseconds each, in many short rounds, and compares them
//! within a round.

#![forbid(unsafe_code)]

mod beside;
pub mod contestants;
mod harness;
mod keys;
mod machine;
mod plots;
mod python;
mod report;
mod results;
mod turns;

pub use beside::{Beside, beside};
pub use harness::{Contestant, Effort, Row, Timings, compute, measure, measure_stream, scaling};
pub use keys::{Random, Zipf, hot, long_texts, names, numbers, points, texts, zipf};
pub use machine::{Lock, describe, lock_in_use};
pub use plots::{Series, bars, lines};
pub use python::Python;
pub use report::{Aim, Spread, print, verdict};
pub use results::{directory, effort, is_quick, record};
pub use turns::{Entrant, take_turns, timed, timed_in_tasks, timed_on_threads};
