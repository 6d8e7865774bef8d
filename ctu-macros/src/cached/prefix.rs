//! The eight digits of the stable prefix: they change with the function's types, and with nothing else.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, Signature};

/// Hashes what decides how arguments and result are written: the types, in order, and the version.
///
/// Not the names of arguments, not spaces or comments, not the body.
///
/// A method's `impl` counts, too.
pub(crate) fn digits(signature: &Signature, block: Option<TokenStream>, version: u64) -> String {
    let mut hash = Fnv::default();
    if let Some(block) = block {
        hash.tokens(block);
        hash.text("impl");
    }
    for input in &signature.inputs {
        if let FnArg::Typed(typed) = input {
            hash.tokens(typed.ty.to_token_stream());
        }
        hash.text(",");
    }
    hash.tokens(signature.output.to_token_stream());
    hash.text(&version.to_string());
    let folded = hash.0 ^ (hash.0 >> 32);
    format!("{:08x}", folded & 0xffff_ffff)
}

/// FNV-1a, 64 bits (Fowler, Noll, Vo): stable, and enough to tell versions of one function apart.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn text(&mut self, text: &str) {
        for byte in text.bytes().chain([0xff]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// Token by token, as their printed form differs between compilers.
    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    self.text(open);
                    self.tokens(group.stream());
                    self.text(close);
                }
                other => self.text(&other.to_string()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::digits;
    use syn::parse_quote;

    #[test]
    fn the_digits_are_those_of_the_types_and_the_version() {
        let first = digits(&parse_quote!(fn f(s: &str, n: usize) -> String), None, 0);
        assert_eq!(first, "85ca286f", "must never change: entries in shared stores are found by it");
        assert_eq!(first, digits(&parse_quote!(fn g(text: & str, count: usize,) -> String), None, 0));
        assert_ne!(first, digits(&parse_quote!(fn f(s: &str, n: usize) -> String), None, 1));
        assert_ne!(first, digits(&parse_quote!(fn f(s: &str, n: u32) -> String), None, 0));
        assert_ne!(first, digits(&parse_quote!(fn f(s: &str, n: usize) -> Vec<u8>), None, 0));
    }
}
