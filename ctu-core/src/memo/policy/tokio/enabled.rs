//! Tasks and timers of tokio.

use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time;

use super::background::{Room, Slot};

/// A computation in a task. It goes on when this is dropped.
pub struct Running<R>(JoinHandle<R>);

impl<R> fmt::Debug for Running<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Running(..)")
    }
}

/// Whether the caller is in a runtime.
pub(super) fn is_there() -> bool {
    Handle::try_current().is_ok()
}

pub(super) fn room() -> Room {
    if is_there() { Slot::of_tasks() } else { Room::Foreground }
}

pub(super) fn spawn<R: Send + 'static>(work: impl Future<Output = R> + Send + 'static) -> Option<Running<R>> {
    let handle = Handle::try_current().ok()?;
    Some(Running(handle.spawn(work)))
}

/// What comes of the computation; `None`: nothing, as the runtime is shutting down.
///
/// Its panic is the caller's.
pub(super) async fn returned<R>(running: Running<R>) -> Option<R> {
    match running.0.await {
        Ok(returned) => Some(returned),
        Err(error) => error.try_into_panic().map_or(None, |panic| resume_unwind(panic)),
    }
}

/// What comes of `work` within `limit`; once `is_done` says so, it may take as long as it does.
pub(super) async fn limited<R>(limit: Duration, is_done: &AtomicBool, work: impl Future<Output = R>) -> Option<R> {
    let (mut work, mut limit) = (pin!(work), pin!(time::sleep(limit)));
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(returned) => Poll::Ready(Some(returned)),
        Poll::Pending if is_done.load(Ordering::Relaxed) => Poll::Pending,
        Poll::Pending => limit.as_mut().poll(context).map(|()| None),
    })
    .await
}
