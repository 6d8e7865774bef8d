//! What a cache is asked and how it answers, in the log: [`DebugCache`].

use std::fmt;
use std::time::Duration;

use super::observed::{Event, Observe, Observed, Observer};
use crate::clock::{Nanos, system_nanos};
use crate::{Error, Result};

/// A cache that tells of every operation in a `tracing` event (level `DEBUG`, target `ctu`).
///
/// Made by [`StackExt::debug`](crate::StackExt::debug). The fields are `cache` (the given name), `operation`, `outcome`
/// (`hit`, `miss`, `stored`, `removed`, `absent`, `present`, `done`, or the kind of the error), `took`, and for batches
/// `keys` and `hits`, their numbers. Keys and values are not shown unless asked for with
/// [`show_keys`](Self::show_keys) and [`show_values`](Self::show_values). While nobody listens to such events, an
/// operation costs no more than asking so.
///
/// # Examples
///
/// ```
/// use ctu_core::{Cache, LockedCache, StackExt, Ttl};
/// use std::collections::HashMap;
///
/// let cache = LockedCache::new(HashMap::<String, u32>::new()).debug("numbers").show_keys(true);
/// cache.put("one", &1, Ttl::Default)?;    // cache=numbers operation=put outcome=stored took=1.2µs key="one"
/// assert_eq!(cache.get("one")?, Some(1)); // cache=numbers operation=get outcome=hit took=0.8µs key="one"
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub type DebugCache<C, Keys = Hidden, Values = Hidden> = Observed<Debugging<Keys, Values>, C>;

/// The observer of a [`DebugCache`].
#[derive(Debug)]
pub struct Debugging<Keys = Hidden, Values = Hidden> {
    name: Box<str>,
    keys: Keys,
    values: Values,
}

/// How keys or values are shown in events: [`Hidden`], or [`Shown`], which needs them to be `Debug`.
///
/// A type, so that a cache whose keys have no `Debug` can be watched too.
pub trait Show<T: ?Sized> {
    /// Whether they are shown.
    fn is_on(&self) -> bool;

    /// Writes `value`, if it is shown.
    ///
    /// # Errors
    ///
    /// When `f` fails.
    fn show(&self, value: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// Not shown, and not required to be `Debug`.
#[derive(Debug, Clone, Copy)]
pub struct Hidden;

/// Shown if switched on.
#[derive(Debug, Clone, Copy)]
pub struct Shown(bool);

impl<T: ?Sized> Show<T> for Hidden {
    fn is_on(&self) -> bool {
        false
    }

    fn show(&self, _value: &T, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl<T: ?Sized + fmt::Debug> Show<T> for Shown {
    fn is_on(&self) -> bool {
        self.0
    }

    fn show(&self, value: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 { value.fmt(f) } else { Ok(()) }
    }
}

/// Several values in a form to show.
struct Showing<'a, S, T: ?Sized>(&'a S, &'a [&'a T]);

impl<S: Show<T>, T: ?Sized> fmt::Debug for Showing<'_, S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, value) in self.1.iter().enumerate() {
            f.write_str(if i == 0 { "" } else { ", " })?;
            self.0.show(value, f)?;
        }
        Ok(())
    }
}

impl Debugging {
    /// Names the cache in its events.
    pub fn new(name: impl Into<Box<str>>) -> Self {
        Self { name: name.into(), keys: Hidden, values: Hidden }
    }
}

impl<C, Keys, Values> DebugCache<C, Keys, Values> {
    /// Whether keys are shown in events. They may be personal data: not by default.
    #[must_use]
    pub fn show_keys(self, show: bool) -> DebugCache<C, Shown, Values> {
        let Debugging { name, values, .. } = self.observer;
        Observed { observer: Debugging { name, keys: Shown(show), values }, inner: self.inner }
    }

    /// Whether values are shown in events. They may be personal data or secrets: not by default.
    #[must_use]
    pub fn show_values(self, show: bool) -> DebugCache<C, Keys, Shown> {
        let Debugging { name, keys, .. } = self.observer;
        Observed { observer: Debugging { name, keys, values: Shown(show) }, inner: self.inner }
    }
}

/// What an event says, besides the name and the time.
#[derive(Default)]
struct Line<'a> {
    operation: &'static str,
    outcome: &'static str,
    /// Of a batch: how many keys, and how many of them were found.
    keys: Option<usize>,
    hits: Option<usize>,
    key: Option<&'a dyn fmt::Debug>,
    value: Option<&'a dyn fmt::Debug>,
}

impl<Keys, Values> Debugging<Keys, Values> {
    fn emit(&self, start: Nanos, line: &Line<'_>) {
        tracing::debug!(
            target: "ctu",
            cache = &*self.name,
            operation = line.operation,
            outcome = line.outcome,
            took = ?Duration::from_nanos(system_nanos().saturating_sub(start)),
            keys = line.keys,
            hits = line.hits,
            key = line.key.map(tracing::field::debug),
            value = line.value.map(tracing::field::debug),
        );
    }
}

impl<Keys, Values> Observer for Debugging<Keys, Values> {
    /// When the operation began; `None` while nobody listens.
    type Start = Option<Nanos>;

    fn start(&self) -> Option<Nanos> {
        tracing::enabled!(target: "ctu", tracing::Level::DEBUG).then(system_nanos)
    }

    fn store_done(&self, start: Option<Nanos>, operation: &'static str, result: Result<(), &Error>) {
        if let Some(start) = start {
            self.emit(start, &Line { operation, outcome: outcome(result, |()| "done"), ..Line::default() });
        }
    }
}

impl<K: ?Sized, V, Keys: Show<K>, Values: Show<V>> Observe<K, V> for Debugging<Keys, Values> {
    fn done(&self, start: Option<Nanos>, event: &Event<'_, K, V>) {
        let Some(start) = start else { return };
        let (keys, values) = self.shown(event);
        let (keys, values) = (Showing(&self.keys, &keys), Showing(&self.values, &values));
        let mut line = describe(event);
        line.key = self.keys.is_on().then_some(&keys as _);
        line.value = (self.values.is_on() && !values.1.is_empty()).then_some(&values as _);
        self.emit(start, &line);
    }
}

impl<Keys, Values> Debugging<Keys, Values> {
    /// The keys and the values of an event, of those that are shown.
    fn shown<'a, K: ?Sized, V>(&self, event: &Event<'a, K, V>) -> (Vec<&'a K>, Vec<&'a V>)
    where
        Keys: Show<K>,
        Values: Show<V>,
    {
        let (mut keys, mut values) = match *event {
            Event::Get { key, result } => (vec![key], result.ok().flatten().into_iter().collect()),
            Event::Put { key, value, .. } => (vec![key], vec![value]),
            Event::Remove { key, .. } | Event::Contains { key, .. } => (vec![key], vec![]),
            Event::GetMany { keys, result } => (keys.to_vec(), result.unwrap_or_default().iter().flatten().collect()),
            Event::PutMany { entries, .. } => entries.iter().copied().unzip(),
        };
        if !self.keys.is_on() {
            keys.clear();
        }
        if !self.values.is_on() {
            values.clear();
        }
        (keys, values)
    }
}

fn describe<K: ?Sized, V>(event: &Event<'_, K, V>) -> Line<'static> {
    let line = |operation, outcome| Line { operation, outcome, ..Line::default() };
    match *event {
        Event::Get { result, .. } => line("get", outcome(result, |found| if found.is_some() { "hit" } else { "miss" })),
        Event::Put { result, .. } => line("put", outcome(result, |()| "stored")),
        Event::Remove { result, .. } => {
            line("remove", outcome(result, |there| if there { "removed" } else { "absent" }))
        }
        Event::Contains { result, .. } => {
            line("contains", outcome(result, |there| if there { "present" } else { "absent" }))
        }
        Event::GetMany { keys, result } => Line {
            keys: Some(keys.len()),
            hits: result.ok().map(|found| found.iter().flatten().count()),
            ..line("get_many", outcome(result, |_| "done"))
        },
        Event::PutMany { entries, result } => {
            Line { keys: Some(entries.len()), ..line("put_many", outcome(result, |()| "stored")) }
        }
    }
}

fn outcome<T>(result: Result<T, &Error>, name: impl FnOnce(T) -> &'static str) -> &'static str {
    match result {
        Ok(value) => name(value),
        Err(error) => error.kind().name(),
    }
}

#[cfg(test)]
mod tests;
