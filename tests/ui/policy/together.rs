use ctu::{cache_methods, cached};

#[cached(stale = "1h")]
fn stale_without_a_ttl(n: u64) -> Result<u64, String> {
    Ok(n)
}

#[cached(refresh_ahead)]
fn ahead_without_a_ttl(n: u64) -> u64 {
    n
}

#[cached(jitter = 0.1)]
fn jitter_without_a_ttl(n: u64) -> u64 {
    n
}

#[cached(ttl = "1h", stale_on = expiry)]
fn stale_on_without_stale(n: u64) -> u64 {
    n
}

#[cached(ttl = "1h", stale = "1h")]
fn no_errors_to_be_stale_on(n: u64) -> Option<u64> {
    Some(n)
}

#[cached(timeout = "2s")]
fn timeout_of_a_plain_function(n: u64) -> Result<u64, ctu::Error> {
    Ok(n)
}

#[cached(on_error = fail)]
fn no_error_to_fail_with(n: u64) -> u64 {
    n
}

#[cached(ttl = "1h", refresh_ahead, skip(log))]
fn changes_what_is_its_callers(n: u64, log: &mut Vec<u64>) -> u64 {
    log.push(n);
    n
}

struct Borrowing<'a>(&'a str);

#[cached(ttl = "1h", stale = "1h", stale_on = expiry, key = json, skip(it))]
fn borrows_inside(n: u64, it: Borrowing<'_>) -> usize {
    it.0.len() + usize::try_from(n).unwrap_or(0)
}

struct Shop;

#[cache_methods(ttl = "1h", stale = "1h", self_key = none)]
impl Shop {
    #[cached]
    fn name(&self) -> String {
        String::new()
    }
}

fn main() {}
