//! Random operations, compared with a map.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::time::Duration;

use super::subject::Subject;
use super::time::{Time, Watch};
use crate::testing::{SampleKey, SampleValue};
use crate::{AsyncCache, AsyncStore, Ttl};

/// Few enough keys that operations meet.
const KEYS: usize = 12;
/// Indexes of values.
const VALUES: usize = 10_000;
/// What lifetimes and moves of the clock are multiples of, so that it often stands at the very end of a lifetime.
const TICK_MILLIS: u64 = 125;
/// A lifetime that does not end while real time passes.
const HOUR: Duration = Duration::from_secs(3600);

pub(super) async fn random<K, V, C>(subject: &Subject<'_, K, V, C>)
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V> + AsyncStore,
{
    let settings = subject.settings;
    let mut replay =
        Replay { subject, watch: settings.time.watch(), model: BTreeMap::new(), random: Random(settings.seed) };
    for step in 1..=settings.steps {
        subject.at_step(step);
        replay.step().await;
    }
    for index in 0..KEYS {
        let expected = replay.live(index).map(V::value);
        let found = subject.get(K::key(index).borrow()).await;
        subject.expect("get", K::key(index).borrow(), found.as_ref(), expected.as_ref());
    }
}

/// Index of the value, and when it ends by the watch.
type Modelled = (usize, Option<Duration>);

struct Replay<'r, 's, K: ?Sized, V, C> {
    subject: &'r Subject<'s, K, V, C>,
    watch: Watch<'s>,
    /// By index of the key. Expired entries stay, as they may in the store.
    model: BTreeMap<usize, Modelled>,
    random: Random,
}

impl<K, V, C> Replay<'_, '_, K, V, C>
where
    K: ?Sized + SampleKey,
    V: SampleValue,
    C: AsyncCache<K, V> + AsyncStore,
{
    async fn step(&mut self) {
        let index = self.random.below(KEYS);
        let key = K::key(index);
        let expected = self.live(index).map(V::value);
        match self.random.below(100) {
            0..15 => {
                let found = self.subject.get(key.borrow()).await;
                self.subject.expect("get", key.borrow(), found.as_ref(), expected.as_ref());
            }
            15..30 => self.get_entry(index, key.borrow(), expected.as_ref()).await,
            30..50 => {
                let (value, ttl) = (self.random.below(VALUES), self.ttl());
                self.subject.put(key.borrow(), &V::value(value), ttl).await;
                self.model_put(index, value, ttl);
            }
            50..60 => {
                self.subject.remove(key.borrow(), expected.is_some()).await;
                self.model.remove(&index);
            }
            60..65 => match expected {
                Some(expected) => self.subject.found(key.borrow(), &expected).await,
                None => self.subject.missing(key.borrow()).await,
            },
            65..75 => self.get_many().await,
            75..85 => self.put_many().await,
            85..88 => self.len().await,
            88 => {
                let cleared = self.subject.cache.clear().await;
                if self.subject.answer_if_supported("clear", cleared).is_some() {
                    self.model.clear();
                }
            }
            _ => self.pass_time(),
        }
    }

    /// The value that is due under a key.
    fn live(&self, index: usize) -> Option<usize> {
        let (value, end) = self.model.get(&index)?;
        end.is_none_or(|end| self.watch.elapsed() < end).then_some(*value)
    }

    fn model_put(&mut self, index: usize, value: usize, ttl: Ttl) {
        let end = ttl.or(None).map(|ttl| self.watch.elapsed() + ttl);
        self.model.insert(index, (value, end));
    }

    fn ttl(&mut self) -> Ttl {
        match (&self.subject.settings.time, self.random.below(3)) {
            (Time::NoTtl, _) | (_, 0) => Ttl::Never,
            (Time::Real(_), _) => Ttl::After(HOUR),
            (Time::Hand(_), _) => Ttl::After(self.random.ticks(30)),
        }
    }

    fn pass_time(&mut self) {
        let by = self.random.ticks(4);
        if let Time::Hand(hand) = &self.subject.settings.time {
            hand.advance(by);
        }
    }

    async fn get_entry(&mut self, index: usize, key: &K, expected: Option<&V>) {
        let entry = self.subject.get_entry(key).await;
        self.subject.expect("get_entry", key, entry.as_ref().map(|entry| &entry.value), expected);
        let Some(entry) = entry else {
            return;
        };
        let slack = self.subject.settings.time.slack();
        let due = self.model[&index].1.map(|end| end.saturating_sub(self.watch.elapsed()));
        let right = match (entry.ttl, due) {
            (Some(left), Some(due)) => left.abs_diff(due) <= slack,
            (left, due) => left == due,
        };
        self.subject.require(right, || format!("`get_entry` says that {:?} are left, not {due:?}", entry.ttl));
    }

    async fn get_many(&mut self) {
        let indexes: Vec<_> = (0..self.random.below(6)).map(|_| self.random.below(KEYS)).collect();
        let keys: Vec<_> = indexes.iter().map(|index| K::key(*index)).collect();
        let found = self.subject.get_many(&keys).await;
        for ((index, key), found) in indexes.into_iter().zip(&keys).zip(&found) {
            let expected = self.live(index).map(V::value);
            self.subject.expect("get_many", key.borrow(), found.as_ref(), expected.as_ref());
        }
    }

    async fn put_many(&mut self) {
        let ttl = self.ttl();
        let mut entries = Vec::new();
        for _ in 0..self.random.below(6) {
            let (index, value) = (self.random.below(KEYS), self.random.below(VALUES));
            entries.push((K::key(index), V::value(value)));
            self.model_put(index, value, ttl);
        }
        self.subject.put_many(&entries, ttl).await;
    }

    async fn len(&mut self) {
        let Some(len) = self.subject.answer_if_supported("len", self.subject.cache.len().await) else {
            return;
        };
        let live = self.model.keys().filter(|index| self.live(**index).is_some()).count();
        let least = if self.subject.settings.lossy { 0 } else { live };
        let most = self.model.len(); // expired entries may still be counted
        let right = (least..=most).contains(&len);
        self.subject.require(right, || format!("`len` is {len}, where {live} to {most} are due"));
    }
}

/// The splitmix64 generator: small, and good from any seed.
struct Random(u64);

impl Random {
    fn ticks(&mut self, end: u64) -> Duration {
        Duration::from_millis(self.next() % end * TICK_MILLIS)
    }

    /// Below `end`, or 0 where that is 0.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or_default() // below a usize, so it fits
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
