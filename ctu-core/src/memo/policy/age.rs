//! What the age of a value means. Pure: numbers in, a decision out.

use std::time::Duration;

use super::{Policy, StaleOn};

/// What is to be done with a value that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    /// It is the answer.
    Fresh,
    /// It is the answer, and time to compute the next one.
    Early,
    /// It has expired, and is the answer all the same, while the next one is computed.
    Late,
    /// It has expired, and is the answer if there is no other.
    Expired,
}

impl Policy {
    /// The age of a value of whose lifetime `left` is left.
    ///
    /// `cost` is what a computation takes; `random` gives a number above 0, up to 1.
    pub(super) fn age(&self, left: Option<Duration>, cost: Duration, random: impl FnOnce() -> f64) -> Age {
        // What never expires is neither old nor getting old.
        let Some(left) = left else { return Age::Fresh };
        let fresh = left.saturating_sub(self.stale.unwrap_or_default());
        if fresh.is_zero() && self.stale.is_some() {
            return if self.stale_on == StaleOn::Expiry { Age::Late } else { Age::Expired };
        }
        match self.refresh_ahead {
            Some(beta) if is_early(fresh, cost, beta, random()) => Age::Early,
            _ => Age::Fresh,
        }
    }

    /// Whether a value of whose lifetime `left` is left has not expired.
    pub(super) fn is_fresh(&self, left: Option<Duration>) -> bool {
        match (left, self.stale) {
            (Some(left), Some(stale)) => left > stale,
            _ => true,
        }
    }
}

/// Whether to compute again already: "Optimal Probabilistic Cache Stampede Prevention", Vattani, Chierichetti, Lowenstein,
/// VLDB 2015. Of many callers one is early, at a time that leaves about `cost * beta` until the value expires.
fn is_early(left: Duration, cost: Duration, beta: f64, random: f64) -> bool {
    cost.as_secs_f64() * beta * -random.ln() >= left.as_secs_f64()
}

/// `ttl`, shortened by up to this share of it. `random` gives a number above 0, up to 1.
pub(super) fn jittered(ttl: Duration, share: f64, random: impl FnOnce() -> f64) -> Duration {
    // Not through floats where there is nothing to do: they are not exact.
    if share <= 0.0 { ttl } else { ttl.saturating_sub(ttl.mul_f64((share * random()).clamp(0.0, 1.0))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);
    const MINUTE: Duration = Duration::from_secs(60);
    const SECOND: Duration = Duration::from_secs(1);
    const TICK: Duration = Duration::from_nanos(1);

    const KEPT: Policy = Policy { stale: Some(HOUR), ..Policy::PLAIN };

    fn age(policy: &Policy, left: Duration) -> Age {
        policy.age(Some(left), SECOND, || 0.5)
    }

    #[test]
    fn a_value_is_fresh_until_what_is_left_is_its_time_as_a_stale_one() {
        assert_eq!(age(&KEPT, HOUR + MINUTE), Age::Fresh);
        assert_eq!(age(&KEPT, HOUR + TICK), Age::Fresh);
        assert_eq!(age(&KEPT, HOUR), Age::Expired);
        assert_eq!(age(&KEPT, TICK), Age::Expired);
        let at_once = Policy { stale_on: StaleOn::Expiry, ..KEPT };
        assert_eq!(age(&at_once, HOUR + TICK), Age::Fresh);
        assert_eq!(age(&at_once, HOUR), Age::Late);
        for left in [HOUR + TICK, HOUR, MINUTE] {
            assert_eq!(KEPT.is_fresh(Some(left)), age(&KEPT, left) == Age::Fresh);
        }
    }

    #[test]
    fn what_does_not_expire_is_fresh_and_without_stale_so_is_all_that_is_found() {
        let early = Policy { refresh_ahead: Some(f64::MAX), ..KEPT };
        assert_eq!(early.age(None, HOUR, || f64::MIN_POSITIVE), Age::Fresh);
        assert!(KEPT.is_fresh(None));
        assert_eq!(age(&Policy::PLAIN, TICK), Age::Fresh);
        assert!(Policy::PLAIN.is_fresh(Some(TICK)));
    }

    #[test]
    fn a_value_is_computed_early_the_likelier_the_costlier_it_is_and_the_nearer_its_end() {
        let is_early = |left, cost, beta, random| is_early(left, cost, beta, random);
        // -ln(0.5) is 0.69..
        assert!(is_early(SECOND * 69, SECOND * 100, 1.0, 0.5));
        assert!(!is_early(SECOND * 70, SECOND * 100, 1.0, 0.5));
        assert!(is_early(SECOND * 138, SECOND * 100, 2.0, 0.5));
        assert!(!is_early(SECOND * 69, SECOND * 99, 1.0, 0.5));
        assert!(is_early(SECOND * 70, SECOND * 100, 1.0, 0.4));
        // 1 is as often as never, and what costs nothing is not worth it.
        assert!(!is_early(TICK, HOUR, 1.0, 1.0));
        assert!(!is_early(TICK, Duration::ZERO, 1.0, f64::MIN_POSITIVE));
        // The time as a stale value is not part of the time that is left.
        let ahead = Policy { refresh_ahead: Some(1.0), ..KEPT };
        assert_eq!(ahead.age(Some(HOUR + SECOND * 69), SECOND * 100, || 0.5), Age::Early);
        assert_eq!(ahead.age(Some(HOUR + SECOND * 70), SECOND * 100, || 0.5), Age::Fresh);
        assert_eq!(ahead.age(Some(HOUR), SECOND * 100, || 1.0), Age::Expired);
    }

    #[test]
    fn jitter_shortens_a_ttl_by_up_to_its_share_and_never_prolongs_it() {
        assert_eq!(jittered(HOUR, 0.0, || unreachable!("nothing is drawn")), HOUR);
        assert_eq!(jittered(HOUR, 0.1, || 1.0), HOUR * 9 / 10);
        assert_eq!(jittered(HOUR, 0.5, || 0.5), HOUR * 3 / 4);
        assert!(jittered(HOUR, 0.1, || f64::MIN_POSITIVE) <= HOUR);
        assert!(jittered(Duration::MAX, 0.99, || 1.0) > Duration::ZERO);
    }
}
