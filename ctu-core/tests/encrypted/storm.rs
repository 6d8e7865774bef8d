//! Ten thousand entries overwritten with garbage while they are in use.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use bytes::Bytes;
use ctu_core::{CacheExt, Rejection, Ttl};

use crate::log::Log;
use crate::support::Rng;
use crate::{bytes, cache};

const ENTRIES: usize = 10_000;

/// What an attacker writes: noise, short things, envelopes of other entries, damaged envelopes, huge claims.
fn poison(rng: &mut Rng, envelope: &Bytes) -> Bytes {
    match rng.below(5) {
        0 => rng.bytes(200).into(),
        1 => rng.bytes(3).into(),
        2 => envelope.clone(), // of another entry
        3 => {
            let mut damaged = envelope.to_vec();
            let at = usize::try_from(rng.below(damaged.len() as u64)).unwrap();
            damaged[at] ^= 1 << rng.below(8);
            damaged.into()
        }
        _ => [&envelope[..46], &[0xff; 4_000]].concat().into(),
    }
}

#[test]
fn law2_harmless_in_a_poisoning_storm_every_call_is_right_and_computes_once_per_loss() {
    let cache = cache();
    let log = Log::default();
    let computed = AtomicUsize::new(0);
    let call = |i: usize| {
        let key = (i as u64).to_be_bytes();
        let value = cache.get_or_set_with(&key, Ttl::Never, || {
            computed.fetch_add(1, Ordering::Relaxed);
            bytes(i.to_string())
        });
        assert_eq!(value, i.to_string());
    };
    (0..ENTRIES).for_each(call);
    assert_eq!(computed.swap(0, Ordering::Relaxed), ENTRIES);

    // Under load: every answer is right, whatever is overwritten when.
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for worker in 0..2 {
            let (log, call, done) = (&log, &call, &done);
            scope.spawn(move || {
                log.listen(|| {
                    let mut rng = Rng(worker);
                    while !done.load(Ordering::Relaxed) {
                        call(usize::try_from(rng.below(ENTRIES as u64)).unwrap());
                    }
                });
            });
        }
        let mut rng = Rng(99);
        let stolen = cache.inner().dump()[0].1.clone();
        for (at, _) in cache.inner().dump() {
            let poison = poison(&mut rng, &stolen);
            cache.inner().tamper(|entries| entries.insert(at, (poison, None)));
        }
        done.store(true, Ordering::Relaxed);
    });

    // All at once, then each asked for once: as many computations as keys, and none after that.
    log.listen(|| {
        (0..ENTRIES).for_each(call);
        let first = cache.inner().dump()[0].1.clone();
        cache.inner().tamper(|entries| {
            let mut rng = Rng(7);
            for (place, entry) in entries.values_mut().enumerate() {
                entry.0 = if place == 0 { bytes("poison") } else { poison(&mut rng, &first) };
            }
        });
        computed.store(0, Ordering::Relaxed);
        (0..ENTRIES).for_each(call);
        assert_eq!(computed.load(Ordering::Relaxed), ENTRIES);
        (0..ENTRIES).for_each(call);
        assert_eq!(computed.load(Ordering::Relaxed), ENTRIES);
    });
    let lines = log.lines();
    let rejected: u64 = Rejection::ALL.iter().map(|&reason| cache.rejected(reason)).sum();
    assert!(rejected >= 10_000);
    // A line per reason in ten seconds, however long this takes.
    assert!(!lines.is_empty() && lines.len() < 200, "{} lines for {rejected} rejections", lines.len());
}
