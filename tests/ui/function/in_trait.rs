use ctu::cached;

trait Value {
    #[cached]
    fn value(n: u64) -> u64;
}

trait WithBody {
    #[cached]
    fn value(&self) -> u64 {
        1
    }
}

#[derive(Clone)]
struct Counter(u64);

impl Counter {
    #[cached]
    fn new(n: u64) -> Self {
        Self(n)
    }
}

fn main() {}
