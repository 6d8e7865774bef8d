use ctu::cache_methods;

struct Shop {
    id: u64,
    name: String,
}

#[cache_methods]
impl Shop {
    #[cached(self_key = self.nmae)]
    fn misspelled(&self) -> u64 {
        self.id
    }

    #[cached(self_key = self.id())]
    fn calls(&self) -> u64 {
        self.id
    }

    #[cached(self_key = self.name)]
    fn fine(&self) -> u64 {
        self.id
    }
}

fn main() {}
