//! What is too long is neither stored nor believed, and what is too many waits no longer than its deadline.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use ctu_backends::RedisCache;
use ctu_core::{AsyncCacheExt, Cache, ErrorKind, Ttl};

use crate::fake;
use crate::form::{Form, Options, bytes, on_both_forms, raw};

on_both_forms! {
    law6_bounded_an_over_long_value_is_not_stored
    law6_bounded_an_over_long_value_is_not_read
    law6_bounded_an_endless_answer_is_cut_off
    law6_bounded_a_large_batch_gives_the_servers_other_clients_turns
}

async fn law6_bounded_an_over_long_value_is_not_stored<F: Form>() {
    let mut options = Options::shared();
    options.max_value = 1_000;
    let cache = F::open(&options);
    cache.set(b"key", &Bytes::from(vec![0; 1_000])).await.unwrap();
    let long = Bytes::from(vec![0; 1_001]);
    assert_eq!(cache.set(b"long", &long).await.unwrap_err().kind(), ErrorKind::Limit);
    let both: [(&[u8], &Bytes); 2] = [(b"short", &bytes("1")), (b"long", &long)];
    assert_eq!(cache.put_many(&both, Ttl::Default).await.unwrap_err().kind(), ErrorKind::Limit);
    assert_eq!(cache.len().await.unwrap(), 1);
}

async fn law6_bounded_a_large_batch_gives_the_servers_other_clients_turns<F: Form>() {
    let server = servers::RedisServer::start();
    let cache = F::open(&Options::new(server.url()));
    let texts: Vec<String> = (0..2_500).map(|n| format!("key{n}")).collect();
    let keys: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
    // Every other one is there.
    let values: Vec<Bytes> = texts.iter().map(|text| bytes(text)).collect();
    let entries: Vec<(&[u8], &Bytes)> = keys.iter().copied().zip(&values).step_by(2).collect();
    cache.put_many(&entries, Ttl::Default).await.unwrap();
    let found = cache.get_many(&keys).await.unwrap();
    let expected = values.into_iter().enumerate().map(|(n, value)| (n % 2 == 0).then_some(value));
    assert!(found.into_iter().eq(expected));
    assert!(raw(server.port(), "INFO commandstats").contains("cmdstat_mget:calls=3,"));
}

async fn law6_bounded_an_over_long_value_is_not_read<F: Form>() {
    let mut options = Options::shared();
    let generous = F::open(&options);
    options.max_value = 1_000;
    let cache = F::open(&options);
    for length in [1_001, 1 << 20] {
        generous.set(b"long", &Bytes::from(vec![0; length])).await.unwrap();
        cache.set(b"key", &bytes("1")).await.unwrap();
        assert_eq!(cache.get(b"long").await.unwrap_err().kind(), ErrorKind::Limit);
        assert_eq!(cache.get_entry(b"long").await.unwrap_err().kind(), ErrorKind::Limit);
        assert_eq!(cache.get_many(&[b"key", b"long"]).await.unwrap_err().kind(), ErrorKind::Limit);
        assert_eq!(cache.get(b"key").await.unwrap(), Some(bytes("1")));
    }
}

async fn law6_bounded_an_endless_answer_is_cut_off<F: Form>() {
    let url = fake::server(|mut commands| {
        if commands.next().is_some() && commands.answer(b"$500000000\r\n") {
            while commands.answer(&[b'x'; 4096]) {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    });
    let mut options = Options::new(url).deadlines(Duration::from_secs(5), Duration::from_millis(300));
    options.max_value = 100_000;
    let error = F::open(&options).get(b"key").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Limit | ErrorKind::Timeout), "{error:?}");
}

#[test]
fn law2_harmless_the_wait_for_a_connection_counts_for_the_deadline() {
    // It never answers.
    let url = fake::server(|mut commands| while commands.next().is_some() {});
    let deadline = Duration::from_millis(200);
    let cache = Arc::new(RedisCache::builder(&url).pool_size(2).response_timeout(deadline).build().unwrap());
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                let start = Instant::now();
                let error = cache.get(b"key").unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Timeout);
                assert!(start.elapsed() < deadline * 2, "{:?}", start.elapsed());
            });
        }
    });
}
