//! Old answers and late ones, while a computation goes on without its caller.

use super::rack::{LATE, RESCUED, World};
use super::*;
use crate::memo::Policy;

/// Later than anything that is waited for.
const SOFT: Policy = Policy { timeout: Some(Duration::from_secs(1)), ..RESCUED };
const EARLY: Policy = Policy { refresh_ahead: Some(f64::MAX), ..LATE };

fn once(policy: Policy) {
    let world = World::new(policy, None, Some(0));
    let caller = || assert!(world.call(0).unwrap() <= 1);
    together(parts![caller, caller, caller]);
    world.settle();
    assert_eq!((world.computed(), world.rack.stored()), (1, Some(1)));
}

#[test]
fn law3_once_an_expired_value_is_computed_once_in_the_background() {
    check(|| once(LATE));
}

#[test]
fn law3_once_an_expired_value_that_is_not_served_is_computed_once() {
    check(|| once(RESCUED));
}

#[test]
fn law3_once_a_computation_goes_on_after_its_callers_time_is_up() {
    check(|| once(SOFT));
}

#[test]
fn law3_once_nobody_is_early_while_another_is() {
    check(|| {
        let world = World::new(EARLY, None, None);
        let caller = || (0..3).for_each(|_| assert_eq!(world.call(0), Ok(1)));
        together(parts![caller, caller]);
        world.settle();
        assert!(!world.is_twice.load(SeqCst));
        assert_eq!(world.rack.stored(), Some(1));
    });
}

/// Callers, and somebody in the last process who changes the source. What was older is not stored any more then; and in
/// that process nobody gets it whose call begins later.
pub(super) fn gone(world: &'static World, processes: usize) {
    let (floor, stored_floor) = (AtomicU32::new(0), AtomicU32::new(0));
    let check = |process: usize| {
        let (least, least_stored) = (floor.load(SeqCst), stored_floor.load(SeqCst));
        let stored = world.rack.stored();
        assert!(stored.is_none_or(|stored| stored >= least_stored), "{stored:?} was stored before {least_stored}");
        let value = world.call(process).unwrap();
        assert!(process + 1 < processes || value >= least, "{value} was computed before {least}");
    };
    let left = AtomicU32::new(3);
    let time = || {
        while left.load(SeqCst) > 0 {
            shuttle::thread::yield_now();
            advance(AGES * 20_000);
        }
    };
    let caller = || {
        (0..2).for_each(|_| check(0));
        left.fetch_sub(1, SeqCst);
    };
    let other = || {
        (0..2).for_each(|_| check(processes - 1));
        left.fetch_sub(1, SeqCst);
    };
    let changer = || {
        (0..2).for_each(|_| {
            let (version, is_told) = world.change(processes - 1);
            stored_floor.fetch_max(version, SeqCst);
            if is_told {
                floor.fetch_max(version, SeqCst);
            }
            check(processes - 1);
        });
        left.fetch_sub(1, SeqCst);
    };
    if world.ends_leases {
        together(parts![caller, other, changer, time]);
    } else {
        together(parts![caller, other, changer]);
    }
    world.settle();
    // Leases that nobody knows of, as who asked for them was dropped meanwhile, end.
    advance(AGES * 20_000);
    floor.fetch_max(stored_floor.load(SeqCst), SeqCst);
    (0..processes).for_each(check);
    world.settle();
    (0..processes).for_each(check);
    world.settle();
}

#[test]
fn law4_what_is_evicted_or_primed_wins_over_a_computation_in_the_background() {
    check(|| gone(World::new(LATE, None, Some(0)), 1));
}

#[test]
fn law4_what_is_evicted_or_primed_wins_over_one_that_is_early() {
    check(|| gone(World::new(EARLY, None, Some(0)), 1));
}

#[test]
fn law4_what_is_evicted_or_primed_wins_over_one_whose_caller_has_gone() {
    check(|| gone(World::new(SOFT, None, Some(0)), 1));
}

#[test]
fn an_expired_value_is_the_answer_where_the_function_fails() {
    check(|| {
        let policy = [LATE, RESCUED, SOFT][chance(3) as usize];
        let world = World::new(policy, None, Some(0));
        world.fails.store(true, SeqCst);
        let caller = || assert_eq!(world.call(0), Ok(0));
        together(parts![caller, caller, caller]);
        world.settle();
        assert_eq!(world.rack.stored(), Some(0));
    });
}
