//! Computations, and stores, that take too long.

use super::*;

/// The first who computes waits for one of those who wait for it, in a way that nobody can see.
#[test]
fn law3_once_who_has_waited_too_long_computes_for_all_who_wait() {
    check(|| {
        let model = Model::new();
        let helped = (shuttle::sync::Mutex::new(false), shuttle::sync::Condvar::new());
        let caller = || {
            let value = model.call(&7, || {
                let is_first = model.computed() == 0;
                let value = model.compute();
                if is_first {
                    drop(helped.1.wait_while(helped.0.lock().unwrap(), |helped| !*helped).unwrap());
                } else {
                    *helped.0.lock().unwrap() = true;
                    helped.1.notify_all();
                }
                value
            });
            assert_eq!(value, 1);
        };
        let time = || {
            while !*helped.0.lock().unwrap() {
                advance(Duration::from_millis(1 + u64::from(chance(2)) * 20_000));
                shuttle::thread::yield_now();
            }
        };
        together(parts![caller, caller, caller, time]);
    });
}

/// An eviction that gives up waiting for a write says so, and the older value does not outlive the write.
#[test]
fn law4_what_is_stored_late_is_removed_again() {
    check(|| {
        let model = Model::new();
        let caller = || {
            model.call(&7, || model.compute());
        };
        let is_done = std::sync::atomic::AtomicBool::new(false);
        let changer = || {
            model.source.store(2, SeqCst);
            if model.evict(&7) {
                assert_eq!(model.call(&7, || model.compute()), 2);
            }
            is_done.store(true, SeqCst);
        };
        let time = || {
            while !is_done.load(SeqCst) {
                advance(Duration::from_secs(20));
                shuttle::thread::yield_now();
            }
        };
        together(parts![caller, changer, time]);
        assert_ne!(model.stored(&7), Some(1));
    });
}
