use ctu::{MemoryCache, cache_methods};
use std::sync::LazyLock;

static CACHE: LazyLock<MemoryCache<String, u64>> = LazyLock::new(|| MemoryCache::new(10));

struct Shop {
    id: u64,
}

#[cache_methods(cache = CACHE)]
impl Shop {
    #[cached]
    fn shared_by_all(&self, n: u64) -> u64 {
        self.id + n
    }
}

#[cache_methods]
impl Shop {
    #[cached]
    fn own_store_for_all(&self, n: u64) -> u64 {
        self.id + n
    }

    #[cached(self_key = self.id)]
    fn changes(&mut self) -> u64 {
        self.id += 1;
        self.id
    }

    #[cached(self_key = self.id)]
    fn consumes(self) -> u64 {
        self.id
    }

    #[cached(cache = self.cache)]
    fn without_self(n: u64) -> u64 {
        n
    }

    #[cached(key = "{self.id}")]
    fn leaves_out(&self, n: u64) -> u64 {
        n
    }
}

#[cache_methods(self_key = self.id)]
impl Shop {
    fn not_marked(&self) -> u64 {
        self.id
    }
}

#[cache_methods]
fn not_an_impl() {}

fn main() {}
