//! The leases of both forms of the store.

use std::time::Duration;

#[cfg(feature = "tokio")]
use ctu_core::AsyncLease;
use ctu_core::{Claim, Lease, Leased, Result, Token, Ttl};

#[cfg(feature = "tokio")]
use super::AsyncMemcachedCache;
use super::MemcachedCache;
use super::calls::MemcachedValue;
use super::lease::{self, Next, Number, TRIES, There};

/// Both forms from one text: the async one waits where the sync one does not.
macro_rules! leased {
    ($lease:ident, $cache:ident, $beside:ident, [$($async:ident)?], [$($wait:tt)*]) => {
        impl $cache {
            /// A lease over the value of the number `item`; `None`: others were faster.
            $($async)? fn $beside(&self, key: &[u8], item: u64, claim: Claim, length: Duration) -> Result<Option<Leased>> {
                let calls = self.calls();
                let own = lease::numbered(self.run(&calls.tell(key, item, None, length))$($wait)*?)?;
                if own.is_some() {
                    return Ok(lease::granted(Some(item), true));
                }
                let Some(told) = lease::told(self.run(&calls.look_beside(key))$($wait)*?)? else { return Ok(None) };
                if let Some(leased) = told.answer(item, claim) {
                    return Ok(Some(leased));
                }
                let own = lease::numbered(self.run(&calls.tell(key, item, Some(told.own), length))$($wait)*?)?;
                Ok(lease::granted(own.map(|_| item), true))
            }
        }

        /// A lease is kept in the place of the value, or beside it, for whole seconds, rounded up. Taking one is a round
        /// trip where the key is free, and two to four otherwise.
        ///
        /// One that is shared ends when that of the first would. One over a value can be used until another takes it, also
        /// when its length is over.
        #[deny(clippy::missing_trait_methods)]
        impl<V: MemcachedValue> $lease<[u8], V> for $cache {
            $($async)? fn lease(&self, key: &[u8], claim: Claim, length: Duration) -> Result<Leased> {
                let mut next = lease::first(claim);
                for _ in 0..TRIES {
                    let Some(step) = next else {
                        let there = lease::there(self.run(&self.calls().look(key))$($wait)*?)?;
                        next = Some(lease::next(there, claim));
                        continue;
                    };
                    let granted = match step {
                        Next::Done(leased) => return Ok(leased),
                        Next::Add => {
                            let call = self.calls().add_lease(key, length);
                            lease::granted(lease::numbered(self.run(&call)$($wait)*?)?, false)
                        }
                        Next::Replace(item) => {
                            let call = self.calls().replace_lease(key, item, length);
                            lease::granted(lease::numbered(self.run(&call)$($wait)*?)?, false)
                        }
                        Next::Append(item) => {
                            let call = self.calls().append_nothing(key, item);
                            let item = lease::numbered(self.run(&call)$($wait)*?)?;
                            if let Some(item) = item {
                                self.run(&self.calls().retell(key, item, length))$($wait)*?;
                            }
                            lease::granted(item, true)
                        }
                        Next::Beside(item) => self.$beside(key, item, claim, length)$($wait)*?,
                    };
                    if let Some(granted) = granted {
                        return Ok(granted);
                    }
                    next = None;
                }
                match next {
                    Some(Next::Done(leased)) => Ok(leased),
                    _ => Err(lease::too_busy()),
                }
            }

            $($async)? fn renew(&self, key: &[u8], token: Token, length: Duration) -> Result<Option<Token>> {
                let Number { item, is_over_value } = Number::of(token);
                if is_over_value {
                    let there = lease::there(self.run(&self.calls().look(key))$($wait)*?)?;
                    let is_held = matches!(there, There::Value(number, _) if number == item);
                    if is_held {
                        self.run(&self.calls().retell(key, item, length))$($wait)*?;
                    }
                    return Ok(is_held.then_some(token));
                }
                let call = self.calls().replace_lease(key, item, length);
                Ok(lease::renewed(lease::numbered(self.run(&call)$($wait)*?)?, is_over_value))
            }

            $($async)? fn release(&self, key: &[u8], token: Token) -> Result<bool> {
                let Number { item, is_over_value } = Number::of(token);
                let call = if is_over_value {
                    self.calls().append_nothing(key, item)
                } else {
                    self.calls().delete_numbered(key, item)
                };
                lease::done(self.run(&call)$($wait)*?)
            }

            $($async)? fn put_if_leased(&self, key: &[u8], value: &V, ttl: Ttl, token: Token) -> Result<bool> {
                let call = self.calls().put_numbered(key, value, ttl, Number::of(token).item)?;
                lease::done(self.run(&call)$($wait)*?)
            }
        }
    };
}

leased!(Lease, MemcachedCache, beside, [], []);
#[cfg(feature = "tokio")]
leased!(AsyncLease, AsyncMemcachedCache, beside_async, [async], [.await]);
