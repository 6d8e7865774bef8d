//! Two processes that share a store with leases.

use super::policies::gone;
use super::rack::{CLUSTER, LATE, LEASE, RESCUED, World};
use super::*;
use crate::Claim;
use crate::memo::{Leasing, Policy};

const SOFT: Policy = Policy { timeout: Some(Duration::from_secs(1)), ..RESCUED };
const EARLY: Policy = Policy { refresh_ahead: Some(f64::MAX), ..LATE };
const STRICT: Leasing = Leasing::strict();
/// Those who wait for a lease of this length do so for as long as it takes.
const ENDLESS: Leasing = CLUSTER.lasting(1_000_000_000_000);

fn once(policy: Policy, old: Option<u32>) {
    let world = World::new(policy, Some(ENDLESS), old);
    let caller = |process: usize| move || assert!(world.call(process).unwrap() <= 1);
    together(parts![caller(0), caller(1), caller(1)]);
    world.settle();
    assert_eq!((world.computed(), world.rack.stored()), (1, Some(1)));
    assert!(!world.rack.is_leased());
}

#[test]
fn law3_once_two_processes_compute_once() {
    check(|| once(Policy::PLAIN, None));
}

#[test]
fn law3_once_two_processes_compute_an_expired_value_once_in_the_background() {
    check(|| once(LATE, Some(0)));
}

#[test]
fn law3_once_two_processes_compute_an_expired_value_once_where_its_callers_wait() {
    check(|| once(RESCUED, Some(0)));
}

#[test]
fn law3_once_nobody_is_early_while_another_process_is() {
    check(|| {
        let world = World::new(EARLY, Some(ENDLESS), None);
        let caller = |process: usize| move || (0..3).for_each(|_| assert_eq!(world.call(process), Ok(1)));
        together(parts![caller(0), caller(1)]);
        world.settle();
        assert!(!world.is_twice.load(SeqCst));
        assert!(!world.rack.is_leased());
    });
}

#[test]
fn law4_what_another_process_does_wins_over_any_computation() {
    check(|| gone(World::new(Policy::PLAIN, Some(STRICT), None), 2));
    check(|| gone(World::new(Policy::PLAIN, Some(ENDLESS), None), 2));
}

#[test]
fn law4_what_another_process_does_wins_over_a_computation_in_the_background() {
    check(|| gone(World::new(LATE, Some(STRICT), Some(0)), 2));
    check(|| gone(World::new(LATE, Some(ENDLESS), Some(0)), 2));
}

#[test]
fn law4_what_another_process_does_wins_over_one_that_is_early() {
    check(|| gone(World::new(EARLY, Some(ENDLESS), Some(0)), 2));
}

#[test]
fn law4_what_another_process_does_wins_over_one_whose_caller_has_gone() {
    check(|| gone(World::new(SOFT, Some(ENDLESS), Some(0)), 2));
}

#[test]
fn law3_once_the_lease_of_a_process_that_died_ends_and_one_follows() {
    check(|| {
        let old = (chance(2) == 0).then_some(0);
        let world = World::new(if chance(2) == 0 { LATE } else { RESCUED }, Some(ENDLESS), old);
        world.rack.lease_for_nothing(Claim::ExclusiveOver(Duration::MAX));
        let caller = || assert!(world.call(1).unwrap() <= 1);
        let time = || {
            shuttle::thread::yield_now();
            advance(LEASE);
        };
        together(parts![caller, caller, time]);
        world.settle();
        // Who was served at once, or after its wait in vain, leaves the next one to compute.
        advance(LEASE);
        assert!(world.call(1).unwrap() <= 1);
        world.settle();
        assert_eq!((world.computed(), world.rack.stored()), (1, Some(1)));
    });
}

#[test]
fn law3_once_a_future_dropped_anywhere_leaves_no_lease_that_its_process_waits_for() {
    check(|| {
        let old = (chance(2) == 0).then_some(0);
        let world = World::new([RESCUED, SOFT][chance(2) as usize], Some(ENDLESS), old);
        let is_done = std::sync::atomic::AtomicBool::new(false);
        let waverer = || {
            let _ = block_on(cut(world.task(0), chance(12)));
        };
        let caller = |process: usize| move || assert!(world.call(process).unwrap() <= 1);
        // One that was dropped while it asked may have got a lease that nobody knows of: it ends.
        let time = || {
            while !is_done.load(SeqCst) {
                advance(AGES * 20_000);
                shuttle::thread::yield_now();
            }
        };
        let calls = || {
            together(parts![waverer, caller(0)]);
            world.settle();
            is_done.store(true, SeqCst);
        };
        together(parts![calls, time]);
        // A caller whose time is up may be served the expired value once more, but not for ever.
        for _ in 0..20 {
            advance(AGES * 20_000);
            caller(0)();
            world.settle();
        }
        assert_eq!(world.rack.stored(), Some(1));
    });
}

#[test]
fn an_expired_value_is_the_answer_where_the_function_fails_in_whichever_process() {
    check(|| {
        let world = World::new([LATE, RESCUED][chance(2) as usize], Some(ENDLESS), Some(0));
        world.fails.store(true, SeqCst);
        let caller = |process: usize| move || assert_eq!(world.call(process), Ok(0));
        together(parts![caller(0), caller(1), caller(1)]);
        world.settle();
        assert_eq!(world.rack.stored(), Some(0));
    });
}
