//! What happens between the steps of an operation.

use std::future::Future;
use std::pin::pin;
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::thread;

use super::{get, put};
use crate::test_store::{TestStore, now};
use crate::{AsyncCache, Cache, LockedCache, Result, StackExt, Ttl};

/// A second level that, once it has read a value, lets somebody else act before it returns it.
struct Slow<F>(TestStore, F);

impl<F: Fn()> Cache<str, u32> for Slow<F> {
    fn get(&self, key: &str) -> Result<Option<u32>> {
        Cache::get(&self.0, key)
    }
    fn get_entry(&self, key: &str) -> Result<Option<crate::Entry<u32>>> {
        let entry = Cache::get_entry(&self.0, key);
        self.1();
        entry
    }
    fn put(&self, key: &str, value: &u32, ttl: Ttl) -> Result<()> {
        Cache::put(&self.0, key, value, ttl)
    }
    fn remove(&self, key: &str) -> Result<bool> {
        Cache::remove(&self.0, key)
    }
    fn contains(&self, key: &str) -> Result<bool> {
        Cache::contains(&self.0, key)
    }
}

#[test]
fn law4_gone_is_gone_a_value_read_before_its_removal_is_not_copied_after_it() {
    let (at_read, reads) = mpsc::channel();
    let (go_on, resume) = mpsc::channel::<()>();
    let resume = std::sync::Mutex::new(resume);
    let pause = move || {
        at_read.send(()).unwrap();
        resume.lock().unwrap().recv().unwrap();
    };
    let cache = TestStore::new().two_level(Slow(TestStore::new(), pause));
    let remove = |cache: &dyn Cache<str, u32>| assert!(cache.remove("k").unwrap());
    let overwrite = |cache: &dyn Cache<str, u32>| cache.put("k", &2, Ttl::Default).unwrap();
    for change in [remove as fn(&dyn Cache<str, u32>), overwrite] {
        put(&cache.second().0, "k", 1).unwrap();
        thread::scope(|scope| {
            let reader = scope.spawn(|| get(&cache, "k"));
            reads.recv().unwrap();
            change(&cache);
            go_on.send(()).unwrap();
            assert_eq!(reader.join().unwrap(), Some(1), "read before it was gone");
        });
        assert_ne!(get(cache.inner(), "k"), Some(1));
        Cache::remove(cache.inner(), "k").unwrap();
    }
}

/// Waits once before it answers.
async fn pause() {
    let mut waited = false;
    std::future::poll_fn(|_| if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// A store that is waited for once before each write.
struct Waited(TestStore);

impl AsyncCache<str, u32> for Waited {
    async fn get(&self, key: &str) -> Result<Option<u32>> {
        AsyncCache::get(&self.0, key).await
    }
    async fn get_entry(&self, key: &str) -> Result<Option<crate::Entry<u32>>> {
        AsyncCache::get_entry(&self.0, key).await
    }
    async fn put(&self, key: &str, value: &u32, ttl: Ttl) -> Result<()> {
        let put = AsyncCache::put(&self.0, key, value, ttl).await;
        pause().await;
        put
    }
    async fn remove(&self, key: &str) -> Result<bool> {
        AsyncCache::remove(&self.0, key).await
    }
    async fn contains(&self, key: &str) -> Result<bool> {
        AsyncCache::contains(&self.0, key).await
    }
}

#[test]
fn law4_gone_is_gone_a_copy_that_was_overtaken_while_waiting_is_taken_back() {
    let cache = Waited(TestStore::new()).two_level(TestStore::new());
    put(cache.second(), "k", 1).unwrap();
    let mut context = Context::from_waker(Waker::noop());
    let mut read = pin!(AsyncCache::<str, u32>::get(&cache, "k"));
    assert!(read.as_mut().poll(&mut context).is_pending());
    assert!(now(AsyncCache::<str, u32>::remove(&cache, "k")).unwrap());
    put(&cache.inner().0, "k", 1).unwrap(); // as if the copy reached a server only now
    assert!(matches!(read.poll(&mut context), Poll::Ready(Ok(Some(1)))));
    assert_eq!(get(&cache.inner().0, "k"), None);
}

#[test]
fn threads_that_write_and_read_end_with_levels_that_agree() {
    type Table = LockedCache<std::collections::HashMap<String, u32>>;
    let cache = Table::default().two_level(Table::default());
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for _ in 0..2_000 {
                    get(&cache, "k");
                    Cache::remove(cache.inner(), "k").unwrap(); // so that there is always something to copy
                }
            });
        }
        for value in 0..2_000 {
            put(&cache, "k", value).unwrap();
            let near = get(cache.inner(), "k");
            assert!(near.is_none_or(|near| near == value), "{near:?} came back after {value} was written");
        }
    });
}
