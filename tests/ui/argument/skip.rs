use ctu::cached;

#[cached(skip(db))]
fn unknown(n: u64) -> u64 {
    n
}

#[cached(skip())]
fn nothing(n: u64) -> u64 {
    n
}

fn main() {}
