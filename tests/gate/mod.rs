//! A gate at each step of a call, for tests that do something to a key in between.

use std::sync::{Condvar, Mutex};
use std::thread;

/// The steps of a call that misses.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(dead_code)] // a function without leases has not all, nor has one whose store has no gates
pub(crate) enum Step {
    BeforeRead,
    AfterRead,
    AfterLease,
    Computing,
    BeforeWrite,
    AfterWrite,
}

/// Stops the first to come to one step.
pub(crate) struct Gate {
    stops_at: Mutex<Option<Step>>,
    is_open: Mutex<bool>,
    changed: Condvar,
}

impl Gate {
    pub(crate) const fn new() -> Self {
        Self { stops_at: Mutex::new(None), is_open: Mutex::new(false), changed: Condvar::new() }
    }

    pub(crate) fn stop_at(&self, step: Step) {
        *self.is_open.lock().unwrap() = false;
        *self.stops_at.lock().unwrap() = Some(step);
    }

    pub(crate) fn pass(&self, step: Step) {
        let mut stops_at = self.stops_at.lock().unwrap();
        if *stops_at != Some(step) {
            return;
        }
        *stops_at = None;
        let is_open = self.is_open.lock().unwrap();
        drop(stops_at);
        drop(self.changed.wait_while(is_open, |is_open| !*is_open).unwrap());
    }

    pub(crate) fn wait_for_a_caller(&self) {
        while self.stops_at.lock().unwrap().is_some() {
            thread::yield_now();
        }
        // It holds this lock until it waits.
        drop(self.is_open.lock().unwrap());
    }

    pub(crate) fn open(&self) {
        *self.is_open.lock().unwrap() = true;
        self.changed.notify_all();
    }
}
