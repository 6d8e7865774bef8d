//! What all stores in memory promise, as one suite: `contract!(make)`, where `make(clock, ttl)` builds the store.

pub(crate) mod foreign;
pub(crate) mod lifetimes;
pub(crate) mod support;
pub(crate) mod threads;
pub(crate) mod values;

macro_rules! contract {
    ($make:ident) => {
        contract::values::values!($make);
        contract::lifetimes::lifetimes!($make);
        contract::foreign::foreign!($make);
        contract::threads::threads!($make);
    };
}

pub(crate) use contract;
