use ctu::cache_functions;

#[cache_functions(prefix = "f.", skip(db), key = "{id}", ttl = "1m")]
mod of_one_function {
    pub fn f(id: u64) -> u64 {
        id
    }
}

#[cache_functions]
fn not_a_module() {}

#[cache_functions]
mod faults {
    pub fn changes(id: &mut u64) -> u64 {
        *id
    }

    #[cached(ttl = 7)]
    pub fn no_unit(id: u64) -> u64 {
        id
    }
}

fn main() {}
