//! What may differ from one memoized function to the next in how its value is looked up and stored.

use std::future::Future;
use std::time::Duration;

use super::plan::Mode;
use crate::{AsyncCache, Cache, Result};

/// The rules of a function that the runtime asks for once a call is not a plain hit.
///
/// Whatever makes a stored value no answer, such as its age, goes here.
pub(super) trait Rules: Sync {
    /// How a value is stored that is computed by these rules.
    fn mode(&self) -> Mode;

    /// The stored value, if it is an answer to a call.
    fn lookup<K: ?Sized, V, C: Cache<K, V> + ?Sized>(&self, cache: &C, key: &K) -> Result<Option<V>>;

    /// The same, waiting.
    fn lookup_async<K, V, C>(&self, cache: &C, key: &K) -> impl Future<Output = Result<Option<V>>> + Send
    where
        K: Sync + ?Sized,
        V: Send + Sync,
        C: AsyncCache<K, V>;

    /// Over which values a computation begins: those of whose lifetime at most this is left. `None`: where there is none.
    fn over(&self) -> Option<Duration>;

    /// What came of storing a value.
    fn stored(&self, outcome: Result<()>);

    /// The call fails, as its store has.
    fn refused(&self);
}

/// Whatever is stored is an answer, and a failure to store is nobody's but the log's.
pub(super) struct AsStored;

impl Rules for AsStored {
    fn mode(&self) -> Mode {
        Mode::Missing
    }

    #[inline]
    fn lookup<K: ?Sized, V, C: Cache<K, V> + ?Sized>(&self, cache: &C, key: &K) -> Result<Option<V>> {
        cache.get(key)
    }

    #[inline]
    fn lookup_async<K, V, C>(&self, cache: &C, key: &K) -> impl Future<Output = Result<Option<V>>> + Send
    where
        K: Sync + ?Sized,
        V: Send + Sync,
        C: AsyncCache<K, V>,
    {
        cache.get(key)
    }

    #[inline]
    fn over(&self) -> Option<Duration> {
        None
    }

    #[inline]
    fn stored(&self, _outcome: Result<()>) {}

    #[inline]
    fn refused(&self) {}
}
