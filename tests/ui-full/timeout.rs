use ctu::{MemoryCache, cache_methods, cached};

#[derive(Debug, Clone)]
struct MyError;

#[cached(timeout = "2s")]
async fn nothing_to_return(n: u64) -> u64 {
    n
}

#[cached(timeout = "2s")]
async fn error_of_its_own(n: u64) -> Result<u64, MyError> {
    if n == 0 { Err(MyError) } else { Ok(n) }
}

#[cached(ttl = "1h", refresh_ahead)]
async fn holds_what_can_t_be_sent(n: u64) -> u64 {
    let held = std::rc::Rc::new(n);
    std::future::ready(()).await;
    *held
}

struct Shop {
    cache: MemoryCache<String, u64>,
}

#[cache_methods(cache = self.cache, ttl = "1h", stale = "1h", timeout = "2s")]
impl Shop {
    #[cached]
    async fn price(&self, article: &str) -> Result<u64, MyError> {
        Ok(article.len() as u64)
    }
}

fn main() {}
