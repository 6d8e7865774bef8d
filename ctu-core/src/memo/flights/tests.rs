//! What can't be brought about through `#[cached]`, or not quickly.

use std::sync::mpsc::{Sender, channel};
use std::task::Context;
use std::thread;

use super::flight::Landing;
use super::*;

const STORE: &() = &();

fn lead<'f, K>(flights: &'f Flights, key: &K) -> Lead<'f>
where
    K: FlightKey + std::hash::Hash + ?Sized,
{
    lead_in(flights, key, STORE)
}

fn lead_in<'f, K, C>(flights: &'f Flights, key: &K, store: &C) -> Lead<'f>
where
    K: FlightKey + std::hash::Hash + ?Sized,
{
    let mut lead = flights.lead();
    let place = flights.join(&mut lead, (key, flights.spot(key, store)), 0, 0);
    assert!(matches!(place, Place::Lead { .. }), "nobody else computes");
    lead
}

fn wait(flights: &Flights, key: &str) -> Wait {
    match flights.join(&mut flights.lead(), (key, flights.spot(key, STORE)), 0, 0) {
        Place::Wait(wait) => wait,
        Place::Lead { .. } => unreachable!("somebody else computes"),
    }
}

fn shared(value: u32) -> Shared {
    Arc::new(value)
}

/// A key of another berth.
fn apart(flights: &Flights, key: &str) -> String {
    let berth = |key: &str| berth_of(flights.spot(key, STORE));
    ["other", "others", "another"]
        .into_iter()
        .find(|other| berth(other) != berth(key))
        .expect("in one of 64")
        .to_owned()
}

#[test]
fn law3_once_who_has_waited_too_long_computes_for_all_who_wait() {
    let flights = Flights::new();
    let stuck = lead(&flights, "key");
    thread::scope(|scope| {
        let waiter = || match wait(&flights, "key").ended() {
            Ended::Late(help) => {
                let mut helper = flights.lead();
                flights.help(&mut helper, flights.spot("key", STORE), help);
                assert!(helper.land("key", true).is_awaited);
                helper.publish(&shared(7));
                helper.end(How::Stored);
                true
            }
            Ended::Shared(shared) => {
                assert_eq!(shared.downcast_ref(), Some(&7_u32));
                false
            }
            Ended::Closed(_) => unreachable!("it is stuck"),
        };
        let waiters: Vec<_> = (0..4).map(|_| scope.spawn(waiter)).collect();
        let helpers = waiters.into_iter().filter_map(|waiter| waiter.join().unwrap().then_some(()));
        assert_eq!(helpers.count(), 1);
    });
    drop(stuck);
    assert_eq!(flights.len(), 0);
}

#[test]
fn law3_once_who_helps_in_vain_lets_the_next_one_try_at_once() {
    let flights = Flights::new();
    let stuck = lead(&flights, "key");
    let (first, second) = (wait(&flights, "key"), wait(&flights, "key"));
    let Ended::Late(help) = first.ended() else { panic!("it is stuck") };
    flights.help(&mut flights.lead(), flights.spot("key", STORE), help);
    let start = std::time::Instant::now();
    assert!(matches!(second.ended(), Ended::Late(_)));
    assert!(start.elapsed() < std::time::Duration::from_millis(150));
    drop(stuck);
}

#[test]
fn law3_once_a_result_that_is_not_stored_is_handed_to_those_who_wait_too() {
    let flights = Flights::new();
    for wants_store in [true, false] {
        let mut lead = lead(&flights, "key");
        let mut waiting = Box::pin(wait(&flights, "key").ended_async());
        let context = &mut Context::from_waker(std::task::Waker::noop());
        assert!(waiting.as_mut().poll(context).is_pending());
        assert!(lead.land("key", wants_store).is_awaited);
        lead.publish(&shared(7));
        assert!(matches!(waiting.as_mut().poll(context), std::task::Poll::Ready(Ended::Shared(_))));
        lead.end(How::Unstored);
    }
}

/// Tells that it was woken.
struct Ringing(Sender<()>);
impl std::task::Wake for Ringing {
    fn wake(self: Arc<Self>) {
        self.0.send(()).unwrap();
    }
}

#[test]
fn law3_once_a_task_that_has_waited_too_long_is_woken_without_a_runtime() {
    let flights = Flights::new();
    let stuck = lead(&flights, "key");
    let (send, woken) = channel();
    let waker = Arc::new(Ringing(send)).into();
    let mut context = Context::from_waker(&waker);
    let mut waiting = Box::pin(wait(&flights, "key").ended_async());
    assert!(waiting.as_mut().poll(&mut context).is_pending());
    woken.recv().unwrap();
    assert!(matches!(waiting.as_mut().poll(&mut context), std::task::Poll::Ready(Ended::Late(_))));
    drop(stuck);
}

#[test]
fn law4_an_eviction_waits_for_the_storing_of_an_older_value_and_says_so_when_that_takes_too_long() {
    let flights = Flights::new();
    let mut storing = lead(&flights, "key");
    assert!(storing.land("key", true).is_to_store);
    let detached = flights.detach("key", STORE);
    assert_eq!(detached.settled().unwrap_err().kind(), crate::ErrorKind::Timeout);
    assert!(storing.is_abandoned(), "what is stored now is to be removed again");
    storing.end(How::Unstored);

    let mut storing = lead(&flights, "key");
    assert!(storing.land("key", true).is_to_store);
    let detached = flights.detach("key", STORE);
    thread::scope(|scope| {
        let settled = scope.spawn(|| detached.settled());
        storing.end(How::Stored);
        settled.join().unwrap().unwrap();
    });
    assert!(flights.detach("key", STORE).settled().is_ok());
}

#[test]
fn law4_every_eviction_waits_for_the_storing_of_an_older_value() {
    let flights = Flights::new();
    let mut storing = lead(&flights, "key");
    assert!(storing.land("key", true).is_to_store);
    let (first, second) = (flights.detach("key", STORE), flights.detach("key", STORE));
    assert!(!first.is_empty() && !second.is_empty());
    let (new, third) = flights.replace("key", STORE);
    assert!(!third.is_empty());
    storing.end(How::Stored);
    assert!([first, second, third].into_iter().all(|detached| detached.settled().is_ok()));
    drop(new);
    assert_eq!(flights.len(), 0);
}

#[test]
fn law4_a_stale_flight_is_not_stored_and_not_found() {
    let flights = Flights::new();
    let mut old = lead(&flights, "key");
    flights.detach("key", STORE).settled().unwrap();
    let mut new = lead(&flights, "key");
    assert!(!old.land("key", true).is_to_store);
    assert!(new.land("key", true).is_to_store);
    old.end(How::Unstored);
    let waiting = wait(&flights, "key");
    new.end(How::Stored);
    assert!(matches!(waiting.ended(), Ended::Closed(How::Stored)));
    assert_eq!(flights.len(), 0);
}

/// A refresh over which an evict has come leaves what is there to who came later: but not to who has only found it.
#[test]
fn law4_what_is_found_again_is_not_taken_for_a_newer_value() {
    let flights = Flights::new();
    let (refresh, _) = flights.replace("key", STORE);
    let since = flights.closings();
    assert!(flights.detach("key", STORE).is_empty());
    lead(&flights, "key").end(How::Found);
    assert!(!refresh.is_replaced(since));
    lead(&flights, "key").end(How::Stored);
    assert!(refresh.is_replaced(since));
}

#[test]
fn law3_once_a_latecomer_looks_into_the_store_again_and_nobody_else() {
    let flights = Flights::new();
    let is_late = |key: &str, since| match flights.join(&mut flights.lead(), (key, flights.spot(key, STORE)), since, 0)
    {
        Place::Lead { is_late } => is_late,
        Place::Wait(_) => unreachable!("nobody else computes"),
    };
    let other = apart(&flights, "key");
    let before = flights.closings();
    lead(&flights, "key").end(How::Stored);
    assert!(is_late("key", before));
    assert!(!is_late(&other, before));
    assert!(!is_late("key", flights.closings()));
    lead(&flights, "key").end(How::Unstored);
    assert!(is_late("key", before));
    assert!(!is_late("key", flights.closings()));
    // Those in the table, and those beside them.
    let before = flights.closings();
    let (first, _) = flights.replace("key", STORE);
    let (second, _) = flights.replace("key", STORE);
    first.end(How::Unstored);
    assert!(!is_late("other", flights.closings()));
    second.end(How::Stored);
    assert!(is_late("key", before));
    assert!(!is_late("key", flights.closings()));
    let before = flights.closings();
    let first = lead(&flights, "key");
    flights.replace("key", STORE).0.end(How::Stored);
    first.end(How::Unstored);
    assert!(is_late("key", before));
    assert!(!is_late("key", flights.closings()));
    assert!(!is_late(&other, before));
}

/// The flight whose watch has ended is taken out of the table by the first who comes: others may have looked before.
#[test]
fn law3_once_a_latecomer_looks_into_the_store_again_also_before_the_end_of_who_has_stored() {
    let watches = crate::Watches::new();
    for is_berthed in [true, false] {
        let flights = Flights::new();
        let before = flights.closings();
        let stored = if is_berthed { lead(&flights, "key") } else { flights.replace("key", STORE).0 };
        let watch = watches.watch(7);
        stored.watched(&watch);
        drop(wait(&flights, "key"));
        watches.store(watch, || ()).unwrap();
        let spot = flights.spot("key", STORE);
        let found = flights.locked(spot).shard.flights.get(spot.slot).cloned().unwrap();
        assert!(found.is_over());
        assert!(flights.locked(spot).retire(&found).is_some());
        let mut late = flights.lead();
        let place = flights.join(&mut late, ("key", spot), before, 0);
        assert!(matches!(place, Place::Lead { is_late: true }));
        late.end(How::Found);
        let mut later = flights.lead();
        let place = flights.join(&mut later, ("key", spot), flights.closings(), 0);
        assert!(matches!(place, Place::Lead { is_late: false }));
        drop(later);
        stored.end(How::Stored);
        assert_eq!(flights.len(), 0);
    }
}

#[test]
fn law3_once_the_same_key_in_another_store_is_another_flight() {
    let flights = Flights::new();
    let stores = [1_u8, 2];
    let leads = stores.each_ref().map(|store| lead_in(&flights, "key", store));
    flights.detach("key", &stores[0]).settled().unwrap();
    assert!(leads.into_iter().all(|mut lead| !lead.land("key", true).is_to_store), "two handles may be of one store");
}

#[test]
fn law6_bounded_a_key_goes_with_its_computation() {
    let flights = Flights::new();
    let key = Arc::new(7_u8);
    for _ in 0..3 {
        let first = lead(&flights, &key);
        assert_eq!(Arc::strong_count(&key), 1, "nobody else asks for it");
        flights.detach(&key, STORE);
        let second = lead(&flights, &key);
        assert_eq!(Arc::strong_count(&key), 2);
        second.end(How::Stored);
        assert_eq!(Arc::strong_count(&key), 1);
        drop(first);
    }
    let first = lead(&flights, &key);
    flights.detach(&key, STORE);
    drop(lead(&flights, &key));
    drop(first);
    assert_eq!(Arc::strong_count(&key), 1);
}

#[test]
fn law6_bounded_a_thread_keeps_few_flights() {
    let flights = Flights::new();
    let many: Vec<_> = (0..2 * BERTHS).map(|n| lead(&flights, &n)).collect();
    assert_eq!((flights.len(), spare::len()), (2 * BERTHS, 0));
    for lead in many {
        lead.end(How::Stored);
    }
    assert_eq!((flights.len(), spare::len()), (0, spare::KEPT));
}

#[test]
fn law4_a_computation_knows_nothing_of_those_that_its_flight_was_used_for() {
    let flights = Flights::new();
    let others: [fn(&Flights); 5] = [
        |flights| {
            assert!(matches!(flights.astray(&mut flights.lead(), flights.spot("key", STORE)), Place::Lead { .. }));
        },
        |flights| {
            let mut old = lead(flights, "key");
            assert!(flights.detach("key", STORE).is_empty());
            assert!(!old.land("key", true).is_to_store);
            old.end(How::Unstored);
        },
        |flights| {
            let mut old = lead(flights, "key");
            assert!(old.land("key", true).is_to_store);
            assert!(flights.detach("key", STORE).settled().is_err());
            assert!(old.is_abandoned());
            old.end(How::Unstored);
        },
        |flights| {
            let mut old = lead(flights, &7_u32);
            assert!(!old.land(&7_u32, false).is_to_store);
            old.end(How::Unstored);
        },
        |flights| {
            let mut old = lead(flights, "key");
            let context = &mut Context::from_waker(std::task::Waker::noop());
            assert!(std::pin::pin!(wait(flights, "key").ended_async()).as_mut().poll(context).is_pending());
            assert!(old.land("key", true).is_awaited);
            old.publish(&shared(7));
            old.end(How::Stored);
        },
    ];
    for other in others {
        other(&flights);
        let mut new = lead(&flights, "key");
        assert!(!new.is_abandoned());
        let Landing { is_to_store, is_awaited } = new.land("key", true);
        assert!(is_to_store && !is_awaited);
        assert!(!flights.detach("key", STORE).is_empty(), "it is being stored");
        new.end(How::Stored);
    }
}

#[test]
fn law3_once_each_of_many_flights_is_found_by_its_key() {
    let flights = Flights::new();
    let keys: Vec<String> = (0..SHARDS * shard::FEW * 4).map(|n| n.to_string()).collect();
    let leads: Vec<_> = keys.iter().map(|key| lead(&flights, key.as_str())).collect();
    assert_eq!(flights.len(), keys.len());
    let waits: Vec<_> = keys.iter().map(|key| wait(&flights, key)).collect();
    // One half by an eviction, and the other by their ends.
    let (first, last) = keys.split_at(keys.len() / 2);
    for key in last {
        assert!(flights.detach(key.as_str(), STORE).is_empty());
    }
    assert_eq!(flights.len(), first.len());
    for lead in leads {
        lead.end(How::Stored);
    }
    assert_eq!(flights.len(), 0);
    assert!(waits.into_iter().all(|wait| matches!(wait.ended(), Ended::Closed(How::Stored))));
}
