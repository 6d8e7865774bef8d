use ctu::cached;

struct Database {
    url: String,
}

#[cached(skip = db)]
fn as_a_value(db: &Database, n: u64) -> u64 {
    db.url.len() as u64 + n
}

#[cached(skip(db.url))]
fn a_member(db: &Database, n: u64) -> u64 {
    db.url.len() as u64 + n
}

#[cached(skip("db"))]
fn in_quotes(db: &Database, n: u64) -> u64 {
    db.url.len() as u64 + n
}

#[cached(skip)]
fn nothing(db: &Database, n: u64) -> u64 {
    db.url.len() as u64 + n
}

#[cached(skip(n, n))]
fn twice(n: u64, m: u64) -> u64 {
    n + m
}

fn main() {}
