//! Without tokio there is nowhere to go on: whoever is to compute does so itself.

use std::convert::Infallible;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::background::Room;

/// A computation in a task, which there is none of.
#[derive(Debug)]
pub struct Running<R>(Infallible, PhantomData<fn() -> R>);

pub(super) const fn is_there() -> bool {
    false
}

pub(super) const fn room() -> Room {
    Room::Foreground
}

pub(super) fn spawn<R: Send + 'static>(_: impl Future<Output = R> + Send + 'static) -> Option<Running<R>> {
    None
}

#[allow(clippy::unused_async)] // as the other is
pub(super) async fn returned<R>(running: Running<R>) -> Option<R> {
    match running.0 {}
}

pub(super) async fn limited<R>(_: Duration, _: &AtomicBool, work: impl Future<Output = R>) -> Option<R> {
    Some(work.await)
}
