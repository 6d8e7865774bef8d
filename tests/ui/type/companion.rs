use ctu::cached;

#[cached]
fn length(s: &str) -> usize {
    s.len()
}

mod library {
    #[ctu::cached]
    pub async fn later(s: &str) -> usize {
        s.len()
    }
}

fn main() {
    let _ = length::in_cache(3);
    let _ = length::prime("abc", &"x");
    let _ = length::evict();
    let _ = length::forget("abc");
    let _: bool = library::later::in_cache("abc").unwrap();
}
