//! Layers that look on: every operation reaches the store below as it is, and an observer is told how it went.

use std::time::Duration;

use crate::{
    AsyncCache, AsyncLease, AsyncStore, Cache, Claim, Entry, Error, Lease, Leased, Result, Stats, Store, Token, Ttl,
    Watch,
};

/// What is true of an observer whatever the types of keys and values.
pub trait Observer {
    /// What is noted before an operation and handed back after it, such as the time.
    type Start: Send;

    /// Called before an operation.
    fn start(&self) -> Self::Start;

    /// Called after an operation on the store as a whole (`"len"`, `"is_empty"`, `"clear"`, `"stats"`).
    fn store_done(&self, start: Self::Start, operation: &'static str, result: Result<(), &Error>);

    /// The figures to report for those of the store below.
    ///
    /// # Errors
    ///
    /// When there are none to report: by default, when the store below has none.
    fn stats(&self, below: Result<Stats>) -> Result<Stats> {
        below
    }
}

/// Something that is told of every operation on a cache, and can change none: counters, logs, metrics.
///
/// Implement this, not [`Cache`], for a layer that only looks on: [`Observed`] makes a cache of it, sync and async. An
/// async operation that is dropped before its end is not told of.
///
/// # Examples
///
/// Counting the bytes that are written:
///
/// ```
/// use bytes::Bytes;
/// use ctu_core::{Error, Event, Observe, Observer};
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// #[derive(Default)]
/// struct BytesWritten(AtomicUsize);
///
/// impl Observer for BytesWritten {
///     type Start = ();
///     fn start(&self) {}
///     fn store_done(&self, (): (), _operation: &'static str, _result: Result<(), &Error>) {}
/// }
///
/// impl<K: ?Sized> Observe<K, Bytes> for BytesWritten {
///     fn done(&self, (): (), event: &Event<'_, K, Bytes>) {
///         let written = match event {
///             Event::Put { value, result: Ok(()), .. } => value.len(),
///             Event::PutMany { entries, result: Ok(()), .. } => entries.iter().map(|(_, value)| value.len()).sum(),
///             _ => 0,
///         };
///         self.0.fetch_add(written, Ordering::Relaxed);
///     }
/// }
/// ```
pub trait Observe<K: ?Sized, V>: Observer {
    /// Called after an operation.
    fn done(&self, start: Self::Start, event: &Event<'_, K, V>);
}

/// An operation and how it went.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a, K: ?Sized, V> {
    /// `get` or `get_entry`.
    Get {
        /// What was looked up.
        key: &'a K,
        /// What was found.
        result: Result<Option<&'a V>, &'a Error>,
    },
    /// `put`.
    Put {
        /// What it was stored under.
        key: &'a K,
        /// What was stored.
        value: &'a V,
        /// Whether it was.
        result: Result<(), &'a Error>,
    },
    /// `remove`.
    Remove {
        /// What was removed.
        key: &'a K,
        /// Whether it was there.
        result: Result<bool, &'a Error>,
    },
    /// `contains`.
    Contains {
        /// What was asked for.
        key: &'a K,
        /// Whether it is there.
        result: Result<bool, &'a Error>,
    },
    /// `get_many`.
    GetMany {
        /// What was looked up.
        keys: &'a [&'a K],
        /// What was found, in the order of the keys.
        result: Result<&'a [Option<V>], &'a Error>,
    },
    /// `put_many`.
    PutMany {
        /// What was stored, under what.
        entries: &'a [(&'a K, &'a V)],
        /// Whether all were.
        result: Result<(), &'a Error>,
    },
    /// `lease`, `renew` or `release`.
    Lease {
        /// Which of them.
        operation: &'static str,
        /// What the lease is of.
        key: &'a K,
        /// Whether there was one to be had, to be renewed or to be given back.
        result: Result<bool, &'a Error>,
    },
    /// `put_if_leased`; and a `put_if_unchanged` that did not store, while one that did is a [`Put`](Self::Put).
    PutIfLeased {
        /// What it was to be stored under.
        key: &'a K,
        /// What was to be stored.
        value: &'a V,
        /// Whether it was.
        result: Result<bool, &'a Error>,
    },
}

/// The cache that an observer makes of the store below it.
///
/// [`StatsCache`](crate::StatsCache) and [`DebugCache`](crate::DebugCache) are this type.
#[derive(Debug)]
pub struct Observed<O, C> {
    pub(super) observer: O,
    pub(super) inner: C,
}

impl<O: Observer, C> Observed<O, C> {
    /// `observer` looking on at the store `inner`.
    pub const fn new(observer: O, inner: C) -> Self {
        Self { observer, inner }
    }

    /// The store below.
    pub const fn inner(&self) -> &C {
        &self.inner
    }

    /// The observer.
    pub const fn observer(&self) -> &O {
        &self.observer
    }

    /// The store below, without the layer.
    pub fn into_inner(self) -> C {
        self.inner
    }
}

/// Both forms of the layer from one text: the async one waits where the sync one does not.
macro_rules! observed {
    ($cache:ident, $lease:ident, $store:ident, [$($async:ident)?], [$($wait:tt)*], [$($bounds:tt)*], [$($observer:tt)*]) => {
        #[deny(clippy::missing_trait_methods)]
        impl<$($bounds)*, O: Observe<K, V> $($observer)*, C: $cache<K, V>> $cache<K, V> for Observed<O, C> {
            $($async)? fn get(&self, key: &K) -> Result<Option<V>> {
                let start = self.observer.start();
                let found = self.inner.get(key)$($wait)*;
                let result = found.as_ref().map(Option::as_ref);
                self.observer.done(start, &Event::Get { key, result });
                found
            }

            $($async)? fn get_entry(&self, key: &K) -> Result<Option<Entry<V>>> {
                let start = self.observer.start();
                let found = self.inner.get_entry(key)$($wait)*;
                let result = found.as_ref().map(|found| found.as_ref().map(|entry| &entry.value));
                self.observer.done(start, &Event::Get { key, result });
                found
            }

            $($async)? fn put(&self, key: &K, value: &V, ttl: Ttl) -> Result<()> {
                let start = self.observer.start();
                let put = self.inner.put(key, value, ttl)$($wait)*;
                self.observer.done(start, &Event::Put { key, value, result: put.as_ref().copied() });
                put
            }

            $($async)? fn remove(&self, key: &K) -> Result<bool> {
                let start = self.observer.start();
                let removed = self.inner.remove(key)$($wait)*;
                self.observer.done(start, &Event::Remove { key, result: removed.as_ref().copied() });
                removed
            }

            $($async)? fn contains(&self, key: &K) -> Result<bool> {
                let start = self.observer.start();
                let contained = self.inner.contains(key)$($wait)*;
                self.observer.done(start, &Event::Contains { key, result: contained.as_ref().copied() });
                contained
            }

            $($async)? fn get_many(&self, keys: &[&K]) -> Result<Vec<Option<V>>> {
                let start = self.observer.start();
                let found = self.inner.get_many(keys)$($wait)*;
                self.observer.done(start, &Event::GetMany { keys, result: found.as_deref() });
                found
            }

            $($async)? fn put_many(&self, entries: &[(&K, &V)], ttl: Ttl) -> Result<()> {
                let start = self.observer.start();
                let put = self.inner.put_many(entries, ttl)$($wait)*;
                self.observer.done(start, &Event::PutMany { entries, result: put.as_ref().copied() });
                put
            }

            fn watch(&self, key: &K) -> Option<Watch> {
                self.inner.watch(key)
            }

            $($async)? fn put_if_unchanged(&self, key: &K, value: &V, ttl: Ttl, watch: Watch) -> Result<bool> {
                let start = self.observer.start();
                let put = self.inner.put_if_unchanged(key, value, ttl, watch)$($wait)*;
                let event = match &put {
                    Ok(false) => Event::PutIfLeased { key, value, result: Ok(false) },
                    put => Event::Put { key, value, result: put.as_ref().map(|_| ()) },
                };
                self.observer.done(start, &event);
                put
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl<$($bounds)*, O: Observe<K, V> $($observer)*, C: $lease<K, V>> $lease<K, V> for Observed<O, C> {
            $($async)? fn lease(&self, key: &K, claim: Claim, length: Duration) -> Result<Leased> {
                let start = self.observer.start();
                let leased = self.inner.lease(key, claim, length)$($wait)*;
                let result = leased.as_ref().map(|leased| matches!(leased, Leased::Granted(_)));
                self.observer.done(start, &Event::Lease { operation: "lease", key, result });
                leased
            }

            $($async)? fn renew(&self, key: &K, token: Token, length: Duration) -> Result<Option<Token>> {
                let start = self.observer.start();
                let renewed = self.inner.renew(key, token, length)$($wait)*;
                let result = renewed.as_ref().map(Option::is_some);
                self.observer.done(start, &Event::Lease { operation: "renew", key, result });
                renewed
            }

            $($async)? fn release(&self, key: &K, token: Token) -> Result<bool> {
                let start = self.observer.start();
                let released = self.inner.release(key, token)$($wait)*;
                let result = released.as_ref().copied();
                self.observer.done(start, &Event::Lease { operation: "release", key, result });
                released
            }

            $($async)? fn put_if_leased(&self, key: &K, value: &V, ttl: Ttl, token: Token) -> Result<bool> {
                let start = self.observer.start();
                let put = self.inner.put_if_leased(key, value, ttl, token)$($wait)*;
                self.observer.done(start, &Event::PutIfLeased { key, value, result: put.as_ref().copied() });
                put
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl<O: Observer $($observer)*, C: $store> $store for Observed<O, C> {
            $($async)? fn len(&self) -> Result<usize> {
                let start = self.observer.start();
                let len = self.inner.len()$($wait)*;
                self.observer.store_done(start, "len", len.as_ref().map(|_| ()));
                len
            }

            $($async)? fn is_empty(&self) -> Result<bool> {
                let start = self.observer.start();
                let empty = self.inner.is_empty()$($wait)*;
                self.observer.store_done(start, "is_empty", empty.as_ref().map(|_| ()));
                empty
            }

            $($async)? fn clear(&self) -> Result<()> {
                let start = self.observer.start();
                let cleared = self.inner.clear()$($wait)*;
                self.observer.store_done(start, "clear", cleared.as_ref().copied());
                cleared
            }

            $($async)? fn stats(&self) -> Result<Stats> {
                let start = self.observer.start();
                let stats = self.inner.stats()$($wait)*;
                self.observer.store_done(start, "stats", stats.as_ref().map(|_| ()));
                self.observer.stats(stats)
            }
        }
    };
}

observed!(Cache, Lease, Store, [], [], [K: ?Sized, V], []);
observed!(
    AsyncCache, AsyncLease, AsyncStore, [async], [.await], [K: ?Sized + Sync, V: Send + Sync], [+ Send + Sync]
);
