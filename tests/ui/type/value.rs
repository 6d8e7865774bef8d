use std::rc::Rc;

use ctu::cached;

struct Page {
    text: String,
}

#[cached]
fn not_clone(n: u64) -> Page {
    Page { text: n.to_string() }
}

#[cached]
fn ok_is_not_clone(n: u64) -> Result<Page, std::io::Error> {
    Ok(Page { text: n.to_string() })
}

#[cached]
async fn later(n: u64) -> Page {
    Page { text: n.to_string() }
}

#[cached(key = |n| *n)]
fn by_closure(n: u64) -> Page {
    Page { text: n.to_string() }
}

#[cached(key = |n| *n)]
fn not_send(n: u64) -> Rc<str> {
    n.to_string().into()
}

fn main() {}
