//! What the stores for tests do.

use std::sync::Arc;
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use ctu_core::testing::{Broken, Flaky, ManualClock, ModelStore, Operation, Recorder, Slow, block_on};
use ctu_core::{AsyncCache, AsyncStore, Cache, Entry, ErrorKind, Result, Store, Ttl};

type Model = ModelStore<String, u64>;

fn kind<T>(result: Result<T>) -> Option<ErrorKind> {
    result.err().map(|error| error.kind())
}

#[test]
fn a_broken_store_fails_at_everything_sync_and_async() {
    let broken = Broken::new(ErrorKind::Protocol);
    let fails = Some(ErrorKind::Protocol);
    let (key, value) = ("key", 1_u64);
    assert_eq!(kind::<Option<u64>>(Cache::get(&broken, key)), fails);
    assert_eq!(kind::<Option<Entry<u64>>>(Cache::get_entry(&broken, key)), fails);
    assert_eq!(kind(Cache::put(&broken, key, &value, Ttl::Never)), fails);
    assert_eq!(kind(Cache::<str, u64>::remove(&broken, key)), fails);
    assert_eq!(kind(Cache::<str, u64>::contains(&broken, key)), fails);
    assert_eq!(kind::<Vec<Option<u64>>>(Cache::get_many(&broken, &[key])), fails);
    assert_eq!(kind(Cache::put_many(&broken, &[(key, &value)], Ttl::Never)), fails);
    assert_eq!(kind(Store::len(&broken)), fails);
    assert_eq!(kind(Store::is_empty(&broken)), fails);
    assert_eq!(kind(Store::clear(&broken)), fails);
    assert_eq!(kind(Store::stats(&broken)), fails);
    assert_eq!(kind::<Option<u64>>(block_on(AsyncCache::get(&broken, key))), fails);
    assert_eq!(kind(block_on(AsyncStore::clear(&broken))), fails);
}

#[test]
fn a_flaky_store_does_not_reach_the_store_below_when_it_fails() {
    let flaky = Flaky::script([Some(ErrorKind::Timeout)], Model::new());
    assert_eq!(kind(Cache::put(&flaky, "key", &1, Ttl::Never)), Some(ErrorKind::Timeout));
    assert_eq!(Cache::get(&flaky, "key").unwrap(), None);
    assert_eq!(flaky.operations(), 2);
}

#[test]
fn a_flaky_store_that_loses_replies_has_done_what_it_reports_as_failed() {
    let lost = [Some(ErrorKind::Timeout); 2];
    let flaky = Flaky::script(lost, Model::new()).losing_replies();
    assert!(Cache::put(&flaky, "key", &1, Ttl::Never).is_err());
    assert_eq!(Cache::get(flaky.inner(), "key").unwrap(), Some(1));
    assert!(block_on(AsyncCache::<str, u64>::remove(&flaky, "key")).is_err());
    assert_eq!(Cache::get(flaky.inner(), "key").unwrap(), None);
}

#[test]
fn a_flaky_store_counts_sync_and_async_operations_of_all_kinds_alike() {
    let flaky = Flaky::every(2, Model::new());
    assert!(Store::len(&flaky).is_ok());
    assert!(block_on(AsyncStore::len(&flaky)).is_err());
    assert!(Cache::get_many(&flaky, &["a", "b", "c"]).is_ok());
    assert!(block_on(AsyncCache::get_many(&flaky, &["a", "b", "c"])).is_err());
    assert_eq!(flaky.operations(), 4);
}

#[test]
fn a_recorder_lists_operations_in_order_and_forgets_those_it_told() {
    let recorder = Recorder::new(Model::new());
    Cache::put_many(&recorder, &[("a", &1), ("b", &2)], Ttl::Never).unwrap();
    block_on(AsyncCache::get_many(&recorder, &["a", "b", "c"])).unwrap();
    Cache::<str, u64>::contains(&recorder, "a").unwrap();
    Store::clear(&recorder).unwrap();
    let operations = [Operation::PutMany(2), Operation::GetMany(3), Operation::Contains, Operation::Clear];
    assert_eq!(recorder.take(), operations);
    assert_eq!(recorder.take(), []);
    drop(AsyncCache::<str, u64>::get(&recorder, "a")); // never polled
    assert_eq!(recorder.take(), []);
}

#[test]
fn a_slow_store_takes_its_time_sync_and_async() {
    let delay = Duration::from_millis(10);
    let slow = Slow::new(delay, Model::new());
    let start = Instant::now();
    Cache::put(&slow, "key", &1, Ttl::Never).unwrap();
    assert!(start.elapsed() >= delay);
    let start = Instant::now();
    assert_eq!(block_on(AsyncCache::get(&slow, "key")).unwrap(), Some(1));
    assert!(start.elapsed() >= delay);
}

#[test]
fn a_store_slow_without_end_hangs() {
    let hanging = Slow::new(Duration::MAX, Model::new());
    let mut get = Box::pin(AsyncCache::get(&hanging, "key"));
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..3 {
        assert!(get.as_mut().poll(&mut context).is_pending());
    }
}

#[test]
fn the_model_tells_what_is_left_and_forgets_on_time() {
    let hand = ManualClock::new();
    let model = Model::new().clock(&hand).default_ttl(Duration::from_secs(10));
    Cache::put(&model, "key", &1, Ttl::Default).unwrap();
    hand.advance(Duration::from_millis(9_999));
    let entry = Cache::get_entry(&model, "key").unwrap();
    assert_eq!(entry, Some(Entry { value: 1, ttl: Some(Duration::from_millis(1)) }));
    assert_eq!(Store::len(&model).unwrap(), 1);
    hand.advance(Duration::from_millis(1));
    assert_eq!(Cache::get(&model, "key").unwrap(), None);
    assert_eq!(Store::len(&model).unwrap(), 0);
}

#[test]
fn law7_silent_the_model_does_not_show_its_entries() {
    let model = ModelStore::<String, String>::new();
    Cache::put(&model, "whose", &"secret".to_owned(), Ttl::Never).unwrap();
    let shown = format!("{model:?}");
    assert!(shown.contains("entries: 1") && !shown.contains("whose") && !shown.contains("secret"), "{shown}");
}

#[test]
fn block_on_sleeps_until_another_thread_wakes_it() {
    let ready = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let started = Instant::now();
    let seen = Arc::clone(&ready);
    let mut polls = 0;
    block_on(std::future::poll_fn(move |context| {
        polls += 1;
        if seen.load(std::sync::atomic::Ordering::Acquire) {
            return std::task::Poll::Ready(());
        }
        assert_eq!(polls, 1, "polled again without being woken");
        let (waker, ready) = (context.waker().clone(), Arc::clone(&seen));
        thread::spawn(move || {
            ready.store(true, std::sync::atomic::Ordering::Release);
            waker.wake();
        });
        thread::park_timeout(Duration::from_millis(1)); // may use up the thread's token
        std::task::Poll::Pending
    }));
    assert!(started.elapsed() < Duration::from_secs(60));
}
