//! A blocking store in async functions: the whole contract, off the runtime's own threads.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, ThreadId};
use std::time::Duration;

use bytes::Bytes;
use ctu_backends::{Blocking, DictCache, MemoryCache};
use ctu_core::testing::{Broken, Conformance, ManualClock, ModelStore, block_on};
use ctu_core::{AsyncCache, AsyncStore, Cache, Entry, ErrorKind, Result, StackExt, Ttl};

#[tokio::test]
async fn leases_keep_their_contract() {
    let hand = ManualClock::new();
    let store = Blocking(ModelStore::<Vec<u8>, Bytes>::new().clock(&hand));
    Conformance::<[u8], Bytes>::clock(&hand).check_leases_async(store).await;
}

#[tokio::test]
async fn a_blocking_store_keeps_the_contract() {
    let hand = ManualClock::new();
    let memory = || MemoryCache::<Vec<u8>, Bytes>::builder().clock(&hand).build();
    Conformance::<[u8], Bytes>::clock(&hand).check_async(|| Blocking(memory())).await;
    Conformance::<[u8], Bytes>::clock(&hand).check_async(|| Blocking(Arc::new(memory()))).await;
    let stack = || Blocking(memory().prefixed("p.").json());
    Conformance::<str, Option<u64>>::clock(&hand).may_refuse().max_value_bytes(100_000).check_async(stack).await;
    let stack = || Blocking(memory()).json();
    Conformance::<str, Option<u64>>::clock(&hand).may_refuse().max_value_bytes(100_000).check_async(stack).await;
}

/// Tells the thread of each lookup, or waits for leave to answer, or panics.
enum Odd {
    Tells,
    Waits(std::sync::Mutex<Receiver<()>>),
    Panics,
}

impl Cache<str, Arc<ThreadId>> for Odd {
    fn get(&self, key: &str) -> Result<Option<Arc<ThreadId>>> {
        match self {
            Self::Tells => {}
            Self::Waits(leave) => leave.lock().unwrap().recv_timeout(Duration::from_secs(60)).unwrap(),
            Self::Panics => panic!("{key}"),
        }
        Ok(Some(Arc::new(thread::current().id())))
    }
    fn get_entry(&self, key: &str) -> Result<Option<Entry<Arc<ThreadId>>>> {
        Ok(self.get(key)?.map(|value| Entry { value, ttl: None }))
    }
    fn put(&self, _: &str, _: &Arc<ThreadId>, _: Ttl) -> Result<()> {
        unreachable!("these tests look up only")
    }
    fn remove(&self, _: &str) -> Result<bool> {
        unreachable!("these tests look up only")
    }
    fn contains(&self, key: &str) -> Result<bool> {
        Ok(self.get(key)?.is_some())
    }
}

#[tokio::test]
async fn calls_are_made_on_another_thread_a_batch_on_one() -> Result<()> {
    let cache = Blocking(Odd::Tells);
    let here = thread::current().id();
    assert_ne!(*cache.get("k").await?.unwrap(), here);
    let batch = cache.get_many(&["a", "b", "c"]).await?;
    let threads: Vec<ThreadId> = batch.into_iter().map(|thread| *thread.unwrap()).collect();
    assert!(threads.iter().all(|thread| *thread == threads[0] && *thread != here));
    Ok(())
}

#[tokio::test]
async fn law2_harmless_a_store_that_blocks_does_not_stall_the_runtime() -> Result<()> {
    let (allow, leave) = channel();
    let cache = Blocking(Odd::Waits(leave.into()));
    // On this runtime's one thread: the store answers only after the second future ran.
    let (answer, ()) = tokio::join!(cache.get("k"), async { allow.send(()).unwrap() });
    assert!(answer?.is_some());
    Ok(())
}

#[tokio::test]
async fn law7_silent_a_panic_of_the_store_is_an_error_that_does_not_quote_it() {
    let cache = Blocking(Odd::Panics);
    for _ in 0..2 {
        let error = cache.get("secret").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Other);
        assert!(error.to_string().contains("panicked"), "{error}");
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
}

#[test]
fn outside_of_a_runtime_it_is_an_error_that_says_so() {
    let cache = Blocking(DictCache::<String, u64>::new());
    let error = block_on(AsyncCache::<str, u64>::get(&cache, "k")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("tokio runtime"), "{error}");
    assert_eq!(block_on(AsyncStore::len(&cache)).unwrap_err().kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn errors_of_the_store_come_through() {
    let cache = Blocking(Broken::new(ErrorKind::Timeout));
    let error = AsyncCache::<str, u64>::get(&cache, "k").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[test]
fn while_the_runtime_shuts_down_it_is_an_error() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let handle = runtime.handle().clone();
    drop(runtime);
    let _inside = handle.enter();
    let cache = Blocking(DictCache::<String, u64>::new());
    let error = block_on(AsyncCache::<str, u64>::get(&cache, "k")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

/// Writes when it is allowed to, and tells when it begins to.
struct Late {
    begun: std::sync::Mutex<std::sync::mpsc::Sender<()>>,
    leave: std::sync::Mutex<Receiver<()>>,
    inner: ModelStore<String, u64>,
}

impl Cache<str, u64> for Late {
    fn get(&self, key: &str) -> Result<Option<u64>> {
        self.inner.get(key)
    }
    fn get_entry(&self, key: &str) -> Result<Option<Entry<u64>>> {
        self.inner.get_entry(key)
    }
    fn put(&self, key: &str, value: &u64, ttl: Ttl) -> Result<()> {
        if *value == 1 {
            self.begun.lock().unwrap().send(()).unwrap();
            self.leave.lock().unwrap().recv_timeout(Duration::from_secs(60)).unwrap();
        }
        self.inner.put(key, value, ttl)
    }
    fn remove(&self, key: &str) -> Result<bool> {
        self.inner.remove(key)
    }
    fn contains(&self, key: &str) -> Result<bool> {
        self.inner.contains(key)
    }
}

/// Begins an operation.
async fn polled<F: Future + Unpin>(future: &mut F) {
    let mut future = std::pin::Pin::new(future);
    std::future::poll_fn(|context| {
        assert!(future.as_mut().poll(context).is_pending(), "it has an answer already");
        std::task::Poll::Ready(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn law4_gone_is_gone_although_a_put_that_was_abandoned_goes_on() -> Result<()> {
    let ((begins, begun), (allow, leave)) = (channel(), channel());
    let late = Late { begun: begins.into(), leave: leave.into(), inner: ModelStore::new() };
    let cache = Blocking(late);
    for later_put in [false, true] {
        let mut abandoned = Box::pin(cache.put("key", &1, Ttl::Never));
        polled(&mut abandoned).await;
        begun.recv_timeout(Duration::from_secs(60)).unwrap();
        drop(abandoned);
        // Other keys do not wait for it.
        cache.put("other", &2, Ttl::Never).await?;
        assert!(cache.remove("other").await?);
        if later_put {
            let mut put = Box::pin(cache.put("key", &3, Ttl::Never));
            polled(&mut put).await;
            allow.send(()).unwrap();
            put.await?;
            assert_eq!(cache.get("key").await?, Some(3));
        } else {
            let mut removal = Box::pin(cache.remove("key"));
            polled(&mut removal).await;
            // Time enough for one that does not wait.
            for _ in 0..100 {
                cache.contains("key").await?;
            }
            allow.send(()).unwrap();
            assert!(removal.await?, "the abandoned value was stored before");
            assert_eq!(cache.get("key").await?, None);
        }
    }
    Ok(())
}
