use ctu::cached;

#[cached(ttl = "1m", ttl = "2m", prefix = "f.")]
const unsafe fn f(n: &mut u64) -> u64 {
    *n
}

fn main() {}
