//! Callers of one key compute once, whoever fails.

use std::hash::Hasher;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::*;
use crate::memo::{OkOnly, ShareNothing, ShareValue};

#[test]
fn law3_once_callers_of_one_key_compute_once() {
    check(|| {
        let model = Model::new();
        let caller = || assert_eq!(model.call(&7, || model.compute()), 1);
        together(parts![caller, caller, caller]);
        assert_eq!(model.computed(), 1);
    });
}

#[test]
fn law3_once_results_that_cannot_be_shared_are_read_from_the_store() {
    check(|| {
        let model = Model::new();
        let caller = || assert_eq!(model.sharing(ShareNothing, &7, || model.compute()), 1);
        together(parts![caller, caller, caller]);
        assert_eq!(model.computed(), 1);
    });
}

#[test]
fn law3_once_a_panic_hands_over_to_one_of_those_who_wait() {
    check(|| {
        let model = Model::new();
        let panics = AtomicU32::new(0);
        let caller = || {
            let call = || {
                model.call(&7, || {
                    if model.computed() == 0 {
                        model.compute();
                        resume_unwind(Box::new(()));
                    }
                    model.compute()
                })
            };
            match catch_unwind(AssertUnwindSafe(call)) {
                Ok(value) => assert_eq!(value, 1),
                Err(_) => assert_eq!(panics.fetch_add(1, SeqCst), 0),
            }
        };
        together(parts![caller, caller, caller]);
        assert_eq!((panics.load(SeqCst), model.computed()), (1, 2));
    });
}

/// One computation at a time.
struct Alone<'m>(&'m AtomicU32);

impl<'m> Alone<'m> {
    fn new(computing: &'m AtomicU32) -> Self {
        assert_eq!(computing.fetch_add(1, SeqCst), 0);
        Self(computing)
    }
}

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

#[test]
fn law3_once_a_future_dropped_anywhere_leaves_no_one_waiting_and_nothing_behind() {
    check(|| {
        let model = Model::new();
        let (dropped, computing) = (AtomicU32::new(0), AtomicU32::new(0));
        let waverer = || {
            let call = model.task(ShareAll, &7, async || {
                let _alone = Alone::new(&computing);
                yield_now().await;
                model.compute()
            });
            if block_on(cut(call, chance(9))).is_none() {
                dropped.fetch_add(1, SeqCst);
            }
        };
        let caller = || {
            let compute = || {
                let _alone = Alone::new(&computing);
                model.compute()
            };
            assert_eq!(model.call(&7, compute), 1);
        };
        together(parts![waverer, waverer, caller, caller]);
        assert!(model.computed() <= 1 + dropped.load(SeqCst));
    });
}

/// Calls a function that returns a `Result`, and how it came out.
fn fallible(model: &Model, share: impl Share<OkOnly, Result<u32, ()>>, fails: bool) -> Result<u32, ()> {
    let lifetime = |_: &u32| Some(Ttl::Default);
    let compute = || {
        let value = model.compute();
        if fails { Err(()) } else { Ok(value) }
    };
    if chance(2) == 0 {
        call::<OkOnly, _, _, _>(&model.site, &model.shelf, Ok(AsIs(&7)), share, lifetime, compute)
    } else {
        let compute = around(compute);
        block_on(call_async::<OkOnly, _, _, _>(&model.site, &model.shelf, Ok(AsIs(&7)), share, lifetime, compute))
    }
}

type Result<T, E = crate::Error> = std::result::Result<T, E>;

#[test]
fn law3_once_errors_are_shared_and_not_stored() {
    check(|| {
        let model = Model::new();
        let caller = || assert_eq!(fallible(&model, ShareAll, true), Err(()));
        together(parts![caller, caller, caller]);
        assert!((1..=3).contains(&model.computed()));
        assert_eq!(model.stored(&7), None);
    });
}

#[test]
fn law3_once_after_an_error_that_cannot_be_shared_the_others_compute_in_turn() {
    check(|| {
        let model = Model::new();
        let failing = || assert_eq!(fallible(&model, ShareValue, true), Err(()));
        // Not more than this one succeeds: who waits for it is served.
        let right = || assert_eq!(fallible(&model, ShareValue, false), Ok(1));
        let lucky = || assert!(matches!(fallible(&model, ShareValue, true), Ok(1) | Err(())));
        if chance(2) == 0 {
            together(parts![failing, failing, failing]);
            assert_eq!(model.computed(), 3);
        } else {
            together(parts![lucky, lucky, right]);
            assert_eq!(model.stored(&7), Some(1));
        }
    });
}

/// All of them have one hash.
#[derive(Clone, PartialEq, Eq)]
struct Colliding(u32);

impl Hash for Colliding {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u8(0);
    }
}

#[test]
fn law5_apart_keys_of_one_hash_get_their_own_values() {
    check(|| {
        let model = Model::<Colliding>::new();
        let caller = |key: u32| {
            let model = &model;
            move || assert_eq!(model.call(&Colliding(key), || model.compute() + key), key + 1)
        };
        let evicter = || assert!(model.evict(&Colliding(2)));
        together(parts![caller(1), caller(1), caller(2), caller(2), evicter]);
        caller(1)();
    });
}
