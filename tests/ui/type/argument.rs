use ctu::cached;

#[cached(ttl = 60 * 60)]
fn ttl_of_numbers(n: u64) -> u64 {
    n
}

#[cached(capacity = 10_u8)]
fn capacity(n: u64) -> u64 {
    n
}

#[cached(capacity = -10)]
fn capacity_below_zero(n: u64) -> u64 {
    n
}

#[cached(capacity = 1.5)]
fn capacity_and_a_half(n: u64) -> u64 {
    n
}

#[cached(result)]
fn no_result(n: u64) -> u64 {
    n
}

#[cached(result = true)]
fn option(n: u64) -> Option<u64> {
    Some(n)
}

fn main() {}
