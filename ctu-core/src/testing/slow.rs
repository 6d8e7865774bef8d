//! A store that takes its time.

use std::future::Future;
use std::thread;
use std::time::Duration;

use super::Operation;
use super::sleep::sleep;
use super::wrapper::wrapper;
use crate::{
    AsyncCache, AsyncLease, AsyncStore, Cache, Claim, Entry, Lease, Leased, Result, Stats, Store, Token, Ttl, Watch,
};

/// Waits before every operation on the store below, in real time: for tests of deadlines.
///
/// A sync operation keeps its thread asleep. An async one waits on any runtime, or none: a thread that ends with it does
/// the waiting, so this is not for thousands of operations at once; a runtime with a paused clock of its own does not
/// take it for a timer. With a delay of `Duration::MAX` it hangs.
///
/// # Examples
///
/// ```
/// use ctu_core::Cache;
/// use ctu_core::testing::{ModelStore, Slow};
/// use std::time::{Duration, Instant};
///
/// let slow = Slow::new(Duration::from_millis(5), ModelStore::<String, u64>::new());
/// let start = Instant::now();
/// slow.get("key")?;
/// assert!(start.elapsed() >= Duration::from_millis(5));
/// # Ok::<(), ctu_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Slow<C> {
    inner: C,
    delay: Duration,
}

impl<C> Slow<C> {
    /// `inner`, this much slower.
    pub const fn new(delay: Duration, inner: C) -> Self {
        Self { inner, delay }
    }

    /// The store below.
    pub const fn inner(&self) -> &C {
        &self.inner
    }

    fn around<T>(&self, _operation: Operation, call: impl FnOnce() -> Result<T>) -> Result<T> {
        thread::sleep(self.delay);
        call()
    }

    async fn around_async<T: Send>(
        &self,
        _operation: Operation,
        call: impl Future<Output = Result<T>> + Send,
    ) -> Result<T>
    where
        C: Sync,
    {
        sleep(self.delay).await;
        call.await
    }
}

wrapper!(Slow);
