//! The one connection that all tasks of an async store share.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ctu_core::{Error, ErrorKind, Result};
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisError, Value};
use tokio::runtime::{Handle, Id};
use tokio::time::{Instant, timeout_at};

use super::command::{Ask, Request};
use super::failure;
use super::settings::Settings;

pub(super) struct Shared {
    pub(super) settings: Settings,
    client: Client,
    current: Mutex<Option<Current>>,
    /// Held by the task that connects, for all.
    connecting: tokio::sync::Mutex<u64>,
}

#[derive(Clone)]
struct Current {
    connection: MultiplexedConnection,
    /// Its task runs there, and stands still when that runtime does.
    runtime: Id,
    /// Tells it from those before and after.
    number: u64,
}

impl Shared {
    pub(super) fn new(settings: Settings) -> Result<Self> {
        let client = Client::open(settings.address.clone()).map_err(|error| failure::of_library(&error))?;
        Ok(Self { settings, client, current: Mutex::new(None), connecting: tokio::sync::Mutex::new(0) })
    }

    /// One round trip, and the answer as it is read.
    pub(super) async fn ask<T>(&self, ask: Ask<T>) -> Result<T> {
        let runtime = Handle::try_current()
            .map_err(|_| Error::new(ErrorKind::Config, "AsyncRedisCache works in a tokio runtime only"))?
            .id();
        let answer = self.round_trip(&ask.request, runtime).await?;
        (ask.read)(answer, &self.settings)
    }

    async fn round_trip(&self, request: &Request, runtime: Id) -> Result<Value> {
        let deadline = Instant::now() + self.settings.response_timeout;
        if let Some(current) = self.usable(runtime) {
            match self.exchange(current, request, deadline).await {
                // Since the last question the server was restarted, or closed the connection.
                Err(Lost::Closed(_)) => {}
                other => return other.map_err(Lost::into_error),
            }
        }
        let (current, took) = self.connect(runtime).await?;
        self.exchange(current, request, deadline + took).await.map_err(Lost::into_error)
    }

    async fn exchange(&self, current: Current, request: &Request, deadline: Instant) -> Result<Value, Lost> {
        let Current { mut connection, number, .. } = current;
        let answer = timeout_at(deadline, send(&mut connection, request)).await;
        let lost = match answer {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) if error.is_connection_dropped() => Lost::Closed(error),
            Ok(Err(error)) => Lost::Failed(failure::of_library(&error)),
            // It may be the network that is gone: nobody would ever tell.
            Err(_) => Lost::Failed(failure::timed_out()),
        };
        self.discard(number);
        Err(lost)
    }

    /// A connection, and how long getting it took: that is not taken from the time for the answer.
    async fn connect(&self, runtime: Id) -> Result<(Current, Duration)> {
        let start = Instant::now();
        let connect = async {
            let mut number = self.connecting.lock().await;
            // Another task's, made while this one waited.
            if let Some(current) = self.usable(runtime) {
                return Ok(current);
            }
            #[cfg(feature = "redis-tls")]
            super::tls::choose_provider();
            let config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
            let connection = self
                .client
                .get_multiplexed_async_connection_with_config(&config)
                .await
                .map_err(|error| failure::of_library(&error))?;
            *number += 1;
            let current = Current { connection, runtime, number: *number };
            *self.current() = Some(current.clone());
            Ok(current)
        };
        match timeout_at(start + self.settings.connect_timeout, connect).await {
            Ok(connected) => connected.map(|current| (current, start.elapsed())),
            Err(_) => Err(failure::connect_timed_out()),
        }
    }

    fn usable(&self, runtime: Id) -> Option<Current> {
        self.current().as_ref().filter(|current| current.runtime == runtime).cloned()
    }

    /// No new question goes there. Those under way keep it until they end.
    fn discard(&self, number: u64) {
        let mut current = self.current();
        let discarded =
            if current.as_ref().is_some_and(|current| current.number == number) { current.take() } else { None };
        drop(current);
        drop(discarded);
    }

    fn current(&self) -> MutexGuard<'_, Option<Current>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a question went unanswered.
enum Lost {
    /// The connection was closed, so it may be asked again on a new one.
    Closed(RedisError),
    Failed(Error),
}

impl Lost {
    fn into_error(self) -> Error {
        match self {
            Self::Closed(error) => failure::of_library(&error),
            Self::Failed(error) => error,
        }
    }
}

async fn send(connection: &mut MultiplexedConnection, request: &Request) -> Result<Value, RedisError> {
    match request {
        Request::One(command) => connection.send_packed_command(command).await,
        Request::Many(pipeline, commands) => {
            connection.send_packed_commands(pipeline, 0, *commands).await.map(Value::Array)
        }
        Request::Atomic(pipeline, commands) => {
            let mut answers = connection.send_packed_commands(pipeline, commands + 1, 1).await?;
            Ok(answers.pop().unwrap_or(Value::Nil))
        }
    }
}
