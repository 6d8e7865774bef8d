//! The time that a call may take.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::settings::Settings;

/// The time of one call: the response deadline, and the connect deadline in addition for the connections that have to
/// be made. What connecting takes is not taken from the time for the answer.
pub(super) struct Budget {
    start: Instant,
    response: Duration,
    connect: Duration,
    /// Nanoseconds spent on connecting.
    connecting: AtomicU64,
}

impl Budget {
    /// Of a call that begins now.
    pub(super) fn new(settings: &Settings) -> Self {
        Self::of(settings.response_timeout, settings.connect_timeout)
    }

    fn of(response: Duration, connect: Duration) -> Self {
        Self { start: Instant::now(), response, connect, connecting: AtomicU64::new(0) }
    }

    /// When an answer is too late, unless connecting takes time yet.
    pub(super) fn answer_by(&self) -> Instant {
        self.start + self.response + self.connected_for()
    }

    /// When a connection that is begun now is too late.
    pub(super) fn connect_by(&self) -> Instant {
        (Instant::now() + self.connect).min(self.start + self.response + self.connect)
    }

    /// A connection was made, or not, since `start`.
    pub(super) fn connected_since(&self, start: Instant) {
        self.add(start.elapsed());
    }

    /// One of so many shares of what is left. To be given back with [`spent_on`](Self::spent_on).
    #[cfg(feature = "redis-cluster")]
    pub(super) fn part(&self, shares: u32) -> Self {
        let left = self.answer_by().saturating_duration_since(Instant::now());
        let shares = shares.max(1);
        Self::of(left / shares, self.connect.saturating_sub(self.connected_for()) / shares)
    }

    /// What a part spent on connecting is not taken from the time for the answer.
    #[cfg(feature = "redis-cluster")]
    pub(super) fn spent_on(&self, part: &Self) {
        self.add(part.connected_for());
    }

    fn add(&self, connecting: Duration) {
        let nanos = u64::try_from(connecting.as_nanos()).unwrap_or(u64::MAX);
        // Several that were made at a time are added up, to at most the connect deadline.
        self.connecting.fetch_add(nanos.min(u64::MAX / 2), Ordering::Relaxed);
    }

    fn connected_for(&self) -> Duration {
        Duration::from_nanos(self.connecting.load(Ordering::Relaxed)).min(self.connect)
    }
}
