//! A write to a blocking store that goes on although its future was dropped.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use ctu_backends::Blocking;
use ctu_core::testing::ModelStore;
use ctu_core::{AsyncCache, Cache, Entry, Result, Ttl};

/// Writes when it is allowed to, and tells when it begins to.
struct Late {
    begun: Mutex<Sender<()>>,
    leave: Mutex<Receiver<()>>,
    inner: ModelStore<String, u64>,
}

impl Cache<str, u64> for Late {
    fn get(&self, key: &str) -> Result<Option<u64>> {
        Cache::get(&self.inner, key)
    }
    fn get_entry(&self, key: &str) -> Result<Option<Entry<u64>>> {
        Cache::get_entry(&self.inner, key)
    }
    fn put(&self, key: &str, value: &u64, ttl: Ttl) -> Result<()> {
        if *value == 1 {
            self.begun.lock().unwrap().send(()).unwrap();
            self.leave.lock().unwrap().recv_timeout(Duration::from_secs(60)).unwrap();
        }
        Cache::put(&self.inner, key, value, ttl)
    }
    fn remove(&self, key: &str) -> Result<bool> {
        Cache::remove(&self.inner, key)
    }
    fn contains(&self, key: &str) -> Result<bool> {
        Cache::contains(&self.inner, key)
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
