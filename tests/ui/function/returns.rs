use ctu::cached;

#[cached]
fn borrowed(s: &str) -> &str {
    s
}

#[cached]
fn iterator(n: u64) -> impl Iterator<Item = u64> {
    0..n
}

#[cached]
fn never(n: u64) -> ! {
    panic!("{n}")
}

fn main() {}
