//! One computation under way, and those who wait for it.

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use super::{Spot, watch};
use crate::CacheKey;
use crate::lease::Sight;
use crate::memo::sync::{AtomicUsize, Instant, Mutex, MutexGuard};

/// A result as it is handed to those who wait for it.
pub(in crate::memo) type Shared = Arc<dyn Any + Send + Sync>;

/// How long a caller waits for another's computation before it computes itself. Only for what can't be known to be a
/// deadlock: a computation that waits for a job of a thread pool whose threads all wait for the computation.
#[cfg(not(test))]
const PATIENCE: Duration = Duration::from_secs(10);
#[cfg(test)]
const PATIENCE: Duration = Duration::from_millis(200);

/// A computation under way, or a value being stored.
pub(in crate::memo) struct Flight {
    spot: Spot,
    /// What tells its leader from all others, if that leads from a berth; 0: it is told by the flight itself.
    leader: u64,
    marks: AtomicUsize,
    state: Mutex<State>,
    /// None where nobody is to find the flight by it.
    key: Option<Box<dyn Held>>,
}

/// An evict, a prime or a refresh came: the result is older than that, and not to be stored.
const STALE: usize = 1;
/// Its value is being stored.
const STORING: usize = 1 << 1;
/// Whoever made it stale has given up waiting for the storing to end.
const ABANDONED: usize = 1 << 2;
/// Somebody has waited for it. Until then its state is as it was at the beginning, but for what is watched.
const AWAITED: usize = 1 << 3;
/// The store keeps watch over the key.
const WATCHED: usize = 1 << 4;

/// The owned key of a flight, or the place for one.
trait Held: Any + Send + Sync {
    fn clear(&mut self);
}

impl<K: Any + Send + Sync> Held for Option<K> {
    fn clear(&mut self) {
        *self = None;
    }
}

/// How a flight ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::memo) enum How {
    /// Its value was stored.
    Stored,
    /// A value was found in the store, which may be older than anything.
    Found,
    /// It had a result that was not stored.
    Unstored,
    /// It panicked, or its future was dropped.
    Lost,
}

#[derive(Default)]
struct State {
    /// Of the store's watch over the key, which ends with what is done to it by hand, and when the value is stored.
    sight: Option<Sight>,
    ended: Option<How>,
    result: Option<Shared>,
    wakers: BTreeMap<u64, Waker>,
    next_token: u64,
    /// When the next of those who wait computes itself; set by the first.
    help_at: Option<Instant>,
    helpers: u32,
    alarm: Option<watch::Alarm>,
}

/// What a result is for, once there is one.
pub(in crate::memo) struct Landing {
    /// Nothing has made it stale, and until the flight ends nobody will: it is to be stored now.
    pub(in crate::memo) is_to_store: bool,
    /// Somebody waits for it.
    pub(in crate::memo) is_awaited: bool,
}

/// What came of waiting for a flight.
pub(in crate::memo) enum Ended {
    /// Its result.
    Shared(Shared),
    /// It ended without a result that can be shared.
    Closed(How),
    /// It takes so long that the caller is to compute as well.
    Late(Help),
}

impl Flight {
    pub(super) fn new(spot: Spot) -> Self {
        Self { spot, leader: 0, marks: AtomicUsize::new(0), state: Mutex::default(), key: None }
    }

    /// Another computation, of one that is as good as new.
    pub(super) const fn begin(&mut self, spot: Spot) {
        self.spot = spot;
    }

    pub(super) const fn spot(&self) -> Spot {
        self.spot
    }

    /// Whether this is the flight of `key`, and not of another with the same hash.
    pub(super) fn is_of<K>(&self, key: &K) -> bool
    where
        K: CacheKey<Owned: 'static> + ?Sized,
    {
        let Some(held) = &self.key else { return false };
        match (&**held as &dyn Any).downcast_ref::<Option<K::Owned>>() {
            Some(Some(owned)) => key.is(owned),
            _ => false,
        }
    }

    /// What its place for a key is of, if there is one already.
    pub(super) fn place(&self) -> Option<TypeId> {
        self.key.as_deref().map(Any::type_id)
    }

    /// The same for keys of this type.
    pub(super) fn place_of<K: Any>() -> TypeId {
        TypeId::of::<Option<K>>()
    }

    /// Makes one without a key the flight of `key`.
    pub(super) fn set_key<K: Any + Send + Sync>(&mut self, key: K) {
        if let Some(held) = &mut self.key
            && let Some(place) = (&mut **held as &mut dyn Any).downcast_mut::<Option<K>>()
        {
            *place = Some(key);
        } else {
            self.key = Some(Box::new(Some(key)));
        }
    }

    /// Makes it as good as new; not one that somebody has waited for.
    pub(super) fn clear(&mut self) -> bool {
        if *self.marks.get_mut() & AWAITED != 0 {
            return false;
        }
        if *self.marks.get_mut() & WATCHED != 0 {
            self.lock().sight = None;
        }
        *self.marks.get_mut() = 0;
        self.leader = 0;
        if let Some(key) = &mut self.key {
            key.clear();
        }
        true
    }

    pub(super) fn watched(&self, sight: Sight) {
        self.lock().sight = Some(sight);
        self.marks.fetch_or(WATCHED, Ordering::AcqRel);
    }

    /// Whether its result may be too old for who comes now, or is in the store.
    pub(super) fn is_over(&self) -> bool {
        let is_watched = self.marks.load(Ordering::Acquire) & WATCHED != 0;
        is_watched && self.lock().sight.as_ref().is_some_and(Sight::is_over)
    }

    /// What tells it from all others while it lasts.
    pub(super) fn id(self: &Arc<Self>) -> u64 {
        if self.leader == 0 { Arc::as_ptr(self).cast::<()>().addr() as u64 } else { self.leader }
    }

    /// Makes it that of a leader in a berth, who is known by `leader`.
    pub(super) fn lend(&mut self, leader: u64, is_storing: bool) {
        self.leader = leader;
        *self.marks.get_mut() = if is_storing { STORING } else { 0 };
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is whole at every point where its holder could panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// There is a result. Those who wait get it before it is stored, so that a slow store delays none of them.
    pub(super) fn land(&self, wants_store: bool) -> Landing {
        let store = |marks| (wants_store && marks & STALE == 0).then_some(marks | STORING);
        // Either an eviction comes first, and it is seen here, or it sees that the value is being stored.
        let landed = self.marks.fetch_update(Ordering::AcqRel, Ordering::Acquire, store);
        let (Ok(before) | Err(before)) = landed;
        Landing { is_to_store: landed.is_ok(), is_awaited: before & AWAITED != 0 }
    }

    pub(super) fn publish(&self, shared: Shared) {
        let mut state = self.lock();
        // One that is not taken is dropped behind the lock, as it is the caller's code that drops it.
        if state.result.is_none() {
            state.result = Some(shared);
        }
        state.wake();
    }

    /// Whether the storing has taken so long that an eviction went on without it.
    pub(super) fn is_abandoned(&self) -> bool {
        self.marks.load(Ordering::Acquire) & ABANDONED != 0
    }

    pub(super) fn end(&self, how: How) {
        let mut state = self.lock();
        // Under the lock, so that none begins to wait who has just seen that it is being stored.
        self.marks.fetch_and(!STORING, Ordering::AcqRel);
        state.ended = Some(how);
        let alarm = state.alarm.take();
        state.wake();
        drop(alarm);
    }

    /// Keeps its result out of the store; `false`: it is being stored already.
    pub(super) fn detach(&self) -> bool {
        self.marks.fetch_or(STALE, Ordering::AcqRel) & STORING == 0
    }

    fn is_being_stored(&self) -> bool {
        self.marks.load(Ordering::Acquire) & STORING != 0
    }

    fn abandon(&self) {
        self.marks.fetch_or(ABANDONED, Ordering::AcqRel);
    }

    /// Wakes those who wait, for one that takes too long.
    pub(super) fn ring(&self) {
        let mut state = self.lock();
        state.alarm = None;
        state.wake();
    }
}

/// Consumes the guard, as wakers are the caller's code and are not to run under the lock.
trait Wake {
    fn wake(self);
}

impl Wake for MutexGuard<'_, State> {
    fn wake(mut self) {
        // Most often there is nobody.
        if !self.wakers.is_empty() {
            let wakers = std::mem::take(&mut self.wakers);
            drop(self);
            wakers.into_values().for_each(Waker::wake);
        }
    }
}

/// Shows nothing of the key and the result.
impl fmt::Debug for Flight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flight(..)")
    }
}

/// One who waits for a flight, and is forgotten by it when dropped.
struct Waiter {
    flight: Arc<Flight>,
    token: Option<u64>,
}

impl Waiter {
    const fn new(flight: Arc<Flight>) -> Self {
        Self { flight, token: None }
    }

    /// What `ready` finds; if it finds nothing, the flight will wake `waker` when that may have changed.
    fn poll<T>(&mut self, waker: &Waker, ready: impl FnOnce(&mut State) -> Option<T>) -> Poll<T> {
        let mut state = self.flight.lock();
        if let Some(found) = ready(&mut state) {
            return Poll::Ready(found);
        }
        let token = *self.token.get_or_insert_with(|| {
            state.next_token += 1;
            state.next_token
        });
        self.flight.marks.fetch_or(AWAITED, Ordering::AcqRel);
        let older = state.wakers.insert(token, waker.clone());
        drop(state);
        // Outside the lock: what a waker owns may be waiting for this flight as well.
        drop(older);
        Poll::Pending
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let waker = self.token.and_then(|token| self.flight.lock().wakers.remove(&token));
        drop(waker);
    }
}

/// Waiting for the end of a flight.
pub(super) struct Landed(Waiter);

impl Landed {
    pub(super) const fn new(flight: Arc<Flight>) -> Self {
        Self(Waiter::new(flight))
    }

    /// When to poll again, if not woken before.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.0.flight.lock().help_at
    }

    /// `has_alarm`: the caller sees to it itself that it polls again at the [`deadline`](Self::deadline).
    pub(super) fn poll(&mut self, waker: &Waker, has_alarm: bool) -> Poll<Ended> {
        let flight = Arc::clone(&self.0.flight);
        self.0.poll(waker, |state| {
            if let Some(shared) = &state.result {
                return Some(Ended::Shared(Arc::clone(shared)));
            }
            if let Some(how) = state.ended {
                return Some(Ended::Closed(how));
            }
            let now = Instant::now();
            let help_at = *state.help_at.get_or_insert(now + PATIENCE);
            let is_late = help_at <= now;
            if is_late {
                state.helpers += 1;
                // Ever less often, as the computation may just be a long one.
                state.help_at = Some(now + PATIENCE * 2_u32.saturating_pow(state.helpers.min(10)));
            }
            if !has_alarm && state.alarm.is_none() {
                state.alarm = state.help_at.map(|at| watch::alarm(at, &flight));
            }
            is_late.then(|| Ended::Late(Help(flight)))
        })
    }
}

/// A computation beside one that takes too long, whose waiters get its result too.
pub(in crate::memo) struct Help(Arc<Flight>);

impl Help {
    pub(super) fn publish(&self, shared: Shared) {
        self.0.publish(shared);
    }
}

/// Those who have not got its result try themselves at once, one after the other.
impl Drop for Help {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        if state.ended.is_none() {
            state.help_at = Some(Instant::now());
            state.wake();
        }
    }
}

/// Flights that an evict, a prime or a refresh has detached while their values were being stored.
#[derive(Default)]
pub(in crate::memo) struct Detached(Vec<Waiter>, Option<Instant>);

impl Detached {
    pub(super) fn add(&mut self, flight: Arc<Flight>) {
        self.0.push(Waiter::new(flight));
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) const fn deadline(&self) -> Option<Instant> {
        self.1
    }

    /// Ready when nothing is being stored any more: `true`; or when that takes too long: `false`.
    pub(super) fn poll(&mut self, waker: &Waker, has_alarm: bool) -> Poll<bool> {
        let deadline = *self.1.get_or_insert_with(|| Instant::now() + PATIENCE);
        while let Some(waiter) = self.0.last_mut() {
            let flight = Arc::clone(&waiter.flight);
            let polled = waiter.poll(waker, |state| {
                if !flight.is_being_stored() {
                    return Some(());
                }
                if !has_alarm && state.alarm.is_none() {
                    state.alarm = Some(watch::alarm(deadline, &flight));
                }
                None
            });
            if polled.is_pending() {
                if Instant::now() < deadline {
                    return Poll::Pending;
                }
                self.0.iter().for_each(|waiter| waiter.flight.abandon());
                return Poll::Ready(false);
            }
            self.0.pop();
        }
        Poll::Ready(true)
    }
}
