//! Whether a value is stored, and for how long.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Expr;

use super::{Parts, hidden};
use crate::args::Lifetime;

/// A closure from the value to `Option<Ttl>`.
pub(super) fn closure(parts: &Parts<'_>) -> TokenStream {
    let private = &parts.private;
    let value = hidden("value");
    let ttl = match &parts.model.lifetime {
        None => quote!(#private::Ttl::Default),
        Some(Lifetime::Millis(millis)) => quote!(#private::Ttl::After(#private::Duration::from_millis(#millis))),
        Some(Lifetime::Expr(expr)) => quote!(#private::Ttl::from(#expr)),
        Some(Lifetime::Closure(closure)) => {
            let applied = apply(&Expr::Closure(closure.clone()), parts);
            quote!(#private::Ttl::from(#applied))
        }
    };
    let ttl = if parts.model.policy.changes_lifetime() {
        let policy = parts.path("__policy");
        quote!(#policy().lifetime(#ttl))
    } else {
        ttl
    };
    let value_type = &parts.value;
    match &parts.model.cache_if {
        None => quote!(|#value: &#value_type| { let _ = #value; ::core::option::Option::Some(#ttl) }),
        Some(predicate) => {
            let applied = apply(predicate, parts);
            quote!(|#value: &#value_type| if #applied { ::core::option::Option::Some(#ttl) } else { ::core::option::Option::None })
        }
    }
}

/// A function or closure applied to the value; the parameter of a closure is given its type.
fn apply(function: &Expr, parts: &Parts<'_>) -> TokenStream {
    let value = hidden("value");
    if let Expr::Closure(closure) = function
        && let Some(pat) = closure.inputs.first()
        && !matches!(pat, syn::Pat::Type(_))
    {
        let (value_type, body) = (&parts.value, &closure.body);
        return quote!((|#pat: &#value_type| #body)(#value));
    }
    quote!((#function)(#value))
}
