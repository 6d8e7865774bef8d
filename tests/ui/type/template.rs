use ctu::cached;

struct Place {
    name: String,
}

#[cached(key = "{place}")]
fn no_display(place: &Place) -> usize {
    place.name.len()
}

#[cached(key = "{place.title}")]
fn no_member(place: &Place) -> usize {
    place.name.len()
}

fn main() {}
