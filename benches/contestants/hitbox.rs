//! The `hitbox` crate, on its store in memory, which keeps bytes: results are serialized. It is async only.

use std::pin::pin;
use std::sync::LazyLock;

use hitbox::policy::PolicyConfig;
use hitbox_fn::{Cache, cached};
use hitbox_moka::MokaBackend;

use super::{CAPACITY, block_on_ready};
use crate::compute;

type Store = Cache<MokaBackend, hitbox::concurrency::NoopConcurrencyManager, hitbox_core::DisabledOffload>;

static STORE: LazyLock<Store> = LazyLock::new(|| {
    Cache::builder()
        .backend(MokaBackend::builder().max_entries(CAPACITY as u64).build())
        .policy(PolicyConfig::builder().ttl(std::time::Duration::from_hours(1)).build())
        .build()
});

#[cached]
async fn number_later(n: u64) -> u64 {
    compute(n)
}

pub fn number_async(n: u64) -> u64 {
    block_on_ready(pin!(async { number_later(n).cache(&*STORE).await }))
}
