use ctu::cached;

const PREFIX: &str = "f.";

#[cached(prefix = PREFIX)]
fn prefix_not_literal(n: u64) -> u64 {
    n
}

#[cached(version = "2")]
fn version_in_quotes(n: u64) -> u64 {
    n
}

#[cached(version = -1)]
fn version_below_zero(n: u64) -> u64 {
    n
}

#[cached(version = 18446744073709551616)]
fn version_too_large(n: u64) -> u64 {
    n
}

#[cached(result = "no")]
fn flag_in_quotes(n: u64) -> u64 {
    n
}

#[cached(companion = "name")]
fn companion_in_quotes(n: u64) -> u64 {
    n
}

#[cached(companion = some::path)]
fn companion_in_a_module(n: u64) -> u64 {
    n
}

#[cached(crate = "memo")]
fn crate_in_quotes(n: u64) -> u64 {
    n
}

#[cached(cache_if = "Option::is_some")]
fn predicate_in_quotes(n: u64) -> Option<u64> {
    Some(n)
}

#[cached(capacity = "10")]
fn capacity_in_quotes(n: u64) -> u64 {
    n
}

#[cached(self_key = self.id)]
fn self_key_of_a_function(n: u64) -> u64 {
    n
}

fn main() {}
