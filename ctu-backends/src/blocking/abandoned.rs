//! Writes that go on although nobody waits for them any more, and that later operations of their keys have to let go
//! first.
//!
//! A write that somebody waits for to its end costs one allocation and takes no lock.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Those of one store.
#[derive(Clone, Default)]
pub(super) struct Abandoned(Arc<Shared>);

#[derive(Default)]
struct Shared {
    hasher: RandomState,
    /// How many there are, to be asked without the lock.
    count: AtomicUsize,
    writes: Mutex<Vec<Arc<State>>>,
    one_is_over: Condvar,
}

/// What a write or another operation is about.
#[derive(Clone)]
pub(super) enum Keys {
    /// The key with this hash.
    One(u64),
    /// Any keys.
    Any,
}

impl Keys {
    const fn touches(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::One(one), Self::One(other)) => *one == *other,
            _ => true,
        }
    }
}

/// A write on its way.
struct State {
    keys: Keys,
    phase: AtomicU8,
}

/// Somebody waits for it.
const AWAITED: u8 = 0;
/// Nobody does, and it is in the list.
const ABANDONED: u8 = 1;
const OVER: u8 = 2;

/// Who waits for a write. Dropped before [`has_waited`](Self::has_waited), it abandons it.
pub(super) struct Caller {
    shared: Arc<Shared>,
    state: Arc<State>,
}

/// Who writes, or will. Dropped, it is over.
pub(super) struct Write {
    shared: Arc<Shared>,
    state: Arc<State>,
}

/// The abandoned writes that are to be let go first.
pub(super) struct Before {
    shared: Arc<Shared>,
    writes: Vec<Arc<State>>,
}

impl Abandoned {
    pub(super) fn key<K: Hash + ?Sized>(&self, key: &K) -> Keys {
        Keys::One(self.0.hasher.hash_one(key))
    }

    /// A write that begins.
    pub(super) fn write(&self, keys: Keys) -> (Caller, Write) {
        let state = Arc::new(State { keys, phase: AtomicU8::new(AWAITED) });
        let caller = Caller { shared: Arc::clone(&self.0), state: Arc::clone(&state) };
        (caller, Write { shared: Arc::clone(&self.0), state })
    }

    /// Those of `keys`, if there are any.
    pub(super) fn writes_of(&self, keys: &Keys) -> Option<Before> {
        if self.0.count.load(Ordering::Acquire) == 0 {
            return None;
        }
        let writes: Vec<_> = self.0.lock().iter().filter(|write| write.keys.touches(keys)).map(Arc::clone).collect();
        (!writes.is_empty()).then(|| Before { shared: Arc::clone(&self.0), writes })
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Vec<Arc<State>>> {
        // Whole at every point where its holder could panic.
        self.writes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Caller {
    /// The write is over, or was never begun.
    pub(super) fn has_waited(self) {
        self.state.phase.store(OVER, Ordering::Release);
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        let phase = &self.state.phase;
        if phase.load(Ordering::Acquire) == OVER {
            return;
        }
        let mut writes = self.shared.lock();
        // Under the lock: a write that sees that it was abandoned finds itself in the list.
        if phase.compare_exchange(AWAITED, ABANDONED, Ordering::AcqRel, Ordering::Acquire).is_ok() {
            writes.push(Arc::clone(&self.state));
            self.shared.count.store(writes.len(), Ordering::Release);
        }
    }
}

impl Write {
    /// Writes. It is over when this is dropped, also by a panic.
    #[allow(clippy::unused_self)]
    pub(super) fn run<T>(self, write: impl FnOnce() -> T) -> T {
        write()
    }
}

impl Drop for Write {
    fn drop(&mut self) {
        if self.state.phase.swap(OVER, Ordering::AcqRel) == ABANDONED {
            let mut writes = self.shared.lock();
            writes.retain(|write| !Arc::ptr_eq(write, &self.state));
            self.shared.count.store(writes.len(), Ordering::Release);
            drop(writes);
            self.shared.one_is_over.notify_all();
        }
    }
}

impl Before {
    /// Blocks until they are over. They were sent to the pool before the caller of this, so they have their threads, or
    /// had them.
    pub(super) fn wait(self) {
        let is_under_way = |write: &Arc<State>| write.phase.load(Ordering::Acquire) != OVER;
        let is_waiting = |_: &mut Vec<_>| self.writes.iter().any(is_under_way);
        let writes = self.shared.one_is_over.wait_while(self.shared.lock(), is_waiting);
        drop(writes.unwrap_or_else(PoisonError::into_inner));
    }
}
