//! Waiting, in a thread and in a task.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Instant;

use super::flight::{Detached, Ended, Flight, Landed};
use super::graph::Edges;
use crate::{Error, ErrorKind, Result};

/// Waiting for the result of another's computation.
pub(in crate::memo) struct Wait {
    landed: Landed,
    _edges: Edges,
}

impl Wait {
    pub(super) const fn new(flight: Arc<Flight>, edges: Edges) -> Self {
        Self { landed: Landed::new(flight), _edges: edges }
    }

    /// Keeps the thread asleep.
    pub(in crate::memo) fn ended(mut self) -> Ended {
        sleep_until_ready(&mut self.landed, |landed, waker| landed.poll(waker, true), Landed::deadline)
    }

    pub(in crate::memo) async fn ended_async(mut self) -> Ended {
        poll_fn(|context| self.landed.poll(context.waker(), false)).await
    }
}

impl Detached {
    /// Waits until none of them is being stored.
    ///
    /// # Errors
    ///
    /// `Timeout` when that takes too long: then they are removed as soon as they are stored.
    pub(in crate::memo) fn settled(mut self) -> Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        let poll = |detached: &mut Self, waker: &Waker| detached.poll(waker, true);
        settled(sleep_until_ready(&mut self, poll, Self::deadline))
    }

    pub(in crate::memo) async fn settled_async(mut self) -> Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        settled(poll_fn(|context| self.poll(context.waker(), false)).await)
    }
}

fn settled(is_settled: bool) -> Result<()> {
    if is_settled { Ok(()) } else { Err(Error::new(ErrorKind::Timeout, "an older value is still being stored")) }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

/// Polls `waiting` until it is ready, when it is woken and at its deadline.
fn sleep_until_ready<W, T>(
    waiting: &mut W,
    poll: impl Fn(&mut W, &Waker) -> Poll<T>,
    deadline: impl Fn(&W) -> Option<Instant>,
) -> T {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        if let Poll::Ready(ready) = poll(waiting, &waker) {
            return ready;
        }
        // Being woken for something else does no harm. Nothing here uses up the thread's token between poll and park.
        match deadline(waiting) {
            Some(deadline) => thread::park_timeout(deadline.saturating_duration_since(Instant::now())),
            None => thread::park(),
        }
    }
}
