use ctu::cached;

#[cached(ttl = "1m", capacity = 10, ttl = "2m")]
fn f(n: u64) -> u64 {
    n
}

fn main() {}
