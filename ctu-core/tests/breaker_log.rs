//! What the log says of an outage.

#[allow(unreachable_pub)] // of another test
#[path = "encrypted/log.rs"]
mod log;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ctu_core::testing::{Flaky, ModelStore};
use ctu_core::{BreakerCache, Cache, ErrorKind, ManualClock};

/// Ten seconds of the system's clock are not over in a test, so that more of each line would be muted.
#[test]
fn the_end_of_an_outage_is_told_of_if_its_beginning_was() {
    let down = Arc::new(AtomicBool::new(false));
    let switch = Arc::clone(&down);
    let store = ModelStore::<String, u32>::new();
    let store = Flaky::new(move |_| switch.load(Ordering::Relaxed).then_some(ErrorKind::Timeout), store);
    let hand = ManualClock::new();
    let cache = BreakerCache::<_, String>::new(store).failures(2).clock(&hand);
    let outage = || {
        down.store(true, Ordering::Relaxed);
        for _ in 0..5 {
            cache.get("a").unwrap_err();
        }
    };
    let recovery = || {
        down.store(false, Ordering::Relaxed);
        hand.advance(Duration::from_secs(1));
        assert_eq!(cache.get("a").unwrap(), None);
    };

    let lines = log::logged(outage);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].starts_with("WARN") && lines[0].contains("repeatedly"), "{lines:?}");
    let lines = log::logged(recovery);
    assert_eq!(lines.len(), 1, "at once, though another line has just been written: {lines:?}");
    assert!(lines[0].starts_with("INFO") && lines[0].contains("is back"), "{lines:?}");
    assert!(log::logged(|| (0..10).for_each(|_| (outage(), recovery()).1)).is_empty(), "bounded");
}
