//! One key at a time: put, read, replace, remove.

use std::borrow::Borrow;

use super::subject::Subject;
use crate::testing::{SampleKey, SampleValue};
use crate::{AsyncCache, Ttl};

pub(super) async fn missing<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    for index in 0..3 {
        let key = K::key(index);
        subject.missing(key.borrow()).await;
        subject.remove(key.borrow(), false).await;
        subject.missing(key.borrow()).await;
    }
}

pub(super) async fn round_trip<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    for index in 0..20 {
        subject.put(K::key(index).borrow(), &V::value(index), Ttl::Never).await;
        subject.found(K::key(index).borrow(), &V::value(index)).await;
    }
    for _again in 0..2 {
        for index in 0..20 {
            subject.found(K::key(index).borrow(), &V::value(index)).await;
        }
    }
    subject.missing(K::key(20).borrow()).await;
}

pub(super) async fn overwrite<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    let (key, other) = (K::key(0), K::key(1));
    subject.put(other.borrow(), &V::value(0), Ttl::Never).await;
    // Of different lengths, growing and shrinking.
    for index in [1, 1000, 2, 2, 9999, 3] {
        subject.put(key.borrow(), &V::value(index), Ttl::Never).await;
        subject.found(key.borrow(), &V::value(index)).await;
    }
    subject.put_many(&[(key.clone(), V::value(4))], Ttl::Never).await;
    subject.found(key.borrow(), &V::value(4)).await;
    subject.put(key.borrow(), &V::value(5), Ttl::Never).await;
    subject.found(key.borrow(), &V::value(5)).await;
    subject.found(other.borrow(), &V::value(0)).await;
}

pub(super) async fn remove<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    let (key, other) = (K::key(0), K::key(1));
    subject.put(other.borrow(), &V::value(1), Ttl::Never).await;
    for round in 2..5 {
        subject.put(key.borrow(), &V::value(round - 1), Ttl::Never).await;
        subject.put(key.borrow(), &V::value(round), Ttl::Never).await;
        subject.found(key.borrow(), &V::value(round)).await;
        subject.remove(key.borrow(), true).await;
        subject.missing(key.borrow()).await;
        subject.remove(key.borrow(), false).await;
        subject.found(other.borrow(), &V::value(1)).await;
    }
}
