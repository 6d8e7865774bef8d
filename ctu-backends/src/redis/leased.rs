//! The leases of all forms of the store.

use std::time::Duration;

use bytes::Bytes;
#[cfg(feature = "tokio")]
use ctu_core::AsyncLease;
use ctu_core::{Claim, Lease, Leased, Result, Token, Ttl};

#[cfg(feature = "tokio")]
use super::AsyncRedisCache;
#[cfg(all(feature = "redis-cluster", feature = "tokio"))]
use super::AsyncRedisClusterCache;
#[cfg(feature = "redis-cluster")]
use super::RedisClusterCache;
use super::lease::{self, Run};
use super::store::RedisCache;

/// All forms from one text, by how each asks.
macro_rules! leased {
    (
        $lease:ident for $form:ident, [$($async:ident)?], [$($wait:tt)*],
        |$this:ident| $settings:expr, |$ask:ident| $answer:expr
    ) => {
        impl $form {
            $($async)? fn run<T>(&self, run: &Run<'_, T>) -> Result<T> {
                let $this = self;
                let $ask = run.by_name();
                match $answer? {
                    Some(done) => Ok(done),
                    None => {
                        let $ask = run.in_full();
                        lease::ran($answer?)
                    }
                }
            }
        }

        /// A lease is kept in the place of the value, with a Lua script: Redis 6 or later.
        ///
        /// One that is taken over a value ends by the server's clock.
        #[deny(clippy::missing_trait_methods)]
        impl $lease<[u8], Bytes> for $form {
            $($async)? fn lease(&self, key: &[u8], claim: Claim, length: Duration) -> Result<Leased> {
                let $this = self;
                self.run(&lease::lease($settings, key, claim, length)?)$($wait)*
            }

            $($async)? fn renew(&self, key: &[u8], token: Token, length: Duration) -> Result<Option<Token>> {
                let $this = self;
                self.run(&lease::renew($settings, key, token, length)?)$($wait)*
            }

            $($async)? fn release(&self, key: &[u8], token: Token) -> Result<bool> {
                let $this = self;
                self.run(&lease::release($settings, key, token)?)$($wait)*
            }

            $($async)? fn put_if_leased(&self, key: &[u8], value: &Bytes, ttl: Ttl, token: Token) -> Result<bool> {
                let $this = self;
                self.run(&lease::put($settings, key, value, ttl, token)?)$($wait)*
            }
        }
    };
}

leased!(Lease for RedisCache, [], [], |this| this.settings(), |ask| this.pool().ask(&ask));
#[cfg(feature = "tokio")]
leased!(AsyncLease for AsyncRedisCache, [async], [.await], |this| this.settings(), |ask| this.shared().ask(ask).await);
#[cfg(feature = "redis-cluster")]
leased!(Lease for RedisClusterCache, [], [], |this| this.settings(), |ask| this.ask(ask));
#[cfg(all(feature = "redis-cluster", feature = "tokio"))]
leased!(AsyncLease for AsyncRedisClusterCache, [async], [.await], |this| this.settings(), |ask| this.ask(ask).await);
