//! Computations that go on without their caller: in threads for plain functions, in tasks of tokio for `async` ones.

use std::fmt;
use std::future::Future;
use std::sync::atomic::Ordering;

use super::tasks::{self, Running};
use crate::memo::flights::Lead;
use crate::memo::leased::Held;
use crate::memo::site::Site;
use crate::memo::sync::{AtomicUsize, global, thread};

/// At a time, of all functions of the process. A thread waits most of its life, for a server or a disk.
const MAX_THREADS: usize = 32;
/// At a time, of all functions of the process.
#[cfg(any(feature = "tokio", all(test, ctu_shuttle)))]
const MAX_TASKS: usize = 1_024;

global! {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
}
#[cfg(any(feature = "tokio", all(test, ctu_shuttle)))]
global! {
    static TASKS: AtomicUsize = AtomicUsize::new(0);
}

/// Where a computation can go on.
#[derive(Debug)]
pub enum Room {
    /// In the background.
    Here(Slot),
    /// Nowhere, as there are as many as there may be.
    Full,
    /// Nowhere but with its caller.
    Foreground,
}

/// The right to one of a bounded number of computations, given back when dropped.
#[derive(Debug)]
pub struct Slot(&'static AtomicUsize);

impl Slot {
    fn of(count: &'static AtomicUsize, max: usize) -> Room {
        let taken =
            count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| (count < max).then_some(count + 1));
        if taken.is_ok() { Room::Here(Self(count)) } else { Room::Full }
    }

    #[cfg(any(feature = "tokio", all(test, ctu_shuttle)))]
    pub(super) fn of_tasks() -> Room {
        Self::of(&TASKS, MAX_TASKS)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A computation that is its caller's to make, on its way into the background. Dropped, it is anybody's.
pub struct Begun {
    pub(super) site: &'static Site,
    // Dropped before the lead, so that who follows finds it.
    pub(super) held: Option<Held>,
    pub(super) lead: Lead<'static>,
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Begun(..)")
    }
}

/// How a plain function computes in the background.
pub trait InThread {
    #[doc(hidden)]
    fn room(&self) -> Room;

    #[doc(hidden)]
    fn start(self, slot: Slot, begun: Begun);
}

/// How an `async` function does.
#[diagnostic::on_unimplemented(
    message = "this function can't be computed in the background",
    label = "its future and what it returns need to be `Send`",
    note = "`stale_on = expiry`, `refresh_ahead` and a `timeout` with `stale` compute in a task: leave them out, or hold \
            nothing over an `.await` that is not `Send`"
)]
pub trait InTask<R> {
    #[doc(hidden)]
    fn room(&self) -> Room;

    #[doc(hidden)]
    fn start(self, slot: Slot, begun: Begun) -> Option<Running<R>>;
}

/// It does not.
#[derive(Debug)]
pub struct Never;

impl InThread for Never {
    fn room(&self) -> Room {
        Room::Foreground
    }

    fn start(self, _: Slot, _: Begun) {}
}

impl<R> InTask<R> for Never {
    fn room(&self) -> Room {
        Room::Foreground
    }

    fn start(self, _: Slot, _: Begun) -> Option<Running<R>> {
        None
    }
}

/// A closure that copies what the computation needs, and returns that.
pub struct Threads<F>(pub F);

impl<F> fmt::Debug for Threads<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Threads(..)")
    }
}

impl<F, J> InThread for Threads<F>
where
    F: FnOnce(Begun) -> J,
    J: FnOnce() + Send + 'static,
{
    fn room(&self) -> Room {
        Slot::of(&THREADS, MAX_THREADS)
    }

    fn start(self, slot: Slot, begun: Begun) {
        let site = begun.site;
        let job = (self.0)(begun);
        let run = move || {
            let _slot = slot;
            let _report = Report(site);
            job();
        };
        // Without a thread the job is dropped, and the next caller tries again.
        drop(thread::Builder::new().name("ctu-background".to_owned()).spawn(run));
    }
}

/// A closure that copies what the computation needs, and returns its future.
pub struct Tasks<F>(pub F);

impl<F> fmt::Debug for Tasks<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tasks(..)")
    }
}

impl<R, F, J> InTask<R> for Tasks<F>
where
    R: Send + 'static,
    F: FnOnce(Begun) -> J,
    J: Future<Output = R> + Send + 'static,
{
    fn room(&self) -> Room {
        tasks::room()
    }

    fn start(self, slot: Slot, begun: Begun) -> Option<Running<R>> {
        let site = begun.site;
        let work = (self.0)(begun);
        tasks::spawn(async move {
            let _slot = slot;
            let _report = Report(site);
            work.await
        })
    }
}

/// Says so when the computation panics: nobody waits for it, to be told.
struct Report(&'static Site);

impl Drop for Report {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.panicked();
        }
    }
}

/// For models: nothing goes on in the background.
#[cfg(all(test, ctu_shuttle))]
pub(in crate::memo) fn is_idle() -> bool {
    THREADS.load(Ordering::Relaxed) + TASKS.load(Ordering::Relaxed) == 0
}

#[cfg(all(test, not(ctu_shuttle)))]
mod tests {
    use super::*;

    #[test]
    fn law6_bounded_there_are_so_many_slots_and_each_is_given_back() {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let first = Slot::of(&COUNT, 2);
        let _second = Slot::of(&COUNT, 2);
        assert!(matches!(Slot::of(&COUNT, 2), Room::Full));
        drop(first);
        assert!(matches!(Slot::of(&COUNT, 2), Room::Here(_)));
    }
}
