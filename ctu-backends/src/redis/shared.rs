//! The one connection that all tasks of an async store share.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};
use std::task::Poll;
use std::time::Duration;

use ctu_core::{Error, ErrorKind, Result};
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisError, Value};
use tokio::runtime::{Handle, Id};
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout_at};

use super::READ_ONLY_PAUSE;
use super::budget::Budget;
use super::command::{Ask, Request, decisive, is_read_only};
use super::failure;
use super::settings::Settings;

/// A question that is not answered so soon may be asked of a connection that is closed.
const PROBE_AFTER: Duration = Duration::from_millis(50);

pub(super) struct Shared {
    pub(super) settings: Settings,
    client: Client,
    current: RwLock<Option<Current>>,
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
    made: Instant,
}

impl Shared {
    pub(super) fn new(settings: Settings) -> Result<Self> {
        let client = Client::open(settings.address.clone()).map_err(|error| failure::of_library(&error))?;
        Ok(Self { settings, client, current: RwLock::new(None), connecting: tokio::sync::Mutex::new(0) })
    }

    /// One round trip, and the answer as it is read.
    pub(super) async fn ask<T>(&self, ask: Ask<T>) -> Result<T> {
        let answer = self.exchange(&ask.request, &Budget::new(&self.settings)).await?;
        (ask.read)(answer, &self.settings)
    }

    /// One round trip.
    pub(super) async fn exchange(&self, request: &Request, budget: &Budget) -> Result<Value> {
        let runtime = Self::runtime()?;
        if let Some(current) = self.usable(runtime) {
            let (number, made) = (current.number, current.made);
            match self.use_once(current, request, budget).await {
                // After a failover the url's name may lead to another server. What is refused has no effect.
                Ok(answer) if is_read_only(&answer) && made.elapsed() >= READ_ONLY_PAUSE => self.discard(number),
                // Since the last question the server was restarted, or closed the connection.
                Err(Lost::Closed(_)) => {}
                other => return other.map_err(Lost::into_error),
            }
        }
        let start = Instant::now();
        let connected = self.connect(runtime, budget).await;
        budget.connected_since(start.into_std());
        self.use_once(connected?, request, budget).await.map_err(Lost::into_error)
    }

    /// The runtime that this is called in.
    pub(super) fn runtime() -> Result<Id> {
        let none = |_| Error::new(ErrorKind::Config, "the async stores work in a tokio runtime only");
        Handle::try_current().map(|runtime| runtime.id()).map_err(none)
    }

    async fn use_once(&self, current: Current, request: &Request, budget: &Budget) -> Result<Value, Lost> {
        let Current { connection, number, .. } = current;
        let answered = answer(connection, request, budget.answer_by().into()).await;
        let lost = match answered {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) if error.is_connection_dropped() => Lost::Closed(error),
            Ok(Err(error)) => Lost::Failed(failure::of_library(&error)),
            // It may be the network that is gone: nobody would ever tell.
            Err(_) => Lost::Failed(failure::timed_out()),
        };
        self.discard(number);
        Err(lost)
    }

    async fn connect(&self, runtime: Id, budget: &Budget) -> Result<Current> {
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
            let current = Current { connection, runtime, number: *number, made: Instant::now() };
            *self.current() = Some(current.clone());
            Ok(current)
        };
        let connected = timeout_at(budget.connect_by().into(), connect).await;
        connected.unwrap_or_else(|_| Err(failure::connect_timed_out()))
    }

    fn usable(&self, runtime: Id) -> Option<Current> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.as_ref().filter(|current| current.runtime == runtime).cloned()
    }

    /// No new question goes there. Those under way keep it until they end.
    fn discard(&self, number: u64) {
        let mut current = self.current();
        let discarded =
            if current.as_ref().is_some_and(|current| current.number == number) { current.take() } else { None };
        drop(current);
        drop(discarded);
    }

    fn current(&self) -> RwLockWriteGuard<'_, Option<Current>> {
        self.current.write().unwrap_or_else(PoisonError::into_inner)
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

/// What is answered by then, unless the connection is closed before.
async fn answer(
    mut connection: MultiplexedConnection,
    request: &Request,
    by: Instant,
) -> Result<Result<Value, RedisError>, Elapsed> {
    let mut probe = connection.clone();
    let mut answer = pin!(send(&mut connection, request));
    let early = Instant::now() + PROBE_AFTER;
    if early < by {
        if let Ok(answered) = timeout_at(early, &mut answer).await {
            return Ok(answered);
        }
        if is_closed(&mut probe).await {
            // It may have been answered last of all.
            return Ok(timeout_at(early, &mut answer).await.unwrap_or_else(|_| Err(closed())));
        }
    }
    timeout_at(by, &mut answer).await
}

/// Whether the connection's driver has ended: then nobody answers what is asked there.
///
/// Mostly who asks is told. But what is sent at the very moment in which the driver ends stays in its channel: tokio's keeps
/// what is sent between the drop of its receiver and that of its last sender, which is with who waits for the answer.
async fn is_closed(connection: &mut MultiplexedConnection) -> bool {
    // Sent, it fails where there is no driver, at once. Where there is one, it is not passed on to the server, as nobody
    // waits for it any more when the driver gets to it.
    let ping = redis::cmd("PING");
    let mut ping = pin!(connection.send_packed_command(&ping));
    let polled = poll_fn(|context| Poll::Ready(ping.as_mut().poll(context))).await;
    matches!(polled, Poll::Ready(Err(error)) if error.is_connection_dropped())
}

fn closed() -> RedisError {
    std::io::Error::from(std::io::ErrorKind::BrokenPipe).into()
}

async fn send(connection: &mut MultiplexedConnection, request: &Request) -> Result<Value, RedisError> {
    match request {
        Request::One(command) => connection.send_packed_command(command).await,
        Request::Many(pipeline, commands) => {
            connection.send_packed_commands(pipeline, 0, *commands).await.map(Value::Array)
        }
        Request::Atomic(pipeline, commands) => {
            let answers = connection.send_packed_commands(pipeline, 0, *commands).await?;
            Ok(decisive(answers).unwrap_or(Value::Nil))
        }
    }
}
