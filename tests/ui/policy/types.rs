use std::rc::Rc;

use ctu::{MemoryCache, cache_methods, cached};

#[derive(Debug)]
struct MyError;

#[cached(on_error = fail)]
fn error_of_its_own(n: u64) -> Result<u64, MyError> {
    if n == 0 { Err(MyError) } else { Ok(n) }
}

struct NotClone;

#[cached(ttl = "1h", stale = "1h", stale_on = expiry, skip(it))]
fn can_t_copy_a_reference(n: u64, it: &NotClone) -> u64 {
    let _ = it;
    n
}

#[cached(ttl = "1h", refresh_ahead, skip(it))]
fn can_t_send(n: u64, it: Rc<str>) -> usize {
    it.len() + usize::try_from(n).unwrap_or(0)
}

#[cached(key = json, ttl = "1h", refresh_ahead)]
fn generic<T: serde::Serialize + 'static>(it: T) -> u64 {
    let _ = it;
    1
}

struct Shop {
    cache: MemoryCache<String, u64>,
}

#[cache_methods(cache = self.cache, ttl = "1h", stale = "1h", stale_on = expiry)]
impl Shop {
    #[cached]
    fn price(&self, article: &str) -> u64 {
        article.len() as u64
    }
}

fn main() {}
