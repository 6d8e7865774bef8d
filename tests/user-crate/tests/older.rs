//! The functions of a crate of an older edition work.

#[test]
fn functions_of_an_older_edition_work() {
    older::all();
}
