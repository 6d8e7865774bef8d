//! Futures that are not waited for.

use std::borrow::Borrow;

use super::subject::Subject;
use crate::testing::futures::poll_once;
use crate::testing::{SampleKey, SampleValue};
use crate::{AsyncCache, Ttl};

pub(super) async fn abandoned<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    let (kept, unpolled) = (K::key(0), K::key(1));
    subject.put(kept.borrow(), &V::value(0), Ttl::Never).await;
    drop(subject.cache.put(unpolled.borrow(), &V::value(1), Ttl::Never));
    drop(subject.cache.put_many(&[(unpolled.borrow(), &V::value(1))], Ttl::Never));
    drop(subject.cache.remove(kept.borrow()));
    subject.missing(unpolled.borrow()).await;
    subject.found(kept.borrow(), &V::value(0)).await;

    // An answer that nobody waits for must not become that of the next question.
    for index in 2..20 {
        subject.put(K::key(index).borrow(), &V::value(index), Ttl::Never).await;
    }
    for index in 2..19 {
        let (key, next) = (K::key(index), K::key(index + 1));
        match index % 4 {
            0 => poll_once(subject.cache.get(key.borrow())).await,
            1 => poll_once(subject.cache.get_many(&[key.borrow(), kept.borrow()])).await,
            2 => poll_once(subject.cache.contains(key.borrow())).await,
            _ => poll_once(subject.cache.get_entry(key.borrow())).await,
        }
        subject.found(next.borrow(), &V::value(index + 1)).await;
        subject.missing(K::key(100 + index).borrow()).await;
    }
    half_done(subject).await;
}

/// A change that was begun has happened or not, to its own key alone.
async fn half_done<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    for index in 2..19 {
        let (key, next) = (K::key(index), K::key(index + 1));
        let changed = (index % 2 == 0).then(|| V::value(index + 500));
        match &changed {
            Some(value) => poll_once(subject.cache.put(key.borrow(), value, Ttl::Never)).await,
            None => poll_once(subject.cache.remove(key.borrow())).await,
        }
        subject.found(next.borrow(), &V::value(index + 1)).await;
        let found = subject.get(key.borrow()).await;
        if found != changed {
            subject.expect("get", key.borrow(), found.as_ref(), Some(&V::value(index)));
        }
    }
    subject.found(K::key(0).borrow(), &V::value(0)).await;
}
