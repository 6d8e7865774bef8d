use ctu::cached;

#[cached(ttl = "")]
fn empty(n: u64) -> u64 {
    n
}

#[cached(ttl = "60")]
fn no_unit(n: u64) -> u64 {
    n
}

#[cached(ttl = "1.5h")]
fn fraction(n: u64) -> u64 {
    n
}

#[cached(ttl = "-1m")]
fn below_zero(n: u64) -> u64 {
    n
}

#[cached(ttl = "99999999999999w")]
fn too_long(n: u64) -> u64 {
    n
}

#[cached(ttl = 1.5)]
fn float(n: u64) -> u64 {
    n
}

#[cached(ttl = -1)]
fn negative(n: u64) -> u64 {
    n
}

#[cached(ttl = || std::time::Duration::from_secs(1))]
fn without_the_value(n: u64) -> u64 {
    n
}

#[cached(ttl = |n, m| std::time::Duration::from_secs(1))]
fn of_two(n: u64) -> u64 {
    n
}

#[cached(cache_if = |n, m| true)]
fn predicate_of_two(n: u64) -> u64 {
    n
}

fn main() {}
