//! A store that stops a caller at any step of its call.

use std::time::Duration;

use bytes::Bytes;
use ctu::{
    AsyncCache, AsyncLease, AsyncRedisCache, Cache, Claim, Entry, Lease, Leased, RedisCache, Result, Token, Ttl,
};

use crate::gate::{Gate, Step};

/// All of them.
pub(crate) const STEPS: [Step; 6] =
    [Step::BeforeRead, Step::AfterRead, Step::AfterLease, Step::Computing, Step::BeforeWrite, Step::AfterWrite];

/// A store with a gate at every step.
pub(crate) struct Gated<C> {
    pub(crate) gate: &'static Gate,
    pub(crate) inner: C,
}

macro_rules! gated {
    ($cache:ident, $lease:ident, $store:ty, [$($async:ident)?], [$($wait:tt)*]) => {
        impl $cache<[u8], Bytes> for Gated<$store> {
            $($async)? fn get(&self, key: &[u8]) -> Result<Option<Bytes>> {
                self.gate.pass(Step::BeforeRead);
                let found = self.inner.get(key)$($wait)*;
                self.gate.pass(Step::AfterRead);
                found
            }
            $($async)? fn get_entry(&self, key: &[u8]) -> Result<Option<Entry<Bytes>>> {
                self.inner.get_entry(key)$($wait)*
            }
            $($async)? fn put(&self, key: &[u8], value: &Bytes, ttl: Ttl) -> Result<()> {
                self.inner.put(key, value, ttl)$($wait)*
            }
            $($async)? fn remove(&self, key: &[u8]) -> Result<bool> {
                self.inner.remove(key)$($wait)*
            }
            $($async)? fn contains(&self, key: &[u8]) -> Result<bool> {
                self.inner.contains(key)$($wait)*
            }
        }

        impl $lease<[u8], Bytes> for Gated<$store> {
            $($async)? fn lease(&self, key: &[u8], claim: Claim, length: Duration) -> Result<Leased> {
                let leased = self.inner.lease(key, claim, length)$($wait)*;
                self.gate.pass(Step::AfterLease);
                leased
            }
            $($async)? fn renew(&self, key: &[u8], token: Token, length: Duration) -> Result<Option<Token>> {
                self.inner.renew(key, token, length)$($wait)*
            }
            $($async)? fn release(&self, key: &[u8], token: Token) -> Result<bool> {
                self.inner.release(key, token)$($wait)*
            }
            $($async)? fn put_if_leased(&self, key: &[u8], value: &Bytes, ttl: Ttl, token: Token) -> Result<bool> {
                self.gate.pass(Step::BeforeWrite);
                let put = self.inner.put_if_leased(key, value, ttl, token)$($wait)*;
                self.gate.pass(Step::AfterWrite);
                put
            }
        }
    };
}

gated!(Cache, Lease, RedisCache, [], []);
gated!(AsyncCache, AsyncLease, AsyncRedisCache, [async], [.await]);
