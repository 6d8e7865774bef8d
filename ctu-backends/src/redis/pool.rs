//! The connections of a blocking store.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ctu_core::{Error, ErrorKind, Result};
use redis::Value;

use super::command::Ask;
use super::connection::Connection;
use super::settings::Settings;

pub(super) struct Pool {
    pub(super) settings: Settings,
    state: Mutex<State>,
    /// Told when a slot is given back.
    freed: Condvar,
}

struct State {
    /// Connections that wait for the next question, the last used one at the end.
    idle: Vec<Connection>,
    /// Slots taken.
    busy: usize,
}

/// The right to use a connection, and the connection once there is one. Without one it gives back the right only.
struct Slot<'p> {
    pool: &'p Pool,
    connection: Option<Connection>,
}

impl Pool {
    pub(super) fn new(settings: Settings) -> Self {
        Self { settings, state: Mutex::new(State { idle: Vec::new(), busy: 0 }), freed: Condvar::new() }
    }

    /// Idle connections, for those who look at the store.
    pub(super) fn idle(&self) -> usize {
        self.state().idle.len()
    }

    /// One round trip, and the answer as it is read.
    pub(super) fn ask<T>(&self, ask: &Ask<T>) -> Result<T> {
        let answer = self.round_trip(ask)?;
        (ask.read)(answer, &self.settings)
    }

    fn round_trip<T>(&self, ask: &Ask<T>) -> Result<Value> {
        let start = Instant::now();
        let deadline = start + self.settings.response_timeout;
        let mut slot = self.slot(deadline)?;
        if let Some(mut connection) = slot.connection.take() {
            match connection.ask(&ask.request, ask.longest, deadline) {
                Ok(answer) => {
                    slot.connection = Some(connection);
                    return Ok(answer);
                }
                // Since the last question the server was restarted, or tired of waiting: the others are as stale.
                Err(failure) if failure.was_closed => self.drop_idle(),
                Err(failure) => return Err(failure.error),
            }
        }
        let (mut connection, took) = self.connect()?;
        let answer = connection.ask(&ask.request, ask.longest, deadline + took).map_err(|failure| failure.error)?;
        slot.connection = Some(connection);
        Ok(answer)
    }

    /// A new connection, and how long it took: that is not taken from the time for the answer.
    fn connect(&self) -> Result<(Connection, Duration)> {
        let start = Instant::now();
        let connection = Connection::open(&self.settings, start + self.settings.connect_timeout)?;
        Ok((connection, start.elapsed()))
    }

    fn slot(&self, deadline: Instant) -> Result<Slot<'_>> {
        let mut state = self.state();
        while state.busy >= self.settings.pool_size {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Error::new(
                    ErrorKind::Timeout,
                    format!(
                        "none of the {} connections became free within the deadline: raise `pool_size`",
                        self.settings.pool_size
                    ),
                ));
            }
            state = self.freed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.busy += 1;
        let connection = state.idle.pop();
        Ok(Slot { pool: self, connection })
    }

    fn drop_idle(&self) {
        // Closed after the lock is given back.
        drop(std::mem::take(&mut self.state().idle));
    }

    /// A panic while it is held, which there is no reason for, leaves nothing half done.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.state();
        state.busy -= 1;
        state.idle.extend(self.connection.take());
        drop(state);
        self.pool.freed.notify_one();
    }
}
