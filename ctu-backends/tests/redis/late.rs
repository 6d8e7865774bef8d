//! Answers that come after their deadline are nobody's.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use ctu_core::{ErrorKind, Ttl};
use servers::RedisServer;

use crate::fake;
use crate::form::{Form, Options, bytes, on_both_forms};

on_both_forms! {
    law1_exact_a_late_answer_is_never_taken_for_another
    law1_exact_a_late_answer_of_a_real_server_is_never_taken_for_another
}

const TASKS: usize = 8;
const CALLS: usize = 10_000;
const DEADLINE: Duration = Duration::from_millis(30);
/// One answer in this many stalls.
const STALLS: u64 = 200;

/// Waits now and then, for longer or for less than the deadline.
fn stall(random: &AtomicU64) {
    // A linear congruence; its high bits are random enough.
    let step = |state: u64| Some(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
    let drawn = random.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step).unwrap() >> 33;
    if drawn.is_multiple_of(STALLS) {
        thread::sleep(DEADLINE.mul_f64([0.5, 1.1, 1.5, 2.0][usize::try_from(drawn / STALLS % 4).unwrap()]));
    }
}

/// Answers each GET with the key in brackets, some late.
fn stalling_server() -> String {
    let random = Arc::new(AtomicU64::new(1));
    fake::server(move |mut commands| {
        while let Some(words) = commands.next() {
            stall(&random);
            let value = [b"<", words[1].as_slice(), b">"].concat();
            let answer = [format!("${}\r\n", value.len()).as_bytes(), &value, b"\r\n"].concat();
            if !commands.answer(&answer) {
                return;
            }
        }
    })
}

/// Passes on what the server says, some of it late.
fn stalling_proxy(server: u16) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("redis://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let random = Arc::new(AtomicU64::new(1));
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let Ok(upstream) = TcpStream::connect(("127.0.0.1", server)) else { return };
            client.set_nodelay(true).unwrap();
            upstream.set_nodelay(true).unwrap();
            let (back, forth) = (client.try_clone().unwrap(), upstream.try_clone().unwrap());
            let random = Arc::clone(&random);
            thread::spawn(move || pass(client, forth, || ()));
            thread::spawn(move || pass(upstream, back, || stall(&random)));
        }
    });
    url
}

fn pass(mut from: TcpStream, mut to: TcpStream, before: impl Fn()) {
    let mut buffer = vec![0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        before();
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

async fn law1_exact_a_late_answer_is_never_taken_for_another<F: Form>() {
    no_wrong_value::<F>(stalling_server()).await;
}

async fn law1_exact_a_late_answer_of_a_real_server_is_never_taken_for_another<F: Form>() {
    let server = RedisServer::start();
    let keys: Vec<String> = (0..TASKS).flat_map(|task| (0..CALLS / TASKS).map(move |call| key(task, call))).collect();
    let values: Vec<Bytes> = keys.iter().map(|key| bytes(&format!("<{key}>"))).collect();
    let entries: Vec<(&[u8], &Bytes)> = keys.iter().map(String::as_bytes).zip(&values).collect();
    F::open(&Options::new(server.url())).put_many(&entries, Ttl::Never).await.unwrap();
    no_wrong_value::<F>(stalling_proxy(server.port())).await;
}

fn key(task: usize, call: usize) -> String {
    format!("{task}:{call}")
}

/// Ten thousand calls, under each key of which is the key in brackets.
async fn no_wrong_value<F: Form>(url: String) {
    let cache = Arc::new(F::open(&Options::new(url).deadlines(Duration::from_secs(5), DEADLINE)));
    let timeouts = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let (cache, timeouts) = (Arc::clone(&cache), Arc::clone(&timeouts));
            tokio::spawn(async move {
                for call in 0..CALLS / TASKS {
                    let key = key(task, call);
                    match cache.get(key.as_bytes()).await {
                        Ok(value) => assert_eq!(value, Some(bytes(&format!("<{key}>")))),
                        Err(error) => {
                            assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
                            timeouts.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let timeouts = timeouts.load(Ordering::Relaxed);
    assert!(timeouts > 0 && timeouts < CALLS / 2, "{timeouts}");
}
