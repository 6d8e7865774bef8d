//! What can go wrong on a connection, as errors.

use std::io;
use std::time::Duration;

use ctu_core::{Error, ErrorKind};

/// Why a conversation ended early.
pub(super) struct Failure {
    pub(super) error: Error,
    /// The server closed the connection before it answered anything, as it does when it was restarted: then all there is
    /// to do is to ask again on a new one.
    pub(super) closed: bool,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, closed: false }
    }
}

impl Failure {
    pub(super) fn of(error: io::Error, unanswered: bool, response: Duration) -> Self {
        if is_timeout(&error) {
            return late(response).into();
        }
        let error =
            Error::new(ErrorKind::Unavailable, "the connection to the memcached server broke").with_source(error);
        Self { error, closed: unanswered }
    }
}

/// What a blocking socket says when its time is up.
pub(super) fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
}

#[cold]
pub(super) fn late(response: Duration) -> Error {
    Error::new(
        ErrorKind::Timeout,
        format!("the memcached server did not answer within the response deadline of {response:?}"),
    )
}

#[cold]
pub(super) fn no_connection(error: io::Error, connect: Duration) -> Error {
    if is_timeout(&error) {
        let message = format!("no connection to the memcached server within the connect deadline of {connect:?}");
        return Error::new(ErrorKind::Timeout, message);
    }
    Error::new(ErrorKind::Unavailable, "the memcached server can't be reached").with_source(error)
}
