//! A store for tests of layers: unbounded, with lifetimes by a hand-moved clock, failing on demand, and telling what it
//! was asked.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::pin::pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::clock::Nanos;
use crate::{AsyncCache, AsyncStore, Cache, Clock, Entry, Error, ErrorKind, ManualClock, Result, Stats, Store, Ttl};

/// The outcome of a future that has nothing to wait for.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future had to wait"),
    }
}

#[derive(Debug)]
pub(crate) struct TestStore<K = String, V = u32> {
    entries: Mutex<HashMap<K, (V, Option<Nanos>)>>,
    default_ttl: Option<Duration>,
    clock: Clock,
    failing: AtomicBool,
    asked: Mutex<Vec<&'static str>>,
}

impl<K, V> TestStore<K, V> {
    pub(crate) fn new() -> Self {
        Self::timed(&ManualClock::new(), None)
    }

    pub(crate) fn timed(clock: &ManualClock, default_ttl: Option<Duration>) -> Self {
        Self {
            entries: Mutex::default(),
            default_ttl,
            clock: Clock::from(clock),
            failing: AtomicBool::new(false),
            asked: Mutex::default(),
        }
    }

    /// From now on, fails every operation or none.
    pub(crate) fn fail(&self, failing: bool) {
        self.failing.store(failing, Ordering::Relaxed);
    }

    /// The operations asked for since the last call of this.
    pub(crate) fn asked(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    fn enter(&self, operation: &'static str) -> Result<()> {
        self.asked.lock().unwrap().push(operation);
        if self.failing.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Unavailable, "told to fail"));
        }
        Ok(())
    }

    fn find<Q: ?Sized + Hash + Eq>(&self, key: &Q) -> Option<Entry<V>>
    where
        K: Borrow<Q> + Hash + Eq,
        V: Clone,
    {
        let entries = self.entries.lock().unwrap();
        let (value, deadline) = entries.get(key)?;
        if deadline.is_some_and(|deadline| self.clock.is_past(deadline)) {
            return None;
        }
        Some(Entry { value: value.clone(), ttl: deadline.map(|deadline| self.clock.until(deadline)) })
    }

    fn insert<Q: ?Sized + ToOwned<Owned = K>>(&self, key: &Q, value: &V, ttl: Ttl)
    where
        K: Hash + Eq,
        V: Clone,
    {
        let deadline = ttl.or(self.default_ttl).map(|ttl| self.clock.deadline(ttl));
        self.entries.lock().unwrap().insert(key.to_owned(), (value.clone(), deadline));
    }
}

macro_rules! test_store {
    ($cache:ident, $store:ident, [$($async:ident)?], [$($bounds:tt)*]) => {
        impl<Q, K, V> $cache<Q, V> for TestStore<K, V>
        where
            Q: ?Sized + Hash + Eq + ToOwned<Owned = K> $($bounds)*,
            K: Borrow<Q> + Hash + Eq $($bounds)*,
            V: Clone $($bounds)*,
        {
            $($async)? fn get(&self, key: &Q) -> Result<Option<V>> {
                self.enter("get")?;
                Ok(self.find(key).map(|entry| entry.value))
            }
            $($async)? fn get_entry(&self, key: &Q) -> Result<Option<Entry<V>>> {
                self.enter("get_entry")?;
                Ok(self.find(key))
            }
            $($async)? fn put(&self, key: &Q, value: &V, ttl: Ttl) -> Result<()> {
                self.enter("put")?;
                self.insert(key, value, ttl);
                Ok(())
            }
            $($async)? fn remove(&self, key: &Q) -> Result<bool> {
                self.enter("remove")?;
                let there = self.find(key).is_some();
                self.entries.lock().unwrap().remove(key);
                Ok(there)
            }
            $($async)? fn contains(&self, key: &Q) -> Result<bool> {
                self.enter("contains")?;
                Ok(self.find(key).is_some())
            }
            $($async)? fn get_many(&self, keys: &[&Q]) -> Result<Vec<Option<V>>> {
                self.enter("get_many")?;
                Ok(keys.iter().map(|key| self.find(*key).map(|entry| entry.value)).collect())
            }
            $($async)? fn put_many(&self, entries: &[(&Q, &V)], ttl: Ttl) -> Result<()> {
                self.enter("put_many")?;
                for (key, value) in entries {
                    self.insert(*key, *value, ttl);
                }
                Ok(())
            }
        }

        impl<K: Hash + Eq $($bounds)*, V: Clone $($bounds)*> $store for TestStore<K, V>
        {
            $($async)? fn len(&self) -> Result<usize> {
                self.enter("len")?;
                Ok(self.entries.lock().unwrap().len())
            }
            $($async)? fn clear(&self) -> Result<()> {
                self.enter("clear")?;
                self.entries.lock().unwrap().clear();
                Ok(())
            }
            $($async)? fn stats(&self) -> Result<Stats> {
                self.enter("stats")?;
                Ok(Stats { entries: Some(self.entries.lock().unwrap().len() as u64), ..Stats::default() })
            }
        }
    };
}

test_store!(Cache, Store, [], []);
test_store!(AsyncCache, AsyncStore, [async], [+ Send + Sync]);
