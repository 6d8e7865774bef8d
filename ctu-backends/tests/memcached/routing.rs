//! Several servers, some of which fail.

use std::time::Duration;

use ctu_backends::MemcachedCache;
use ctu_core::{ErrorKind, Ttl};
use servers::MemcachedServer;

use crate::support::{Setup, Watch, key, on_both, value};

const KEYS: usize = 300;
/// Long enough for a busy machine.
const DEADLINE: Duration = Duration::from_millis(500);

fn url(servers: &[&MemcachedServer]) -> String {
    let servers: Vec<_> = servers.iter().map(|server| format!("127.0.0.1:{}", server.port())).collect();
    format!("memcached://{}", servers.join(","))
}

#[test]
fn law2_harmless_a_dead_server_takes_only_its_own_keys_along() {
    let [a, b, c] = [(); 3].map(|()| MemcachedServer::start());
    let builder = || Setup::new(&url(&[&a, &b, &c])).connect_timeout(DEADLINE).response_timeout(DEADLINE);
    on_both(builder, |cache| {
        let keys: Vec<_> = (0..KEYS).map(key).collect();
        let keys: Vec<_> = keys.iter().map(Vec::as_slice).collect();
        let values: Vec<_> = (0..KEYS).map(value).collect();
        let entries: Vec<_> = keys.iter().copied().zip(&values).collect();
        cache.put_many(&entries, Ttl::Default).unwrap();
        // The order of the servers does not matter.
        let turned = MemcachedCache::open(&url(&[&c, &a, &b])).unwrap();
        let found = ctu_core::Cache::<[u8], bytes::Bytes>::get_many(&turned, &keys).unwrap();
        assert!(found.iter().zip(&values).all(|(found, value)| found.as_ref() == Some(value)));

        b.kill();
        let found = cache.get_many(&keys).unwrap();
        let dead = found.iter().filter(|found| found.is_none()).count();
        assert!((50..150).contains(&dead), "{dead} of {KEYS} keys");
        for (n, in_batch) in found.iter().enumerate() {
            match cache.get(keys[n]) {
                Ok(found) => assert_eq!((in_batch.as_ref(), found), (Some(&values[n]), Some(value(n)))),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Unavailable);
                    assert!(in_batch.is_none());
                }
            }
        }
        assert_eq!(cache.put_many(&entries, Ttl::Default).unwrap_err().kind(), ErrorKind::Unavailable);
        assert_eq!(cache.get_many(&keys).unwrap(), found);
        assert_eq!(cache.len().unwrap_err().kind(), ErrorKind::Unavailable);

        b.restart_on_same_port();
        cache.put_many(&entries, Ttl::Default).unwrap();
        assert!(cache.get_many(&keys).unwrap().iter().all(Option::is_some));
        assert_eq!(cache.len().unwrap(), KEYS);
    });
}

#[test]
fn law2_harmless_two_servers_that_hang_cost_a_batch_one_deadline() {
    let [a, b, c] = [(); 3].map(|()| MemcachedServer::start());
    let builder = || Setup::new(&url(&[&a, &b, &c])).response_timeout(DEADLINE);
    on_both(builder, |cache| {
        let keys: Vec<_> = (0..KEYS).map(key).collect();
        let keys: Vec<_> = keys.iter().map(Vec::as_slice).collect();
        let values: Vec<_> = (0..KEYS).map(value).collect();
        let entries: Vec<_> = keys.iter().copied().zip(&values).collect();
        cache.put_many(&entries, Ttl::Default).unwrap();
        a.pause();
        b.pause();
        let watch = Watch::new();
        for _ in 0..2 {
            let found = watch.within(DEADLINE, "get_many", || cache.get_many(&keys)).unwrap();
            let hits = found.iter().flatten().count();
            assert!((50..150).contains(&hits), "{hits} of {KEYS} keys");
            assert!(found.iter().zip(&values).all(|(found, value)| found.as_ref().is_none_or(|found| found == value)));
            watch.within(DEADLINE, "put_many", || cache.put_many(&entries, Ttl::Default)).unwrap_err();
        }
        a.resume();
        b.resume();
    });
}
