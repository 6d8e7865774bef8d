//! What is generated, for a reader: each file in `snapshots/` is an input and its expansion.
//!
//! What print does not show: the names `key`, `store`, `value` and `arg0` are hygienic, so they hide none of the user's.
//!
//! `SNAPSHOTS=overwrite cargo test -p ctu-macros --features memory snapshots` writes them anew; review the difference.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use proc_macro2::TokenStream;
use syn::{Attribute, Item, Meta};

/// What the compiler does: takes the attribute off, and gives its arguments and the item to the macro.
fn expand(input: &str) -> String {
    let mut item: Item = syn::parse_str(input).expect("the input is an item");
    let attributes = match &mut item {
        Item::Fn(function) => &mut function.attrs,
        Item::Impl(item_impl) => &mut item_impl.attrs,
        _ => panic!("the input is a function or an `impl`"),
    };
    let is_ours = |attribute: &Attribute| !attribute.path().is_ident("doc");
    let attribute = attributes.remove(attributes.iter().position(is_ours).expect("an attribute is there"));
    let args = match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let item = quote::ToTokens::into_token_stream(&item);
    let tokens = if attribute.path().is_ident("cached") {
        crate::cached::expand(args, &item)
    } else {
        crate::cache_methods::expand(args, &item)
    };
    syn::parse2::<syn::File>(tokens.clone()).unwrap_or_else(|error| panic!("{error} in\n{tokens}"));
    pretty(&tokens.to_string())
}

/// Formatted as the sources are.
fn pretty(tokens: &str) -> String {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config", "max_width=120,use_small_heuristics=Max"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("rustfmt is installed: rustup component add rustfmt");
    rustfmt.stdin.take().expect("stdin is a pipe").write_all(tokens.as_bytes()).expect("rustfmt reads");
    let output = rustfmt.wait_with_output().expect("rustfmt ends");
    assert!(output.status.success(), "rustfmt can't read\n{tokens}");
    String::from_utf8(output.stdout).expect("Rust is UTF-8")
}

fn check(name: &str, input: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/snapshots").join(name).with_extension("rs");
    let actual = format!("// The expansion of\n{}\n{}", comment(input), expand(input));
    if std::env::var_os("SNAPSHOTS").is_some_and(|mode| mode == "overwrite") {
        std::fs::write(&path, actual).expect("the snapshot can be written");
        return;
    }
    let expected = std::fs::read_to_string(&path).expect("the snapshot is there");
    assert!(
        actual == expected,
        "{} is not what is generated; with SNAPSHOTS=overwrite the test writes it anew. Generated:\n{actual}",
        path.display(),
    );
}

fn comment(input: &str) -> String {
    input.trim().lines().fold(String::new(), |text, line| text + format!("// {line}").trim_end() + "\n")
}

#[test]
fn a_function_with_a_store_of_its_own() {
    check(
        "own_store",
        r#"
/// Repeats a text.
#[cached(capacity = 100, ttl = "10m")]
pub fn repeat(s: &str, n: usize) -> String {
    s.repeat(n)
}
"#,
    );
}

#[test]
fn an_async_function_with_a_cache_and_a_template() {
    check(
        "async_template",
        r#"
#[cached(cache = CACHE, key = "visits:{user}", prefix = "", skip(db), cache_if = |visits| *visits > 0)]
async fn visits(db: &Database, user: u64) -> Result<u64, Error> {
    db.visits(user).await
}
"#,
    );
}

#[test]
fn methods_of_an_impl() {
    check(
        "methods",
        r"
#[cache_methods(cache = CACHE, self_key = self.id)]
impl Shop {
    #[cached]
    pub fn price(&self, article: &str) -> Result<u64, Error> {
        self.ask(article)
    }

    fn untouched(&mut self) {}
}
",
    );
}

#[test]
fn a_method_of_a_trait() {
    check(
        "trait_method",
        r"
#[cache_methods(cache = self.cache)]
impl Area for Shape {
    #[cached]
    fn area(&self, scale: u32) -> Self::Unit {
        self.side * scale
    }
}
",
    );
}

#[test]
fn a_generic_function() {
    check(
        "generic",
        r"
#[cached]
fn size<T: 'static, const N: usize>(n: usize) -> usize {
    n * N * size_of::<T>()
}
",
    );
}
