//! The list of what is checked.

use std::fmt;

use super::time::Time;

/// A part of the contract that [`Conformance`](super::Conformance) checks, on a store of its own.
///
/// Wherever a value is expected, `get`, `get_entry`, `contains` and `get_many` are all asked, and have to agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Check {
    /// In a new store nothing is found, and nothing is there to be removed.
    Missing,
    /// What was put is found under its key, exactly and again and again, and under no other.
    RoundTrip,
    /// A value replaces the one before it, alone or in a batch; the same value may be put again.
    Overwrite,
    /// `remove` tells whether the key was there, forgets it and no other; it can be put again.
    Remove,
    /// Empty, long, binary and confusingly similar keys are all kept apart.
    OddKeys,
    /// Empty values, such as look like nothing, and bytes of all kinds come back as they were.
    OddValues,
    /// Values up to the largest come back as they were.
    BigValues,
    /// `get_many` answers in the order asked, with gaps, duplicates, no keys or many.
    GetMany,
    /// `put_many` stores every entry, over what was there; the last one where a key comes twice.
    PutMany,
    /// `len` and `is_empty` count keys, or are `Unsupported`.
    Len,
    /// `clear` forgets everything and leaves a working store, or is `Unsupported` and forgets nothing.
    Clear,
    /// `stats` answers with figures that make sense and do not shrink.
    Stats,
    /// Concurrent users never see another key's value, nor one older than what was put before they asked.
    Concurrent,
    /// A future does nothing before it is polled, and one that is dropped midway disturbs no other operation.
    ///
    /// For a sync cache there is nothing to find here.
    Abandoned,
    /// What is stored with a watch is stored unless the key was stored, removed or cleared since. Where the store keeps
    /// no watch there is nothing to find here.
    Watch,
    /// Random operations, compared with a map; lifetimes included when the clock can be moved.
    Random,
    /// An entry is found until its lifetime is over, tells what is left of it, and is a miss after that, `remove`
    /// included. With lifetimes only.
    Expiry,
    /// The lifetime of `put_many` is that of each entry. With lifetimes only.
    BatchExpiry,
    /// An entry's lifetime is the one it was last put with, shorter or longer. With lifetimes only.
    Renewal,
    /// [`Ttl::Never`](crate::Ttl::Never) outlives the store's default. With lifetimes only.
    Never,
    /// [`Ttl::Default`](crate::Ttl::Default) lasts as long as its entry says. With lifetimes only; waited for only when
    /// the clock can be moved.
    DefaultTtl,
    /// A zero lifetime is a miss at once, and takes with it what was there. With lifetimes only.
    ZeroTtl,
    /// Lifetimes of a month, a century and `Duration::MAX` are found, not refused or taken for the past. With lifetimes
    /// only.
    LongTtl,
    /// Entries are reported not to expire. Only in a store without lifetimes.
    NoTtl,
}

impl Check {
    /// Every check, in the order in which they run.
    pub const ALL: &'static [Self] = &[
        Self::Missing,
        Self::RoundTrip,
        Self::Overwrite,
        Self::Remove,
        Self::OddKeys,
        Self::OddValues,
        Self::BigValues,
        Self::GetMany,
        Self::PutMany,
        Self::Len,
        Self::Clear,
        Self::Stats,
        Self::Concurrent,
        Self::Abandoned,
        Self::Watch,
        Self::Random,
        Self::Expiry,
        Self::BatchExpiry,
        Self::Renewal,
        Self::Never,
        Self::DefaultTtl,
        Self::ZeroTtl,
        Self::LongTtl,
        Self::NoTtl,
    ];

    /// The name in failure messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::RoundTrip => "round trip",
            Self::Overwrite => "overwrite",
            Self::Remove => "remove",
            Self::OddKeys => "odd keys",
            Self::OddValues => "odd values",
            Self::BigValues => "big values",
            Self::GetMany => "get_many",
            Self::PutMany => "put_many",
            Self::Len => "len",
            Self::Clear => "clear",
            Self::Stats => "stats",
            Self::Concurrent => "concurrent",
            Self::Abandoned => "abandoned",
            Self::Watch => "watch",
            Self::Random => "random",
            Self::Expiry => "expiry",
            Self::BatchExpiry => "batch expiry",
            Self::Renewal => "renewal",
            Self::Never => "never",
            Self::DefaultTtl => "default ttl",
            Self::ZeroTtl => "zero ttl",
            Self::LongTtl => "long ttl",
            Self::NoTtl => "no ttl",
        }
    }

    const fn is_of_lifetimes(self) -> bool {
        matches!(
            self,
            Self::Expiry
                | Self::BatchExpiry
                | Self::Renewal
                | Self::Never
                | Self::DefaultTtl
                | Self::ZeroTtl
                | Self::LongTtl
        )
    }

    pub(super) const fn applies(self, time: &Time) -> bool {
        match self {
            Self::NoTtl => matches!(time, Time::NoTtl),
            _ => !self.is_of_lifetimes() || !matches!(time, Time::NoTtl),
        }
    }

    /// Whether this check waits for real time to pass.
    pub(super) const fn waits(self, time: &Time) -> bool {
        self.is_of_lifetimes() && matches!(time, Time::Real(_))
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
