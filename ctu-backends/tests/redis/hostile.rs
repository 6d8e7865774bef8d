//! A server that answers with anything at all: never a panic, never a value that nobody stored, never later than the
//! deadline.

use std::time::Duration;

use ctu_core::ErrorKind;

use crate::fake;
use crate::form::{Form, Options, Stopwatch, every_operation, on_both_forms};

on_both_forms! {
    law2_harmless_garbage_is_an_error_of_the_protocol
    law2_harmless_hostile_lengths_end_at_the_deadline
    law2_harmless_answers_that_drip
    law2_harmless_connections_that_are_closed_at_once
    law7_silent_errors_of_the_server_are_not_quoted
}

const DEADLINE: Duration = Duration::from_millis(40);

fn options(url: String) -> Options {
    Options::new(url).deadlines(DEADLINE, DEADLINE)
}

async fn law2_harmless_garbage_is_an_error_of_the_protocol<F: Form>() {
    let garbage: [&'static [u8]; 12] = [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\0\0\0\0\r\n",
        b"+PONG\r\n",
        b"$-5x\r\n",
        b"$abc\r\n",
        b"*x\r\n",
        b"$3\r\nabcdef\r\n",
        b",3.14\r\n",
        b"#t\r\n",
        b"%1\r\n+a\r\n+b\r\n",
        b"~1\r\n+a\r\n",
        b"\xff\xfe\xfd\r\n",
    ];
    for answer in garbage {
        let cache = F::open(&Options::new(fake::parrot(answer)));
        let error = cache.get(b"key").await.expect_err(&answer.escape_ascii().to_string());
        assert_eq!(error.kind(), ErrorKind::Protocol, "{}", answer.escape_ascii());
        assert_eq!(cache.get_many(&[b"key"]).await.unwrap_err().kind(), ErrorKind::Protocol);
        assert_eq!(cache.remove(b"key").await.unwrap_err().kind(), ErrorKind::Protocol);
    }
}

async fn law2_harmless_hostile_lengths_end_at_the_deadline<F: Form>() {
    let mut nested = b"*1\r\n".repeat(5_000);
    nested.extend(b":1\r\n");
    let mut wide = b"*4096\r\n".repeat(90);
    wide.extend(b":1\r\n");
    let hostile: [&'static [u8]; 12] = [
        b"$2147483647\r\n",
        b"$2147483647\r\nabc\r\n",
        b"$9223372036854775807\r\nabc\r\n",
        b"$9223372036854775808\r\nabc\r\n",
        b"*2147483647\r\n",
        b"*9223372036854775807\r\n:1\r\n",
        b"%9223372036854775807\r\n:1\r\n",
        b"|9223372036854775807\r\n:1\r\n",
        b"=-1\r\nabc\r\n",
        b">-1\r\n",
        nested.leak(),
        wide.leak(),
    ];
    for answer in hostile {
        let cache = F::open(&options(fake::parrot(answer)));
        let mut stopwatch = Stopwatch::new(DEADLINE * 2);
        let failures = every_operation(&cache, &mut stopwatch).await;
        assert!(failures.iter().all(Option::is_some), "{}: {failures:?}", answer[..9].escape_ascii());
        stopwatch.check();
    }
}

async fn law2_harmless_answers_that_drip<F: Form>() {
    // Each byte comes within the deadline, the answer as a whole does not.
    let url = fake::server(|mut commands| {
        if commands.next().is_some() && commands.answer(b"$1000\r\n") {
            while commands.answer(b"x") {
                std::thread::sleep(DEADLINE / 4);
            }
        }
    });
    let cache = F::open(&options(url));
    let mut stopwatch = Stopwatch::new(DEADLINE * 2);
    for _ in 0..20 {
        assert_eq!(stopwatch.time(cache.get(b"key")).await.unwrap_err().kind(), ErrorKind::Timeout);
    }
    stopwatch.check();
}

async fn law2_harmless_connections_that_are_closed_at_once<F: Form>() {
    for answer in [b"".as_slice(), b"$10\r\nabc"] {
        let url = fake::server(move |mut commands| {
            commands.next();
            commands.answer(answer);
        });
        let cache = F::open(&options(url));
        let mut stopwatch = Stopwatch::new(DEADLINE * 2);
        let failures = every_operation(&cache, &mut stopwatch).await;
        // An answer that is cut off is none, or a wrong one.
        let expected = [Some(ErrorKind::Unavailable), Some(ErrorKind::Protocol)];
        assert!(failures.iter().all(|failure| expected.contains(failure)), "{failures:?}");
        stopwatch.check();
    }
}

async fn law7_silent_errors_of_the_server_are_not_quoted<F: Form>() {
    for (answer, kind) in [
        (b"-ERR unknown command 'GET', with args beginning with: 'hunter2'\r\n".as_slice(), ErrorKind::Other),
        (b"-hunter2 hunter2\r\n", ErrorKind::Other),
        (b"-NOAUTH hunter2\r\n", ErrorKind::Config),
        (b"-LOADING hunter2\r\n", ErrorKind::Unavailable),
        (b"-READONLY hunter2\r\n", ErrorKind::Unavailable),
        (b"-OOM hunter2\r\n", ErrorKind::Limit),
        (b"-MOVED 1 hunter2:1\r\n", ErrorKind::Config),
        (b"hunter2\r\n", ErrorKind::Protocol),
    ] {
        let cache = F::open(&Options::new(fake::parrot(answer)));
        let error = cache.get(b"hunter2").await.unwrap_err();
        assert_eq!(error.kind(), kind, "{}", answer.escape_ascii());
        assert!(!format!("{error:?}{error}").contains("hunter2"), "{error:?}");
    }
}
