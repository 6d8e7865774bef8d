//! What is evicted, primed or refreshed is not overwritten by anything older.

use super::*;
use crate::memo::{About, clear, clear_async, prime, prime_async};

/// The least version that a call may return which begins now.
pub(super) struct Floor(AtomicU32);

impl Floor {
    pub(super) fn new() -> Self {
        Self(AtomicU32::new(1))
    }

    fn raise(&self, version: u32) {
        self.0.fetch_max(version, SeqCst);
    }

    pub(super) fn check(&self, model: &Model) {
        let floor = self.0.load(SeqCst);
        let value = model.call(&7, || model.compute());
        assert!(value >= floor, "{value} was computed before {floor}");
    }
}

impl Model {
    fn prime(&self, value: u32) {
        let lifetime = |_: &u32| Some(Ttl::Default);
        let key = Ok(AsIs(&7));
        let primed = if chance(2) == 0 {
            prime(&self.site, &self.shelf, key, lifetime, &value)
        } else {
            block_on(prime_async(&self.site, &self.shelf, key, lifetime, &value))
        };
        primed.unwrap();
    }

    /// The source has changed, and all is forgotten.
    fn clear(&self, floor: &Floor) {
        let version = u32::try_from(self.source.fetch_add(1, SeqCst)).unwrap() + 1;
        let remove = || {
            self.shelf.with(HashMap::clear);
            Ok(())
        };
        let cleared =
            if chance(2) == 0 { clear(&self.site, remove) } else { block_on(clear_async(&self.site, remove)) };
        cleared.unwrap();
        floor.raise(version);
    }

    /// The source has changed, and the cache is told, of this key.
    pub(super) fn change(&self, floor: &Floor) {
        let version = u32::try_from(self.source.fetch_add(1, SeqCst)).unwrap() + 1;
        match chance(3) {
            0 => assert!(self.evict(&7)),
            1 => self.prime(version),
            _ => assert_eq!(self.refresh(&7), version),
        }
        floor.raise(version);
    }

    /// Something that tells the cache nothing new.
    fn meddle(&self) {
        match chance(4) {
            0 => assert!(self.evict(&7)),
            1 => drop(self.refresh(&7)),
            2 => drop(block_on(cut(evict_async::<u32, _, _>(&self.site, &self.shelf, Ok(AsIs(&7))), chance(6)))),
            _ => {
                let call = self.task(ShareAll, &7, async || {
                    yield_now().await;
                    self.compute()
                });
                let _ = block_on(cut(call, chance(8)));
            }
        }
    }
}

fn changes(model: &Model) {
    let floor = Floor::new();
    let caller = || (0..2).for_each(|_| floor.check(model));
    let changer = || {
        (0..2).for_each(|_| {
            if chance(4) == 0 {
                model.clear(&floor);
            } else {
                model.change(&floor);
            }
            floor.check(model);
        });
    };
    together(parts![caller, caller, changer, || model.meddle()]);
    floor.check(model);
}

#[test]
fn law4_no_later_call_sees_what_was_evicted_cleared_primed_or_refreshed_over() {
    check(|| changes(&Model::new()));
}

#[test]
fn law4_gone_is_gone_when_calls_do_not_coalesce() {
    check(|| changes(&Model::of(Site::of(About::prefixed("model").uncoalesced()))));
}

#[test]
fn law4_an_eviction_through_another_handle_of_the_store_wins_too() {
    check(|| {
        let model = Model::new();
        // A reference is a cache as well, and known by its address.
        let handles = [&model.shelf, &model.shelf];
        let caller = || {
            let (lifetime, compute) = (|_: &u32| Some(Ttl::Default), || model.compute());
            call::<Whole, u32, _, _>(&model.site, &handles[0], Ok(AsIs(&7)), ShareAll, lifetime, compute);
        };
        let changer = || {
            model.source.store(2, SeqCst);
            evict::<u32, _, _>(&model.site, &handles[1], Ok(AsIs(&7))).unwrap();
            assert_ne!(model.stored(&7), Some(1));
        };
        together(parts![caller, caller, changer]);
        assert_ne!(model.stored(&7), Some(1));
    });
}
