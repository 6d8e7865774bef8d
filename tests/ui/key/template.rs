use ctu::cached;

#[cached(key = "{id}:{name}")]
fn unknown(id: u64) -> u64 {
    id
}

#[cached(key = "{id}")]
fn left_out(id: u64, page: u64) -> u64 {
    id + page
}

#[cached(key = "{a}{b}")]
fn side_by_side(a: u64, b: u64) -> u64 {
    a + b
}

#[cached(key = "{a:?}")]
fn format(a: u64) -> u64 {
    a
}

#[cached(key = "{a")]
fn open(a: u64) -> u64 {
    a
}

#[cached(key = "a}")]
fn close(a: u64) -> u64 {
    a
}

#[cached(key = "{a + 1}")]
fn expression(a: u64) -> u64 {
    a
}

fn main() {}
