//! Whether a value is stored, and for how long.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use super::{Parts, at, hidden};
use crate::args::Lifetime;

/// An expression of a type that is a `Lifetime`.
pub(super) fn tokens(parts: &Parts<'_>) -> TokenStream {
    let (private, value, value_type) = (&parts.private, hidden("value"), &parts.value);
    let is_same = parts.model.cache_if.is_none() && !parts.model.policy.changes_lifetime();
    let ttl = match &parts.model.lifetime {
        None => quote!(#private::Ttl::Default),
        Some(Lifetime::Millis(millis)) => quote!(#private::Ttl::After(#private::Duration::from_millis(#millis))),
        Some(Lifetime::Expr(expr)) => {
            let by_reference = at::by_reference(expr, parts);
            let private = parts.private_at(expr.span());
            quote_spanned!(expr.span()=> #private::Ttl::from(#by_reference))
        }
        Some(Lifetime::Closure(closure)) => {
            let applied = apply(&Expr::Closure(closure.clone()), parts);
            let private = parts.private_at(closure.body.span());
            quote_spanned!(closure.body.span()=> #private::Ttl::from(#applied))
        }
    };
    if is_same && matches!(parts.model.lifetime, None | Some(Lifetime::Millis(_))) {
        return quote!(#private::Lasts(#ttl));
    }
    let ttl = if parts.model.policy.changes_lifetime() {
        let policy = parts.path("__policy");
        quote!(#policy().lifetime(#ttl))
    } else {
        ttl
    };
    let body = match &parts.model.cache_if {
        None => quote!(let _ = #value; ::core::option::Option::Some(#ttl)),
        Some(predicate) => {
            let applied = apply(predicate, parts);
            quote! {
                let #value: bool = #applied;
                if #value { ::core::option::Option::Some(#ttl) } else { ::core::option::Option::None }
            }
        }
    };
    quote!(#private::asked::<#value_type, _>(move |#value: &#value_type| { #body }))
}

/// A function or closure applied to the value; the parameter of a closure is given its type.
fn apply(function: &Expr, parts: &Parts<'_>) -> TokenStream {
    let span = function.span();
    let value = super::hidden_at("value", span);
    let function = at::by_reference(function, parts);
    if let Expr::Closure(closure) = &function
        && let Some(pat) = closure.inputs.first()
        && !matches!(pat, syn::Pat::Type(_))
    {
        let (value_type, body) = (&parts.value, &closure.body);
        return quote_spanned!(body.span()=> (|#pat: &#value_type| #body)(#value));
    }
    quote_spanned!(span=> (#function)(#value))
}
