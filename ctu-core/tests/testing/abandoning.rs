//! Async stores that go wrong when their futures are not run to the end.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::task::Poll;

use ctu_core::testing::{Check, Conformance, ModelStore, block_on};
use ctu_core::{AsyncCache, AsyncStore, Cache, Entry, Result, Stats, Store, Ttl};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Right.
    Patient,
    /// Works before it is polled.
    Eager,
    /// Takes the first reply that comes, which after an abandoned question is that one's.
    Pipelined,
}

struct Waiting {
    kind: Kind,
    inner: ModelStore<String, String>,
    replies: Mutex<VecDeque<Option<String>>>,
}

impl Waiting {
    fn new(kind: Kind) -> Self {
        Self { kind, inner: ModelStore::new(), replies: Mutex::default() }
    }
}

/// Waits once, as for a reply.
async fn round_trip() {
    let mut waited = false;
    poll_fn(|context| {
        context.waker().wake_by_ref();
        if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

impl AsyncCache<str, String> for Waiting {
    async fn get(&self, key: &str) -> Result<Option<String>> {
        let reply = Cache::get(&self.inner, key)?;
        if self.kind != Kind::Pipelined {
            round_trip().await;
            return Ok(reply);
        }
        self.replies.lock().unwrap().push_back(reply);
        round_trip().await;
        Ok(self.replies.lock().unwrap().pop_front().unwrap())
    }

    async fn get_entry(&self, key: &str) -> Result<Option<Entry<String>>> {
        Ok(AsyncCache::get(self, key).await?.map(|value| Entry { value, ttl: None }))
    }

    fn put(&self, key: &str, value: &String, ttl: Ttl) -> impl Future<Output = Result<()>> + Send {
        let done = (self.kind == Kind::Eager).then(|| Cache::put(&self.inner, key, value, ttl));
        async move {
            round_trip().await;
            done.unwrap_or_else(|| Cache::put(&self.inner, key, value, ttl))
        }
    }

    async fn remove(&self, key: &str) -> Result<bool> {
        let removed = Cache::<str, String>::remove(&self.inner, key);
        round_trip().await;
        removed
    }

    async fn contains(&self, key: &str) -> Result<bool> {
        Cache::<str, String>::contains(&self.inner, key)
    }
}

impl AsyncStore for Waiting {
    async fn len(&self) -> Result<usize> {
        Store::len(&self.inner)
    }
    async fn clear(&self) -> Result<()> {
        Store::clear(&self.inner)
    }
    async fn stats(&self) -> Result<Stats> {
        Store::stats(&self.inner)
    }
}

fn abandon(kind: Kind) -> Result<(), String> {
    let suite = Conformance::<str, String>::no_ttl().only([Check::Abandoned]);
    let run = || block_on(suite.check_async(|| Waiting::new(kind)));
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| *panic.downcast::<String>().unwrap())
}

#[test]
fn a_store_that_waits_is_accepted() {
    block_on(Conformance::<str, String>::no_ttl().check_async(|| Waiting::new(Kind::Patient)));
}

#[test]
fn a_future_that_works_before_it_is_polled_is_rejected() {
    assert!(abandon(Kind::Eager).unwrap_err().starts_with("conformance: abandoned: "));
}

#[test]
fn an_abandoned_answer_given_to_the_next_question_is_rejected() {
    assert!(abandon(Kind::Pipelined).unwrap_err().starts_with("conformance: abandoned: `get` of key"));
}

#[test]
fn concurrent_futures_of_one_task_get_their_own_answers() {
    // Replies in the order of the questions are right as long as nobody leaves the queue.
    let suite = Conformance::<str, String>::no_ttl().only([Check::Concurrent]);
    block_on(suite.check_async(|| Waiting::new(Kind::Pipelined)));
}
