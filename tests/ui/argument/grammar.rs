use ctu::cached;

#[cached("1m")]
fn text_alone(n: u64) -> u64 {
    n
}

#[cached(ttl)]
fn no_value(n: u64) -> u64 {
    n
}

#[cached(capacity = 10, ttl =)]
fn empty_value(n: u64) -> u64 {
    n
}

#[cached(capacity = 10 ttl = "1m")]
fn no_comma(n: u64) -> u64 {
    n
}

#[cached(ttl("1m"))]
fn parentheses(n: u64) -> u64 {
    n
}

#[cached(capacity: 10)]
fn colon(n: u64) -> u64 {
    n
}

fn main() {}
