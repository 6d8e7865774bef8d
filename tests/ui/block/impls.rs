use ctu::cache_methods;
use std::sync::Arc;

#[derive(Clone)]
struct Shop {
    id: u64,
}

#[cache_methods(self_key = "id")]
impl Shop {
    #[cached]
    fn key_in_quotes(&self) -> u64 {
        self.id
    }
}

#[cache_methods(self_key = 7)]
impl Shop {
    #[cached]
    fn key_without_self(&self) -> u64 {
        self.id
    }
}

#[cache_methods(key = "{self.id}", prefix = "shop.", companion = name)]
impl Shop {
    #[cached]
    fn of_one_method(&self) -> u64 {
        self.id
    }
}

#[cache_methods(self_key = self.id, unknown = 1)]
impl Shop {
    #[cached]
    fn unknown(&self) -> u64 {
        self.id
    }
}

#[cache_methods(self_key = self.id)]
impl Shop {
    #[cached]
    #[cached]
    fn twice(&self) -> u64 {
        self.id
    }

    #[cached]
    fn shared(self: Arc<Self>) -> u64 {
        self.id
    }

    #[cached]
    fn boxed(self: Box<Self>) -> u64 {
        self.id
    }

    #[cached]
    fn typed(self: &Self) -> u64 {
        self.id
    }

    #[cached]
    fn borrowed(&self) -> &u64 {
        &self.id
    }

    #[cached(key = |n| *n)]
    fn closure_of_none(&self) -> u64 {
        self.id
    }

    #[cached(key = "{n}", self_key = none)]
    fn no_such_argument(&self) -> u64 {
        self.id
    }

    #[cached]
    const fn constant(&self) -> u64 {
        self.id
    }

    #[cached]
    unsafe fn dangerous(&self) -> u64 {
        self.id
    }

    #[cached(self_key = self.id)]
    fn associated(n: u64) -> u64 {
        n
    }
}

#[cache_methods(self_key = self.id)]
impl Shop {
    #[cached]
    fn id(&self) -> u64 {
        self.id
    }

    #[uncached]
    fn left_out(&self) -> u64 {
        self.id
    }
}

#[cache_methods(self_key = self.id)]
impl Shop {
    #[cached(key = |a, b, c| *a)]
    fn closure_of_three(&self, a: u64, b: u64) -> u64 {
        a + b
    }
}

#[cache_methods]
trait Value {
    fn value(&self) -> u64;
}

#[cache_methods]
struct Other;

fn main() {}
