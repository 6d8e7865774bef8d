//! The leases of both forms of the store.

use std::time::Duration;

use bytes::Bytes;
use ctu_core::{Claim, Lease, Leased, Result, Token, Ttl};

use super::lease::{self, Run};
use super::store::RedisCache;

impl RedisCache {
    fn run<T>(&self, run: &Run<'_, T>) -> Result<T> {
        match self.pool().ask(&run.by_name())? {
            Some(done) => Ok(done),
            None => lease::ran(self.pool().ask(&run.in_full())?),
        }
    }
}

/// A lease is kept in the place of the value, with a Lua script: Redis 6 or later.
///
/// One that is taken over a value ([`Claim::Replacing`]) lasts as long as that.
#[deny(clippy::missing_trait_methods)]
impl Lease<[u8], Bytes> for RedisCache {
    fn lease(&self, key: &[u8], claim: Claim, length: Duration) -> Result<Leased> {
        self.run(&lease::lease(self.settings(), key, claim, length)?)
    }

    fn renew(&self, key: &[u8], token: Token, length: Duration) -> Result<Option<Token>> {
        Ok(self.run(&lease::renew(self.settings(), key, token, length)?)?.then_some(token))
    }

    fn release(&self, key: &[u8], token: Token) -> Result<bool> {
        self.run(&lease::release(self.settings(), key, token)?)
    }

    fn put_if_leased(&self, key: &[u8], value: &Bytes, ttl: Ttl, token: Token) -> Result<bool> {
        self.run(&lease::put(self.settings(), key, value, ttl, token)?)
    }
}

#[cfg(feature = "tokio")]
mod multiplexed {
    use ctu_core::AsyncLease;

    use super::{Bytes, Claim, Duration, Leased, Result, Run, Token, Ttl, lease};
    use crate::redis::AsyncRedisCache;

    impl AsyncRedisCache {
        async fn run<T>(&self, run: &Run<'_, T>) -> Result<T> {
            match self.shared().ask(run.by_name()).await? {
                Some(done) => Ok(done),
                None => lease::ran(self.shared().ask(run.in_full()).await?),
            }
        }
    }

    /// As those of [`RedisCache`](crate::RedisCache).
    #[deny(clippy::missing_trait_methods)]
    impl AsyncLease<[u8], Bytes> for AsyncRedisCache {
        async fn lease(&self, key: &[u8], claim: Claim, length: Duration) -> Result<Leased> {
            self.run(&lease::lease(self.settings(), key, claim, length)?).await
        }

        async fn renew(&self, key: &[u8], token: Token, length: Duration) -> Result<Option<Token>> {
            Ok(self.run(&lease::renew(self.settings(), key, token, length)?).await?.then_some(token))
        }

        async fn release(&self, key: &[u8], token: Token) -> Result<bool> {
            self.run(&lease::release(self.settings(), key, token)?).await
        }

        async fn put_if_leased(&self, key: &[u8], value: &Bytes, ttl: Ttl, token: Token) -> Result<bool> {
            self.run(&lease::put(self.settings(), key, value, ttl, token)?).await
        }
    }
}
