use ctu::cache_functions;

#[cache_functions(companion = name, result, cache_if = Option::is_some)]
mod about_one {
    pub fn f(n: u64) -> Result<u64, String> {
        Ok(n)
    }
}

#[cache_functions]
mod nothing {
    pub struct S;
}

#[cache_functions(self_key = self.id)]
mod no_self {
    pub fn f(n: u64) -> u64 {
        n
    }
}

#[cache_functions(size = 10)]
mod unknown {
    pub fn f(n: u64) -> u64 {
        n
    }
}

#[cache_functions(ttl = "1m", ttl = "2m")]
mod twice {
    pub fn f(n: u64) -> u64 {
        n
    }
}

#[cache_functions]
mod marks {
    #[cached]
    #[cached]
    pub fn twice(n: u64) -> u64 {
        n
    }

    #[cached]
    #[uncached]
    pub fn both(n: u64) -> u64 {
        n
    }

    #[cached(ttl = "1m", self_key = self.id)]
    pub fn no_self(n: u64) -> u64 {
        n
    }
}

fn main() {}
