use ctu::cache_methods;

struct Opaque;

struct Shop {
    id: Opaque,
}

#[cache_methods(self_key = self.id)]
impl Shop {
    #[cached]
    fn price(&self, n: u64) -> u64 {
        n
    }
}

impl Shop {
    fn made(&self) -> Opaque {
        Opaque
    }
}

#[cache_methods]
impl Shop {
    #[cached(self_key = self.made())]
    fn other(&self, n: u64) -> u64 {
        n
    }

    #[cached(self_key = self.missing())]
    fn third(&self, n: u64) -> u64 {
        n
    }
}

fn main() {}
