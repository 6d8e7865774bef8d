//! Wakes async callers who have waited too long, without a runtime: by one thread, which lives while it is needed.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Instant;

use super::flight::Flight;

type Time = (Instant, u64);

struct Watch {
    alarms: BTreeMap<Time, Weak<Flight>>,
    set: u64,
    is_running: bool,
}

static WATCH: Mutex<Watch> = Mutex::new(Watch { alarms: BTreeMap::new(), set: 0, is_running: false });
static CHANGED: Condvar = Condvar::new();

fn watch() -> MutexGuard<'static, Watch> {
    WATCH.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Set until dropped.
pub(super) struct Alarm(Time);

/// [Rings](Flight::ring) at that time, unless it is dropped before.
pub(super) fn alarm(at: Instant, flight: &Arc<Flight>) -> Alarm {
    let mut watch = watch();
    watch.set += 1;
    let time = (at, watch.set);
    watch.alarms.insert(time, Arc::downgrade(flight));
    if !watch.is_running {
        // Without a thread those who wait wait for the computation's end, as they mostly do anyway.
        watch.is_running = thread::Builder::new().name("ctu-watch".to_owned()).spawn(run).is_ok();
    } else if watch.alarms.first_key_value().is_some_and(|(first, _)| *first == time) {
        CHANGED.notify_one();
    }
    Alarm(time)
}

impl Drop for Alarm {
    fn drop(&mut self) {
        // An upgraded flight must not end here, under the lock: only the weak reference does.
        watch().alarms.remove(&self.0);
    }
}

fn run() {
    let mut watch = watch();
    while let Some(first) = watch.alarms.first_entry() {
        let now = Instant::now();
        let at = first.key().0;
        if now < at {
            watch = CHANGED.wait_timeout(watch, at - now).unwrap_or_else(PoisonError::into_inner).0;
            continue;
        }
        let flight = first.remove();
        drop(watch);
        if let Some(flight) = flight.upgrade() {
            flight.ring();
        }
        watch = self::watch();
    }
    watch.is_running = false;
}
