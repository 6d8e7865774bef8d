use ctu::cached;

#[cached(ttl = String::new())]
fn ttl_of_text(n: u64) -> u64 {
    n
}

#[cached(ttl = |n| n + 1)]
fn ttl_of_closure(n: u64) -> u64 {
    n
}

#[cached(cache_if = |n| n + 1)]
fn cache_if_number(n: u64) -> u64 {
    n
}

#[cached(cache_if = is_empty)]
fn cache_if_of_other_type(n: u64) -> u64 {
    n
}

#[cached(refresh_if = n)]
fn refresh_if_number(n: u64) -> u64 {
    n
}

#[cached(refresh_if = force)]
fn refresh_if_unknown(n: u64) -> u64 {
    n
}

#[cached(refresh_if = "n > 1")]
fn refresh_if_in_quotes(n: u64) -> u64 {
    n
}

fn is_empty(text: &str) -> bool {
    text.is_empty()
}

fn main() {}
