//! The little of a runtime that tests need.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// Runs `future` to its end on this thread, which sleeps while the future waits.
///
/// Not a runtime: a future that needs one (its timers, its sockets) has to be run by that one.
///
/// # Examples
///
/// ```
/// use ctu_core::AsyncCache;
/// use ctu_core::testing::{ModelStore, block_on};
///
/// let store = ModelStore::<String, u64>::new();
/// assert_eq!(block_on(AsyncCache::get(&store, "key"))?, None);
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let unpark = Arc::new(Unpark { woken: AtomicBool::new(false), thread: thread::current() });
    let waker = Waker::from(Arc::clone(&unpark));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        // A flag beside the thread's token, because what the future does meanwhile may use up the token.
        while !unpark.woken.swap(false, Ordering::Acquire) {
            thread::park();
        }
    }
}

struct Unpark {
    woken: AtomicBool,
    thread: Thread,
}

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// A future that is not told by its type.
pub(super) type Boxed<'f> = Pin<Box<dyn Future<Output = ()> + Send + 'f>>;

/// Runs all `futures` at once, in one task.
pub(super) async fn join_all(mut futures: Vec<Boxed<'_>>) {
    poll_fn(|context| {
        futures.retain_mut(|future| future.as_mut().poll(context).is_pending());
        if futures.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Lets the other futures of the task have a turn.
pub(super) async fn yield_now() {
    let mut yielded = false;
    poll_fn(|context| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Starts `future`, and abandons it at the first place where it waits.
pub(super) async fn poll_once(future: impl Future + Send) {
    let mut future = pin!(future);
    poll_fn(|context| {
        let _ = future.as_mut().poll(context);
        Poll::Ready(())
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn joined_futures_take_turns() {
        let turns = AtomicUsize::new(0);
        let worker = |mine: usize| {
            let turns = &turns;
            async move {
                for round in 0..3 {
                    assert_eq!(turns.fetch_add(1, Ordering::Relaxed), 2 * round + mine);
                    yield_now().await;
                }
            }
        };
        block_on(join_all(vec![Box::pin(worker(0)), Box::pin(worker(1))]));
        assert_eq!(turns.into_inner(), 6);
    }

    #[test]
    fn an_abandoned_future_stops_where_it_waits() {
        let steps = AtomicUsize::new(0);
        block_on(poll_once(async {
            steps.fetch_add(1, Ordering::Relaxed);
            yield_now().await;
            steps.fetch_add(1, Ordering::Relaxed);
        }));
        assert_eq!(steps.into_inner(), 1);
    }
}
