//! The arguments of `cached`, `memoize` and `cachelito`: what to write instead.
use ctu::cached;

// cached 4.1: Rust in strings.
#[cached(ty = "UnboundCache<u64, u64>")]
fn store_type(n: u64) -> u64 {
    n
}

#[cached(create = "{ UnboundCache::new() }")]
fn store_in_quotes(n: u64) -> u64 {
    n
}

#[cached(convert = r#"{ format!("{}", n) }"#)]
fn key_in_quotes(n: u64) -> u64 {
    n
}

#[cached(size = 10)]
fn size(n: u64) -> u64 {
    n
}

#[cached(max_size = 10)]
fn max_size(n: u64) -> u64 {
    n
}

#[cached(ttl_secs = 60)]
fn ttl_secs(n: u64) -> u64 {
    n
}

#[cached(time = 60)]
fn time(n: u64) -> u64 {
    n
}

#[cached(option = true)]
fn option(n: u64) -> Option<u64> {
    Some(n)
}

#[cached(sync_writes = "by_key")]
fn sync_writes(n: u64) -> u64 {
    n
}

#[cached(with_cached_flag = true)]
fn with_cached_flag(n: u64) -> u64 {
    n
}

// The cache's errors are not the function's.
#[cached(map_error = |error| error)]
fn map_error(n: u64) -> Result<u64, String> {
    Ok(n)
}

#[cached(name = "CACHE")]
fn name(n: u64) -> u64 {
    n
}

#[cached(redis = true)]
fn redis(n: u64) -> u64 {
    n
}

// memoize 0.6.
#[cached(Capacity: 10)]
fn capacity(n: u64) -> u64 {
    n
}

#[cached(TimeToLive: Duration::from_secs(2))]
fn time_to_live(n: u64) -> u64 {
    n
}

#[cached(Ignore: n)]
fn ignore(n: u64) -> u64 {
    n
}

#[cached(SharedCache)]
fn shared_cache(n: u64) -> u64 {
    n
}

// cachelito 0.16.
#[cached(limit = 10)]
fn limit(n: u64) -> u64 {
    n
}

#[cached(policy = "lru")]
fn policy(n: u64) -> u64 {
    n
}

fn main() {}
