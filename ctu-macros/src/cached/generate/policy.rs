//! What is generated for a function with a policy.
//!
//! `#[cached(ttl = "1h", stale = "1d", stale_on = expiry)] fn rates(bank: &str) -> Rates { .. }` becomes, in outline:
//!
//! ```text
//! fn rates(bank: &str) -> Rates {
//!     ..
//!     call_with::<Whole, _, _, _>(rates::__site(), store, key, ShareAll, (rates::__policy(), None),
//!         |_| Some(rates::__policy().lifetime(Ttl::After(..))),
//!         (|| rates::uncached(bank), Threads(|begun| {
//!             let bank = own::<str, _>(bank);
//!             move || drop(rates::__recompute(begun, lend::<str, _>(&bank)))
//!         })))
//! }
//! impl rates {
//!     fn __policy() -> &'static Policy { .. }
//!     fn __recompute(begun: Begun, bank: &str) -> Rates { .. recompute(begun, ..) }
//!     ..
//! }
//! ```

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use super::{Parts, compute, hidden, lifetime, share, turbofish};
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
    ("_with", Some(quote!(, #policy())))
}

/// The wrapper's call.
pub(super) fn call(parts: &Parts<'_>) -> TokenStream {
    let (returns, wait) = (&parts.returns, &parts.wait);
    let (site, policy) = (parts.path("__site"), parts.path("__policy"));
    let (key, store) = (hidden("key"), hidden("store"));
    let runtime = parts.runtime("call_with");
    let (share, failure, lifetime) = (share(parts), failure(parts), lifetime::closure(parts));
    let (compute, background) = (compute(parts), background(parts));
    quote! {
        #runtime::<#returns, _, _, _>(
            #site(), #store, #key, #share, (#policy(), #failure), #lifetime, (#compute, #background),
        )#wait
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
        let own = own(&quote_spanned!(span=> Self), &receiver, span, private);
        quote!(let #this = #own;)
    });
    let lent_self = parts.receiver().map(|_| quote!(#private::lend::<Self, _>(&#this),));
    let owned = model.params.iter().map(|param| {
        let (name, own) = (&param.name, own_param(param, private));
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

/// A copy of an argument, or of what it refers to.
pub(super) fn own_param(param: &Param, private: &TokenStream) -> TokenStream {
    let (name, ty, key_type) = (&param.name, &param.ty, &param.key_type);
    if param.is_static() {
        return own(&quote!(#ty), &quote!(&#name), ty.span(), private);
    }
    own(&quote!(#key_type), &param.borrowed(), ty.span(), private)
}

/// A copy, all of it at the place of the user's type, so that it is there that a missing trait is reported.
fn own(ty: &TokenStream, value: &TokenStream, span: Span, private: &TokenStream) -> TokenStream {
    let private = private.clone().into_iter().map(|mut token| {
        token.set_span(span);
        token
    });
    let private: TokenStream = private.collect();
    quote_spanned!(span=> #private::own::<#ty, _>(#value))
}

/// `fn __recompute`, where a computation may go on without its caller: `refresh`, but for one that was begun.
pub(super) fn recompute(parts: &Parts<'_>) -> TokenStream {
    let model = parts.model;
    if !model.policy.goes_on() {
        return TokenStream::new();
    }
    let (private, returns, wait, output) = (&parts.private, &parts.returns, &parts.wait, &model.output);
    let (asyncness, name) = (&parts.asyncness, parts.name("__recompute"));
    let (generics, where_clause) = (&model.generics, &model.generics.where_clause);
    let (begun, key, store) = (hidden("begun"), hidden("key"), hidden("store"));
    let receiver = parts.receiver().map(|this| quote!(&#this,));
    let params = model.params.iter().map(|param| {
        let (name, ty) = (&param.name, &param.ty);
        quote!(#name: #ty)
    });
    let policy = parts.path("__policy");
    let runtime = parts.runtime("recompute");
    let key_and_store = parts.key_and_store();
    let (lifetime, compute) = (lifetime::closure(parts), compute(parts));
    let (check, share) = match is_static(parts) {
        Some(cache) => (Some(quote_spanned!(cache.span()=> #private::check_static(&#cache);)), share(parts)),
        None if matches!(model.store, Store::Own { .. }) => (None, share(parts)),
        // By the time there is a result another cache may have the place of the caller's.
        None => (None, quote!(#private::ShareNothing)),
    };
    quote! {
        #[doc(hidden)]
        #[allow(clippy::needless_pass_by_value, clippy::too_many_arguments)]
        #asyncness fn #name #generics (#receiver #begun: #private::Begun, #(#params),*) -> #output #where_clause {
            #check
            #key_and_store
            #runtime::<#returns, _, _, _>(#begun, #store, #key, #share, #policy(), #lifetime, #compute)#wait
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
