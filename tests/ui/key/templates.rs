use ctu::cached;

#[cached(key = "{}")]
fn empty(a: u64) -> u64 {
    a
}

#[cached(key = "{0}")]
fn position(a: u64) -> u64 {
    a
}

#[cached(key = "{a.}")]
fn half_a_member(a: u64) -> u64 {
    a
}

#[cached(key = "{a.len()}")]
fn call(a: String) -> usize {
    a.len()
}

#[cached(key = "{self.id}:{a}")]
fn self_of_a_function(a: u64) -> u64 {
    a
}

#[cached(key = "constant")]
fn constant(a: u64) -> u64 {
    a
}

#[cached(key = "")]
fn nothing(a: u64) -> u64 {
    a
}

#[cached(key = "{a}", skip(a))]
fn skipped(a: u64) -> u64 {
    a
}

#[cached(key = "pair")]
fn pattern((a, b): (u64, u64)) -> u64 {
    a + b
}

#[cached(key = "{a:>8}")]
fn width(a: u64) -> u64 {
    a
}

fn main() {}
