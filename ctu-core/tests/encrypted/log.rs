//! What is logged, at every level, kept to be looked at.

use std::cell::RefCell;
use std::fmt::{self, Write};
use std::sync::{Arc, Mutex, Once};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// The events as lines: the level, then the fields.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<String>>>);

thread_local! {
    static LISTENING: RefCell<Option<Log>> = const { RefCell::new(None) };
}

/// The one subscriber of the process, which hands each event to the log of its thread. With a subscriber for a thread, what
/// another thread without one meets first would be off for all: tracing remembers per event whether anyone listens.
struct ToThreads;

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

impl Subscriber for ToThreads {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        LISTENING.with_borrow(|log| {
            if let Some(log) = log {
                let mut fields = Fields(event.metadata().level().to_string());
                event.record(&mut fields);
                log.0.lock().unwrap().push(fields.0);
            }
        });
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

impl Log {
    /// What was logged since the last call of this.
    pub fn lines(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// Does `work` with this listening on this thread.
    pub fn listen<T>(&self, work: impl FnOnce() -> T) -> T {
        static INSTALLED: Once = Once::new();
        INSTALLED.call_once(|| tracing::subscriber::set_global_default(ToThreads).unwrap());
        // What another thread met while it was being installed.
        tracing::callsite::rebuild_interest_cache();
        let before = LISTENING.replace(Some(self.clone()));
        let done = work();
        LISTENING.set(before);
        done
    }
}

/// What `work` logs.
pub fn logged(work: impl FnOnce()) -> Vec<String> {
    let log = Log::default();
    log.listen(work);
    log.lines()
}
