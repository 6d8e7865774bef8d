use ctu::cached;

#[cached(ttl = 60)]
fn no_unit(n: u64) -> u64 {
    n
}

#[cached(ttl = "10 minutes")]
fn other_unit(n: u64) -> u64 {
    n
}

#[cached(ttl = "0s")]
fn zero(n: u64) -> u64 {
    n
}

fn main() {}
