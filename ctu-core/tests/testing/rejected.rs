//! For every check, stores that it has to reject.

use std::collections::HashSet;
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use ctu_core::ErrorKind;
use ctu_core::testing::{Broken, Check, Conformance, ManualClock, ModelStore, Slow};

use crate::wrong::{Fault, Wrong};

const REJECTED: &[(Check, &[Fault])] = &[
    (
        Check::Missing,
        &[Fault::ContainsIsAlwaysTrue, Fault::FindsWhatIsNotThere, Fault::RemoveIsAlwaysTrue, Fault::Fails],
    ),
    (Check::RoundTrip, &[Fault::ReadsConsume, Fault::EntryIsAlwaysMissed, Fault::Fails, Fault::FindsWhatIsNotThere]),
    (Check::Overwrite, &[Fault::KeepsTheFirstValue, Fault::BatchKeepsTheFirstValue]),
    (
        Check::Remove,
        &[
            Fault::RemoveIsAlwaysTrue,
            Fault::RemoveIsNeverTrue,
            Fault::RemoveForgetsNothing,
            Fault::RemoveForgetsAll,
            Fault::RemoveBringsBackTheValueBefore,
        ],
    ),
    (
        Check::OddKeys,
        &[
            Fault::KeysAreCutAtLineEnds,
            Fault::KeysAreCutAtNul,
            Fault::KeysAreTrimmed,
            Fault::KeysIgnoreCase,
            Fault::KeysAreCutAt250Bytes,
            Fault::KeysSplitAtSpaces,
            Fault::EmptyKeyIsRefused,
            Fault::RemoveForgetsAll,
        ],
    ),
    (Check::OddValues, &[Fault::ValuesAreTrimmed, Fault::EmptyValueIsAMiss]),
    (Check::BigValues, &[Fault::ValuesAreCutAt64KiB]),
    (
        Check::GetMany,
        &[
            Fault::ManyAnswersSorted,
            Fault::ManyAnswersSkipGaps,
            Fault::ManyAnswersMergeDuplicates,
            Fault::ManyOfNoneFails,
        ],
    ),
    (Check::PutMany, &[Fault::ManyStoresOne, Fault::ManyStoresTheFirstOfDuplicates, Fault::BatchKeepsTheFirstValue]),
    (Check::Len, &[Fault::LenCountsPuts, Fault::IsEmptyIsAlwaysTrue]),
    (Check::Clear, &[Fault::ClearForgetsNothing, Fault::ClearIsUnsupportedButForgets, Fault::ClearFails]),
    (Check::Stats, &[Fault::StatsFail, Fault::StatsHitTooOften]),
    (Check::Concurrent, &[Fault::ReadsMixUpConcurrentKeys, Fault::StaleReads]),
    (Check::Watch, &[Fault::WatchesDoNotEnd, Fault::WatchesEndAtOnce]),
    (
        Check::Random,
        &[
            Fault::EveryTwentiethRemoveIsLost,
            Fault::StaleReads,
            Fault::LifetimesEndAMillisecondLate,
            Fault::LifetimesAreIgnored,
        ],
    ),
    (
        Check::Expiry,
        &[
            Fault::LifetimesAreIgnored,
            Fault::LifetimesAreWholeSeconds,
            Fault::LifetimesEndAMillisecondEarly,
            Fault::LifetimesEndAMillisecondLate,
            Fault::RemainingIsTheWhole,
            Fault::RemoveFindsExpired,
        ],
    ),
    (Check::BatchExpiry, &[Fault::BatchesDoNotExpire, Fault::LifetimesEndAMillisecondLate]),
    (Check::Renewal, &[Fault::LifetimesAreNotRenewed, Fault::LifetimesAreOnlyProlonged]),
    (Check::Never, &[Fault::NeverIsAnHour]),
    (Check::DefaultTtl, &[Fault::DefaultEndsEarly]),
    (Check::ZeroTtl, &[Fault::ZeroIsNever, Fault::ZeroKeepsWhatWasThere]),
    (Check::LongTtl, &[Fault::MonthsAreInThePast, Fault::EternityIsRefused]),
];

/// What the suite says of a store that it rejects.
fn rejection(of: impl Debug, run: impl FnOnce()) -> String {
    let Err(panic) = catch_unwind(AssertUnwindSafe(run)) else {
        panic!("the suite has accepted a wrong store: {of:?}");
    };
    *panic.downcast::<String>().expect("a failure is told in words")
}

#[test]
fn each_check_rejects_the_stores_that_break_it() {
    for (check, faults) in REJECTED {
        for fault in *faults {
            let hand = ManualClock::new();
            let suite = Conformance::<str, String>::clock(&hand).only([*check]);
            let said = rejection((check, fault), || suite.check(|| Wrong::new(*fault, &hand)));
            assert!(said.starts_with(&format!("conformance: {check}: ")), "{fault:?} in `{check}`: {said}");
            assert!(said.len() < 400, "{fault:?} in `{check}`: {said}");
        }
    }
}

#[test]
fn the_whole_suite_rejects_every_fault() {
    for (_, faults) in REJECTED {
        for fault in *faults {
            let hand = ManualClock::new();
            rejection(fault, || Conformance::<str, String>::clock(&hand).check(|| Wrong::new(*fault, &hand)));
        }
    }
}

#[test]
fn every_check_is_shown_to_reject_something() {
    let mut shown: HashSet<_> = REJECTED.iter().map(|(check, _)| *check).collect();
    shown.extend([Check::NoTtl, Check::Abandoned]); // in tests of their own
    assert_eq!(shown, Check::ALL.iter().copied().collect());
    let names: HashSet<_> = Check::ALL.iter().map(|check| check.name()).collect();
    assert_eq!(names.len(), Check::ALL.len());
}

#[test]
fn a_store_with_lifetimes_is_not_one_without() {
    let make = || ModelStore::<String, String>::new().default_ttl(Duration::from_secs(600));
    let said = rejection("with lifetimes", || Conformance::<str, String>::no_ttl().check(make));
    assert!(said.starts_with("conformance: no ttl: `get_entry` says that key"), "{said}");
}

#[test]
fn a_store_without_lifetimes_is_not_one_with() {
    let hand = ManualClock::new();
    let make = || Wrong::new(Fault::LifetimesAreIgnored, &hand);
    let suite = Conformance::<str, String>::real_time(Duration::from_millis(100)).only([Check::Expiry]);
    let said = rejection("without lifetimes", || suite.check(make));
    assert!(said.contains("does not expire"), "{said}");
}

#[test]
fn real_time_tells_that_an_entry_outlives_its_lifetime() {
    let make = || ModelStore::<String, String>::new().clock(&ManualClock::new()); // a clock that stands still
    let suite = Conformance::<str, String>::real_time(Duration::from_millis(50)).only([Check::BatchExpiry]);
    let said = rejection("for ever", || suite.check(make));
    assert!(said.starts_with("conformance: batch expiry: "), "{said}");
}

#[test]
fn real_time_does_not_blame_lifetimes_on_a_store_too_slow_to_judge_them() {
    let make = || Slow::new(Duration::from_millis(20), ModelStore::<String, String>::new());
    let suite = Conformance::<str, String>::real_time(Duration::from_millis(30)).only([Check::Expiry]);
    let said = rejection("slow", || suite.check(make));
    assert!(said.starts_with("conformance: expiry: too slow to judge lifetimes"), "{said}");
}

#[test]
fn a_store_that_is_not_told_to_be_lossy_has_to_keep_its_entries() {
    let said = rejection("forgetful", || Conformance::<str, String>::no_ttl().check(|| crate::right::Forgetful));
    assert!(said.starts_with("conformance: round trip: `get` of key \"key 0\" gave nothing"), "{said}");
}

#[test]
fn a_lossy_store_has_to_be_right_about_what_it_keeps() {
    for fault in [Fault::KeepsTheFirstValue, Fault::KeysAreTrimmed, Fault::RemoveBringsBackTheValueBefore] {
        let hand = ManualClock::new();
        rejection(fault, || Conformance::<str, String>::clock(&hand).lossy().check(|| Wrong::new(fault, &hand)));
    }
}

#[test]
fn a_store_that_may_refuse_has_to_keep_what_it_takes() {
    let hand = ManualClock::new();
    let make = || Wrong::new(Fault::KeysAreTrimmed, &hand);
    let said = rejection("trims", || Conformance::<str, String>::clock(&hand).may_refuse().check(make));
    assert!(said.starts_with("conformance: odd keys: "), "{said}");
}

#[test]
fn a_failure_names_the_operation_and_the_kind() {
    let run = || Conformance::<str, String>::no_ttl().check(|| Broken::new(ErrorKind::Timeout));
    let said = rejection("broken", run);
    assert_eq!(said, "conformance: missing: `get` failed: this store fails on purpose, for a test (timeout)");
}

#[test]
fn a_random_failure_tells_its_step_and_seed() {
    let hand = ManualClock::new();
    let suite = Conformance::<str, String>::clock(&hand).only([Check::Random]).seed(7);
    let said = rejection("lost removes", || suite.check(|| Wrong::new(Fault::EveryTwentiethRemoveIsLost, &hand)));
    assert!(said.contains("(at step ") && said.ends_with(" from seed 7)"), "{said}");
}

#[test]
#[should_panic(expected = "conformance: expiry: this check does not apply")]
fn a_check_that_does_not_apply_is_not_passed_silently() {
    let _ = Conformance::<str, String>::no_ttl().only([Check::Expiry]);
}
