//! The connections of a blocking store.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use ctu_core::{Error, ErrorKind, Result};
use redis::Value;

use super::READ_ONLY_PAUSE;
use super::budget::Budget;
use super::command::{Ask, Request, is_read_only};
use super::connection::{Connection, Failure};
use super::settings::Settings;
use super::turns::{finish, others_first};

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
    /// Connections of another era lead to a server that is not to be asked any more.
    era: Era,
}

/// How often all connections were left, and when they last were.
#[derive(Clone, Copy, Default)]
struct Era {
    number: u64,
    since: Option<Instant>,
}

/// The right to use a connection, and the connection once there is one. Without one it gives back the right only.
struct Slot<'p> {
    pool: &'p Pool,
    connection: Option<Connection>,
    /// That of the connection.
    era: u64,
}

impl Pool {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            state: Mutex::new(State { idle: Vec::new(), busy: 0, era: Era::default() }),
            freed: Condvar::new(),
        }
    }

    /// Idle connections, for those who look at the store.
    pub(super) fn idle(&self) -> usize {
        self.state().idle.len()
    }

    /// One round trip, and the answer as it is read.
    pub(super) fn ask<T>(&self, ask: &Ask<T>) -> Result<T> {
        let answer = finish(self.exchange(&ask.request, ask.longest, &Budget::new(&self.settings)))?;
        (ask.read)(answer, &self.settings)
    }

    /// One round trip, for [`finish`].
    pub(super) async fn exchange(&self, request: &Request, longest: usize, budget: &Budget) -> Result<Value> {
        let mut slot = self.slot(budget.answer_by())?;
        if let Some(mut connection) = slot.connection.take() {
            match use_once(&mut connection, request, longest, budget).await {
                // After a failover the url's name may lead to another server. What is refused has no effect.
                Ok(answer) if is_read_only(&answer) && self.leave(&mut slot) => {}
                Ok(answer) => {
                    slot.connection = Some(connection);
                    return Ok(answer);
                }
                // Since the last question the server was restarted, or tired of waiting: the others are as stale.
                Err(failure) if failure.was_closed => self.drop_idle(),
                Err(failure) => return Err(failure.error),
            }
        }
        let mut connection = self.connect(budget)?;
        let answer = use_once(&mut connection, request, longest, budget).await.map_err(|failure| failure.error)?;
        slot.connection = Some(connection);
        Ok(answer)
    }

    fn connect(&self, budget: &Budget) -> Result<Connection> {
        let start = Instant::now();
        let connection = Connection::open(&self.settings, budget.connect_by());
        budget.connected_since(start);
        connection
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
        let era = state.era.number;
        Ok(Slot { pool: self, connection, era })
    }

    /// Leaves all connections, those in use too when they are given back; not if that was done a moment ago.
    fn leave(&self, slot: &mut Slot<'_>) -> bool {
        let mut state = self.state();
        // By another thread.
        let is_left = state.era.number != slot.era;
        if !is_left {
            let now = Instant::now();
            if state.era.since.is_some_and(|since| now - since < READ_ONLY_PAUSE) {
                return false;
            }
            state.era = Era { number: state.era.number + 1, since: Some(now) };
        }
        slot.era = state.era.number;
        // Closed after the lock is given back.
        let idle = if is_left { Vec::new() } else { std::mem::take(&mut state.idle) };
        drop(state);
        drop(idle);
        true
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

/// Between question and answer others ask their servers.
async fn use_once(
    connection: &mut Connection,
    request: &Request,
    longest: usize,
    budget: &Budget,
) -> std::result::Result<Value, Failure> {
    connection.send(request, budget.answer_by())?;
    others_first().await;
    connection.receive(request, longest, budget.answer_by())
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.state();
        state.busy -= 1;
        if state.era.number == self.era {
            state.idle.extend(self.connection.take());
        }
        drop(state);
        self.pool.freed.notify_one();
    }
}
