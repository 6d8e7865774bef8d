//! A thread's tables.

use std::any::Any;
use std::cell::Cell;
use std::mem::{ManuallyDrop, needs_drop};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ctu_core::CacheKey;

use super::MOST_OWNED;
use crate::memory::Held;
use crate::memory::versions::Versions;

/// The most bytes that the table of one thread and one cache takes, without what its keys own: half of the second cache of
/// many processors, or less.
const MOST_BYTES: usize = 256 << 10;
/// The most bytes that all tables of the process take.
const MOST_BYTES_OF_ALL: usize = 16 << 20;
/// A table begins with so many sets, and grows by this factor.
const LEAST_SETS: usize = 8;
const GROWTH: usize = 4;
/// How many copies share a place.
const WAYS: usize = 2;
/// Where a copy allocates its key, only one of so many makes room for itself.
const PATIENCE: usize = 16;
/// What finds nothing costs no more than so many times of what finding something saves; or so many, where a key owns
/// something, which is not beside the copy.
const WORTH: usize = 2;
const WORTH_OF_OWNED: usize = 4;
/// Of less is not reckoned whether it is worth it.
const LEAST_TO_RECKON: usize = 256;
/// A table that turned out not to be worth it is done without for so many times as many lookups as that took.
const REST: usize = 32;
const REST_OF_OWNED: usize = 128;
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
pub(super) struct Copied<K, V> {
    /// Of the [entry](Table::stamp).
    stamp: u64,
    key: K,
    held: Held<V>,
}

type Set<K, V> = [Option<Copied<K, V>>; WAYS];

/// What one thread has found in one cache lately.
pub(super) struct Table<K, V> {
    /// A power of two.
    sets: Vec<Set<K, V>>,
    /// How often something was found here, and how often elsewhere, since the last reckoning.
    found: usize,
    elsewhere: usize,
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

/// By which the neighbour of a place is found: what had no room there may be in it.
pub(super) const fn beside(spread: u64) -> u64 {
    spread ^ 1
}

impl<K, V> Table<K, V> {
    /// What so many sets take at most.
    const fn bytes(sets: usize) -> usize {
        let owned = if needs_drop::<K>() { WAYS * MOST_OWNED } else { 0 };
        sets * (size_of::<Set<K, V>>() + owned)
    }

    /// Of this size, if so much is left.
    fn new(sets: usize, versions: &Arc<Versions>) -> Option<Self> {
        let mut table = Self {
            // Not collected, which is a lot of code to compile for each type.
            sets: Vec::with_capacity(sets),
            found: 0,
            elsewhere: 0,
            displaced: 0,
            versions: begin(Self::bytes(sets), versions)?,
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

    /// By which a copy that is made now of what spreads to this is found for as long as the entry has the same version.
    // For a key it is the same as long as the version is, and other keys have another one but for a chance in millions: they
    // are not compared.
    #[inline]
    pub(super) fn stamp(&self, spread: u64) -> u64 {
        self.versions.of(spread).wrapping_add(spread)
    }

    /// What `use_of` makes of the copy of the entry of `key`, if there is one with this stamp.
    #[allow(clippy::inline_always)] // measured, as in `traits`
    #[inline(always)]
    pub(super) fn find<Q: ?Sized + CacheKey<Owned = K>, R>(
        &mut self,
        key: &Q,
        spread: u64,
        stamp: u64,
        use_of: impl FnOnce(&Held<V>) -> Option<R>,
    ) -> Option<R> {
        let set = self.sets.get(self.place(spread))?;
        let has_stamp = |copied: &Option<Copied<K, V>>| copied.as_ref().is_some_and(|copied| copied.stamp == stamp);
        // Not a branch, which nobody could foretell.
        let copied = set[usize::from(!has_stamp(&set[0]))].as_ref()?;
        if copied.stamp != stamp || !key.is(&copied.key) {
            return None;
        }
        self.found += 1;
        use_of(&copied.held)
    }

    /// Something was found elsewhere: tells for how long to do without the table, if it is not worth it.
    pub(super) fn elsewhere(&mut self) -> Option<usize> {
        self.elsewhere += 1;
        if self.displaced > self.sets.len() {
            self.grow();
            None
        } else if self.elsewhere > LEAST_TO_RECKON.max(self.sets.len() * WAYS * 2) {
            self.reckon()
        } else {
            None
        }
    }

    /// Keeps a copy of what was found elsewhere.
    pub(super) fn keep<Q>(&mut self, spread: u64, key: &Q, stamp: u64, held: Held<V>)
    where
        Q: ?Sized + CacheKey<Owned = K>,
    {
        let places = [self.place(spread), self.place(beside(spread))];
        for place in places {
            for copied in self.sets[place].iter_mut().flatten() {
                if key.is(&copied.key) {
                    // Its key is not copied again.
                    (copied.stamp, copied.held) = (stamp, held);
                    return;
                }
            }
        }
        let mut place = places[0];
        if self.sets[place][1].is_some() {
            if self.sets[places[1]][1].is_none() {
                place = places[1];
            } else {
                self.displaced += 1;
                if needs_drop::<K>() && !self.displaced.is_multiple_of(PATIENCE) {
                    return;
                }
            }
        }
        let [first, second] = &mut self.sets[place];
        *second = first.replace(Copied { stamp, key: key.to_key(), held });
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
        let (worth, rest) = if needs_drop::<K>() { (WORTH_OF_OWNED, REST_OF_OWNED) } else { (WORTH, REST) };
        let (found, elsewhere) = (self.found, self.elsewhere);
        (self.found, self.elsewhere) = (0, 0);
        (found / worth < elsewhere).then_some(elsewhere * rest)
    }
}

impl<K, V> Drop for Table<K, V> {
    fn drop(&mut self) {
        end(Self::bytes(self.sets.len()), &self.versions);
    }
}
