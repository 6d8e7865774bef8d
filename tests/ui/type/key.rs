use ctu::cached;

struct Place {
    name: String,
}

struct Opaque;

#[cached]
fn by_value(place: Place) -> usize {
    place.name.len()
}

#[cached]
fn by_reference(n: u64, place: &Opaque) -> u64 {
    let _ = place;
    n
}

#[cached]
fn float(f: f64) -> u64 {
    f.to_bits()
}

#[cached]
async fn later(place: Place) -> usize {
    place.name.len()
}

#[cached(key = |place| place.clone())]
fn closure(place: &Opaque) -> u64 {
    let _ = place;
    1
}

fn main() {}
