//! A write over a connection that was given up, which the server comes to after a later removal over another.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use ctu::{Bytes, Cache, Claim, ErrorKind, Lease, Leased, RedisCache, Ttl};

use crate::support::SERVER;

/// Between a client and the server: what clients send over connections that were there when it began to hold is kept
/// until it lets go.
#[derive(Default)]
struct Network {
    connections: AtomicUsize,
    /// The first so many connections are held.
    held: Mutex<usize>,
    changed: Condvar,
    is_waiting: AtomicBool,
    /// Of the server, to what was held.
    late_answers: AtomicUsize,
}

impl Network {
    fn start(self: &Arc<Self>, server: u16) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let network = Arc::clone(self);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let number = network.connections.fetch_add(1, SeqCst);
                let server = TcpStream::connect(("127.0.0.1", server)).unwrap();
                let (up, down) = (Arc::clone(&network), Arc::clone(&network));
                let (to, from) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let was_held = Arc::new(AtomicBool::new(false));
                let is_late = Arc::clone(&was_held);
                thread::spawn(move || up.carry_up(number, from, to, &was_held));
                thread::spawn(move || down.carry_down(server, client, &is_late));
            }
        });
        port
    }

    fn carry_up(&self, number: usize, mut from: TcpStream, mut to: TcpStream, was_held: &AtomicBool) {
        let mut bytes = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut bytes) {
            let held = self.held.lock().unwrap();
            if *held > number {
                was_held.store(true, SeqCst);
                self.is_waiting.store(true, SeqCst);
            }
            drop(self.changed.wait_while(held, |held| *held > number).unwrap());
            to.write_all(&bytes[..length]).unwrap();
        }
    }

    fn carry_down(&self, mut from: TcpStream, mut to: TcpStream, is_late: &AtomicBool) {
        let mut bytes = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut bytes) {
            if is_late.load(SeqCst) {
                self.late_answers.fetch_add(1, SeqCst);
            }
            // The client may be gone.
            let _ = to.write_all(&bytes[..length]);
        }
    }

    fn hold(&self) {
        *self.held.lock().unwrap() = self.connections.load(SeqCst);
    }

    fn let_go(&self) {
        assert!(self.is_waiting.load(SeqCst), "nothing was sent over a connection that is held");
        *self.held.lock().unwrap() = 0;
        self.changed.notify_all();
        while self.late_answers.load(SeqCst) == 0 {
            thread::yield_now();
        }
    }
}

const KEY: &[u8] = b"late";
const OLDER: Bytes = Bytes::from_static(b"older");

/// What the server has when a write that timed out has come to it, after a removal.
fn left(namespace: &str, write: impl FnOnce(&RedisCache, &dyn Fn())) -> Option<Bytes> {
    let network = Arc::<Network>::default();
    let url = format!("redis://127.0.0.1:{}", network.start(SERVER.port()));
    let slow = Duration::from_millis(400);
    let cache = RedisCache::builder(&url).namespace(namespace).response_timeout(slow).build().unwrap();
    cache.remove(KEY).unwrap();
    write(&cache, &|| network.hold());
    cache.remove(KEY).unwrap();
    assert_eq!(cache.get(KEY).unwrap(), None);
    network.let_go();
    cache.get(KEY).unwrap()
}

#[test]
fn a_plain_write_that_timed_out_may_come_after_a_removal() {
    let left = left("plain.", |cache, hold| {
        hold();
        assert_eq!(cache.put(KEY, &OLDER, Ttl::Default).unwrap_err().kind(), ErrorKind::Timeout);
    });
    // As the docs say: if it could not, they should not.
    assert_eq!(left, Some(OLDER));
}

#[test]
fn law4_gone_is_gone_a_write_with_a_lease_that_timed_out_is_not_stored_after_a_removal() {
    let left = left("leased.", |cache, hold| {
        let Leased::Granted(token) = cache.lease(KEY, Claim::Shared, Duration::from_secs(60)).unwrap() else {
            panic!("a free key could not be leased")
        };
        hold();
        let put = cache.put_if_leased(KEY, &OLDER, Ttl::Default, token);
        assert_eq!(put.unwrap_err().kind(), ErrorKind::Timeout);
    });
    assert_eq!(left, None);
}
