//! Law 6: computations in the background are bounded in number, of all functions of the process together: a file, and so a
//! process, of its own.

#![cfg(feature = "memory")]

use std::io;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Condvar, LazyLock, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use ctu::{ManualClock, SharedMemory, cached};

const HOUR: Duration = Duration::from_secs(3_600);

static HAND: LazyLock<ManualClock> = LazyLock::new(ManualClock::new);
static MEMORY: LazyLock<SharedMemory> = LazyLock::new(|| SharedMemory::builder().capacity(1_000).clock(&*HAND).build());
static ASKED: AtomicU32 = AtomicU32::new(0);
static IS_OPEN: Mutex<bool> = Mutex::new(true);
static CHANGED: Condvar = Condvar::new();

#[cached(cache = MEMORY, key = typed, ttl = "1h", stale = "1h", stale_on = expiry)]
fn price(article: u32) -> u32 {
    let price = ASKED.fetch_add(1, SeqCst);
    drop(CHANGED.wait_while(IS_OPEN.lock().unwrap(), |is_open| !*is_open).unwrap());
    price / 100 + article
}

/// The tests take turns, as each counts on all the threads there may be.
static TURN: Mutex<()> = Mutex::new(());

#[test]
fn law6_bounded_where_no_thread_is_left_the_expired_value_is_served_and_tried_again_later() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    (0..100).for_each(|article| assert_eq!(price(article), article));
    HAND.advance(HOUR);
    *IS_OPEN.lock().unwrap() = false;
    (0..100).for_each(|article| assert_eq!(price(article), article, "served at once, whether or not there was room"));
    assert_eq!(price::stats().stale, 100);
    assert_eq!(price::__site().in_flight(), 32);
    *IS_OPEN.lock().unwrap() = true;
    CHANGED.notify_all();
    while (0..100).any(|article| price(article) == article) {
        thread::yield_now();
    }
    assert_eq!(ASKED.load(SeqCst), 200);
}

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct ToLog;

impl io::Write for ToLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cached(cache = MEMORY, key = typed, ttl = "1h", stale = "1h", stale_on = expiry)]
fn secret(password: &str) -> usize {
    let computed = COMPUTED.fetch_add(1, SeqCst);
    assert!(computed == 0, "on purpose, about {password}");
    password.len()
}

static COMPUTED: AtomicU32 = AtomicU32::new(0);

#[test]
fn law7_silent_a_panic_in_the_background_is_logged_now_and_then_without_values() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    tracing_subscriber::fmt().with_writer(|| ToLog).init();
    assert_eq!(secret("hunter2"), 7);
    HAND.advance(HOUR);
    for computed in 2..7 {
        assert_eq!(secret("hunter2"), 7);
        while COMPUTED.load(SeqCst) < computed || secret::__site().in_flight() > 0 {
            thread::yield_now();
        }
    }
    // The last thread may still be about to write.
    while LOG.lock().unwrap().is_empty() {
        thread::yield_now();
    }
    let log = String::from_utf8(LOG.lock().unwrap().clone()).unwrap();
    assert_eq!(log.matches("panicked").count(), 1, "{log}");
    assert!(log.contains("background::secret") && !log.contains("hunter2"), "{log}");
}
