//! A store that others can read and write: entries in the open, lifetimes by a hand-moved clock, operations counted.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use ctu_core::{
    AsyncCache, AsyncStore, Cache, Clock, Entry, Error, ErrorKind, ManualClock, Nanos, Result, Stats, Store, Ttl,
};

/// The outcome of a future that has nothing to wait for.
pub fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future had to wait"),
    }
}

type Entries = BTreeMap<Vec<u8>, (Bytes, Option<Nanos>)>;
type Hook = Box<dyn Fn(&'static str) + Send + Sync>;

#[derive(Default)]
pub struct Shelf {
    entries: Mutex<Entries>,
    clock: Clock,
    asked: Mutex<Vec<&'static str>>,
    failing: AtomicBool,
    /// Called before each operation, with its name.
    hook: Option<Hook>,
}

impl Shelf {
    pub fn timed(clock: &ManualClock) -> Self {
        Self { clock: Clock::from(clock), ..Self::default() }
    }

    pub fn hooked(hook: impl Fn(&'static str) + Send + Sync + 'static) -> Self {
        Self { hook: Some(Box::new(hook)), ..Self::default() }
    }

    /// What somebody with access to the store can do.
    pub fn tamper<T>(&self, tamper: impl FnOnce(&mut Entries) -> T) -> T {
        tamper(&mut self.entries.lock().unwrap())
    }

    /// Everything stored, under what.
    pub fn dump(&self) -> Vec<(Vec<u8>, Bytes)> {
        self.tamper(|entries| entries.iter().map(|(key, (value, _))| (key.clone(), value.clone())).collect())
    }

    /// The operations asked for since the last call of this.
    pub fn asked(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    /// From now on, fails every operation or none.
    pub fn fail(&self, failing: bool) {
        self.failing.store(failing, Ordering::Relaxed);
    }

    fn enter(&self, operation: &'static str) -> Result<()> {
        if let Some(hook) = &self.hook {
            hook(operation);
        }
        self.asked.lock().unwrap().push(operation);
        if self.failing.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Unavailable, "told to fail"));
        }
        Ok(())
    }

    fn find(&self, key: &[u8]) -> Option<Entry<Bytes>> {
        let entries = self.entries.lock().unwrap();
        let (value, deadline) = entries.get(key)?;
        if deadline.is_some_and(|deadline| self.clock.is_past(deadline)) {
            return None;
        }
        Some(Entry { value: value.clone(), ttl: deadline.map(|deadline| self.clock.until(deadline)) })
    }

    fn insert(&self, key: &[u8], value: &Bytes, ttl: Ttl) {
        let deadline = ttl.or(None).map(|ttl| self.clock.deadline(ttl));
        self.entries.lock().unwrap().insert(key.to_vec(), (value.clone(), deadline));
    }
}

macro_rules! shelf {
    ($cache:ident, $store:ident, [$($async:ident)?]) => {
        impl $cache<[u8], Bytes> for Shelf {
            $($async)? fn get(&self, key: &[u8]) -> Result<Option<Bytes>> {
                self.enter("get")?;
                Ok(self.find(key).map(|entry| entry.value))
            }
            $($async)? fn get_entry(&self, key: &[u8]) -> Result<Option<Entry<Bytes>>> {
                self.enter("get_entry")?;
                Ok(self.find(key))
            }
            $($async)? fn put(&self, key: &[u8], value: &Bytes, ttl: Ttl) -> Result<()> {
                self.enter("put")?;
                self.insert(key, value, ttl);
                Ok(())
            }
            $($async)? fn remove(&self, key: &[u8]) -> Result<bool> {
                self.enter("remove")?;
                Ok(self.entries.lock().unwrap().remove(key).is_some())
            }
            $($async)? fn contains(&self, key: &[u8]) -> Result<bool> {
                self.enter("contains")?;
                Ok(self.find(key).is_some())
            }
            $($async)? fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<Bytes>>> {
                self.enter("get_many")?;
                Ok(keys.iter().map(|key| self.find(key).map(|entry| entry.value)).collect())
            }
            $($async)? fn put_many(&self, entries: &[(&[u8], &Bytes)], ttl: Ttl) -> Result<()> {
                self.enter("put_many")?;
                for (key, value) in entries {
                    self.insert(key, value, ttl);
                }
                Ok(())
            }
        }

        impl $store for Shelf {
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
                Ok(Stats::default())
            }
        }
    };
}

shelf!(Cache, Store, []);
shelf!(AsyncCache, AsyncStore, [async]);
