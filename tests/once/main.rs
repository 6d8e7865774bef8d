//! Law 3: concurrent calls for one key compute once; whoever computes and fails leaves nobody waiting.

mod chance;
mod lost;
mod recursion;
mod results;
mod sharing;

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

const LOADING: Duration = Duration::from_millis(300);

/// What `call` returns to each of `callers` threads that call at the same time.
fn herd<T: Send>(callers: usize, call: impl Fn() -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(callers);
    thread::scope(|scope| {
        let caller = || {
            barrier.wait();
            call()
        };
        let callers: Vec<_> = (0..callers).map(|_| scope.spawn(caller)).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    })
}

/// Ten thousand with `CTU_ROUNDS=10000`.
fn rounds(default: u32) -> u32 {
    std::env::var("CTU_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(default)
}
