//! Watches: what was computed is stored, unless the key was changed meanwhile.

use std::borrow::Borrow;
use std::time::Duration;

use super::subject::Subject;
use crate::testing::{SampleKey, SampleValue};
use crate::{AsyncCache, AsyncStore, Ttl, Watch};

/// What is done to a key while its value is being computed.
#[derive(Debug, Clone, Copy)]
enum Change {
    Nothing,
    Put,
    PutMany,
    Remove,
    Clear,
    PutIfUnchanged,
}

pub(super) async fn watch<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V> + AsyncStore,
{
    let suite = Watches(subject);
    let changes =
        [Change::Nothing, Change::Put, Change::PutMany, Change::Remove, Change::PutIfUnchanged, Change::Clear];
    for (index, change) in changes.into_iter().enumerate() {
        suite.ends_with(change, index * 10, false).await;
        suite.ends_with(change, index * 10 + 1, true).await;
    }
}

struct Watches<'s, 'k, K: ?Sized, V, C>(&'s Subject<'k, K, V, C>);

impl<K, V, C> Watches<'_, '_, K, V, C>
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V> + AsyncStore,
{
    async fn store(&self, key: &K, value: &V, watch: Watch) -> bool {
        self.0.answer("put_if_unchanged", self.0.cache.put_if_unchanged(key, value, Ttl::Never, watch).await)
    }

    /// `is_over_value`: the key had a value before it was watched.
    async fn ends_with(&self, change: Change, key: usize, is_over_value: bool) {
        let (key, other) = (K::key(key), K::key(key + 5));
        let (key, other): (&K, &K) = (key.borrow(), other.borrow());
        if is_over_value {
            self.0.put(key, &V::value(1), Ttl::Never).await;
        }
        // A store that does not keep watch has nothing to be checked.
        let Some(watch) = self.0.cache.watch(key) else { return };
        self.0.put(other, &V::value(2), Ttl::Never).await;
        let newer = V::value(3);
        let Some(is_there) = self.change(change, key, &newer, is_over_value).await else { return };
        let was_changed = !matches!(change, Change::Nothing);
        let stored = self.store(key, &V::value(4), watch).await;
        self.0.require(stored != was_changed, || format!("`put_if_unchanged` says {stored} after {change:?}"));
        match (was_changed, is_there) {
            (false, _) => self.0.found(key, &V::value(4)).await,
            (true, true) => self.0.found(key, &newer).await,
            (true, false) => self.0.missing(key).await,
        }
        // A later one has nothing to do with it.
        if let Some(later) = self.0.cache.watch(key) {
            let stored = self.store(key, &V::value(5), later).await;
            self.0.require(stored, || format!("a watch that began after {change:?} is over"));
            self.0.found(key, &V::value(5)).await;
        }
    }

    /// Whether the key is there afterwards; `None`: the store has no such change.
    async fn change(&self, change: Change, key: &K, value: &V, was_there: bool) -> Option<bool> {
        let cache = &self.0.cache;
        match change {
            Change::Nothing => {}
            Change::Put => self.0.put(key, value, Ttl::After(Duration::from_secs(100_000))).await,
            Change::PutMany => {
                self.0.answer("put_many", cache.put_many(&[(key, value)], Ttl::Never).await);
            }
            Change::PutIfUnchanged => {
                let Some(watch) = cache.watch(key) else { self.0.fail("`watch` is a matter of luck") };
                let stored = self.store(key, value, watch).await;
                self.0.require(stored, || "a second watch is over at once".into());
            }
            Change::Remove => self.0.remove(key, was_there).await,
            Change::Clear => self.0.answer_if_supported("clear", cache.clear().await)?,
        }
        Some(!matches!(change, Change::Remove | Change::Clear))
    }
}
