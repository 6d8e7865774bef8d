//! The store under test, with every failure told in the suite's words.

use std::borrow::Borrow;
use std::fmt::{self, Debug, Write};
use std::marker::PhantomData;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Check, Settings};
use crate::testing::{SampleKey, SampleValue};
use crate::{AsyncCache, Entry, Error, ErrorKind, Result, Ttl};

/// A store, and which check it is made for.
pub(super) struct Subject<'s, K: ?Sized, V, C> {
    pub(super) cache: C,
    pub(super) settings: &'s Settings,
    check: Check,
    /// The step of a random sequence, from 1; 0 outside.
    step: AtomicUsize,
    types: PhantomData<fn(&K) -> V>,
}

impl<'s, K, V, C> Subject<'s, K, V, C>
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V>,
{
    pub(super) fn new(check: Check, settings: &'s Settings, cache: C) -> Self {
        Self { cache, settings, check, step: AtomicUsize::new(0), types: PhantomData }
    }

    /// Ends the suite.
    pub(super) fn fail(&self, what: impl fmt::Display) -> ! {
        match self.step.load(Ordering::Relaxed) {
            0 => panic!("conformance: {}: {what}", self.check),
            step => panic!("conformance: {}: {what} (at step {step} from seed {})", self.check, self.settings.seed),
        }
    }

    pub(super) fn at_step(&self, step: usize) {
        self.step.store(step, Ordering::Relaxed);
    }

    pub(super) fn require(&self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.fail(otherwise());
        }
    }

    /// What the store answered, which must be an answer.
    pub(super) fn answer<T>(&self, operation: &str, result: Result<T>) -> T {
        result.unwrap_or_else(|error| self.fail(format!("`{operation}` failed: {}", describe(&error))))
    }

    /// What the store answered, unless it is that it can't.
    pub(super) fn answer_if_supported<T>(&self, operation: &str, result: Result<T>) -> Option<T> {
        match result {
            Err(error) if error.kind() == ErrorKind::Unsupported => None,
            result => Some(self.answer(operation, result)),
        }
    }

    pub(super) async fn get(&self, key: &K) -> Option<V> {
        self.answer("get", self.cache.get(key).await)
    }

    pub(super) async fn get_entry(&self, key: &K) -> Option<Entry<V>> {
        self.answer("get_entry", self.cache.get_entry(key).await)
    }

    pub(super) async fn put(&self, key: &K, value: &V, ttl: Ttl) {
        self.answer("put", self.cache.put(key, value, ttl).await);
    }

    pub(super) async fn contains(&self, key: &K) -> bool {
        self.answer("contains", self.cache.contains(key).await)
    }

    /// Removes `key`, which must tell that it was there, or was not.
    pub(super) async fn remove(&self, key: &K, was_there: bool) {
        let said = self.answer("remove", self.cache.remove(key).await);
        if said && !was_there {
            self.fail(format!("`remove` says that {} was there, but it was not", key_text::<K>(key)));
        }
        if !said && was_there && !self.settings.lossy {
            self.fail(format!("`remove` says that {} was not there, but it was", key_text::<K>(key)));
        }
    }

    pub(super) async fn get_many(&self, keys: &[K::Owned]) -> Vec<Option<V>> {
        let borrowed: Vec<&K> = keys.iter().map(Borrow::borrow).collect();
        let found = self.answer("get_many", self.cache.get_many(&borrowed).await);
        self.require(found.len() == keys.len(), || {
            format!("`get_many` of {} keys gave {} answers", keys.len(), found.len())
        });
        found
    }

    pub(super) async fn put_many(&self, entries: &[(K::Owned, V)], ttl: Ttl) {
        let borrowed: Vec<(&K, &V)> = entries.iter().map(|(key, value)| (key.borrow(), value)).collect();
        self.answer("put_many", self.cache.put_many(&borrowed, ttl).await);
    }

    /// All ways to read find exactly `value` (or, in a lossy store, nothing).
    pub(super) async fn found(&self, key: &K, value: &V) {
        self.reads(key, Some(value)).await;
    }

    /// No way to read finds anything.
    pub(super) async fn missing(&self, key: &K) {
        self.reads(key, None).await;
    }

    async fn reads(&self, key: &K, expected: Option<&V>) {
        if let Err(wrong) = self.try_reads(key, expected).await {
            self.fail(wrong);
        }
    }

    /// Whether all ways to read give what is `expected`; otherwise, what is wrong.
    pub(super) async fn try_reads(&self, key: &K, expected: Option<&V>) -> Result<(), String> {
        self.same("get", key, self.get(key).await.as_ref(), expected)?;
        let entry = self.get_entry(key).await.map(|entry| entry.value);
        self.same("get_entry", key, entry.as_ref(), expected)?;
        let many = self.answer("get_many", self.cache.get_many(&[key]).await);
        let [one] = &many[..] else {
            return Err(format!("`get_many` of 1 key gave {} answers", many.len()));
        };
        self.same("get_many", key, one.as_ref(), expected)?;
        match (self.contains(key).await, expected.is_some()) {
            (true, false) => Err(format!("`contains` says that there is {}, where a miss is due", key_text::<K>(key))),
            (false, true) if !self.settings.lossy => {
                Err(format!("`contains` says that there is no {}, which is there", key_text::<K>(key)))
            }
            _ => Ok(()),
        }
    }

    /// Whether `found` may be the answer of `operation` where `expected` is stored.
    pub(super) fn same(&self, operation: &str, key: &K, found: Option<&V>, expected: Option<&V>) -> Result<(), String> {
        let right = match (found, expected) {
            (None, Some(_)) => self.settings.lossy,
            (found, expected) => found == expected,
        };
        let told = |value: Option<&V>| value.map_or("nothing".to_owned(), |value| shorten(value));
        if right {
            return Ok(());
        }
        Err(format!("`{operation}` of {} gave {}, not {}", key_text::<K>(key), told(found), told(expected)))
    }

    /// As [`same`](Self::same), and fails the check otherwise.
    pub(super) fn expect(&self, operation: &str, key: &K, found: Option<&V>, expected: Option<&V>) {
        if let Err(wrong) = self.same(operation, key, found, expected) {
            self.fail(wrong);
        }
    }
}

/// `error`, and what kind it is.
pub(super) fn describe(error: &Error) -> String {
    format!("{error} ({})", error.kind())
}

pub(super) fn key_text<K: ?Sized + SampleKey>(key: &K) -> String {
    format!("key {}", shorten(&key.to_owned()))
}

/// The `Debug` form of a sample, cut where it gets long. Samples are the suite's own, so they may be shown.
pub(super) fn shorten(value: &impl Debug) -> String {
    struct Cut(String);

    impl Write for Cut {
        fn write_str(&mut self, part: &str) -> fmt::Result {
            for character in part.chars() {
                if self.0.len() > 80 {
                    return Err(fmt::Error);
                }
                self.0.push(character);
            }
            Ok(())
        }
    }

    let mut cut = Cut(String::new());
    if write!(cut, "{value:?}").is_err() {
        cut.0.push_str("...");
    }
    cut.0
}
