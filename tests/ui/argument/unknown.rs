use ctu::cached;

#[cached(max_size = 10)]
fn f(n: u64) -> u64 {
    n
}

fn main() {}
