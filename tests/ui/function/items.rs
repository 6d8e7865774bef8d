use ctu::cached;

#[cached]
enum Enum {}

unsafe extern "C" {
    #[cached]
    fn foreign(n: u64) -> u64;
}

#[cached]
const CONSTANT: u64 = 1;

#[cached]
static STATIC: u64 = 2;

#[cached]
type Alias = u64;

struct Counter(u64);

#[cached]
impl Counter {
    fn value(&self) -> u64 {
        self.0
    }
}

#[cached]
trait Value {
    fn value(&self) -> u64;
}

fn main() {}
