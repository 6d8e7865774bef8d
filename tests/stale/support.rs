//! A store whose time is moved by hand, and a supplier whose mood is.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Condvar, LazyLock, Mutex};
use std::thread;
use std::time::Duration;

use ctu::{ManualClock, MemoryCache, SharedMemory};

pub(crate) const TICK: Duration = Duration::from_nanos(1);
pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(3_600);

/// Each test has one of its own, so that time passes for it alone.
pub(crate) struct Shop {
    pub(crate) hand: ManualClock,
    /// For functions with text keys.
    pub(crate) texts: Arc<MemoryCache<String, u32>>,
    /// For functions of any types.
    pub(crate) any: SharedMemory,
    is_open: AtomicBool,
    price: AtomicU32,
    asked: AtomicU32,
}

pub(crate) type Shelf = LazyLock<Shop>;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Closed;

impl Shop {
    pub(crate) fn new() -> Self {
        let hand = ManualClock::new();
        Self {
            texts: Arc::new(MemoryCache::builder().capacity(10_000).clock(&hand).build()),
            any: SharedMemory::builder().capacity(10_000).clock(&hand).build(),
            hand,
            is_open: AtomicBool::new(true),
            price: AtomicU32::new(0),
            asked: AtomicU32::new(0),
        }
    }

    /// A price that is another each time; or none.
    pub(crate) fn ask(&self) -> Result<u32, Closed> {
        self.asked.fetch_add(1, SeqCst);
        if self.is_open.load(SeqCst) { Ok(self.price.fetch_add(1, SeqCst) + 1) } else { Err(Closed) }
    }

    /// How often somebody has asked.
    pub(crate) fn asked(&self) -> u32 {
        self.asked.load(SeqCst)
    }

    pub(crate) fn open(&self) {
        self.is_open.store(true, SeqCst);
    }

    pub(crate) fn close(&self) {
        self.is_open.store(false, SeqCst);
    }
}

/// Waits for what other threads do.
pub(crate) fn eventually(is_so: impl Fn() -> bool) {
    while !is_so() {
        thread::yield_now();
    }
}

/// Holds up whoever wants to pass while it is closed.
pub(crate) struct Door {
    /// How many may pass; `None`: all.
    left: Mutex<Option<u32>>,
    changed: Condvar,
}

impl Door {
    pub(crate) const fn new() -> Self {
        Self { left: Mutex::new(None), changed: Condvar::new() }
    }

    pub(crate) fn close(&self) {
        *self.left.lock().unwrap() = Some(0);
    }

    pub(crate) fn open(&self) {
        *self.left.lock().unwrap() = None;
        self.changed.notify_all();
    }

    pub(crate) fn pass(&self) {
        let left = self.left.lock().unwrap();
        let mut left = self.changed.wait_while(left, |left| *left == Some(0)).unwrap();
        *left = left.map(|left| left - 1);
    }
}
