//! A deadline for what has none: the resolution of names, and the connection to a unix socket.

use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Instant;

/// Runs what may block for long on a thread of its own. One at a time, so that what hangs holds a single thread.
#[derive(Debug, Default)]
pub(super) struct Aside(Arc<State>);

#[derive(Debug, Default)]
struct State {
    busy: Mutex<bool>,
    freed: Condvar,
}

impl Aside {
    /// The result of `work`, if it comes in time; otherwise it is dropped when it comes.
    pub(super) fn run<T: Send + 'static>(
        &self,
        until: Instant,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let turn = self.turn(until)?;
        let (sender, receiver) = mpsc::sync_channel(1);
        thread::Builder::new().spawn(move || {
            let result = work();
            drop(turn);
            // Nobody waits any more after the deadline.
            let _ = sender.send(result);
        })?;
        receiver.recv_timeout(until.saturating_duration_since(Instant::now())).map_err(|error| match error {
            mpsc::RecvTimeoutError::Timeout => io::Error::from(io::ErrorKind::TimedOut),
            mpsc::RecvTimeoutError::Disconnected => io::Error::other("the thread ended early"),
        })?
    }

    fn turn(&self, until: Instant) -> io::Result<Turn> {
        let busy = self.0.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let left = until.saturating_duration_since(Instant::now());
        let (mut busy, _) =
            self.0.freed.wait_timeout_while(busy, left, |busy| *busy).unwrap_or_else(PoisonError::into_inner);
        if *busy {
            return Err(io::ErrorKind::TimedOut.into());
        }
        *busy = true;
        Ok(Turn(Arc::clone(&self.0)))
    }
}

struct Turn(Arc<State>);

impl Drop for Turn {
    fn drop(&mut self) {
        *self.0.busy.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::time::Duration;

    use super::*;

    #[test]
    fn law2_harmless_what_hangs_costs_the_deadline_and_holds_one_thread() {
        let aside = Aside::default();
        let gate = Arc::new(Barrier::new(2));
        let soon = || Instant::now() + Duration::from_millis(20);
        let hang = Arc::clone(&gate);
        let late = aside.run(soon(), move || Ok(hang.wait().is_leader()));
        assert_eq!(late.unwrap_err().kind(), io::ErrorKind::TimedOut);
        // The thread is still busy: no other is started.
        assert_eq!(aside.run(soon(), || Ok(1)).unwrap_err().kind(), io::ErrorKind::TimedOut);
        gate.wait();
        assert_eq!(aside.run(Instant::now() + Duration::from_secs(20), || Ok(2)).unwrap(), 2);
    }
}
