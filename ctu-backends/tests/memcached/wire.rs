//! What goes over the wire: how often, and in which form.

use std::os::unix::net::{UnixListener, UnixStream};
use std::time::Duration;
use std::{io, thread};

use ctu_core::Ttl;
use servers::MemcachedServer;

use crate::support::{Proxy, Setup, key, on_both, value};

#[test]
fn each_operation_is_one_round_trip() {
    let server = MemcachedServer::start();
    let proxy = Proxy::new(server.port(), || ());
    let builder = || Setup::new(&proxy.url()).namespace("app.").response_timeout(Duration::from_secs(10));
    on_both(builder, |cache| {
        let commands = |sent: String| sent.lines().filter(|line| line.starts_with('m')).count();
        // Also on the first use of the connection: nothing is sent before.
        cache.put(b"hello", &value(3), Ttl::After(Duration::from_secs(9))).unwrap();
        let put = proxy.sent();
        assert!(put.starts_with("ms app.Xk~0{Zv 11 T9 F0 O"), "{put}");
        assert_eq!(commands(put), 1);
        cache.get_entry(b"hello").unwrap();
        assert_eq!(commands(proxy.sent()), 1);
        cache.contains(b"hello").unwrap();
        let contains = proxy.sent();
        assert!(contains.starts_with("mg app.Xk~0{Zv s O"), "{contains}");
        cache.remove(b"hello").unwrap();
        assert_eq!(commands(proxy.sent()), 1);

        let keys: Vec<_> = (0..100).map(key).collect();
        let values: Vec<_> = (0..100).map(value).collect();
        let entries: Vec<_> = keys.iter().map(Vec::as_slice).zip(&values).collect();
        cache.put_many(&entries, Ttl::Default).unwrap();
        assert_eq!(proxy.sent().matches("mn\r\n").count(), 1);
        let keys: Vec<_> = keys.iter().map(Vec::as_slice).collect();
        let found = cache.get_many(&keys).unwrap();
        assert!(found.iter().zip(&values).all(|(found, value)| found.as_ref() == Some(value)));
        assert_eq!(proxy.sent().matches("mn\r\n").count(), 1);
        assert!(cache.get_many(&[]).unwrap().is_empty());
        cache.put_many(&[], Ttl::Default).unwrap();
        assert_eq!(proxy.sent(), "");
    });
}

#[test]
fn batches_larger_than_all_buffers_do_not_stall() {
    let server = MemcachedServer::start_with(&["-m", "256"]);
    let builder = || Setup::new(&server.url()).response_timeout(Duration::from_secs(20));
    on_both(builder, |cache| {
        let keys: Vec<Vec<u8>> = (0..3_000).map(|n| format!("{n:0190}").into_bytes()).collect();
        let value = bytes::Bytes::from(vec![b'v'; 20_000]);
        let entries: Vec<_> = keys.iter().map(|key| (key.as_slice(), &value)).collect();
        cache.put_many(&entries, Ttl::Default).unwrap();
        let keys: Vec<_> = keys.iter().map(Vec::as_slice).collect();
        let found = cache.get_many(&keys).unwrap();
        assert!(found.iter().all(|found| found.as_ref() == Some(&value)));
    });
}

#[test]
fn a_server_may_be_at_a_unix_socket() {
    let server = MemcachedServer::start();
    let path = std::env::temp_dir().join(format!("ctu-memcached-{}.sock", std::process::id()));
    let listener = UnixListener::bind(&path).unwrap();
    let port = server.port();
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let server = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
            thread::spawn(move || relay(&client, &server));
        }
    });
    let builder = || Setup::new(&format!("memcached://{}", path.display()));
    on_both(builder, |cache| {
        for n in 0..10 {
            cache.put(&key(n), &value(n), Ttl::Default).unwrap();
            assert_eq!(cache.get(&key(n)).unwrap(), Some(value(n)));
        }
    });
    std::fs::remove_file(&path).unwrap();
    on_both(builder, |cache| {
        assert_eq!(cache.get(b"k").unwrap_err().kind(), ctu_core::ErrorKind::Unavailable);
    });
}

fn relay(client: &UnixStream, server: &std::net::TcpStream) {
    thread::scope(|scope| {
        scope.spawn(|| io::copy(&mut &*client, &mut &*server));
        let _ = io::copy(&mut &*server, &mut &*client);
    });
}
