//! Leases that last as long as the computation, and the pauses of those who wait for them.

use std::sync::PoisonError;
use std::time::Duration;

use super::held::Held;
use crate::memo::Site;
use crate::memo::sync::{Condvar, Mutex, sleep_async, thread};
use crate::{Lease, Result, Token};

const SHORTEST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// Ever longer pauses, of different lengths, so that those who wait do not all ask at once.
pub(super) struct Pauses {
    waited: Duration,
    longest: Duration,
}

impl Pauses {
    pub(super) const fn new() -> Self {
        Self { waited: Duration::ZERO, longest: SHORTEST_PAUSE }
    }

    /// All of them together.
    pub(super) const fn waited(&self) -> Duration {
        self.waited
    }

    /// Between half of the longest and all of it.
    fn next(&mut self) -> Duration {
        let [random, ..] = *Token::random().as_bytes();
        let pause = self.longest / 2 + self.longest * u32::from(random) / 512;
        self.longest = (self.longest * 3 / 2).min(LONGEST_PAUSE);
        self.waited += pause;
        pause
    }

    pub(super) fn pause(&mut self) {
        thread::sleep(self.next());
    }

    /// Without timers there is no waiting for others.
    pub(super) async fn pause_async(&mut self) {
        if !sleep_async(self.next()).await {
            self.waited = Duration::MAX;
        }
    }
}

/// Tells a thread to end.
#[derive(Default)]
struct Ended {
    has_ended: Mutex<bool>,
    told: Condvar,
}

impl Ended {
    /// Whether it was told within `time`.
    fn within(&self, time: Duration) -> bool {
        let has_ended = self.has_ended.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.told.wait_timeout_while(has_ended, time, |has_ended| !*has_ended);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Tells it, also by a panic.
struct Ends<'e>(&'e Ended);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        *self.0.has_ended.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.told.notify_all();
    }
}

/// What came of a renewal: whether to go on with it.
fn goes_on(site: &Site, held: &Held, renewed: Result<Option<Token>>) -> bool {
    match renewed {
        Ok(token) => {
            held.set(token);
            token.is_some()
        }
        // It may go better the next time.
        Err(error) => {
            site.failed(&error);
            true
        }
    }
}

/// Computes, while a thread beside renews the lease every third of its length.
pub(super) fn renewed<K, V, C, R>(
    site: &Site,
    cache: &C,
    key: &K,
    (held, length): (&Held, Duration),
    compute: impl FnOnce() -> R,
) -> R
where
    K: Sync + ?Sized,
    C: Lease<K, V> + Sync + ?Sized,
{
    let ended = Ended::default();
    thread::scope(|scope| {
        let _ends = Ends(&ended);
        let renew = || {
            while !ended.within(length / 3) {
                let Some(token) = held.token() else { return };
                if !goes_on(site, held, cache.renew(key, token, length)) {
                    return;
                }
            }
        };
        // Where there are no more threads the lease ends in its time, and then others compute as well.
        thread::spawn_scoped(scope, "ctu-lease", renew);
        compute()
    })
}

/// Renews the lease every third of its length, until it has ended.
#[cfg(feature = "tokio")]
pub(super) async fn renew_async<K, V, C>(site: &Site, cache: &C, key: &K, (held, length): (&Held, Duration))
where
    K: Sync + ?Sized,
    V: Send + Sync,
    C: crate::AsyncLease<K, V>,
{
    loop {
        tokio::time::sleep(length / 3).await;
        let Some(token) = held.token() else { break };
        if !goes_on(site, held, cache.renew(key, token, length).await) {
            break;
        }
    }
}

/// Without timers the lease ends in its time, and then others compute as well.
#[cfg(not(feature = "tokio"))]
#[allow(clippy::unused_async)] // as the other is
pub(super) async fn renew_async<K, V, C>(_: &Site, _: &C, _: &K, _: (&Held, Duration))
where
    K: Sync + ?Sized,
    V: Send + Sync,
    C: crate::AsyncLease<K, V>,
{
}
