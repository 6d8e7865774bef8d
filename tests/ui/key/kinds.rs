use ctu::cached;

#[cached(key = text)]
fn unknown(n: u64) -> u64 {
    n
}

#[cached(key = |a, b| a)]
fn closure(n: u64) -> u64 {
    n
}

fn main() {}
