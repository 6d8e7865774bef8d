//! Memcached's expiry times: whole seconds, 0 for never, and more than 30 days as seconds since 1970.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What is longer than this is taken for a date.
const LONGEST_RELATIVE: u64 = 60 * 60 * 24 * 30;
/// The server counts in 32 bits, with a sign: what is later has expired at once.
const LATEST_DATE: u64 = i32::MAX as u64;
/// By how many seconds the server's clock may be behind that of its machine, as it counts the whole ones since its start.
const BEHIND: u64 = 2;

/// What to do about a lifetime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expiry {
    /// It has passed: forget the key.
    Past,
    /// Store, with this as the expiry time.
    At(u64),
}

impl Expiry {
    /// Of `ttl` from now on, by the clock of this machine.
    pub(super) fn of(ttl: Option<Duration>) -> Self {
        Self::of_at(ttl, || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
    }

    fn of_at(ttl: Option<Duration>, now: impl FnOnce() -> u64) -> Self {
        let Some(ttl) = ttl else { return Self::At(0) };
        if ttl.is_zero() {
            return Self::Past;
        }
        let seconds = ttl.as_secs().saturating_add(u64::from(ttl.subsec_nanos() > 0));
        if seconds <= LONGEST_RELATIVE {
            return Self::At(seconds);
        }
        let now = now();
        let date = now.saturating_add(seconds - BEHIND).min(LATEST_DATE);
        // Never longer than asked for; close to the last date a relative time is the longest there is.
        if date >= now + LONGEST_RELATIVE - BEHIND { Self::At(date) } else { Self::At(LONGEST_RELATIVE) }
    }
}

/// What is left of a lifetime, as the server tells it: negative for one without end.
pub(super) fn left(seconds: i64) -> Option<Duration> {
    u64::try_from(seconds).ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn at(ttl: impl Into<Option<Duration>>, now: u64) -> Expiry {
        Expiry::of_at(ttl.into(), || now)
    }

    #[test]
    fn lifetimes_follow_the_rules_of_the_server() {
        assert_eq!(at(None, NOW), Expiry::At(0));
        assert_eq!(at(Duration::ZERO, NOW), Expiry::Past);
        assert_eq!(at(Duration::from_nanos(1), NOW), Expiry::At(1));
        assert_eq!(at(Duration::from_millis(1_001), NOW), Expiry::At(2));
        assert_eq!(at(Duration::from_secs(LONGEST_RELATIVE), NOW), Expiry::At(LONGEST_RELATIVE));
        assert_eq!(at(Duration::from_secs(LONGEST_RELATIVE + 1), NOW), Expiry::At(NOW + LONGEST_RELATIVE - 1));
    }

    #[test]
    fn a_lifetime_beyond_the_last_date_is_cut_and_never_expires_at_once() {
        assert_eq!(at(Duration::MAX, NOW), Expiry::At(LATEST_DATE));
        assert_eq!(at(Duration::from_secs(1 << 40), LATEST_DATE - 5), Expiry::At(LONGEST_RELATIVE));
        assert_eq!(at(Duration::from_secs(1 << 40), LATEST_DATE * 2), Expiry::At(LONGEST_RELATIVE));
    }
}
