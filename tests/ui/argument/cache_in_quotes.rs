use ctu::cached;

#[cached(cache = "CACHE")]
fn f(n: u64) -> u64 {
    n
}

fn main() {}
