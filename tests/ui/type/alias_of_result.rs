use ctu::cached;

type Parsed = Result<u64, std::num::ParseIntError>;

#[cached]
fn parse(s: &str) -> Parsed {
    s.parse()
}

fn main() {}
