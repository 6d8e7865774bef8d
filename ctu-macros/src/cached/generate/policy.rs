//! What is generated for a function with a policy.
//!
//! `#[cached(ttl = "1h", stale = "1d", stale_on = expiry)] fn rates(bank: &str) -> Rates { .. }` becomes, in outline:
//!
//! ```text
//! fn rates(bank: &str) -> Rates {
//!     At::call_with(rates::__at(bank), (bank,), |(bank,)| rates::uncached(bank), (rates::__policy(), None),
//!         Threads(|begun| {
//!             let bank = own::<str, _>(bank);
//!             move || drop(rates::__recompute(begun, lend::<str, _>(&bank)))
//!         }))
//! }
//! impl rates {
//!     fn __policy() -> &'static Policy { .. }
//!     fn __recompute(begun: Begun, bank: &str) -> Rates { At::recompute(rates::__at(bank), .., begun, ..) }
//!     ..
//! }
//! ```

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use super::leasing::leasing;
use super::{Parts, compute_call, hidden, turbofish};
use crate::cached::model::{Param, Store};
use crate::cached::policy::Failure;
use crate::policy::StaleOn;

/// `fn __policy`, where there is one.
pub(super) fn function(parts: &Parts<'_>) -> TokenStream {
    let policy = &parts.model.policy;
    if !policy.is_any() {
        return TokenStream::new();
    }
    let (private, name) = (&parts.private, parts.name("__policy"));
    let duration = |millis: u64| quote!(::core::option::Option::Some(#private::Duration::from_millis(#millis)));
    let stale = policy.stale.map(duration).map(|stale| quote!(stale: #stale,));
    let stale_on = (policy.stale_on == StaleOn::Expiry).then(|| quote!(stale_on: #private::StaleOn::Expiry,));
    let beta = policy.refresh_ahead.map(|beta| quote!(refresh_ahead: ::core::option::Option::Some(#beta),));
    let jitter = policy.jitter.map(|jitter| quote!(jitter: #jitter,));
    let timeout = policy.timeout.map(duration).map(|timeout| quote!(timeout: #timeout,));
    let on_error = policy.fails.then(|| quote!(on_error: #private::OnError::Fail,));
    quote! {
        #[doc(hidden)]
        #[allow(unused_qualifications)]
        #[inline]
        fn #name() -> &'static #private::Policy {
            const POLICY: #private::Policy = #private::Policy {
                #stale #stale_on #beta #jitter #timeout #on_error
                ..#private::Policy::PLAIN
            };
            &POLICY
        }
    }
}

/// The suffix of the runtime's function, and the argument that it takes more.
pub(super) fn of_lookup(parts: &Parts<'_>) -> (&'static str, Option<TokenStream>) {
    if parts.model.policy.stale.is_none() {
        return ("", None);
    }
    let policy = parts.path("__policy");
    ("_with", Some(quote!(#policy())))
}

/// The wrapper's call.
pub(super) fn call(parts: &Parts<'_>) -> TokenStream {
    let (policy, failure, background) = (parts.path("__policy"), failure(parts), background(parts));
    match leasing(parts) {
        None => compute_call(parts, ("At", "call_with"), Some(&quote!((#policy(), #failure), #background))),
        Some(leasing) => {
            let more = quote!((#policy(), #failure, #leasing), #background);
            compute_call(parts, ("LeasedAt", "call_leased_with"), Some(&more))
        }
    }
}

fn failure(parts: &Parts<'_>) -> TokenStream {
    let (private, output) = (&parts.private, &parts.model.output);
    match parts.model.policy.failure(&parts.model.returns) {
        Failure::None => quote!(::core::option::Option::None),
        Failure::Required => quote_spanned!(output.span()=> #private::failure::<#output>()),
        Failure::IfAny => quote! {{
            #[allow(unused_imports)]
            use #private::{CanFail as _, CannotFail as _};
            (&#private::Failing::<#output>::new()).failure()
        }},
    }
}

/// How the same is computed without the caller.
fn background(parts: &Parts<'_>) -> TokenStream {
    let private = &parts.private;
    let model = parts.model;
    if !model.policy.goes_on() {
        return quote!(#private::Never);
    }
    let (recompute, turbofish) = (parts.path("__recompute"), turbofish(model));
    let (begun, this) = (hidden("begun"), hidden("this"));
    let own_self = parts.receiver().map(|receiver| {
        let span = model.original.receiver().map_or_else(Span::call_site, |receiver| receiver.self_token.span());
        let own = own(parts, &quote_spanned!(span=> Self), &receiver, span);
        quote!(let #this = #own;)
    });
    let lent_self = parts.receiver().map(|_| quote!(#private::lend::<Self, _>(&#this),));
    let owned = model.params.iter().map(|param| {
        let (name, own) = (&param.name, own_param(parts, param, &param.borrowed()));
        quote!(let #name = #own;)
    });
    let lent = model.params.iter().map(|param| {
        let (name, key_type) = (&param.name, &param.key_type);
        if param.is_ref && !param.is_static() { quote!(#private::lend::<#key_type, _>(&#name)) } else { quote!(#name) }
    });
    let call = quote!(#recompute #turbofish(#lent_self #begun, #(#lent),*));
    let (kind, work) = if model.is_async() {
        (quote!(Tasks), quote!(async move { #call.await }))
    } else {
        (quote!(Threads), quote!(move || { let _ = #call; }))
    };
    quote! {
        #private::#kind(|#begun: #private::Begun| {
            #own_self
            #(#owned)*
            #work
        })
    }
}

/// A copy of an argument, or of what it refers to, from a reference to it.
pub(super) fn own_param(parts: &Parts<'_>, param: &Param, reference: &TokenStream) -> TokenStream {
    let (name, ty, key_type) = (&param.name, &param.ty, &param.key_type);
    if param.is_static() {
        return own(parts, &quote!(#ty), &quote!(&#name), ty.span());
    }
    own(parts, &quote!(#key_type), reference, ty.span())
}

/// A copy, all of it at the place of the user's type, so that it is there that a missing trait is reported.
fn own(parts: &Parts<'_>, ty: &TokenStream, value: &TokenStream, span: Span) -> TokenStream {
    let private = parts.private_at(span);
    quote_spanned!(span=> #private::own::<#ty, _>(#value))
}

/// `fn __recompute`, where a computation may go on without its caller: `refresh`, but for one that was begun.
pub(super) fn recompute(parts: &Parts<'_>) -> TokenStream {
    let model = parts.model;
    if !model.policy.goes_on() {
        return TokenStream::new();
    }
    let (private, output, asyncness, name) =
        (&parts.private, &model.output, &parts.asyncness, parts.name("__recompute"));
    let (generics, where_clause) = (&model.generics, &model.generics.where_clause);
    let (begun, policy) = (hidden("begun"), parts.path("__policy"));
    let receiver = parts.receiver().map(|this| quote!(&#this,));
    let params = model.params.iter().map(|param| {
        let (name, ty) = (&param.name, &param.ty);
        quote!(#name: #ty)
    });
    let (check, function) = match is_static(parts) {
        Some(cache) => (Some(quote_spanned!(cache.span()=> #private::check_static(&#cache);)), "recompute"),
        None if matches!(model.store, Store::Own { .. }) => (None, "recompute"),
        None => (None, "recompute_alone"),
    };
    let call = match leasing(parts) {
        None => compute_call(parts, ("At", function), Some(&quote!(#begun, #policy()))),
        Some(leasing) => {
            let more = quote!(#begun, (#policy(), #leasing));
            compute_call(parts, ("LeasedAt", &format!("{function}_leased")), Some(&more))
        }
    };
    quote! {
        #[doc(hidden)]
        #[allow(unused_qualifications)]
        #[inline]
        #asyncness fn #name #generics (#receiver #begun: #private::Begun, #(#params),*) -> #output #where_clause {
            #check
            #call
        }
    }
}

/// The cache, if it is one for the whole process by the looks of it.
fn is_static<'p>(parts: &Parts<'p>) -> Option<&'p Expr> {
    let Store::Given(cache @ Expr::Path(path)) = &parts.model.store else { return None };
    let is_own = |name: &syn::Ident| {
        name == "self" || name == "Self" || parts.model.params.iter().any(|param| param.name == *name)
    };
    let first = path.path.segments.first()?;
    (path.qself.is_none() && !is_own(&first.ident)).then_some(cache)
}
