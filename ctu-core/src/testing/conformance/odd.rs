//! Keys and values that are easily spoilt on the way.

use std::borrow::Borrow;

use super::subject::{Subject, describe, key_text, shorten};
use crate::testing::{SampleKey, SampleValue};
use crate::{AsyncCache, Error, ErrorKind, Ttl};

pub(super) async fn keys<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    let mut entries = Vec::new();
    for (index, key) in K::odd_keys().into_iter().enumerate() {
        let (borrowed, value) = (key.borrow(), V::value(index));
        match subject.cache.contains(borrowed).await {
            Err(error) if is_refusal(subject, &error) => {}
            answer => {
                let there = subject.answer("contains", answer);
                let text = || format!("{} is taken for one that was put before it", key_text::<K>(borrowed));
                subject.require(!there, text);
            }
        }
        if put_unless_refused(subject, borrowed, &value, &key_text::<K>(borrowed)).await {
            entries.push((key, value));
        }
    }
    all_found(subject, &entries).await;

    for (index, (_, value)) in entries.iter_mut().enumerate() {
        *value = V::value(index + 1000);
    }
    subject.put_many(&entries, Ttl::Never).await;
    all_found(subject, &entries).await;

    let (removed, kept): (Vec<_>, Vec<_>) = entries.into_iter().enumerate().partition(|(index, _)| index % 2 == 0);
    for (_, (key, _)) in &removed {
        subject.remove(key.borrow(), true).await;
    }
    for (_, (key, _)) in &removed {
        subject.missing(key.borrow()).await;
    }
    let kept: Vec<_> = kept.into_iter().map(|(_, entry)| entry).collect();
    all_found(subject, &kept).await;
}

async fn all_found<K, V, C>(subject: &Subject<'_, K, V, C>, entries: &[(K::Owned, V)])
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    for (key, value) in entries {
        subject.found(key.borrow(), value).await;
    }
    let keys: Vec<_> = entries.iter().map(|(key, _)| key.clone()).collect();
    let found = subject.get_many(&keys).await;
    for ((key, value), found) in entries.iter().zip(&found) {
        subject.expect("get_many", key.borrow(), found.as_ref(), Some(value));
    }
}

pub(super) async fn values<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    let mut entries = Vec::new();
    for (index, value) in V::odd_values().into_iter().enumerate() {
        let key = K::key(index);
        if put_unless_refused(subject, key.borrow(), &value, &format!("value {}", shorten(&value))).await {
            entries.push((key, value));
        }
    }
    all_found(subject, &entries).await;
    subject.put_many(&entries, Ttl::Never).await;
    all_found(subject, &entries).await;
    for (key, _) in &entries {
        subject.remove(key.borrow(), true).await;
    }
}

pub(super) async fn big_values<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    // Around the sizes of buffers, and the largest.
    let max = subject.settings.max_value_bytes;
    let sizes = [255, 256, 4095, 4096, 16_384, 65_535, 65_536, 65_537, 1_000_000, max];
    let mut entries = Vec::new();
    for (index, size) in sizes.into_iter().filter(|size| *size <= max).enumerate() {
        let Some(value) = V::sized(size) else {
            return;
        };
        let key = K::key(index);
        subject.put(key.borrow(), &value, Ttl::Never).await;
        entries.push((key, value));
    }
    all_found(subject, &entries).await;
    subject.put_many(&entries, Ttl::Never).await;
    all_found(subject, &entries).await;
    for (key, _) in &entries {
        subject.put(key.borrow(), &V::value(0), Ttl::Never).await;
        subject.found(key.borrow(), &V::value(0)).await;
    }
}

fn is_refusal<K, V, C>(subject: &Subject<'_, K, V, C>, error: &Error) -> bool
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    subject.settings.may_refuse && matches!(error.kind(), ErrorKind::Codec | ErrorKind::Limit)
}

/// Puts `value`; tells whether it is there now. A store that may refuse it must then find nothing.
async fn put_unless_refused<K, V, C>(subject: &Subject<'_, K, V, C>, key: &K, value: &V, what: &str) -> bool
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    let Err(error) = subject.cache.put(key, value, Ttl::Never).await else {
        return true;
    };
    if !is_refusal(subject, &error) {
        subject.fail(format!("`put` of {what} failed: {}", describe(&error)));
    }
    match subject.cache.get(key).await {
        Err(error) if is_refusal(subject, &error) => {}
        answer => subject.expect("get", key, subject.answer("get", answer).as_ref(), None),
    }
    false
}
