use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use super::{BreakerCache, BreakerState};
use crate::test_store::{TestStore, now};
use crate::testing::{Flaky, ModelStore, Slow};
use crate::{Cache, CacheExt, ErrorKind, ManualClock, StackExt, Stats, Store, Ttl};

const PAUSE: Duration = Duration::from_secs(1);

/// A breaker that opens at the second failure, on a hand-moved clock.
fn breaker() -> (BreakerCache<TestStore, String>, ManualClock) {
    let hand = ManualClock::new();
    (BreakerCache::new(TestStore::new()).failures(2).retry_after(PAUSE).clock(&hand), hand)
}

fn outage(cache: &BreakerCache<TestStore, String>) {
    cache.inner().fail(true);
    for _ in 0..2 {
        cache.get("any").unwrap_err();
    }
    cache.inner().asked();
}

fn stats<C: Store>(cache: &C) -> Stats {
    cache.stats().unwrap()
}

#[test]
fn law2_harmless_a_store_that_is_down_is_tried_once_per_pause() {
    let (cache, hand) = breaker();
    outage(&cache);
    assert_eq!(cache.state(), BreakerState::Open);
    for _ in 0..100 {
        assert_eq!(cache.get("a").unwrap_err().kind(), ErrorKind::Unavailable);
        cache.put("a", &1, Ttl::Default).unwrap_err();
        now(crate::AsyncCache::get(&cache, "a")).unwrap_err();
    }
    assert!(cache.inner().asked().is_empty(), "the store was asked though it is bypassed");
    hand.advance(PAUSE);
    for _ in 0..100 {
        cache.get("a").unwrap_err();
    }
    assert_eq!(cache.inner().asked(), ["get"]);
    hand.advance(PAUSE);
    cache.inner().fail(false);
    assert_eq!(cache.get("a").unwrap(), None);
    assert_eq!(cache.state(), BreakerState::Closed);
    cache.put("a", &1, Ttl::Default).unwrap();
    assert_eq!(now(crate::AsyncCache::get(&cache, "a")).unwrap(), Some(1));
}

#[test]
fn law2_harmless_a_store_that_hangs_takes_a_tenth_of_the_time_at_most() {
    let (cache, hand) = breaker();
    let circuit = &cache.circuit;
    assert_eq!([circuit.failed(0), circuit.failed(0)], [false, true]);
    hand.advance(PAUSE);
    let start = crate::Clock::from(&hand).now();
    let took = 500_000_000;
    assert_eq!(circuit.admit(start), Some(true));
    circuit.failed(start + took);
    assert_eq!(circuit.admit(start + took + 10 * took - 1), None);
    assert_eq!(circuit.admit(start + took + 10 * took), Some(true));
}

#[test]
fn law2_harmless_a_store_that_refuses_its_settings_is_bypassed() {
    let store = Flaky::script([Some(ErrorKind::Config); 2], ModelStore::<String, u32>::new());
    let cache = BreakerCache::<_, String>::new(store).failures(2);
    for _ in 0..2 {
        assert_eq!(cache.get("a").unwrap_err().kind(), ErrorKind::Config);
    }
    assert_eq!(cache.state(), BreakerState::Open);
}

#[test]
fn failures_count_in_a_row_and_only_those_of_the_store() {
    use ErrorKind::{Codec, Limit, Timeout, Unsupported};

    let outcomes = [Some(Timeout), None, Some(Timeout), Some(Codec), Some(Timeout), Some(Limit), Some(Unsupported)];
    let store = Flaky::script(outcomes, ModelStore::<String, u32>::new());
    let cache = BreakerCache::<_, String>::new(store).failures(2);
    for _ in outcomes {
        let _ = cache.get("a");
        assert_eq!(cache.state(), BreakerState::Closed);
    }
}

#[test]
fn law4_gone_is_gone_what_is_removed_during_an_outage_is_not_found_after_it() {
    let (cache, hand) = breaker();
    for key in ["a", "b"] {
        cache.put(key, &1, Ttl::Default).unwrap();
    }
    outage(&cache);
    cache.remove("a").unwrap_err();
    now(crate::AsyncCache::remove(&cache, "b")).unwrap_err();
    assert_eq!(cache.unsettled(), Some(2));
    cache.inner().fail(false);
    hand.advance(PAUSE);
    assert_eq!(cache.get_many(&["a", "b"]).unwrap(), [None, None]);
    assert_eq!(cache.inner().get_many(&["a", "b"]).unwrap(), [None, None]);
    assert_eq!(cache.unsettled(), Some(0));
    cache.put("a", &2, Ttl::Default).unwrap();
    assert_eq!(cache.get("a").unwrap(), Some(2));
}

#[test]
fn law4_gone_is_gone_after_a_single_failure_too() {
    let (cache, _hand) = breaker();
    cache.put_many(&[("a", &1), ("b", &2)], Ttl::Default).unwrap();
    cache.inner().fail(true);
    cache.remove("a").unwrap_err();
    assert_eq!(cache.state(), BreakerState::Closed);
    cache.inner().fail(false);
    cache.inner().asked();
    assert!(!cache.contains("a").unwrap());
    assert_eq!(cache.inner().asked(), ["remove", "contains"]);
    assert_eq!(cache.get("b").unwrap(), Some(2));
}

#[test]
fn law4_gone_is_gone_a_write_whose_reply_was_lost_is_taken_back() {
    let outcomes = [None, Some(ErrorKind::Timeout)];
    let store = Flaky::script(outcomes, ModelStore::<String, u32>::new()).losing_replies();
    let cache = BreakerCache::<_, String>::new(store);
    cache.put("a", &1, Ttl::Default).unwrap();
    cache.put("a", &2, Ttl::Default).unwrap_err();
    assert_eq!(Cache::get(cache.inner().inner(), "a").unwrap(), Some(2), "the store did it nevertheless");
    assert_eq!(cache.get("a").unwrap(), None);
}

#[test]
fn a_value_that_is_put_over_one_in_doubt_is_found() {
    let (cache, _hand) = breaker();
    cache.put("a", &1, Ttl::Default).unwrap();
    cache.inner().fail(true);
    cache.remove("a").unwrap_err();
    cache.inner().fail(false);
    cache.put("a", &2, Ttl::Default).unwrap();
    assert_eq!(cache.get("a").unwrap(), Some(2));
    assert_eq!(cache.unsettled(), Some(0));
}

#[test]
fn operations_make_up_for_a_few_removals_each() {
    let (cache, hand) = breaker();
    let keys: Vec<String> = (0..40).map(|n| n.to_string()).collect();
    for key in &keys {
        cache.put(key, &1, Ttl::Default).unwrap();
    }
    outage(&cache);
    for key in &keys {
        cache.remove(key.as_str()).unwrap_err();
    }
    cache.inner().fail(false);
    hand.advance(PAUSE);
    let mut operations = 0;
    while cache.unsettled() != Some(0) {
        cache.inner().asked();
        assert_eq!(cache.get("39").unwrap(), None, "it was removed, if not from the store");
        assert!(cache.inner().asked().len() <= 17, "one operation makes up for too much");
        operations += 1;
    }
    assert_eq!(operations, 3);
    assert_eq!(cache.inner().len().unwrap(), 0);
}

#[test]
fn law6_bounded_more_removals_than_are_remembered_clear_the_store() {
    let (cache, hand) = breaker();
    let cache = cache.remember(3);
    for key in ["a", "b", "c", "d", "e"] {
        cache.put(key, &1, Ttl::Default).unwrap();
    }
    outage(&cache);
    for key in ["a", "b", "c", "d"] {
        cache.remove(key).unwrap_err();
    }
    assert_eq!(cache.unsettled(), None);
    cache.inner().fail(false);
    hand.advance(PAUSE);
    assert_eq!(cache.get("e").unwrap(), None);
    assert_eq!(cache.inner().asked(), ["clear", "get"]);
    assert_eq!(cache.unsettled(), Some(0));
}

#[test]
fn law4_gone_is_gone_where_the_store_can_not_be_cleared_it_stays_bypassed() {
    /// Fails while `down`; can't be cleared.
    fn plan(down: &'static AtomicBool) -> impl Fn(u64) -> Option<ErrorKind> {
        move |_| down.load(Ordering::Relaxed).then_some(ErrorKind::Unsupported)
    }

    static UNSUPPORTED: AtomicBool = AtomicBool::new(false);
    let hand = ManualClock::new();
    let store = Flaky::new(plan(&UNSUPPORTED), TestStore::<String, u32>::new());
    let cache = BreakerCache::<_, String>::new(store).failures(1).remember(0).clock(&hand);
    cache.put("a", &1, Ttl::Default).unwrap();
    cache.inner().inner().fail(true);
    cache.remove("a").unwrap_err();
    cache.inner().inner().fail(false);
    UNSUPPORTED.store(true, Ordering::Relaxed);
    for _ in 0..3 {
        hand.advance(PAUSE);
        assert_eq!(cache.get("a").unwrap_err().kind(), ErrorKind::Unavailable);
        assert_eq!(cache.state(), BreakerState::Open, "though the store answers");
    }
    UNSUPPORTED.store(false, Ordering::Relaxed);
    assert_eq!(cache.get("a").unwrap(), None);
    assert_eq!(cache.state(), BreakerState::Closed);
}

#[test]
fn law4_gone_is_gone_a_store_cleared_during_an_outage_is_cleared_after_it() {
    let (cache, hand) = breaker();
    cache.put("a", &1, Ttl::Default).unwrap();
    outage(&cache);
    cache.clear().unwrap_err();
    cache.inner().fail(false);
    hand.advance(PAUSE);
    assert_eq!(cache.get("a").unwrap(), None);
    assert_eq!(cache.inner().len().unwrap(), 0);
}

#[test]
fn a_try_that_is_dropped_leaves_the_next_operation_to_try() {
    let hand = ManualClock::new();
    let store = Slow::new(Duration::MAX, Flaky::script([Some(ErrorKind::Timeout)], ModelStore::<String, u32>::new()));
    let cache = BreakerCache::<_, String>::new(store).failures(1).clock(&hand);
    cache.circuit.failed(0);
    hand.advance(PAUSE);
    {
        let mut hanging = pin!(crate::AsyncCache::get(&cache, "a"));
        assert!(hanging.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!(cache.state(), BreakerState::HalfOpen);
        now(crate::AsyncCache::get(&cache, "b")).unwrap_err();
    }
    let mut next = pin!(crate::AsyncCache::get(&cache, "a"));
    assert!(next.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending(), "it does not try the store");
}

#[test]
fn the_state_and_what_was_bypassed_are_in_the_figures_also_of_layers_above() {
    let (cache, hand) = breaker();
    let cache = cache.with_stats();
    assert_eq!((stats(&cache).breaker, stats(&cache).bypassed), (Some(BreakerState::Closed), 0));
    outage(cache.inner());
    for _ in 0..10 {
        cache.get("a").unwrap_err();
    }
    let seen = stats(&cache);
    assert_eq!((seen.breaker, seen.errors), (Some(BreakerState::Open), 10));
    assert!(seen.bypassed >= 10);
    cache.inner().inner().fail(false);
    hand.advance(PAUSE);
    cache.get("a").unwrap();
    assert_eq!(stats(&cache).breaker, Some(BreakerState::Closed));
}

#[test]
fn law7_silent_debug_shows_no_keys() {
    let (cache, _hand) = breaker();
    outage(&cache);
    cache.take("a secret").unwrap_err();
    cache.remove("a secret").unwrap_err();
    let shown = format!("{:?}", cache.circuit.doubts());
    assert_eq!(shown, "Some(1)");
    assert!(!format!("{cache:?}").contains("secret"));
}
