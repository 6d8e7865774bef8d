//! The stores on a server beside the bare crate for it and the Python library: the rows of each kind of server.

use std::sync::Arc;

use bytes::Bytes;
use ctu_core::{AsyncCache, Cache, StackExt, Ttl, write_json};

use crate::turns::{Entrant, take_turns, timed, timed_in_tasks, timed_on_threads};
use crate::{Aim, Python};

const CALLS: usize = 40;
const TASKS: usize = 64;
const TASK_CALLS: usize = 5;
const WORKERS: usize = 2;
const BATCH: usize = 100;

const STACK: &str = "ctu, GET through prefix and JSON";
const BYTES: &str = "ctu, GET of bytes";
const MANY: &str = "ctu, a key of get_many of 100";
const PYTHON: &str = "CacheToolsUtils (Python), the same stack";

const PREFIX: &str = "app.";
const KEY: &str = r#"repeat.["aa",3]"#;
/// Both, as the store has it.
const PLACE: &str = r#"app.repeat.["aa",3]"#;

type Value = (String, u32, Vec<f64>);

/// A kind of server: ctu's stores on it, and the crate beside them.
pub trait Beside: 'static {
    /// The name of a GET of bytes by the bare crate, of one whose value is then read as JSON, and of a key among many.
    const BARE: [&'static str; 3];
    /// How threads share what the bare crate has.
    const ON_THREADS: &'static str;
    /// How tasks share what the stores have.
    const IN_TASKS: &'static str;

    /// The blocking store.
    type Store: Cache<[u8], Bytes> + Sync;
    /// The store for async functions.
    type AsyncStore: AsyncCache<[u8], Bytes> + 'static;
    /// What the bare crate asks with.
    type Bare: Send;
    /// The same, in async functions.
    type AsyncBare: Clone + Send + 'static;

    /// The store, with all as it is by default.
    fn store(&self) -> Self::Store;
    /// The same, for async functions.
    fn async_store(&self) -> Self::AsyncStore;
    /// That of a thread.
    fn bare(&self) -> Self::Bare;
    /// That of all tasks.
    fn async_bare(&self) -> impl Future<Output = Self::AsyncBare>;

    /// The key, as the server has it.
    fn place(key: &str) -> String;
    /// The value there.
    fn get(bare: &mut Self::Bare, place: &str) -> Option<Vec<u8>>;
    /// The same, in a task.
    fn get_in_task(bare: &mut Self::AsyncBare, place: &'static str) -> impl Future<Output = Option<Vec<u8>>> + Send;
    /// How many of these are there, in one round trip.
    fn get_many(bare: &mut Self::Bare, places: &[String]) -> usize;
    /// The Python library on the same server, with this prefix, key and value.
    fn python(&self, entry: [&str; 3]) -> Option<Python>;
}

/// All rows of a kind of server.
///
/// # Panics
///
/// When a server does not answer, or not with what was stored.
pub fn beside<B: Beside>(server: &B) {
    let value: Value = ("a name of some length".to_owned(), 42, vec![0.5, 1.25, -3.0]);
    let cache = server.store().prefixed(PREFIX).json();
    cache.put(KEY, &value, Ttl::Never).expect("stored");
    let mut json = String::new();
    write_json(&mut json, &value).expect("plain values have a text");
    println!("A value of {} bytes under a key of {}.", json.len(), B::place(PLACE).len());

    one_thread(server, &cache, &json);
    for threads in [2, 8] {
        on_threads(server, threads, &cache);
    }
    in_tasks(server);
    in_batches(server);
}

const fn aim(of: &'static str, over: &'static str, at_most: f64) -> Aim {
    Aim { of, over, at_most }
}

fn found<C: Cache<str, Value>>(cache: &C) {
    assert!(cache.get(KEY).expect("the server answers").is_some());
}

fn found_bytes<C: Cache<[u8], Bytes>>(cache: &C, key: &[u8]) {
    assert!(cache.get(key).expect("the server answers").is_some());
}

fn one_thread<B: Beside>(server: &B, cache: &impl Cache<str, Value>, json: &str) {
    let (mut bare, mut typed, bytes, place) = (server.bare(), server.bare(), server.store(), B::place(PLACE));
    let [name, name_typed, _] = B::BARE;
    let mut entrants: Vec<Entrant<'_>> = vec![
        (STACK, Box::new(|| timed(CALLS, || found(cache)))),
        (BYTES, Box::new(|| timed(CALLS, || found_bytes(&bytes, PLACE.as_bytes())))),
        (name, Box::new(|| timed(CALLS, || assert!(B::get(&mut bare, &place).is_some())))),
        (
            name_typed,
            Box::new(|| {
                timed(CALLS, || {
                    let json = B::get(&mut typed, &place).expect("it is there");
                    drop(serde_json::from_slice::<Value>(&json).expect("it is JSON"));
                })
            }),
        ),
    ];
    if let Some(mut python) = server.python([PREFIX, KEY, json]) {
        entrants.push((
            PYTHON,
            Box::new(move || {
                python.turn(CALLS / 4);
                python.turn(CALLS)
            }),
        ));
    }
    take_turns(("A GET that is found", 1), STACK, &[aim(STACK, name, 1.10)], CALLS, entrants);
}

fn on_threads<B: Beside>(server: &B, threads: usize, cache: &(impl Cache<str, Value> + Sync)) {
    let (bytes, place) = (server.store(), B::place(PLACE));
    let (mut caches, mut stores) = (vec![cache; threads], vec![&bytes; threads]);
    let mut bare: Vec<_> = (0..threads).map(|_| server.bare()).collect();
    let entrants: Vec<Entrant<'_>> = vec![
        (STACK, Box::new(move || timed_on_threads(&mut caches, CALLS, |cache| found(*cache)))),
        (BYTES, Box::new(move || timed_on_threads(&mut stores, CALLS, |store| found_bytes(*store, PLACE.as_bytes())))),
        (
            B::BARE[0],
            Box::new(move || timed_on_threads(&mut bare, CALLS, |bare| assert!(B::get(bare, &place).is_some()))),
        ),
    ];
    take_turns((&format!("A GET that is found, {}", B::ON_THREADS), threads), STACK, &[], CALLS, entrants);
}

async fn found_in_task<C: AsyncCache<str, Value>>(cache: Arc<C>) {
    for _ in 0..TASK_CALLS {
        assert!(cache.get(KEY).await.expect("the server answers").is_some());
    }
}

async fn found_bytes_in_task<C: AsyncCache<[u8], Bytes>>(cache: Arc<C>) {
    for _ in 0..TASK_CALLS {
        assert!(cache.get(PLACE.as_bytes()).await.expect("the server answers").is_some());
    }
}

async fn found_bare_in_task<B: Beside>(mut bare: B::AsyncBare, place: &'static str) {
    for _ in 0..TASK_CALLS {
        assert!(B::get_in_task(&mut bare, place).await.is_some());
    }
}

fn in_tasks<B: Beside>(server: &B) {
    // Of a worker, as it is for threads.
    const CALLS_OF_WORKER: usize = TASKS * TASK_CALLS / WORKERS;
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(WORKERS).enable_all().build().expect("a runtime");
    let (bytes, stack) = (Arc::new(server.async_store()), Arc::new(server.async_store().prefixed(PREFIX).json()));
    let bare = runtime.block_on(server.async_bare());
    // Tasks are for ever.
    let place: &'static str = B::place(PLACE).leak();
    let per_call = |nanos: f64| nanos / CALLS_OF_WORKER as f64;
    let entrants: Vec<Entrant<'_>> = vec![
        (BYTES, Box::new(|| per_call(timed_in_tasks(&runtime, TASKS, || found_bytes_in_task(Arc::clone(&bytes)))))),
        (STACK, Box::new(|| per_call(timed_in_tasks(&runtime, TASKS, || found_in_task(Arc::clone(&stack)))))),
        (
            B::BARE[0],
            Box::new(|| per_call(timed_in_tasks(&runtime, TASKS, || found_bare_in_task::<B>(bare.clone(), place)))),
        ),
    ];
    take_turns((B::IN_TASKS, WORKERS), BYTES, &[aim(BYTES, B::BARE[0], 1.2)], CALLS_OF_WORKER, entrants);
}

fn in_batches<B: Beside>(server: &B) {
    let (cache, value) = (server.store(), Bytes::from(vec![b'v'; 100]));
    let texts: Vec<String> = (0..BATCH).map(|n| format!("key{n}")).collect();
    let keys: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
    let entries: Vec<(&[u8], &Bytes)> = keys.iter().map(|key| (*key, &value)).collect();
    cache.put_many(&entries, Ttl::Never).expect("stored");
    let places: Vec<String> = texts.iter().map(|key| B::place(key)).collect();
    let mut bare = server.bare();
    let mut next = keys.iter().cycle();
    let entrants: Vec<Entrant<'_>> = vec![
        (
            MANY,
            Box::new(|| {
                let get = || assert!(cache.get_many(&keys).expect("the server answers").iter().all(Option::is_some));
                timed(1, get) / BATCH as f64
            }),
        ),
        (BYTES, Box::new(|| timed(BATCH, || found_bytes(&cache, next.next().expect("there is a key after each"))))),
        (B::BARE[2], Box::new(|| timed(1, || assert_eq!(B::get_many(&mut bare, &places), BATCH)) / BATCH as f64)),
    ];
    take_turns(("100 keys", 1), MANY, &[aim(MANY, BYTES, 0.1)], BATCH, entrants);
}
