//! A thread's tables.

use std::any::Any;
use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ctu_core::CacheKey;

use crate::memory::lifetime::Expiry;
use crate::memory::versions::Versions;

/// The most bytes that the table of one thread and one cache takes, which fit into most processors' second cache.
const MOST_BYTES: usize = 128 << 10;
/// The most bytes that all tables of the process take.
const MOST_BYTES_OF_ALL: usize = 16 << 20;
/// A table begins with so many sets, and grows by this factor.
const LEAST_SETS: usize = 8;
const GROWTH: usize = 4;
/// How many copies share a place.
const WAYS: usize = 2;
/// What finds nothing costs no more than twice of what finding something saves.
const WORTH: usize = 2;
/// Of less is not reckoned whether it is worth it.
const LEAST_TO_RECKON: usize = 256;
/// A table that turned out not to be worth it is done without for so many times as many lookups as that took.
const REST: usize = 32;
/// And one for which there was no room, for so many.
const REST_WITHOUT_ROOM: usize = 10_000;

/// What tables may still take.
static LEFT: AtomicUsize = AtomicUsize::new(MOST_BYTES_OF_ALL);

thread_local! {
    /// Those of this thread. Taken by who looks into them, and put back: whoever is called meanwhile finds none.
    // Without a destructor, of which each access would have to take care: `End` is it.
    static TABLES: Cell<ManuallyDrop<Option<Box<Tables>>>> = const { Cell::new(ManuallyDrop::new(None)) };
    static END: End = const { End };
}

/// By the numbers of their caches.
#[derive(Default)]
pub(super) struct Tables(Vec<Place>);

/// For one table.
#[derive(Default)]
struct Place {
    table: Option<Box<dyn Any>>,
    /// Where there is none: how many things are to be found elsewhere before there is one.
    rest: usize,
}

/// Those of this thread, to be [put back](Tables::put_back).
#[inline]
pub(super) fn take() -> Option<Box<Tables>> {
    ManuallyDrop::into_inner(TABLES.take())
}

/// The same, made where there are none yet; but not in a thread's last destructors.
pub(super) fn take_or_make() -> Option<Box<Tables>> {
    END.try_with(|_| take().unwrap_or_default()).ok()
}

/// Drops the tables when their thread ends.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        drop(take());
    }
}

impl Tables {
    #[inline]
    pub(super) fn put_back(self: Box<Self>) {
        let others = TABLES.replace(ManuallyDrop::new(Some(self)));
        if others.is_some() {
            drop_others(others);
        }
    }

    /// That of the cache with this number.
    #[inline]
    pub(super) fn of<K: 'static, V: 'static>(&mut self, number: usize) -> Option<&mut Table<K, V>> {
        self.0.get_mut(number)?.table.as_mut()?.downcast_mut()
    }

    /// Something was found elsewhere, as there is no table of the cache with this number: tells whether it is time to
    /// [make](Self::begin) one.
    pub(super) fn is_wanted(&mut self, number: usize) -> bool {
        match self.0.get_mut(number) {
            Some(Place { rest, .. }) if *rest > 0 => {
                *rest -= 1;
                false
            }
            _ => true,
        }
    }

    /// Makes that of the cache with this number.
    pub(super) fn begin<K: 'static, V: 'static>(&mut self, number: usize, versions: &Arc<Versions>) {
        if self.0.len() <= number {
            self.0.resize_with(number + 1, Place::default);
        }
        match Table::<K, V>::new(LEAST_SETS, versions) {
            Some(table) => self.0[number].table = Some(Box::new(table)),
            None => self.0[number].rest = REST_WITHOUT_ROOM,
        }
    }

    /// Does without that of the cache with this number for so many times.
    #[cold]
    pub(super) fn rest(&mut self, number: usize, rest: usize) {
        if let Some(place) = self.0.get_mut(number) {
            *place = Place { table: None, rest };
        }
    }
}

/// Those of whoever was called meanwhile.
#[cold]
fn drop_others(others: ManuallyDrop<Option<Box<Tables>>>) {
    drop(ManuallyDrop::into_inner(others));
}

/// A copy of an entry.
#[derive(Debug)]
pub(super) struct Copied<K, V> {
    pub(super) version: u64,
    pub(super) expiry: Expiry,
    pub(super) key: K,
    pub(super) value: V,
}

type Set<K, V> = [Option<Copied<K, V>>; WAYS];

/// What one thread has found in one cache lately.
pub(super) struct Table<K, V> {
    /// A power of two.
    sets: Vec<Set<K, V>>,
    /// How often something was found here, and how often elsewhere, since the last reckoning.
    found: usize,
    kept: usize,
    /// How often a copy made room for that of another key, since the table has its size.
    displaced: usize,
    /// What is told that there are copies.
    versions: Arc<Versions>,
}

/// Takes so much of what is left, if it is, for copies of what has these versions.
fn begin(bytes: usize, versions: &Arc<Versions>) -> Option<Arc<Versions>> {
    LEFT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).ok()?;
    versions.begin();
    Some(Arc::clone(versions))
}

/// Gives it back.
fn end(bytes: usize, versions: &Versions) {
    versions.end();
    LEFT.fetch_add(bytes, Ordering::Relaxed);
}

impl<K, V> Table<K, V> {
    /// Of this size, if so much is left.
    fn new(sets: usize, versions: &Arc<Versions>) -> Option<Self> {
        let mut table = Self {
            // Not collected, which is a lot of code to compile for each type.
            sets: Vec::with_capacity(sets),
            found: 0,
            kept: 0,
            displaced: 0,
            versions: begin(sets * size_of::<Set<K, V>>(), versions)?,
        };
        for _ in 0..sets {
            table.sets.push([const { None }; WAYS]);
        }
        Some(table)
    }

    #[cfg(test)]
    pub(super) const fn places(&self) -> usize {
        self.sets.len() * WAYS
    }

    #[inline]
    #[allow(clippy::cast_possible_truncation)] // a few bits are asked for
    fn place(&self, spread: u64) -> usize {
        spread as usize & (self.sets.len() - 1)
    }

    /// The version that a copy has now of what spreads to this.
    #[inline]
    pub(super) fn version(&self, spread: u64) -> u64 {
        self.versions.of(spread)
    }

    /// What `use_of` makes of the copy of the entry of `key`, if there is one of this version.
    #[allow(clippy::inline_always)] // measured, as in `traits`
    #[inline(always)]
    pub(super) fn find<Q: ?Sized + CacheKey<Owned = K>, R>(
        &mut self,
        key: &Q,
        spread: u64,
        version: u64,
        use_of: impl FnOnce(&Copied<K, V>) -> Option<R>,
    ) -> Option<R> {
        let set = self.sets.get(self.place(spread))?;
        let is_it = |copied: &Option<Copied<K, V>>| {
            copied.as_ref().is_some_and(|copied| copied.version == version && key.is(&copied.key))
        };
        // Not a branch, which nobody could foretell.
        let copied = &set[usize::from(!is_it(&set[0]))];
        if !is_it(copied) {
            return None;
        }
        self.found += 1;
        copied.as_ref().and_then(use_of)
    }

    /// Keeps a copy of what was found elsewhere, and tells for how long to do without the table, if it is not worth it.
    pub(super) fn keep(&mut self, spread: u64, copied: Copied<K, V>) -> Option<usize>
    where
        K: Eq,
    {
        self.kept += 1;
        if self.displaced > self.sets.len() {
            self.grow();
        } else if self.kept > LEAST_TO_RECKON.max(self.sets.len() * WAYS * 2)
            && let Some(rest) = self.reckon()
        {
            return Some(rest);
        }
        let place = self.place(spread);
        let [first, second] = &mut self.sets[place];
        if first.as_ref().is_some_and(|first| first.key == copied.key) {
            *first = Some(copied);
        } else {
            self.displaced += usize::from(second.is_some());
            *second = first.replace(copied);
        }
        None
    }

    #[cold]
    fn grow(&mut self) {
        self.displaced = 0;
        let sets = self.sets.len() * GROWTH;
        // More copies than entries would not be worth a place.
        if self.sets.len() < self.versions.capacity()
            && sets * size_of::<Set<K, V>>() <= MOST_BYTES
            && let Some(larger) = Self::new(sets, &self.versions)
        {
            // Empty: what is in use is soon found again.
            *self = larger;
        }
    }

    #[cold]
    fn reckon(&mut self) -> Option<usize> {
        let (found, kept) = (self.found, self.kept);
        (self.found, self.kept) = (0, 0);
        (found / WORTH < kept).then_some(kept * REST)
    }
}

impl<K, V> Drop for Table<K, V> {
    fn drop(&mut self) {
        end(size_of_val(&*self.sets), &self.versions);
    }
}
