//! The store as a whole: how much it holds, what it counted, and forgetting it all.

use std::borrow::Borrow;

use super::subject::Subject;
use crate::testing::{SampleKey, SampleValue};
use crate::{AsyncCache, AsyncStore, Ttl};

pub(super) async fn len<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V> + AsyncStore,
{
    holds(subject, 0).await;
    for index in 0..5 {
        subject.put(K::key(index).borrow(), &V::value(index), Ttl::Never).await;
        holds(subject, index + 1).await;
    }
    subject.put(K::key(0).borrow(), &V::value(100), Ttl::Never).await;
    holds(subject, 5).await;
    let batch: Vec<_> = (3..8).map(|index| (K::key(index), V::value(index))).collect();
    subject.put_many(&batch, Ttl::Never).await;
    holds(subject, 8).await;
    subject.missing(K::key(9).borrow()).await;
    subject.remove(K::key(9).borrow(), false).await;
    holds(subject, 8).await;
    for left in (0..8).rev() {
        subject.remove(K::key(left).borrow(), true).await;
        holds(subject, left).await;
    }
}

/// `len` and `is_empty` tell that there are `entries` (or fewer, in a lossy store), where they tell anything.
async fn holds<K, V, C>(subject: &Subject<'_, K, V, C>, entries: usize)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V> + AsyncStore,
{
    let lossy = subject.settings.lossy;
    if let Some(len) = subject.answer_if_supported("len", subject.cache.len().await) {
        let right = if lossy { len <= entries } else { len == entries };
        subject.require(right, || format!("`len` is {len} in a store of {entries}"));
    }
    if let Some(empty) = subject.answer_if_supported("is_empty", subject.cache.is_empty().await) {
        let right = empty == (entries == 0) || (empty && lossy);
        subject.require(right, || format!("`is_empty` is {empty} in a store of {entries}"));
    }
}

pub(super) async fn clear<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V> + AsyncStore,
{
    for _round in 0..2 {
        for index in 0..10 {
            subject.put(K::key(index).borrow(), &V::value(index), Ttl::Never).await;
        }
        let cleared = subject.answer_if_supported("clear", subject.cache.clear().await).is_some();
        for index in 0..10 {
            let (key, value) = (K::key(index), V::value(index));
            if cleared {
                subject.missing(key.borrow()).await;
            } else {
                subject.found(key.borrow(), &value).await;
            }
        }
        if cleared {
            holds(subject, 0).await;
            subject.remove(K::key(0).borrow(), false).await;
            subject.answer("clear", subject.cache.clear().await); // an empty one can be cleared too
        }
    }
}

pub(super) async fn stats<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V> + AsyncStore,
{
    let before = subject.answer("stats", subject.cache.stats().await);
    for index in 0..3 {
        subject.put(K::key(index).borrow(), &V::value(index), Ttl::Never).await;
        subject.found(K::key(index).borrow(), &V::value(index)).await;
    }
    subject.missing(K::key(3).borrow()).await;
    let after = subject.answer("stats", subject.cache.stats().await);
    subject.require(after.hits <= after.reads, || {
        format!("`stats` has more hits than reads: {} and {}", after.hits, after.reads)
    });
    let shrunk = after.reads < before.reads || after.hits < before.hits || after.writes < before.writes;
    subject.require(!shrunk, || "a figure of `stats` has shrunk".to_owned());
    if let (Some(entries), false) = (after.entries, subject.settings.lossy) {
        subject.require(entries >= 3, || format!("`stats` knows of {entries} entries, where there are 3"));
    }
}
