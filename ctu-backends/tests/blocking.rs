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
