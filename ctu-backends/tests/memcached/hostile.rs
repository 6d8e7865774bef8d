//! Servers that answer anything but what was asked.

use std::io::{Read, Write};
use std::thread;
use std::time::Duration;

use ctu_core::ErrorKind;

use crate::support::{Setup, Watch, fake, on_both};

const SHORT: Duration = Duration::from_millis(50);

/// Every operation fails in time, without a word of what was asked.
fn every_operation_fails(port: u16, kinds: &[ErrorKind]) {
    let builder = || {
        Setup::new(&format!("memcached://127.0.0.1:{port}"))
            .connect_timeout(SHORT)
            .response_timeout(SHORT)
            .max_value(100_000)
    };
    on_both(builder, |cache| {
        let watch = Watch::new();
        cache.every_operation(|name, run| {
            let error = watch.within(SHORT, name, run).expect(name);
            assert!(kinds.contains(&error.kind()), "{name}: {error:?}");
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("secret") && !shown.contains("JUNK"), "{shown}");
        });
    });
}

/// Answers everything with this.
fn always(answer: &'static [u8]) -> u16 {
    fake(move |mut stream| {
        let mut buffer = [0; 4_096];
        while let Ok(1..) = stream.read(&mut buffer) {
            if stream.write_all(answer).is_err() {
                break;
            }
        }
    })
}

#[test]
fn law2_harmless_garbage_is_an_error_in_time() {
    for answer in [
        &b"\r\n"[..],
        b"JUNK\r\n",
        b"HTTP/1.1 400 JUNK\r\n\r\n",
        b"ERROR\r\n",
        b"CLIENT_ERROR JUNK\r\n",
        b"\0\xff\0\xffJUNK\n",
        b"HD JUNK\r\nHD JUNK\r\n",
        b"VA 3 O99999999\r\nabc\r\n",
        b"VA 3\r\nabcdef\r\n",
    ] {
        every_operation_fails(always(answer), &[ErrorKind::Protocol]);
    }
    every_operation_fails(
        always(b"SERVER_ERROR JUNK\r\n"),
        &[ErrorKind::Unavailable, ErrorKind::Protocol, ErrorKind::Timeout],
    );
}

#[test]
fn law6_bounded_a_hostile_length_is_refused() {
    for answer in [
        &b"VA 100001 f0 t-1\r\n"[..],
        b"VA 1073741824 f0 t-1\r\n",
        b"VA 18446744073709551615 f0 t-1\r\n",
        b"VA 18446744073709551616 f0 t-1\r\n",
        b"VA -1 f0 t-1\r\n",
    ] {
        every_operation_fails(always(answer), &[ErrorKind::Limit, ErrorKind::Protocol]);
    }
}

#[test]
fn law2_harmless_a_server_that_hangs_up_or_never_answers_is_an_error_in_time() {
    every_operation_fails(fake(drop), &[ErrorKind::Unavailable]);
    every_operation_fails(fake(|_stream| thread::park()), &[ErrorKind::Timeout]);
    // Half an answer.
    every_operation_fails(always(b"VA 50 "), &[ErrorKind::Timeout, ErrorKind::Protocol]);
}

#[test]
fn law2_harmless_a_server_that_drips_or_floods_is_an_error_in_time() {
    let drip = fake(|mut stream| {
        for byte in b"VA 90000 ".iter().chain(b"f0 ".iter().cycle()) {
            if stream.write_all(&[*byte]).is_err() {
                break;
            }
            thread::sleep(Duration::from_millis(5));
        }
    });
    every_operation_fails(drip, &[ErrorKind::Timeout, ErrorKind::Protocol]);
    for flood in [&b"x"[..], b"STAT JUNK 1\r\n", b"EN\r\n", b"VA 1 f0 t-1\r\nx\r\n"] {
        let flood: &'static [u8] = flood.repeat(5_000).leak();
        let port = fake(move |mut stream| while stream.write_all(flood).is_ok() {});
        every_operation_fails(port, &[ErrorKind::Protocol]);
    }
}
