//! What keeps the answers of two objects apart.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::Expr;

use crate::args::{self, Args, Given, SelfKey};
use crate::faults::Faults;

/// What of the object goes into the key; reports a method whose objects would share answers without saying so.
pub(super) fn expr(args: &Args, method: Option<&syn::Signature>, faults: &mut Faults) -> Option<Expr> {
    let Some(signature) = method.filter(|signature| signature.receiver().is_some()) else {
        check_without_self(args, method.is_some(), faults);
        return None;
    };
    match &args.self_key {
        Some(Given { value: SelfKey::Expr(expr), .. }) => {
            if !mentions_self(expr) {
                faults.at(
                    expr,
                    "this is the same for all objects, which would share their answers: say what tells them apart, such as \
                     `self_key = self.id`, or, if the result does not depend on the object, `self_key = none`",
                );
            }
            Some(expr.clone())
        }
        Some(Given { value: SelfKey::None, .. }) => None,
        None => {
            if !is_told_by_cache(args) && !is_told_by_key(args) && !args.is_partial {
                report(args, signature, faults);
            }
            None
        }
    }
}

/// The cache is part of the object, as far as its expression says.
fn is_told_by_cache(args: &Args) -> bool {
    args.cache.as_ref().is_some_and(|cache| mentions_self(&cache.value))
}

fn is_told_by_key(args: &Args) -> bool {
    match args.key.as_ref().map(|key| &key.value) {
        Some(args::Key::Template(template)) => template.fields().any(|field| field.name == "self"),
        Some(args::Key::Closure(closure)) => mentions_self(closure),
        _ => false,
    }
}

fn report(args: &Args, signature: &syn::Signature, faults: &mut Faults) {
    const CURE: &str = "say what tells them apart, such as `self_key = self.id`, or, if the result does not depend on the \
                        object, `self_key = none`";
    match &args.cache {
        Some(cache) => faults.at(
            &cache.value,
            format!("this cache is not part of `self`, so all objects would share their answers in it: {CURE}"),
        ),
        None => faults.at(
            &signature.inputs.first(),
            format!("the method's own store is one for all objects, which would share their answers: {CURE}"),
        ),
    }
}

/// Reports `self` where there is none.
fn check_without_self(args: &Args, is_method: bool, faults: &mut Faults) {
    // A block's `self_key` is for those of its functions that have `self`.
    if let Some(self_key) = args.self_key.as_ref().filter(|_| !is_method) {
        faults.at(&self_key.name, "`self_key` is for methods: leave it out");
    }
    if let Some(cache) = args.cache.as_ref().filter(|_| is_told_by_cache(args)) {
        faults.at(&cache.value, "this function has no `self`: give it a cache of its own, `#[cached(cache = ..)]`");
    }
}

/// Whether `self` is among the tokens.
fn mentions_self(tokens: &impl ToTokens) -> bool {
    fn any(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => ident == "self",
            TokenTree::Group(group) => any(group.stream()),
            _ => false,
        })
    }
    any(tokens.to_token_stream())
}
