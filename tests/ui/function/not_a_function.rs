use ctu::cached;

#[cached]
struct S;

#[cached]
mod m {}

fn main() {}
