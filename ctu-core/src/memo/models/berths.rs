//! Keys that have one berth, of which only one is computed there at a time.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::gone::Floor;
use super::*;

/// Three keys of one berth.
fn neighbours() -> [u32; 3] {
    let flights = Site::new("model");
    let berth = |key: &u32| flights.flights().berth_number(key);
    let first = 7;
    let mut others = (8..).filter(|key| berth(key) == berth(&first));
    [first, others.next().unwrap(), others.next().unwrap()]
}

#[test]
fn law3_once_keys_of_one_berth_compute_once_each() {
    check(|| {
        let (model, [first, second, third]) = (Model::new(), neighbours());
        let caller = |key: u32| {
            let model = &model;
            move || assert_eq!(model.call(&key, || model.compute() + key), key + 1)
        };
        together(parts![caller(first), caller(second), caller(first), caller(second), || assert!(model.evict(&third))]);
        assert_eq!(model.computed(), 2);
        assert_eq!((model.stored(&first), model.stored(&second)), (Some(first + 1), Some(second + 1)));
    });
}

#[test]
fn law3_once_a_latecomer_sees_who_ended_beside_another() {
    check(|| {
        let (model, [first, second, third]) = (Model::new(), neighbours());
        let caller = |key: u32| {
            let model = &model;
            move || assert_eq!(model.call(&key, || model.compute()), 1)
        };
        let twice = |one: u32, other: u32| {
            move || {
                caller(one)();
                caller(other)();
            }
        };
        together(parts![twice(first, second), twice(second, third), twice(third, first)]);
        assert_eq!(model.computed(), 3);
    });
}

#[test]
fn law3_once_nobody_waits_for_one_who_left_the_berth_without_a_result() {
    check(|| {
        let (model, [first, second, _]) = (Model::new(), neighbours());
        let waverer = || {
            let call = model.task(ShareAll, &first, async || {
                yield_now().await;
                model.compute()
            });
            let _ = block_on(cut(call, chance(9)));
        };
        let panicking = || {
            let call = || model.call(&first, || resume_unwind(Box::new(())));
            if let Ok(value) = catch_unwind(AssertUnwindSafe(call)) {
                assert_eq!(value, 1);
            }
        };
        let caller = |key: u32| {
            let model = &model;
            move || assert_eq!(model.call(&key, || model.compute()), 1)
        };
        together(parts![waverer, panicking, caller(second), caller(first)]);
    });
}

#[test]
fn law4_gone_is_gone_and_nothing_else_in_the_berth() {
    check(|| {
        let (model, [first, second, _]) = (Model::new(), neighbours());
        let floor = Floor::new();
        let caller = || (0..2).for_each(|_| floor.check(&model));
        let changer = || {
            model.change(&floor);
            floor.check(&model);
        };
        let other = || assert_eq!(model.call(&second, || second), second);
        together(parts![caller, caller, changer, other]);
        floor.check(&model);
        assert_eq!(first, 7, "the key of a floor");
        assert_eq!(model.stored(&second), Some(second));
    });
}
