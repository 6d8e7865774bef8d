//! What is being written: an editor has the attributes expanded again and again meanwhile, and all that it knows of a body,
//! of the companions and of what stands beside them is what it finds in the expansion.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Block, Expr, Stmt};

use crate::cache_functions::is_called;

/// Stands in for a body that can't be read.
const BODY: &str = "__ctu_body";

/// What rust-analyzer puts in the place of an expression that it can't read, a function's body with its braces too. It puts
/// the expression back wherever it finds this in the expansion.
const FIXED_UP: &str = "__ra_fixup";

/// Reads an item with functions in it, or one that is a function. A body that can't be read stays as it is: what is wrong
/// with it the compiler says itself, and better.
pub(crate) fn parse<T: Parse>(item: &TokenStream, visit: impl FnOnce(&mut Bodies, &mut T)) -> syn::Result<T> {
    syn::parse2(item.clone()).or_else(|error| {
        let mut item = syn::parse2(hide_bodies(item.clone())).map_err(|_| error)?;
        visit(&mut Bodies, &mut item);
        Ok(item)
    })
}

/// Of each body that can't be read, `{ let n = ; }`, makes one that can, `{ __ctu_body!(let n = ;) }`.
fn hide_bodies(tokens: TokenStream) -> TokenStream {
    let mut is_function = false;
    let hide = |token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            let inside = group.stream();
            let inside = if !std::mem::take(&mut is_function) {
                hide_bodies(inside)
            } else if syn::parse2::<Block>(group.to_token_stream()).is_ok() {
                inside
            } else {
                let body = Ident::new(BODY, Span::call_site());
                quote!(#body!(#inside))
            };
            TokenTree::Group(with_content(&group, inside))
        }
        TokenTree::Ident(ident) if is_function && ident == FIXED_UP => {
            is_function = false;
            TokenTree::Group(Group::new(Delimiter::Brace, ident.to_token_stream()))
        }
        token => {
            match &token {
                TokenTree::Ident(ident) if ident == "fn" => is_function = true,
                TokenTree::Punct(punct) if punct.as_char() == ';' => is_function = false,
                _ => {}
            }
            token
        }
    };
    tokens.into_iter().map(hide).collect()
}

fn with_content(group: &Group, content: TokenStream) -> Group {
    let mut with = Group::new(group.delimiter(), content);
    with.set_span(group.span());
    with
}

/// Puts the bodies back that were hidden.
pub(crate) struct Bodies;

impl VisitMut for Bodies {
    fn visit_block_mut(&mut self, block: &mut Block) {
        if let [Stmt::Expr(Expr::Macro(body), None)] = &block.stmts[..]
            && body.mac.path.is_ident(BODY)
        {
            block.stmts = vec![Stmt::Expr(Expr::Verbatim(body.mac.tokens.clone()), None)];
        } else {
            visit_mut::visit_block_mut(self, block);
        }
    }
}

/// Whether this is, or is to be, an item of that kind with something in braces, for all that can't be read of it.
pub(crate) fn is_a(kind: &str, item: &TokenStream) -> bool {
    const KINDS: [&str; 9] = ["enum", "fn", "impl", "mod", "static", "struct", "trait", "type", "union"];
    let mut tokens = item.clone().into_iter();
    let is_kind =
        |token: &TokenTree| matches!(token, TokenTree::Ident(ident) if KINDS.iter().any(|kind| ident == kind));
    let is_it = tokens.find(is_kind).is_some_and(|found| found.to_string() == kind);
    is_it && tokens.any(|token| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace))
}

/// The error, and the item without the marks in it, which mean nothing by themselves.
pub(crate) fn with_error(error: &syn::Error, item: &TokenStream) -> TokenStream {
    let error = error.to_compile_error();
    let item = item.clone().into_iter().map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            let content = without_marks.parse2(group.stream()).unwrap_or_else(|_| group.stream());
            TokenTree::Group(with_content(&group, content))
        }
        token => token,
    });
    quote! { #error #(#item)* }
}

fn without_marks(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut kept = TokenStream::new();
    while !input.is_empty() {
        // One that can't be read is none of ours.
        let attributes = input.fork().call(Attribute::parse_outer).and_then(|_| input.call(Attribute::parse_outer));
        for attribute in attributes.unwrap_or_default() {
            if !["cached", "uncached"].iter().any(|mark| is_called(&attribute, mark)) {
                attribute.to_tokens(&mut kept);
            }
        }
        input.parse::<Option<TokenTree>>()?.to_tokens(&mut kept);
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;

    use crate::{cache_functions, cache_methods, cached};

    type Attribute = fn(TokenStream, &TokenStream) -> TokenStream;

    fn expand(attribute: Attribute, item: &str) -> String {
        let item = item.parse().expect("an item's tokens");
        attribute("cache = CACHE, key = json".parse().expect("arguments"), &item).to_string()
    }

    #[test]
    fn a_function_whose_body_cannot_be_read_has_its_companions_and_its_body() {
        let expanded = expand(cached::expand, "fn f(n: u64) -> u64 { let m = ; n + }");
        assert!(expanded.contains("fn uncached (n : u64) -> u64 { let m = ; n + }"), "{expanded}");
        assert!(expanded.contains("fn in_cache"), "{expanded}");
        assert!(!expanded.contains("compile_error"), "the compiler says it: {expanded}");
    }

    #[test]
    fn a_body_that_rust_analyzer_took_out_is_where_it_is_put_back() {
        let expanded = expand(cached::expand, "fn f(n: u64) -> u64 __ra_fixup");
        assert!(expanded.contains("fn uncached (n : u64) -> u64 { __ra_fixup }"), "{expanded}");
        assert!(expanded.contains("fn in_cache"), "{expanded}");
    }

    #[test]
    fn a_body_that_cannot_be_read_leaves_the_functions_beside_it_cached() {
        let expanded = expand(
            |args, item| cache_methods::expand(quote::quote!(#args, self_key = none), item),
            "impl S { #[cached] fn f(&self) -> u64 { 1 } fn g(&self) { self. } const N: u64 = { 1 }; }",
        );
        assert!(expanded.contains("fn f_in_cache"), "{expanded}");
        assert!(expanded.contains("fn g (& self) { self . } const N : u64 = { 1 } ;"), "{expanded}");

        let expanded = expand(cache_functions::expand, "mod m { fn f() -> u64 { 1 } fn g() -> u64 { let } }");
        assert_eq!(expanded.matches("fn in_cache").count(), 2, "{expanded}");
        assert!(expanded.contains("fn uncached () -> u64 { let }"), "{expanded}");
    }

    #[test]
    fn a_signature_that_cannot_be_read_is_the_one_fault_and_the_item_stays() {
        let function = "fn f (n) -> u64 { n }";
        let expanded = expand(cached::expand, function);
        assert!(expanded.contains("expected `:`") && expanded.ends_with(function), "{expanded}");

        // Left at methods, the marks would be faults: there is no `#[cache_methods]` any more.
        let methods = "impl S { # [cached] fn f (& self , n) -> u64 { n } # [inline] fn g () { } }";
        let expanded = expand(cache_methods::expand, methods);
        assert!(expanded.contains("expected `:`"), "{expanded}");
        assert!(expanded.ends_with(&methods.replace("# [cached] ", "")), "{expanded}");
    }

    #[test]
    fn what_is_no_item_of_the_right_kind_is_told_so() {
        for (attribute, item, says) in [
            (cached::expand as Attribute, "struct S { f: fn() -> }", "goes on a function"),
            (cache_methods::expand, "fn f() -> impl Copy + { 1 }", "goes on an `impl`"),
            (cache_functions::expand, "impl M { mod }", "goes on a module"),
        ] {
            let expanded = expand(attribute, item);
            assert!(expanded.contains(says), "{expanded}");
        }
    }
}
