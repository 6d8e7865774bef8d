//! Lifetimes: entries that end when they have to, and not before.

use std::borrow::Borrow;
use std::time::Duration;

use super::subject::{Subject, key_text};
use super::time::{Time, Watch};
use crate::testing::{SampleKey, SampleValue};
use crate::{AsyncCache, Ttl};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

pub(super) async fn expiry<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    let time = &subject.settings.time;
    let ttl = time.units(6);
    // One key for each way to ask, because the first may well sweep the entry.
    let keys: Vec<_> = (0..6).map(K::key).collect();
    let watch = time.watch();
    for (index, key) in keys.iter().enumerate() {
        subject.put(key.borrow(), &V::value(index), Ttl::After(ttl)).await;
    }
    begun_in_time(subject, &watch);
    let mut looks = vec![Duration::ZERO, time.units(3)];
    looks.extend(time.is_movable().then(|| ttl.saturating_sub(time.slack())));
    for look in looks {
        watch.reach(look).await;
        for (index, key) in keys.iter().enumerate() {
            alive(subject, &watch, ttl, key.borrow(), &V::value(index)).await;
        }
    }

    watch.reach(time.over(ttl)).await;
    let [get, entry, contains, many, remove, late] = &keys[..] else { unreachable!("there are six keys") };
    subject.expect("get", get.borrow(), subject.get(get.borrow()).await.as_ref(), None);
    let found = subject.get_entry(entry.borrow()).await.map(|entry| entry.value);
    subject.expect("get_entry", entry.borrow(), found.as_ref(), None);
    let there = subject.contains(contains.borrow()).await;
    subject.require(!there, || {
        format!("`contains` says that there is {}, which expired", key_text::<K>(contains.borrow()))
    });
    let found = subject.get_many(std::slice::from_ref(many)).await;
    subject.expect("get_many", many.borrow(), found[0].as_ref(), None);
    subject.remove(remove.borrow(), false).await;

    watch.reach(time.over(ttl) + Duration::from_millis(1)).await;
    subject.missing(late.borrow()).await;
    for key in &keys {
        subject.missing(key.borrow()).await;
    }
    subject.put(get.borrow(), &V::value(9), Ttl::Never).await;
    subject.found(get.borrow(), &V::value(9)).await;
}

pub(super) async fn batch_expiry<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    let time = &subject.settings.time;
    let ttl = time.units(6);
    let batch = |range: std::ops::Range<usize>| range.map(|at| (K::key(at), V::value(at))).collect::<Vec<_>>();
    let (mortal, eternal) = (batch(0..4), batch(4..8));
    let watch = time.watch();
    subject.put_many(&mortal, Ttl::After(ttl)).await;
    subject.put_many(&eternal, Ttl::Never).await;
    begun_in_time(subject, &watch);
    watch.reach(time.units(3)).await;
    for (key, value) in &mortal {
        alive(subject, &watch, ttl, key.borrow(), value).await;
    }
    watch.reach(time.over(ttl)).await;
    for (key, _) in &mortal {
        subject.missing(key.borrow()).await;
    }
    for (key, value) in &eternal {
        subject.found(key.borrow(), value).await;
    }
}

pub(super) async fn renewal<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    let time = &subject.settings.time;
    let (short, middle, long) = (time.units(2), time.units(4), time.units(6));
    let keys: Vec<_> = (0..5).map(K::key).collect();
    let [longer, in_batch, eternal, shorter, mortal] = &keys[..] else { unreachable!("there are five keys") };
    let watch = time.watch();
    for key in [longer, in_batch, eternal] {
        subject.put(key.borrow(), &V::value(0), Ttl::After(middle)).await;
    }
    subject.put(shorter.borrow(), &V::value(0), Ttl::After(time.units(60))).await;
    subject.put(mortal.borrow(), &V::value(0), Ttl::Never).await;
    begun_in_time(subject, &watch);

    watch.reach(time.units(2)).await;
    let renewed = time.watch();
    // The same value again: only the lifetime changes.
    subject.put(longer.borrow(), &V::value(0), Ttl::After(long)).await;
    subject.put_many(&[(in_batch.clone(), V::value(1))], Ttl::After(long)).await;
    subject.put(eternal.borrow(), &V::value(1), Ttl::Never).await;
    subject.put(shorter.borrow(), &V::value(0), Ttl::After(short)).await;
    subject.put(mortal.borrow(), &V::value(0), Ttl::After(short)).await;
    begun_in_time(subject, &renewed);

    renewed.reach(time.units(4)).await; // past the first end of those made longer, and the new one of the others
    alive(subject, &renewed, long, longer.borrow(), &V::value(0)).await;
    alive(subject, &renewed, long, in_batch.borrow(), &V::value(1)).await;
    immortal(subject, eternal.borrow(), &V::value(1)).await;
    subject.missing(shorter.borrow()).await;
    subject.missing(mortal.borrow()).await;

    renewed.reach(time.over(long)).await;
    subject.missing(longer.borrow()).await;
    subject.missing(in_batch.borrow()).await;
    immortal(subject, eternal.borrow(), &V::value(1)).await;
}

pub(super) async fn never<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    let time = &subject.settings.time;
    let watch = time.watch();
    subject.put(K::key(0).borrow(), &V::value(0), Ttl::Never).await;
    subject.put_many(&[(K::key(1), V::value(1)), (K::key(2), V::value(2))], Ttl::Never).await;
    for look in [Duration::ZERO, if time.is_movable() { YEAR } else { time.units(6) }] {
        watch.reach(look).await;
        for index in 0..3 {
            immortal(subject, K::key(index).borrow(), &V::value(index)).await;
        }
    }
}

pub(super) async fn default_ttl<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    let time = &subject.settings.time;
    for in_batch in [false, true] {
        let (key, value) = (K::key(0), V::value(usize::from(in_batch)));
        let watch = time.watch();
        if in_batch {
            subject.put_many(&[(key.clone(), value.clone())], Ttl::Default).await;
        } else {
            subject.put(key.borrow(), &value, Ttl::Default).await;
        }
        subject.found(key.borrow(), &value).await;
        let Some(entry) = subject.get_entry(key.borrow()).await else {
            continue; // dropped by a lossy store: any other was found out above
        };
        let Some(ttl) = entry.ttl else {
            watch.reach(if time.is_movable() { YEAR } else { Duration::ZERO }).await;
            immortal(subject, key.borrow(), &value).await;
            continue;
        };
        subject.require(!ttl.is_zero(), || "`get_entry` found an entry with nothing left of its lifetime".to_owned());
        if time.is_movable() {
            watch.reach(ttl.saturating_sub(time.slack())).await;
            alive(subject, &watch, ttl, key.borrow(), &value).await;
            watch.reach(ttl).await;
            subject.missing(key.borrow()).await;
        }
    }
}

pub(super) async fn zero_ttl<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    let zero = Ttl::After(Duration::ZERO);
    subject.put(K::key(0).borrow(), &V::value(0), zero).await;
    subject.missing(K::key(0).borrow()).await;
    subject.remove(K::key(0).borrow(), false).await;
    // What was there before must not come back.
    for index in 1..4 {
        subject.put(K::key(index).borrow(), &V::value(index), Ttl::Never).await;
    }
    subject.put(K::key(1).borrow(), &V::value(10), zero).await;
    subject.put_many(&[(K::key(2), V::value(20)), (K::key(3), V::value(30)), (K::key(4), V::value(40))], zero).await;
    for index in 1..5 {
        subject.missing(K::key(index).borrow()).await;
    }
    for index in 0..5 {
        subject.put(K::key(index).borrow(), &V::value(index), Ttl::Never).await;
        subject.found(K::key(index).borrow(), &V::value(index)).await;
    }
}

pub(super) async fn long_ttl<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    let time = &subject.settings.time;
    let long = [31 * DAY, YEAR, 100 * YEAR, Duration::from_secs(u64::MAX / 1000), Duration::MAX];
    let watch = time.watch();
    for (index, ttl) in long.into_iter().enumerate() {
        subject.put(K::key(index).borrow(), &V::value(index), Ttl::After(ttl)).await;
        subject.put_many(&[(K::key(index + 10), V::value(index))], Ttl::After(ttl)).await;
    }
    for look in [Duration::ZERO, if time.is_movable() { 30 * DAY } else { Duration::ZERO }] {
        watch.reach(look).await;
        for (index, ttl) in long.into_iter().enumerate() {
            for key in [K::key(index), K::key(index + 10)] {
                subject.found(key.borrow(), &V::value(index)).await;
                let left = subject.get_entry(key.borrow()).await.and_then(|entry| entry.ttl);
                let right = left.is_none_or(|left| left <= ttl && left.saturating_add(look) >= 30 * DAY);
                subject.require(right, || format!("of a lifetime of {ttl:?}, {left:?} are left after {look:?}"));
            }
        }
    }
}

pub(super) async fn no_ttl<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    for (index, ttl) in [Ttl::Default, Ttl::Never, Ttl::After(DAY)].into_iter().enumerate() {
        subject.put(K::key(index).borrow(), &V::value(index), ttl).await;
        subject.put_many(&[(K::key(index + 10), V::value(index))], ttl).await;
        immortal(subject, K::key(index).borrow(), &V::value(index)).await;
        immortal(subject, K::key(index + 10).borrow(), &V::value(index)).await;
    }
}

/// What was put since `watch` started has begun to live when it did, as nearly as lifetimes are judged.
fn begun_in_time<K, V, C>(subject: &Subject<'_, K, V, C>, watch: &Watch<'_>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    in_time(subject, subject.settings.time.slack() / 2, watch.elapsed());
}

/// Ends a suite in real time that a slow machine or store has made worthless.
fn in_time<K, V, C>(subject: &Subject<'_, K, V, C>, allowed: Duration, taken: Duration)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    subject.require(!matches!(subject.settings.time, Time::Real(_)) || taken <= allowed, || {
        format!("too slow to judge lifetimes, {taken:?} instead of {allowed:?}: give `real_time` a larger unit")
    });
}

/// `key`, whose lifetime of `ttl` began with `watch`, is found, and tells what is left.
async fn alive<K, V, C>(subject: &Subject<'_, K, V, C>, watch: &Watch<'_>, ttl: Duration, key: &K, value: &V)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    let slack = subject.settings.time.slack();
    let before = watch.elapsed();
    let reads = subject.try_reads(key, Some(value)).await;
    let entry = subject.get_entry(key).await;
    let after = watch.elapsed();
    in_time(subject, ttl.saturating_sub(slack), after);
    if let Err(wrong) = reads {
        subject.fail(format!("{wrong}, {after:?} into a lifetime of {ttl:?}"));
    }
    let Some(entry) = entry else {
        return subject.expect("get_entry", key, None, Some(value));
    };
    let Some(left) = entry.ttl else {
        subject
            .fail(format!("`get_entry` says that {} does not expire, but it was put for {ttl:?}", key_text::<K>(key)));
    };
    let right = left <= ttl.saturating_sub(before) + slack && left.saturating_add(slack) >= ttl.saturating_sub(after);
    subject.require(right, || format!("`get_entry` says that {left:?} are left, {after:?} into a lifetime of {ttl:?}"));
}

/// `key` is found, and does not expire.
async fn immortal<K, V, C>(subject: &Subject<'_, K, V, C>, key: &K, value: &V)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    subject.found(key, value).await;
    let ttl = subject.get_entry(key).await.and_then(|entry| entry.ttl);
    subject.require(ttl.is_none(), || {
        format!("`get_entry` says that {} expires in {ttl:?}, but it does not expire", key_text::<K>(key))
    });
}
