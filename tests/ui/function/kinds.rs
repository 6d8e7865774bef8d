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
fn const_parameter<const IS_LONG: bool>(n: u64) -> u64 {
    n
}

fn main() {}
