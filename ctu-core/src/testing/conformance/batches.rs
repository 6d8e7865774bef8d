//! Many keys at once.

use std::borrow::Borrow;

use super::subject::Subject;
use crate::testing::{SampleKey, SampleValue};
use crate::{AsyncCache, Ttl};

/// Entries of the largest batch.
const MANY: usize = 300;

pub(super) async fn get_many<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    asked(subject, &[], |_| None).await;
    asked(subject, &[0, 1], |_| None).await;
    for index in [0, 1, 2, 3, 5, 8] {
        subject.put(K::key(index).borrow(), &V::value(index), Ttl::Never).await;
    }
    let stored = |index| [0, 1, 2, 3, 5, 8].contains(&index).then_some(index);
    asked(subject, &[0, 1, 2, 3], stored).await;
    asked(subject, &[8, 3, 5, 0, 2, 1], stored).await;
    asked(subject, &[4, 0, 6, 6, 1, 7, 2, 9], stored).await;
    asked(subject, &[2, 2, 0, 4, 2, 4, 0], stored).await;
    asked(subject, &[7], stored).await;
    asked(subject, &[], stored).await;
    asked(subject, &(0..MANY).rev().collect::<Vec<_>>(), stored).await;
}

pub(super) async fn put_many<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    let stored = async |entries: &[(usize, usize)]| {
        let entries: Vec<_> = entries.iter().map(|(key, value)| (K::key(*key), V::value(*value))).collect();
        subject.put_many(&entries, Ttl::Never).await;
    };
    stored(&[]).await;
    subject.missing(K::key(0).borrow()).await;
    stored(&[(0, 0), (1, 1), (2, 2)]).await;
    asked(subject, &[2, 1, 0, 3], |index| (index < 3).then_some(index)).await;
    // Over what was there, and beside it.
    stored(&[(3, 13), (1, 11)]).await;
    asked(subject, &[0, 1, 2, 3], |index| Some(if index % 2 == 1 { index + 10 } else { index })).await;
    // One key twice: the later value.
    stored(&[(4, 40), (5, 50), (4, 41), (4, 42), (5, 51)]).await;
    asked(subject, &[4, 5], |index| Some([42, 51][index - 4])).await;
    subject.found(K::key(4).borrow(), &V::value(42)).await;

    let many: Vec<_> = (0..MANY).map(|index| (index, index + 1000)).collect();
    stored(&many).await;
    asked(subject, &(0..MANY).collect::<Vec<_>>(), |index| Some(index + 1000)).await;
    for index in [0, 1, MANY / 2, MANY - 1] {
        subject.found(K::key(index).borrow(), &V::value(index + 1000)).await;
    }
    subject.missing(K::key(MANY).borrow()).await;
}

/// Asks for all `keys`, each of which must have the value of index `expected(key)`.
async fn asked<K, V, C>(subject: &Subject<'_, K, V, C>, keys: &[usize], expected: impl Fn(usize) -> Option<usize>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    let names: Vec<_> = keys.iter().map(|index| K::key(*index)).collect();
    let found = subject.get_many(&names).await;
    for ((name, index), found) in names.iter().zip(keys).zip(&found) {
        let expected = expected(*index).map(V::value);
        subject.expect("get_many", name.borrow(), found.as_ref(), expected.as_ref());
    }
}
