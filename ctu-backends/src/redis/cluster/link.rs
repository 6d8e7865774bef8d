//! What both forms have for each node: the connections of a store on a single server.

use std::future::{Future, ready};
#[cfg(feature = "tokio")]
use std::time::Instant;

use ctu_core::Result;
use redis::Value;

use super::super::budget::Budget;
use super::super::command::Request;
use super::super::pool::Pool;
use super::super::settings::Settings;
#[cfg(feature = "tokio")]
use super::super::{failure, shared::Shared};

/// The connections to a node.
pub(super) trait Link: Sized + Send + Sync {
    /// Of those who want to know where the slots are, before anybody does: one asks for all.
    type Turns: Default + Send + Sync;
    type Turn<'t>: Send;

    fn new(settings: Settings) -> Result<Self>;

    /// One round trip; an answer is no longer than `longest`, in bytes.
    fn exchange(
        &self,
        request: &Request,
        longest: usize,
        budget: &Budget,
    ) -> impl Future<Output = Result<Value>> + Send;

    fn turn<'t>(turns: &'t Self::Turns, budget: &Budget) -> impl Future<Output = Result<Self::Turn<'t>>> + Send;
}

impl Link for Pool {
    /// There are not as many threads as there may be tasks: each asks for itself.
    type Turns = ();
    type Turn<'t> = ();

    fn new(settings: Settings) -> Result<Self> {
        Ok(Self::new(settings))
    }

    fn exchange(
        &self,
        request: &Request,
        longest: usize,
        budget: &Budget,
    ) -> impl Future<Output = Result<Value>> + Send {
        Self::exchange(self, request, longest, budget)
    }

    fn turn<'t>((): &'t (), _: &Budget) -> impl Future<Output = Result<Self::Turn<'t>>> + Send {
        ready(Ok(()))
    }
}

#[cfg(feature = "tokio")]
impl Link for Shared {
    type Turns = tokio::sync::Mutex<()>;
    type Turn<'t> = tokio::sync::MutexGuard<'t, ()>;

    fn new(settings: Settings) -> Result<Self> {
        Self::new(settings)
    }

    fn exchange(&self, request: &Request, _: usize, budget: &Budget) -> impl Future<Output = Result<Value>> + Send {
        Self::exchange(self, request, budget)
    }

    async fn turn<'t>(turns: &'t Self::Turns, budget: &Budget) -> Result<Self::Turn<'t>> {
        Self::runtime()?;
        let start = Instant::now();
        let turn = tokio::time::timeout_at(budget.connect_by().into(), turns.lock()).await;
        // The one whose turn it is connects for all.
        budget.connected_since(start);
        turn.map_err(|_| failure::connect_timed_out())
    }
}
