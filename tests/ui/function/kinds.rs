use ctu::cached;

#[cached]
const fn constant(n: u64) -> u64 {
    n
}

#[cached]
unsafe fn dangerous(n: u64) -> u64 {
    n
}

#[cached]
extern "C" fn foreign(n: u64) -> u64 {
    n
}

#[cached]
fn generic<T>(n: T) -> T {
    n
}

fn main() {}
