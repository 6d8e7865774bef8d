//! A store with one fault at a time.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use ctu_core::testing::{ManualClock, ModelStore};
use ctu_core::{Cache, Entry, Error, ErrorKind, Result, Stats, Store, Ttl, Watch};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    ContainsIsAlwaysTrue,
    FindsWhatIsNotThere,
    Fails,
    ReadsConsume,
    EntryIsAlwaysMissed,
    KeepsTheFirstValue,
    BatchKeepsTheFirstValue,
    RemoveIsAlwaysTrue,
    RemoveIsNeverTrue,
    RemoveForgetsNothing,
    RemoveForgetsAll,
    RemoveBringsBackTheValueBefore,
    WatchesDoNotEnd,
    WatchesEndAtOnce,
    KeysAreCutAtLineEnds,
    KeysAreCutAtNul,
    KeysAreTrimmed,
    KeysIgnoreCase,
    KeysAreCutAt250Bytes,
    KeysSplitAtSpaces,
    EmptyKeyIsRefused,
    ValuesAreTrimmed,
    EmptyValueIsAMiss,
    ValuesAreCutAt64KiB,
    ManyAnswersSorted,
    ManyAnswersSkipGaps,
    ManyAnswersMergeDuplicates,
    ManyOfNoneFails,
    ManyStoresOne,
    ManyStoresTheFirstOfDuplicates,
    LenCountsPuts,
    IsEmptyIsAlwaysTrue,
    ClearForgetsNothing,
    ClearIsUnsupportedButForgets,
    ClearFails,
    StatsFail,
    StatsHitTooOften,
    ReadsMixUpConcurrentKeys,
    StaleReads,
    EveryTwentiethRemoveIsLost,
    LifetimesAreIgnored,
    LifetimesAreWholeSeconds,
    LifetimesEndAMillisecondEarly,
    LifetimesEndAMillisecondLate,
    RemainingIsTheWhole,
    RemoveFindsExpired,
    BatchesDoNotExpire,
    LifetimesAreNotRenewed,
    LifetimesAreOnlyProlonged,
    NeverIsAnHour,
    DefaultEndsEarly,
    ZeroIsNever,
    ZeroKeepsWhatWasThere,
    MonthsAreInThePast,
    EternityIsRefused,
}

pub(crate) struct Wrong {
    fault: Fault,
    inner: ModelStore<String, String>,
    /// The same entries, without lifetimes.
    history: ModelStore<String, String>,
    count: AtomicUsize,
    shared: Mutex<String>,
}

impl Wrong {
    pub(crate) fn new(fault: Fault, hand: &ManualClock) -> Self {
        Self {
            fault,
            inner: ModelStore::new().clock(hand).default_ttl(Duration::from_secs(100)),
            history: ModelStore::new(),
            count: AtomicUsize::new(0),
            shared: Mutex::default(),
        }
    }

    fn is(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn key(&self, key: &str) -> Result<String> {
        let cut = match self.fault {
            Fault::KeysAreCutAtLineEnds => key.split(['\r', '\n']).next().unwrap(),
            Fault::KeysAreCutAtNul => key.split('\0').next().unwrap(),
            Fault::KeysAreTrimmed => key.trim(),
            Fault::KeysIgnoreCase => &key.to_lowercase(),
            Fault::KeysAreCutAt250Bytes if key.len() > 250 && key.is_ascii() => &key[..250],
            // As for `key 1`, which ordinary keys look like, to be noticed with odd ones only.
            Fault::KeysSplitAtSpaces if !key.starts_with("key ") => key.split(' ').next().unwrap(),
            Fault::EmptyKeyIsRefused if key.is_empty() => return Err(failure(ErrorKind::Codec)),
            _ => key,
        };
        Ok(cut.to_owned())
    }

    fn value(&self, value: &str) -> String {
        match self.fault {
            Fault::ValuesAreTrimmed => value.trim().to_owned(),
            Fault::ValuesAreCutAt64KiB => value.chars().take(65_536).collect(),
            _ => value.to_owned(),
        }
    }

    fn ttl(&self, key: &str, ttl: Ttl) -> Ttl {
        let millisecond = Duration::from_millis(1);
        match (self.fault, ttl) {
            (Fault::LifetimesAreIgnored, _) | (Fault::ZeroIsNever, Ttl::After(Duration::ZERO)) => Ttl::Never,
            (Fault::LifetimesAreWholeSeconds, Ttl::After(ttl)) => Ttl::After(Duration::from_secs(ttl.as_secs())),
            (Fault::LifetimesEndAMillisecondEarly, Ttl::After(ttl)) => Ttl::After(ttl.saturating_sub(millisecond)),
            (Fault::LifetimesEndAMillisecondLate, Ttl::After(ttl)) => Ttl::After(ttl.saturating_add(millisecond)),
            (Fault::NeverIsAnHour, Ttl::Never) => Ttl::After(Duration::from_secs(3600)),
            (Fault::MonthsAreInThePast, Ttl::After(ttl)) if ttl > Duration::from_secs(30 * 86_400) => {
                Ttl::After(Duration::ZERO)
            }
            (Fault::LifetimesAreNotRenewed, ttl) => match self.inner.get_entry(key).unwrap() {
                Some(entry) => entry.ttl.into(),
                None => ttl,
            },
            (Fault::LifetimesAreOnlyProlonged, ttl) => match (self.inner.get_entry(key).unwrap(), ttl) {
                (Some(Entry { ttl: Some(old), .. }), Ttl::After(new)) => Ttl::After(old.max(new)),
                (Some(Entry { ttl: None, .. }), _) => Ttl::Never,
                _ => ttl,
            },
            _ => ttl,
        }
    }
}

pub(crate) fn failure(kind: ErrorKind) -> Error {
    Error::new(kind, "a fault")
}

impl Cache<str, String> for Wrong {
    fn get(&self, key: &str) -> Result<Option<String>> {
        let key = &*self.key(key)?;
        if self.is(Fault::ReadsMixUpConcurrentKeys) {
            key.clone_into(&mut self.shared.lock().unwrap());
            thread::yield_now();
            let key = self.shared.lock().unwrap().clone();
            return self.inner.get(&*key);
        }
        let found = self.inner.get(key)?;
        match self.fault {
            Fault::Fails => Err(failure(ErrorKind::Unavailable)),
            Fault::FindsWhatIsNotThere => Ok(Some(found.unwrap_or_default())),
            Fault::EmptyValueIsAMiss => Ok(found.filter(|value| !value.is_empty())),
            Fault::ReadsConsume => {
                self.inner.remove(key)?;
                Ok(found)
            }
            // Sometimes, as a replica would.
            Fault::StaleReads if self.count.fetch_add(1, Ordering::Relaxed).is_multiple_of(7) => {
                Ok(self.history.get(key)?.or(found))
            }
            _ => Ok(found),
        }
    }

    fn get_entry(&self, key: &str) -> Result<Option<Entry<String>>> {
        let entry = self.inner.get_entry(&*self.key(key)?)?;
        Ok(match self.fault {
            Fault::EntryIsAlwaysMissed => None,
            Fault::RemainingIsTheWhole => {
                entry.map(|Entry { value, ttl }| Entry { value, ttl: ttl.map(|_| Duration::from_millis(6 * 61_503)) })
            }
            Fault::DefaultEndsEarly => {
                entry.map(|Entry { value, ttl }| Entry { value, ttl: ttl.map(|ttl| ttl + Duration::from_secs(1)) })
            }
            _ => entry,
        })
    }

    fn put(&self, key: &str, value: &String, ttl: Ttl) -> Result<()> {
        let key = &*self.key(key)?;
        let there = self.inner.contains(key)?;
        match (self.fault, ttl) {
            (Fault::KeepsTheFirstValue, _) if there => return Ok(()),
            (Fault::EternityIsRefused, Ttl::After(Duration::MAX)) => return Err(failure(ErrorKind::Limit)),
            (Fault::ZeroKeepsWhatWasThere, Ttl::After(Duration::ZERO)) => return Ok(()),
            _ => {}
        }
        if self.is(Fault::LenCountsPuts) {
            self.count.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(before) = self.inner.get(key)? {
            self.history.put(key, &before, Ttl::Never)?;
        }
        if self.is(Fault::RemoveFindsExpired) {
            self.history.put(key, value, Ttl::Never)?;
        }
        self.inner.put(key, &self.value(value), self.ttl(key, ttl))
    }

    fn remove(&self, key: &str) -> Result<bool> {
        let key = &*self.key(key)?;
        match self.fault {
            Fault::RemoveIsAlwaysTrue => self.inner.remove(key).map(|_| true),
            Fault::RemoveIsNeverTrue => self.inner.remove(key).map(|_| false),
            Fault::RemoveForgetsNothing => self.inner.contains(key),
            Fault::RemoveForgetsAll => {
                let there = self.inner.contains(key)?;
                self.inner.clear()?;
                Ok(there)
            }
            Fault::RemoveBringsBackTheValueBefore => {
                let there = self.inner.remove(key)?;
                if let (true, Some(before)) = (there, self.history.get(key)?) {
                    self.inner.put(key, &before, Ttl::Never)?;
                }
                Ok(there)
            }
            Fault::EveryTwentiethRemoveIsLost if self.count.fetch_add(1, Ordering::Relaxed) % 20 == 19 => {
                self.inner.contains(key)
            }
            Fault::RemoveFindsExpired => {
                self.inner.remove(key)?;
                self.history.remove(key)
            }
            _ => self.inner.remove(key),
        }
    }

    fn contains(&self, key: &str) -> Result<bool> {
        Ok(self.is(Fault::ContainsIsAlwaysTrue) || self.inner.contains(&*self.key(key)?)?)
    }

    fn get_many(&self, keys: &[&str]) -> Result<Vec<Option<String>>> {
        let mut keys = keys.to_vec();
        match self.fault {
            Fault::ManyAnswersSorted => keys.sort_unstable(),
            Fault::ManyAnswersMergeDuplicates => keys.dedup(),
            Fault::ManyOfNoneFails if keys.is_empty() => return Err(failure(ErrorKind::Protocol)),
            _ => {}
        }
        let mut found = keys.iter().map(|key| self.get(key)).collect::<Result<Vec<_>>>()?;
        if self.is(Fault::ManyAnswersSkipGaps) {
            found.sort_by_key(Option::is_none);
        }
        Ok(found)
    }

    fn put_many(&self, entries: &[(&str, &String)], ttl: Ttl) -> Result<()> {
        let mut entries = entries.to_vec();
        let mut ttl = ttl;
        match self.fault {
            Fault::ManyStoresOne => entries.truncate(1),
            Fault::ManyStoresTheFirstOfDuplicates => entries.reverse(),
            Fault::BatchKeepsTheFirstValue => entries.retain(|(key, _)| !self.inner.contains(*key).unwrap()),
            Fault::BatchesDoNotExpire => ttl = Ttl::Never,
            _ => {}
        }
        entries.iter().try_for_each(|(key, value)| self.put(key, value, ttl))
    }

    fn watch(&self, key: &str) -> Option<Watch> {
        self.inner.watch(key)
    }

    fn put_if_unchanged(&self, key: &str, value: &String, ttl: Ttl, watch: Watch) -> Result<bool> {
        match self.fault {
            Fault::WatchesDoNotEnd => self.put(key, value, ttl).map(|()| true),
            Fault::WatchesEndAtOnce => Ok(false),
            _ => self.inner.put_if_unchanged(key, value, ttl, watch),
        }
    }
}

impl Store for Wrong {
    fn len(&self) -> Result<usize> {
        if self.is(Fault::LenCountsPuts) {
            return Ok(self.count.load(Ordering::Relaxed));
        }
        self.inner.len()
    }

    fn is_empty(&self) -> Result<bool> {
        Ok(self.is(Fault::IsEmptyIsAlwaysTrue) || self.inner.is_empty()?)
    }

    fn clear(&self) -> Result<()> {
        match self.fault {
            Fault::ClearForgetsNothing => Ok(()),
            Fault::ClearFails => Err(failure(ErrorKind::Unavailable)),
            Fault::ClearIsUnsupportedButForgets => {
                self.inner.clear()?;
                Err(failure(ErrorKind::Unsupported))
            }
            _ => self.inner.clear(),
        }
    }

    fn stats(&self) -> Result<Stats> {
        let mut stats = self.inner.stats()?;
        match self.fault {
            Fault::StatsFail => return Err(failure(ErrorKind::Unsupported)),
            Fault::StatsHitTooOften => stats.hits += 1,
            _ => {}
        }
        Ok(stats)
    }
}
