//! Tasks and timers for models: `shuttle`'s tasks, and a time that is up whenever it suits.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use shuttle::future::JoinHandle;
use shuttle::rand::{Rng, thread_rng};

use super::background::{Room, Slot};

/// A computation in a task. It goes on when this is dropped.
pub struct Running<R>(JoinHandle<R>);

impl<R> fmt::Debug for Running<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Running(..)")
    }
}

pub(super) const fn is_there() -> bool {
    true
}

pub(super) fn room() -> Room {
    Slot::of_tasks()
}

pub(super) fn spawn<R: Send + 'static>(work: impl Future<Output = R> + Send + 'static) -> Option<Running<R>> {
    Some(Running(shuttle::future::spawn(work)))
}

pub(super) async fn returned<R>(running: Running<R>) -> Option<R> {
    running.0.await.ok()
}

/// Wherever `work` has to wait, the time may be up.
pub(super) async fn limited<R>(_: Duration, is_done: &AtomicBool, work: impl Future<Output = R>) -> Option<R> {
    let mut work = pin!(work);
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(returned) => Poll::Ready(Some(returned)),
        Poll::Pending if !is_done.load(Ordering::Relaxed) && thread_rng().gen_range(0..4_u32) == 0 => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    })
    .await
}
