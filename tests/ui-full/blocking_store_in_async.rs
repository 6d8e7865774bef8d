use std::sync::LazyLock;

use ctu::{Cache, Entry, JsonCache, Result, StackExt, Ttl, cached};

struct Blocks;

impl Cache<[u8], bytes::Bytes> for Blocks {
    fn get(&self, _: &[u8]) -> Result<Option<bytes::Bytes>> {
        Ok(None)
    }
    fn get_entry(&self, _: &[u8]) -> Result<Option<Entry<bytes::Bytes>>> {
        Ok(None)
    }
    fn put(&self, _: &[u8], _: &bytes::Bytes, _: Ttl) -> Result<()> {
        Ok(())
    }
    fn remove(&self, _: &[u8]) -> Result<bool> {
        Ok(false)
    }
    fn contains(&self, _: &[u8]) -> Result<bool> {
        Ok(false)
    }
}

static CACHE: LazyLock<JsonCache<Blocks>> = LazyLock::new(|| Blocks.json());

#[cached(cache = CACHE)]
async fn repeat(s: &str, n: usize) -> String {
    s.repeat(n)
}

fn main() {}
