//! Nodes that answer with anything at all: never a panic, never a value that nobody stored, never without end.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use ctu_core::ErrorKind;

use crate::fake;
use crate::form::{Form, Options, Stopwatch, every_operation};
use crate::support::on_both_cluster_forms;

on_both_cluster_forms! {
    law2_harmless_garbage_instead_of_the_slots
    law6_bounded_nodes_that_send_the_question_to_each_other
    law2_harmless_redirections_that_lead_nowhere
    law1_exact_a_late_answer_is_never_taken_for_another
    a_batch_asks_all_nodes_at_the_same_time_and_each_once
    law2_harmless_a_node_that_is_cut_off_is_not_asked_where_the_slots_are
}

const DEADLINE: Duration = Duration::from_millis(40);

/// A node that has all slots, and answers all but the question for them with `answer`, which knows its port.
fn node(answer: impl Fn(&[Vec<u8>], &str) -> Vec<u8> + Send + Sync + Clone + 'static) -> String {
    nodes(&["127.0.0.1"], answer)
}

/// Nodes that are the same server by different names, and share the slots.
fn nodes(
    hosts: &'static [&str],
    answer: impl Fn(&[Vec<u8>], &str) -> Vec<u8> + Send + Sync + Clone + 'static,
) -> String {
    let url = fake::server(move |mut commands| {
        let port = commands.port().to_string();
        while let Some(words) = commands.next() {
            let answered = match words[0].as_slice() {
                b"CLUSTER" => commands.answer(slots(hosts, &port).as_bytes()),
                _ => commands.answer(&answer(&words, &port)),
            };
            if !answered {
                return;
            }
        }
    });
    url.replace("redis://", "redis-cluster://")
}

fn slots(hosts: &[&str], port: &str) -> String {
    let share = 16_384 / hosts.len();
    let ranges = hosts.iter().enumerate().map(|(index, host)| {
        let (first, last) = (share * index, share * (index + 1) - 1);
        format!("*3\r\n:{first}\r\n:{last}\r\n*2\r\n${}\r\n{host}\r\n:{port}\r\n", host.len())
    });
    format!("*{}\r\n{}", hosts.len(), ranges.collect::<String>())
}

async fn law2_harmless_garbage_instead_of_the_slots<F: Form>() {
    let garbage: [&'static [u8]; 7] = [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"+OK\r\n",
        b"*1\r\n:1\r\n",
        b"*1\r\n*3\r\n:0\r\n:16384\r\n*2\r\n$1\r\na\r\n:1\r\n",
        b"*1\r\n*3\r\n:0\r\n:1\r\n*2\r\n$1\r\na\r\n:65536\r\n",
        b"$-1\r\n",
        b"\xff\xfe\xfd\r\n",
    ];
    for answer in garbage {
        let cache = F::open(&Options::new(fake::parrot(answer)));
        let error = cache.get(b"key").await.expect_err(&answer.escape_ascii().to_string());
        assert_eq!(error.kind(), ErrorKind::Protocol, "{}", answer.escape_ascii());
    }
    for hostile in [&b"$2147483647\r\n"[..], b"*2147483647\r\n", b"$9223372036854775807\r\nabc\r\n"] {
        let cache = F::open(&Options::new(fake::parrot(hostile)).deadlines(DEADLINE, DEADLINE));
        let mut stopwatch = Stopwatch::new(DEADLINE * 2);
        let failures = every_operation(&cache, &mut stopwatch).await;
        assert!(failures.iter().all(Option::is_some), "{failures:?}");
        stopwatch.check();
    }
}

async fn law6_bounded_nodes_that_send_the_question_to_each_other<F: Form>() {
    let asked = Arc::new(AtomicUsize::new(0));
    for code in ["MOVED", "ASK"] {
        let count = Arc::clone(&asked);
        let url = node(move |words, port| {
            if words[0] == b"ASKING" {
                return b"+OK\r\n".to_vec();
            }
            count.fetch_add(1, Ordering::Relaxed);
            format!("-{code} 1 :{port}\r\n").into_bytes()
        });
        let cache = F::open(&Options::new(url));
        assert_eq!(cache.get(b"key").await.unwrap_err().kind(), ErrorKind::Unavailable);
        assert_eq!(cache.get_many(&[b"key", b"other"]).await.unwrap_err().kind(), ErrorKind::Unavailable);
    }
    let asked = asked.load(Ordering::Relaxed);
    assert!((6..=48).contains(&asked), "{asked}");
}

async fn law2_harmless_redirections_that_lead_nowhere<F: Form>() {
    for (answer, kind) in [
        ("-MOVED\r\n", ErrorKind::Protocol),
        ("-MOVED 1 127.0.0.1\r\n", ErrorKind::Protocol),
        ("-MOVED 1 127.0.0.1:99999\r\n", ErrorKind::Protocol),
        ("-ASK x\r\n", ErrorKind::Protocol),
        ("-MOVED 1 ?:7000\r\n", ErrorKind::Unavailable),
        ("-MOVED 1 127.0.0.1:1\r\n", ErrorKind::Unavailable),
        ("-CLUSTERDOWN Hash slot not served\r\n", ErrorKind::Unavailable),
        ("-TRYAGAIN Multiple keys request during rehashing of slot\r\n", ErrorKind::Unavailable),
    ] {
        let cache = F::open(&Options::new(node(|_, _| answer.as_bytes().to_vec())));
        for _ in 0..3 {
            assert_eq!(cache.get(b"key").await.unwrap_err().kind(), kind, "{answer}");
        }
    }
}

async fn law1_exact_a_late_answer_is_never_taken_for_another<F: Form>() {
    const STALL: u64 = 100;
    let random = Arc::new(AtomicU64::new(1));
    // Each GET is answered with its key in brackets, now and then too late.
    let url = nodes(&["127.0.0.1", "localhost"], move |words, _| {
        let step = |state: u64| Some(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        let drawn = random.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step).unwrap() >> 33;
        if drawn.is_multiple_of(STALL) {
            thread::sleep(DEADLINE.mul_f64(1.3));
        }
        let value = [b"<", words[1].as_slice(), b">"].concat();
        [format!("${}\r\n", value.len()).as_bytes(), &value, b"\r\n"].concat()
    });
    let cache = Arc::new(F::open(&Options::new(url).deadlines(Duration::from_secs(5), DEADLINE)));
    let timeouts = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let (cache, timeouts) = (Arc::clone(&cache), Arc::clone(&timeouts));
            tokio::spawn(async move {
                for call in 0..200 {
                    let keys: Vec<Vec<u8>> = (0..4).map(|n| format!("{task}:{call}:{n}").into_bytes()).collect();
                    let asked: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
                    let expected = keys.iter().map(|key| Some([b"<", key.as_slice(), b">"].concat().into()));
                    match cache.get_many(&asked).await {
                        Ok(values) => assert!(values.into_iter().eq(expected)),
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
    assert!(timeouts > 0 && timeouts < 1_000, "{timeouts}");
}

async fn a_batch_asks_all_nodes_at_the_same_time_and_each_once<F: Form>() {
    let (both, asked) = (Arc::new(Barrier::new(2)), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&asked);
    let url = nodes(&["127.0.0.1", "localhost"], move |words, _| {
        count.fetch_add(1, Ordering::Relaxed);
        // Neither answers before the other is asked.
        both.wait();
        [b"$1\r\n", &words[1][..1], b"\r\n"].concat()
    });
    let cache = F::open(&Options::new(url).deadlines(Duration::from_secs(20), Duration::from_secs(5)));
    let found = cache.get_many(&[b"foo", b"bar"]).await.unwrap();
    assert_eq!(found, [Some(Bytes::from_static(b"f")), Some(Bytes::from_static(b"b"))]);
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

async fn law2_harmless_a_node_that_is_cut_off_is_not_asked_where_the_slots_are<F: Form>() {
    let sound = node(|_, _| b"$5\r\nvalue\r\n".to_vec());
    // It does not know that its slots have gone to the other.
    let cut_off = node(|_, _| b"-CLUSTERDOWN The cluster is down\r\n".to_vec());
    let cache = F::open(&Options::new(format!("{cut_off},{}", sound.trim_start_matches("redis-cluster://"))));
    assert_eq!(cache.get(b"key").await.unwrap_err().kind(), ErrorKind::Unavailable);
    let start = Instant::now();
    while let Err(error) = cache.get(b"key").await {
        assert!(start.elapsed() < Duration::from_secs(2), "{error:?}");
    }
}
