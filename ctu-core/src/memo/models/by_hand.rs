//! A store that keeps watch over the keys that are computed, and is changed by hand.

use std::sync::Mutex;

use super::*;
use crate::{Watch, Watches};

/// Every operation is a step of its own.
struct Watched {
    entries: Mutex<HashMap<u32, u32>>,
    watches: Watches,
}

impl Watched {
    fn new() -> Self {
        Self { entries: Mutex::default(), watches: Watches::new() }
    }

    fn change<T>(&self, key: u32, change: impl FnOnce(&mut HashMap<u32, u32>) -> T) -> T {
        shuttle::thread::yield_now();
        self.watches.change(key.into(), || change(&mut self.entries.lock().unwrap()))
    }
}

impl Cache<u32, u32> for Watched {
    fn get(&self, key: &u32) -> Result<Option<u32>> {
        shuttle::thread::yield_now();
        Ok(self.entries.lock().unwrap().get(key).copied())
    }

    fn get_entry(&self, key: &u32) -> Result<Option<Entry<u32>>> {
        Ok(self.get(key)?.map(|value| Entry { value, ttl: None }))
    }

    fn put(&self, key: &u32, value: &u32, _: Ttl) -> Result<()> {
        self.change(*key, |entries| entries.insert(*key, *value));
        Ok(())
    }

    fn remove(&self, key: &u32) -> Result<bool> {
        Ok(self.change(*key, |entries| entries.remove(key).is_some()))
    }

    fn contains(&self, key: &u32) -> Result<bool> {
        Ok(self.get(key)?.is_some())
    }

    fn watch(&self, key: &u32) -> Option<Watch> {
        shuttle::thread::yield_now();
        Some(self.watches.watch((*key).into()))
    }

    fn put_if_unchanged(&self, key: &u32, value: &u32, _: Ttl, watch: Watch) -> Result<bool> {
        shuttle::thread::yield_now();
        Ok(self.watches.store(watch, || self.entries.lock().unwrap().insert(*key, *value)).is_some())
    }
}

fn called(site: &Site, store: &Watched, compute: impl FnOnce() -> u32) -> u32 {
    call::<Whole, u32, _, _>(site, store, Ok(AsIs(&7)), ShareAll, |_| Some(Ttl::Default), compute)
}

#[test]
fn law4_no_later_call_sees_what_was_removed_by_hand_or_waits_for_it() {
    check(|| {
        let (site, store) = (Site::new("model"), Watched::new());
        let source = super::super::sync::AtomicU64::new(1);
        let has_returned = (shuttle::sync::Mutex::new(false), shuttle::sync::Condvar::new());
        let compute = || u32::try_from(source.load(SeqCst)).unwrap();
        let changer = || {
            source.store(2, SeqCst);
            Cache::remove(&store, &7).unwrap();
            assert_eq!(called(&site, &store, compute), 2);
            *has_returned.0.lock().unwrap() = true;
            has_returned.1.notify_all();
        };
        // One that does not return before the call that came after the change.
        let slow = || {
            called(&site, &store, || {
                let value = compute();
                if value == 1 {
                    drop(has_returned.1.wait_while(has_returned.0.lock().unwrap(), |returned| !*returned).unwrap());
                }
                value
            });
        };
        together(parts![slow, changer, || assert!(called(&site, &store, compute) > 0)]);
        assert_eq!(called(&site, &store, compute), 2);
        assert_eq!(site.in_flight(), 0);
    });
}

#[test]
fn law3_once_callers_of_a_watched_key_compute_once() {
    check(|| {
        let (site, store) = (Site::new("model"), Watched::new());
        let computed = AtomicU32::new(0);
        let caller = || {
            let value = called(&site, &store, || computed.fetch_add(1, SeqCst) + 1);
            assert_eq!(value, 1);
        };
        together(parts![caller, caller, caller]);
        assert_eq!(computed.load(SeqCst), 1);
    });
}
