//! Answers that come after their deadline are nobody's.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use ctu_core::ErrorKind;

use crate::fake;
use crate::form::{Form, Options, bytes, on_both_forms};

on_both_forms! { law1_exact_a_late_answer_is_never_taken_for_another }

const TASKS: usize = 8;
const CALLS: usize = 10_000;
const DEADLINE: Duration = Duration::from_millis(30);
/// One answer in this many stalls.
const STALLS: u64 = 200;

/// Answers each GET with the key in brackets, and stalls now and then for longer or for less than the deadline.
fn stalling_server() -> String {
    let random = Arc::new(AtomicU64::new(1));
    fake::server(move |mut commands| {
        while let Some(words) = commands.next() {
            // A linear congruence; its high bits are random enough.
            let step = |state: u64| Some(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
            let drawn = random.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step).unwrap() >> 33;
            if drawn.is_multiple_of(STALLS) {
                thread::sleep(DEADLINE.mul_f64([0.5, 1.1, 1.5, 2.0][usize::try_from(drawn / STALLS % 4).unwrap()]));
            }
            let value = [b"<", words[1].as_slice(), b">"].concat();
            let answer = [format!("${}\r\n", value.len()).as_bytes(), &value, b"\r\n"].concat();
            if !commands.answer(&answer) {
                return;
            }
        }
    })
}

async fn law1_exact_a_late_answer_is_never_taken_for_another<F: Form>() {
    let cache = Arc::new(F::open(&Options::new(stalling_server()).deadlines(Duration::from_secs(5), DEADLINE)));
    let timeouts = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let (cache, timeouts) = (Arc::clone(&cache), Arc::clone(&timeouts));
            tokio::spawn(async move {
                for call in 0..CALLS / TASKS {
                    let key = format!("{task}:{call}");
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
