use ctu::cached;

#[cached(ttl = "1h", stale = 60)]
fn stale_without_a_unit(n: u64) -> Result<u64, String> {
    Ok(n)
}

#[cached(ttl = "1h", stale = "0s")]
fn stale_of_zero(n: u64) -> Result<u64, String> {
    Ok(n)
}

#[cached(ttl = "1h", stale = "1h", stale_on = failure)]
fn stale_on_what(n: u64) -> Result<u64, String> {
    Ok(n)
}

#[cached(ttl = "1h", stale)]
fn stale_alone(n: u64) -> Result<u64, String> {
    Ok(n)
}

#[cached(ttl = "1h", refresh_ahead = 0)]
fn never_ahead(n: u64) -> u64 {
    n
}

#[cached(ttl = "1h", refresh_ahead = "5m")]
fn ahead_by_a_time(n: u64) -> u64 {
    n
}

#[cached(ttl = "1h", jitter = 10)]
fn jitter_of_ten(n: u64) -> u64 {
    n
}

#[cached(ttl = "1h", jitter = "10")]
fn jitter_without_a_unit(n: u64) -> u64 {
    n
}

#[cached(on_error = ignore)]
fn on_error_what(n: u64) -> Result<u64, ctu::Error> {
    Ok(n)
}

#[cached(timeout = 2)]
async fn timeout_without_a_unit(n: u64) -> Result<u64, ctu::Error> {
    Ok(n)
}

#[cached(jitter = 0.1, jitter = 0.2, ttl = "1h")]
fn twice(n: u64) -> u64 {
    n
}

fn main() {}
