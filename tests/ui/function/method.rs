use ctu::cached;

struct Counter(u64);

impl Counter {
    #[cached]
    fn value(&self) -> u64 {
        self.0
    }
}

fn main() {}
