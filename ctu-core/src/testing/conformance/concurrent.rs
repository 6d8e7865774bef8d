//! Many users at once.

use std::borrow::Borrow;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::Workers;
use super::subject::{Subject, key_text};
use crate::testing::futures::{Boxed, join_all, yield_now};
use crate::testing::{SampleKey, SampleValue, block_on};
use crate::{AsyncCache, Ttl};

const WORKERS: usize = 4;
const ROUNDS: usize = 150;
/// Keys that all workers write, read and remove.
const SHARED: usize = 6;
/// Values that a shared key may have.
const VALUES: usize = 20;
/// The key that one worker writes newer and newer values to.
const VERSIONED: usize = 1000;
/// The first of the keys that one worker has for itself.
const OWN: usize = 2000;

pub(super) async fn concurrent<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    let version = AtomicUsize::new(0);
    subject.put(K::key(VERSIONED).borrow(), &V::value(0), Ttl::Never).await;
    let mut jobs = Vec::new();
    for worker in 0..WORKERS {
        let version = &version;
        let job: Boxed<'_> = Box::pin(async move {
            for round in 0..ROUNDS {
                share(subject, worker, round).await;
                yield_now().await;
                use_own(subject, worker, round).await;
                versions(subject, version, worker == 0).await;
            }
        });
        jobs.push(job);
    }
    all_at_once(subject.settings.workers, jobs).await;

    for worker in 0..WORKERS {
        subject.found(K::key(OWN + worker).borrow(), &V::value(ROUNDS - 1)).await;
    }
    subject.found(K::key(VERSIONED).borrow(), &V::value(ROUNDS)).await;
}

async fn all_at_once(workers: Workers, jobs: Vec<Boxed<'_>>) {
    match workers {
        Workers::Futures => join_all(jobs).await,
        Workers::Threads => thread::scope(|scope| {
            let threads: Vec<_> = jobs.into_iter().map(|job| scope.spawn(|| block_on(job))).collect();
            for thread in threads {
                if let Err(panic) = thread.join() {
                    resume_unwind(panic);
                }
            }
        }),
    }
}

/// The values that shared key `shared` may have: those of no other key.
fn values_of(shared: usize) -> std::ops::Range<usize> {
    shared * VALUES..(shared + 1) * VALUES
}

/// Everything at once on keys that all write: what is found is always one of the key's own values.
async fn share<K, V, C>(subject: &Subject<'_, K, V, C>, worker: usize, round: usize)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    let shared = (round * 5 + worker) % SHARED;
    let other = (shared + 1) % SHARED;
    let value = |shared: usize| V::value(values_of(shared).start + (round + worker) % VALUES);
    let (key, next) = (K::key(shared), K::key(other));
    match round % 4 {
        0 => subject.put_many(&[(key.clone(), value(shared)), (next.clone(), value(other))], Ttl::Never).await,
        1 => drop(subject.answer("remove", subject.cache.remove(key.borrow()).await)),
        _ => subject.put(key.borrow(), &value(shared), Ttl::Never).await,
    }
    yield_now().await;
    owned(subject, "get", shared, subject.get(key.borrow()).await.as_ref());
    let entry = subject.get_entry(next.borrow()).await.map(|entry| entry.value);
    owned(subject, "get_entry", other, entry.as_ref());
    subject.contains(key.borrow()).await;
    let order = [other, shared, other];
    let found = subject.get_many(&order.map(K::key)).await;
    for (shared, found) in order.into_iter().zip(&found) {
        owned(subject, "get_many", shared, found.as_ref());
    }
}

fn owned<K, V, C>(subject: &Subject<'_, K, V, C>, operation: &str, shared: usize, found: Option<&V>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    let right = found.is_none_or(|found| values_of(shared).any(|value| V::value(value) == *found));
    subject.require(right, || {
        let key = key_text::<K>(K::key(shared).borrow());
        format!("`{operation}` of {key} gave a value that was never put under it")
    });
}

/// A key of the worker's own is what it made it, whatever the others do.
async fn use_own<K, V, C>(subject: &Subject<'_, K, V, C>, worker: usize, round: usize)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    let key = K::key(OWN + worker);
    if round % 3 == 1 {
        subject.remove(key.borrow(), true).await;
        yield_now().await;
        subject.missing(key.borrow()).await;
    }
    subject.put(key.borrow(), &V::value(round), Ttl::Never).await;
    yield_now().await;
    subject.found(key.borrow(), &V::value(round)).await;
}

/// Once a `put` has returned, nobody who asks after that finds an older value.
async fn versions<K, V, C>(subject: &Subject<'_, K, V, C>, version: &AtomicUsize, writes: bool)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    let key = K::key(VERSIONED);
    let done = version.load(Ordering::Acquire);
    if writes {
        subject.put(key.borrow(), &V::value(done + 1), Ttl::Never).await;
        version.store(done + 1, Ordering::Release);
        return;
    }
    match subject.get(key.borrow()).await {
        Some(found) => {
            let new = (done..=ROUNDS).any(|version| V::value(version) == found);
            subject.require(new, || format!("`get` gave an older value than the one put before it, version {done}"));
        }
        None => subject.expect("get", key.borrow(), None, Some(&V::value(done))),
    }
}
