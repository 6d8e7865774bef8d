use ctu::cached;

fn make(n: &u64) -> u64 {
    *n
}

#[cached(key = make)]
fn function(n: u64) -> u64 {
    n
}

#[cached(key = || 1)]
fn closure_of_none(n: u64) -> u64 {
    n
}

#[cached(key = format!("{n}"))]
fn expression(n: u64) -> u64 {
    n
}

#[cached(key = 'k')]
fn character(n: u64) -> u64 {
    n
}

#[cached(key = b"{n}")]
fn bytes(n: u64) -> u64 {
    n
}

#[cached(key = async |n| n)]
fn async_closure(n: u64) -> u64 {
    n
}

fn main() {}
