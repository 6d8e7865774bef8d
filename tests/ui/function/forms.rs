use ctu::cached;
use std::borrow::Cow;
use std::collections::HashMap;

#[cached]
#[cached]
fn twice(n: u64) -> u64 {
    n
}

#[cached]
fn borrowed_inside(s: &str) -> Option<&str> {
    s.get(1..)
}

#[cached]
fn borrowed_by_name<'a>(s: &'a str) -> Cow<'a, str> {
    Cow::Borrowed(s)
}

#[cached]
fn future(n: u64) -> impl Future<Output = u64> {
    async move { n }
}

#[cached]
fn iterator_inside(n: u64) -> Option<impl Iterator<Item = u64>> {
    Some(0..n)
}

#[cached]
fn result_of_borrowed(s: &str) -> Result<&str, String> {
    Ok(s)
}

#[cached]
fn changes_inside(numbers: (u64, &mut u64)) -> u64 {
    numbers.0
}

#[cached]
fn changes_a_slice(numbers: &mut [u64]) -> u64 {
    numbers[0]
}

#[cached]
fn impl_inside(numbers: &[impl Into<u64>]) -> usize {
    numbers.len()
}

#[cached]
fn borrows_by_name<'a>(names: Vec<&'a str>) -> usize {
    names.len()
}

#[cached]
fn borrows_keys(names: &HashMap<&str, u64>) -> usize {
    names.len()
}

#[cached]
fn borrowed_without_saying_so(s: &str) -> Cow<str> {
    Cow::Borrowed(s)
}

#[cached]
fn borrows_without_saying_so(s: Cow<str>) -> usize {
    s.len()
}

#[cached]
fn const_char<const C: char>(n: u64) -> String {
    format!("{C}{n}")
}

fn main() {}
