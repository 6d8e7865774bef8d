use ctu::{Cache, Entry, Result, Ttl, cached};

struct Nothing;

impl Cache<str, u64> for Nothing {
    fn get(&self, _: &str) -> Result<Option<u64>> {
        Ok(None)
    }
    fn get_entry(&self, _: &str) -> Result<Option<Entry<u64>>> {
        Ok(None)
    }
    fn put(&self, _: &str, _: &u64, _: Ttl) -> Result<()> {
        Ok(())
    }
    fn remove(&self, _: &str) -> Result<bool> {
        Ok(false)
    }
    fn contains(&self, _: &str) -> Result<bool> {
        Ok(false)
    }
}

static CACHE: Nothing = Nothing;

#[cached(cache = CACHE, key = json, invalidation = "strict")]
fn repeat(n: u64) -> u64 {
    n
}

fn main() {}
