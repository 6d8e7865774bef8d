//! What the compiler says to a user whose use of an attribute is wrong: one message, on the right token, with the cure.
//!
//! Messages are reviewed when they change: `TRYBUILD=overwrite cargo test --test ui` writes them anew.

#[test]
fn misuse_is_an_error_on_the_right_token_that_says_the_cure() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*/*.rs");
}

/// Where the compiler lists what would do instead, which depends on the features.
#[cfg(feature = "full")]
#[test]
fn a_store_that_blocks_in_an_async_function_is_an_error_that_names_the_cure() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui-full/*.rs");
}
