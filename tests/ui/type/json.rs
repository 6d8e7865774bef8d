use std::sync::LazyLock;

use ctu::{MemoryCache, cached};

static TEXTS: LazyLock<MemoryCache<String, u64>> = LazyLock::new(|| MemoryCache::new(10));

#[derive(Clone)]
struct Place;

#[cached(cache = TEXTS)]
fn argument(place: &Place) -> u64 {
    let _ = place;
    1
}

#[cached(cache = TEXTS, key = hash)]
async fn later(place: Place, n: u64) -> u64 {
    let _ = place;
    n
}

#[cached(cache = TEXTS, key = |place| place.clone())]
fn closure(place: &Place) -> u64 {
    let _ = place;
    1
}

fn main() {}
