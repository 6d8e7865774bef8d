//! Waiting for real time to pass in an async function, whatever the runtime.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

/// A future that is ready once this much time has passed since it was first polled.
///
/// A thread of its own waits for it, and ends with it: costly for many, independent of any runtime.
pub(super) struct Sleep {
    duration: Duration,
    alarm: Option<Arc<Alarm>>,
}

#[derive(Default)]
struct Alarm {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    rung: bool,
    cancelled: bool,
    waker: Option<Waker>,
}

impl Alarm {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, duration: Duration) {
        let start = Instant::now();
        let mut state = self.lock();
        while !state.cancelled {
            let left = duration.saturating_sub(start.elapsed());
            if left.is_zero() {
                state.rung = true;
                if let Some(waker) = state.waker.take() {
                    drop(state);
                    waker.wake();
                }
                return;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// Waits this long; not at all for a zero duration.
pub(super) fn sleep(duration: Duration) -> Sleep {
    Sleep { duration, alarm: None }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let duration = self.duration;
        if duration.is_zero() {
            return Poll::Ready(());
        }
        let alarm = self.alarm.get_or_insert_with(|| {
            let alarm = Arc::new(Alarm::default());
            let waiting = Arc::clone(&alarm);
            thread::spawn(move || waiting.wait(duration));
            alarm
        });
        let mut state = alarm.lock();
        if state.rung {
            return Poll::Ready(());
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(alarm) = &self.alarm {
            alarm.lock().cancelled = true;
            alarm.changed.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::block_on;
    use crate::testing::futures::poll_once;

    #[test]
    fn it_lasts_as_long_as_asked_for() {
        let start = Instant::now();
        block_on(sleep(Duration::from_millis(20)));
        assert!(start.elapsed() >= Duration::from_millis(20));
    }

    #[test]
    fn its_thread_ends_when_it_is_dropped() {
        let mut long = sleep(Duration::MAX);
        block_on(poll_once(&mut long));
        let alarm = Arc::clone(long.alarm.as_ref().unwrap());
        drop(long);
        while Arc::strong_count(&alarm) > 1 {
            thread::yield_now();
        }
    }
}
