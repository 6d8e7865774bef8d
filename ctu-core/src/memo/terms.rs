//! On what terms a function stores: as it likes, or with a lease of the key.

use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::task::Poll;

use super::flights::Lead;
use super::leased::Held;
use super::rules::Rules;
use super::site::Site;
use crate::{AsyncCache, Cache, Error, Result, Ttl, Watch};

/// What a caller does who is to compute.
pub(super) enum Start<H, V> {
    /// It computes.
    Go(H),
    /// There is an answer, which another process has stored.
    Found(V),
    /// Another process has computed in vain: there is an expired value, as before.
    Stale(V),
    /// Another process computes. Only to who does not wait for it.
    Taken,
    /// The store failed.
    Failed(Error),
}

/// What is had while one computes.
pub(super) trait Terms: Copy + Sync {
    type Held: Send + Sync + 'static;

    /// Whether what is had may end by itself, without a newer word on the key.
    const ENDS_BY_TIME: bool;

    /// Nothing.
    fn none() -> Self::Held;

    /// What is had without asking; `None`: the store is to be asked.
    fn unasked() -> Option<Self::Held>;

    /// Whether there is something by which to store.
    fn may_store(held: &Self::Held) -> bool;

    /// What one has left who was dropped.
    fn orphaned(site: &Site, slot: u64) -> Self::Held;

    /// On its way into the background.
    fn carry(held: Self::Held) -> Option<Held>;

    fn carried(held: Option<Held>) -> Self::Held;
}

/// Both forms from one text.
macro_rules! terms_of {
    (
        $(#[$about:meta])* $terms:ident, [$($k:tt)*], [$($v:tt)*], [$($c:tt)*], returns: [$($open:tt)*] [$($close:tt)*],
        run: { $($run:tt)* },
        names: $start:ident, $replace:ident, $put:ident, $remove:ident, $give_back:ident,
    ) => {
        $(#[$about])*
        pub(super) trait $terms<K: ?Sized $($k)*, V: Sized $($v)*, C: $($c)*>: Terms {
            /// What is needed to compute the value of a key, had before one does. With `waits`, who else computes is waited
            /// for.
            fn $start(
                &self,
                site: &Site,
                at: (&C, &K),
                slot: u64,
                by: (&impl Rules, bool),
            ) -> $($open)* Start<Self::Held, V> $($close)*;

            /// The same for a value that replaces any other, and whoever computes one.
            fn $replace(&self, site: &Site, at: (&C, &K), slot: u64) -> $($open)* Self::Held $($close)*;

            /// What of it is had for nothing, and begins with the computation.
            fn watch(&self, at: (&C, &K), lead: &Lead<'_>, held: &mut Self::Held);

            $($run)*

            /// Stores a value, unless there is a newer word on the key, and tells whether it did.
            fn $put(
                &self,
                at: (&C, &K),
                held: Self::Held,
                value: &V,
                ttl: Ttl,
            ) -> $($open)* Result<bool> $($close)*;

            /// Removes what the value was to replace, unless there is a newer word on the key.
            fn $remove(&self, at: (&C, &K), held: Self::Held, value: &V) -> $($open)* Result<bool> $($close)*;

            /// Nothing comes of it.
            fn $give_back(&self, at: (&C, &K), held: Self::Held) -> $($open)* Result<bool> $($close)*;
        }
    };
}

terms_of! {
    /// What a plain function asks of its store.
    SyncTerms, [], [], [?Sized], returns: [] [],
    run: {
        /// Computes.
        fn run<R>(&self, site: &Site, at: (&C, &K), by: (&Lead<'_>, &Self::Held), compute: impl FnOnce() -> R) -> R;
    },
    names: start, replace, put, remove, give_back,
}

terms_of! {
    /// What an `async` function does.
    AsyncTerms, [+ Sync], [+ Send + Sync], [Sized], returns: [impl Future<Output =] [> + Send],
    run: {
        /// Keeps what is had while one computes, and never ends.
        // Not the computation with it: its type would be part of a future of this trait, of which the compiler could not tell
        // for every lifetime in it whether it can be sent.
        fn keep(&self, site: &Site, at: (&C, &K), held: &Self::Held) -> impl Future<Output = ()> + Send;
    },
    names: start_async, replace_async, put_async, remove_async, give_back_async,
}

/// Computes.
pub(super) fn run<K: ?Sized, V, C: ?Sized, T: SyncTerms<K, V, C>, R>(
    terms: &T,
    site: &Site,
    at: (&C, &K),
    by: (&Lead<'_>, &T::Held),
    compute: impl FnOnce() -> R,
) -> R {
    terms.run(site, at, by, compute)
}

/// Computes.
pub(super) async fn run_async<K: ?Sized + Sync, V: Send + Sync, C, T: AsyncTerms<K, V, C>, R>(
    terms: &T,
    site: &Site,
    at: (&C, &K),
    (lead, held): (&Lead<'_>, &T::Held),
    compute: impl Future<Output = R>,
) -> R {
    let (mut compute, mut keep) = (pin!(compute), pin!(terms.keep(site, at, held)));
    let computed = poll_fn(|context| {
        if let Poll::Ready(returned) = compute.as_mut().poll(context) {
            return Poll::Ready(returned);
        }
        let _ = keep.as_mut().poll(context);
        Poll::Pending
    });
    lead.run_async(computed).await
}

/// As it likes, but for what is done to the key by hand meanwhile, where the store can tell.
#[derive(Clone, Copy)]
pub(super) struct Plain;

impl Terms for Plain {
    type Held = Option<Watch>;

    const ENDS_BY_TIME: bool = false;

    #[inline]
    fn none() -> Self::Held {
        None
    }

    #[inline]
    fn unasked() -> Option<Self::Held> {
        Some(None)
    }

    fn orphaned(_: &Site, _: u64) -> Self::Held {
        None
    }

    #[inline]
    fn may_store(_: &Self::Held) -> bool {
        true
    }

    fn carry(_: Self::Held) -> Option<Held> {
        None
    }

    fn carried(_: Option<Held>) -> Self::Held {
        None
    }
}

/// Both forms from one text: what is at hand is handed over as it is, or as a future.
macro_rules! plain {
    (
        $terms:ident for $cache:ident, [$($k:tt)*], [$($v:tt)*], [$($c:tt)*], returns: [$($open:tt)*] [$($close:tt)*],
        [$($async:ident)?], [$($wait:tt)*], run: { $($run:tt)* },
        names: $start:ident, $replace:ident, $put:ident, $remove:ident, $give_back:ident,
    ) => {
        impl<K: ?Sized $($k)*, V: Sized $($v)*, C: $cache<K, V> $($c)*> $terms<K, V, C> for Plain {
            #[inline]
            $($async)? fn $start(&self, _: &Site, _: (&C, &K), _: u64, _: (&impl Rules, bool)) -> Start<Self::Held, V> {
                Start::Go(None)
            }

            #[inline]
            $($async)? fn $replace(&self, _: &Site, _: (&C, &K), _: u64) -> Self::Held {
                None
            }

            #[inline]
            fn watch(&self, at: (&C, &K), lead: &Lead<'_>, held: &mut Self::Held) {
                *held = at.0.watch(at.1);
                if let Some(watch) = held {
                    lead.watched(watch);
                }
            }

            $($run)*

            #[inline]
            $($async)? fn $put(&self, at: (&C, &K), held: Self::Held, value: &V, ttl: Ttl) -> Result<bool> {
                match held {
                    Some(watch) => at.0.put_if_unchanged(at.1, value, ttl, watch)$($wait)*,
                    None => at.0.put(at.1, value, ttl)$($wait)*.map(|()| true),
                }
            }

            #[inline]
            fn $remove(&self, at: (&C, &K), _: Self::Held, _: &V) -> $($open)* Result<bool> $($close)* {
                at.0.remove(at.1)
            }

            #[inline]
            $($async)? fn $give_back(&self, _: (&C, &K), _: Self::Held) -> Result<bool> {
                Ok(false)
            }
        }
    };
}

plain! {
    SyncTerms for Cache, [], [], [+ ?Sized], returns: [] [], [], [],
    run: {
        #[inline]
        fn run<R>(&self, _: &Site, _: (&C, &K), by: (&Lead<'_>, &Self::Held), compute: impl FnOnce() -> R) -> R {
            by.0.run(compute)
        }
    },
    names: start, replace, put, remove, give_back,
}

plain! {
    AsyncTerms for AsyncCache, [+ Sync], [+ Send + Sync], [], returns: [impl Future<Output =] [> + Send], [async], [.await],
    run: {
        #[inline]
        fn keep(&self, _: &Site, _: (&C, &K), _: &Self::Held) -> impl Future<Output = ()> + Send {
            pending()
        }
    },
    names: start_async, replace_async, put_async, remove_async, give_back_async,
}
