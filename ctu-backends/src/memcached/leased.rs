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
    ($lease:ident, $cache:ident, [$($async:ident)?], [$($wait:tt)*]) => {
        /// A lease is kept in the place of the value, for whole seconds, rounded up. Taking one is a round trip where the
        /// key is free, and two or three otherwise.
        ///
        /// One that is taken over a value ([`Claim::Replacing`]) lasts as long as that, and one that is shared ends when
        /// that of the first would.
        #[deny(clippy::missing_trait_methods)]
        impl<V: MemcachedValue> $lease<[u8], V> for $cache {
            $($async)? fn lease(&self, key: &[u8], claim: Claim, length: Duration) -> Result<Leased> {
                // Mostly the key is free: it has just been looked up.
                let mut next = Next::Add;
                for _ in 0..TRIES {
                    let granted = match next {
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
                            lease::granted(lease::numbered(self.run(&call)$($wait)*?)?, true)
                        }
                    };
                    if let Some(granted) = granted {
                        return Ok(granted);
                    }
                    let there = lease::there(self.run(&self.calls().look(key))$($wait)*?)?;
                    next = lease::next(there, claim);
                }
                match next {
                    Next::Done(leased) => Ok(leased),
                    _ => Err(lease::too_busy()),
                }
            }

            $($async)? fn renew(&self, key: &[u8], token: Token, length: Duration) -> Result<Option<Token>> {
                let Number { item, is_over_value } = Number::of(token);
                if is_over_value {
                    let there = lease::there(self.run(&self.calls().look(key))$($wait)*?)?;
                    return Ok(matches!(there, There::Value(number) if number == item).then_some(token));
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

leased!(Lease, MemcachedCache, [], []);
#[cfg(feature = "tokio")]
leased!(AsyncLease, AsyncMemcachedCache, [async], [.await]);
