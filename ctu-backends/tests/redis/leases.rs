//! Leases, which stand in the places of values.

use std::time::Duration;

use bytes::Bytes;
use ctu_core::testing::Conformance;
use ctu_core::{AsyncCacheExt, Claim, Leased, StackExt, Token, Ttl};

use crate::form::{Form, Options, bytes, on_both_forms, raw};

const LONG: Duration = Duration::from_secs(60);

on_both_forms! {
    keeps_the_contract_of_leases
    typed_stacks_have_leases
    the_server_knows_the_script_by_its_name_after_the_first_time
    law4_gone_is_gone_for_whoever_removes
    law1_exact_no_value_is_taken_for_a_lease
    a_leased_value_is_as_long_as_without
    a_key_of_another_type_can_be_leased
    lengths_are_kept_to_the_millisecond
    a_lease_over_a_value_changes_nothing_in_its_lifetime
    a_lease_over_a_value_ends_in_its_time
}

async fn granted<F: Form>(cache: &F, key: &[u8], claim: Claim) -> Token {
    match cache.lease(key, claim, LONG).await.unwrap() {
        Leased::Granted(token) => token,
        other => panic!("{other:?}"),
    }
}

fn name(options: &Options, key: &str) -> String {
    format!("{}{key}", String::from_utf8(options.namespace.clone()).unwrap())
}

async fn keeps_the_contract_of_leases<F: Form>() {
    let suite = || Conformance::<[u8], Bytes>::real_time(Duration::from_millis(500));
    suite().check_leases_async(F::open(&Options::shared())).await;
}

async fn typed_stacks_have_leases<F: Form>() {
    let suite = Conformance::<str, (String, Option<u64>)>::no_ttl().may_refuse();
    suite.check_leases_async(F::open(&Options::shared()).prefixed("f.").json().with_stats()).await;
}

async fn the_server_knows_the_script_by_its_name_after_the_first_time<F: Form>() {
    let server = servers::RedisServer::start();
    let calls = |command: &str| {
        let stats = raw(server.port(), "INFO commandstats");
        let line = stats.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
        line.map_or(0, |line| line.split(',').next().unwrap().parse::<u32>().unwrap())
    };
    let cache = F::open(&Options::new(server.url()));
    let token = granted(&cache, b"key", Claim::Shared).await;
    assert_eq!((calls("evalsha"), calls("eval")), (1, 1), "the name in the source must be the script's");
    assert!(cache.put_if_leased(b"key", &bytes("1"), Ttl::Never, token).await.unwrap());
    assert!(!cache.release(b"key", token).await.unwrap());
    assert_eq!((calls("evalsha"), calls("eval")), (3, 1), "one round trip each");
    raw(server.port(), "SCRIPT FLUSH");
    granted(&cache, b"other", Claim::Shared).await;
    assert_eq!(calls("eval"), 2);
}

async fn law4_gone_is_gone_for_whoever_removes<F: Form>() {
    let server = servers::RedisServer::start();
    let cache = F::open(&Options::new(server.url()));
    let removals = ["DEL key", "FLUSHALL", "SET key other", "UNLINK key", "PEXPIRE key 0"];
    for removal in removals {
        for (claim, has_value) in [(Claim::Shared, false), (Claim::Replacing, false), (Claim::Replacing, true)] {
            if has_value {
                cache.set(b"key", &bytes("older")).await.unwrap();
            }
            let token = granted(&cache, b"key", claim).await;
            raw(server.port(), removal);
            assert!(!cache.put_if_leased(b"key", &bytes("stale"), Ttl::Never, token).await.unwrap(), "{removal}");
            let left = cache.get(b"key").await.unwrap();
            assert_eq!(left, removal.starts_with("SET").then(|| bytes("other")), "{removal}");
            cache.remove(b"key").await.unwrap();
        }
    }
    let token = granted(&cache, b"key", Claim::Shared).await;
    server.restart_on_same_port();
    assert!(!cache.put_if_leased(b"key", &bytes("stale"), Ttl::Never, token).await.unwrap());
    assert_eq!(cache.get(b"key").await.unwrap(), None);
}

/// Those who can write to the server may write what looks like a lease, and values of users may look like one by chance.
async fn law1_exact_no_value_is_taken_for_a_lease<F: Form>() {
    let options = Options::shared();
    let cache = F::open(&options);
    // What a lease looks like is read from the server, so that this test need not know.
    let token = granted(&cache, b"model", Claim::Shared).await;
    let model = {
        let answer = raw_bytes(options.port(), &format!("GET {}", name(&options, "model")));
        answer[5..answer.len() - 2].to_vec()
    };
    assert_eq!(model.len(), 32);
    for end in [0, 14, 15, 16, 31, 32] {
        for letter in [model[15], b'V', b'E', 0] {
            let mut value = model.clone();
            value[15] = letter;
            value.truncate(end);
            for value in [value.clone(), [&value[..], b"rest"].concat(), [&value[..], &model, b"rest"].concat()] {
                let value = Bytes::from(value);
                cache.set(b"key", &value).await.unwrap();
                for _ in 0..2 {
                    assert_eq!(cache.get(b"key").await.unwrap().as_ref(), Some(&value));
                    assert_eq!(cache.get_entry(b"key").await.unwrap().unwrap().value, value);
                    assert_eq!(cache.get_many(&[b"key"]).await.unwrap(), [Some(value.clone())]);
                    assert!(cache.contains(b"key").await.unwrap());
                    assert!(!cache.put_if_leased(b"key", &bytes("forged"), Ttl::Never, token).await.unwrap());
                    assert_eq!(cache.lease(b"key", Claim::Shared, LONG).await.unwrap(), Leased::Found);
                    // The second time with what a lease leaves behind.
                    let token = granted(&cache, b"key", Claim::Replacing).await;
                    assert_eq!(cache.get(b"key").await.unwrap().as_ref(), Some(&value));
                    assert!(cache.release(b"key", token).await.unwrap());
                }
                let token = granted(&cache, b"key", Claim::Replacing).await;
                assert!(cache.put_if_leased(b"key", &value, Ttl::Never, token).await.unwrap());
                assert_eq!(cache.get(b"key").await.unwrap().as_ref(), Some(&value));
                cache.put_many(&[(b"key".as_slice(), &value)], Ttl::Never).await.unwrap();
                assert_eq!(cache.get(b"key").await.unwrap().as_ref(), Some(&value));
                assert!(cache.remove(b"key").await.unwrap());
            }
        }
    }
}

async fn a_leased_value_is_as_long_as_without<F: Form>() {
    let cache = F::open(&Options::shared());
    let longest = Bytes::from(vec![b'v'; 8 << 20]);
    cache.set(b"key", &longest).await.unwrap();
    granted(&cache, b"key", Claim::Replacing).await;
    assert_eq!(cache.get(b"key").await.unwrap().as_ref(), Some(&longest));
    let token = granted(&cache, b"key", Claim::Replacing).await;
    assert!(cache.put_if_leased(b"key", &longest, Ttl::Default, token).await.unwrap());
    let longer = Bytes::from(vec![b'v'; (8 << 20) + 1]);
    let token = granted(&cache, b"key", Claim::Replacing).await;
    assert!(cache.put_if_leased(b"key", &longer, Ttl::Default, token).await.is_err());
    assert_eq!(cache.get(b"key").await.unwrap().as_ref(), Some(&longest));
}

async fn a_key_of_another_type_can_be_leased<F: Form>() {
    let options = Options::shared();
    let cache = F::open(&options);
    raw(options.port(), &format!("RPUSH {} a b c", name(&options, "list")));
    assert!(!cache.put_if_leased(b"list", &bytes("1"), Ttl::Never, Token::random()).await.unwrap());
    let token = granted(&cache, b"list", Claim::Exclusive).await;
    assert!(cache.put_if_leased(b"list", &bytes("1"), Ttl::Never, token).await.unwrap());
    assert_eq!(cache.get(b"list").await.unwrap(), Some(bytes("1")));
}

async fn lengths_are_kept_to_the_millisecond<F: Form>() {
    let options = Options::shared();
    let cache = F::open(&options);
    let left = |key: &str| -> u64 {
        raw(options.port(), &format!("PTTL {}", name(&options, key))).trim_matches([':', '\r', '\n']).parse().unwrap()
    };
    cache.lease(b"a", Claim::Shared, Duration::from_nanos(100_000_000_001)).await.unwrap();
    assert!((90_000..=100_001).contains(&left("a")));
    cache.lease(b"a", Claim::Shared, Duration::from_secs(1)).await.unwrap();
    assert!(left("a") > 90_000, "never shorter for one who has it already");
    cache.lease(b"a", Claim::Shared, Duration::from_secs(200)).await.unwrap();
    assert!((190_000..=200_000).contains(&left("a")));
    cache.lease(b"b", Claim::Shared, Duration::MAX).await.unwrap();
    assert!(left("b") > 1 << 50);
    assert!(matches!(cache.lease(b"c", Claim::Shared, Duration::ZERO).await.unwrap(), Leased::Granted(_)));
    let token = granted(&cache, b"d", Claim::Exclusive).await;
    assert_eq!(cache.renew(b"d", token, Duration::from_secs(5)).await.unwrap(), Some(token));
    assert!(left("d") <= 5_000, "renewed for less");
}

/// The value is still there: the server's own clock tells, which can't be moved.
async fn a_lease_over_a_value_ends_in_its_time<F: Form>() {
    let cache = F::open(&Options::shared());
    cache.put(b"key", &bytes("1"), Ttl::After(LONG)).await.unwrap();
    let over = Claim::ExclusiveOver(LONG);
    let short = Duration::from_millis(1);
    let Leased::Granted(token) = cache.lease(b"key", over, short).await.unwrap() else { panic!("it is free") };
    let second = loop {
        match cache.lease(b"key", over, LONG).await.unwrap() {
            Leased::Granted(token) => break token,
            leased => assert_eq!(leased, Leased::Taken),
        }
    };
    assert!(!cache.put_if_leased(b"key", &bytes("2"), Ttl::Never, token).await.unwrap());
    assert_eq!(cache.renew(b"key", token, LONG).await.unwrap(), None);
    assert_eq!(cache.lease(b"key", over, LONG).await.unwrap(), Leased::Taken);
    assert!(cache.put_if_leased(b"key", &bytes("2"), Ttl::Never, second).await.unwrap());
}

async fn a_lease_over_a_value_changes_nothing_in_its_lifetime<F: Form>() {
    let options = Options::shared();
    let cache = F::open(&options);
    cache.put(b"key", &bytes("1"), Ttl::After(Duration::from_secs(500))).await.unwrap();
    let token = granted(&cache, b"key", Claim::Replacing).await;
    let token = cache.renew(b"key", token, LONG).await.unwrap().expect("it is held");
    let left = cache.get_entry(b"key").await.unwrap().unwrap().ttl.unwrap();
    assert!(left > Duration::from_secs(450) && left <= Duration::from_secs(500));
    raw(options.port(), &format!("PEXPIRE {} 0", name(&options, "key")));
    assert!(!cache.put_if_leased(b"key", &bytes("2"), Ttl::Never, token).await.unwrap());
}

fn raw_bytes(port: u16, command: &str) -> Vec<u8> {
    use std::io::{Read, Write};

    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(format!("{command}\r\n").as_bytes()).unwrap();
    let mut answer = [0; 1024];
    let read = stream.read(&mut answer).unwrap();
    answer[..read].to_vec()
}
