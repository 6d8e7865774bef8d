//! The type of the function's own name, and what is called through it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::{Parts, at, hidden, key, leasing, policy, store};
use crate::cached::model::{Place, Store};

/// Lints that have nothing to say about what is generated.
const ALLOWED: &str = "dead_code, clippy::needless_pass_by_value, clippy::too_many_arguments, clippy::missing_errors_doc, \
                       clippy::must_use_candidate";

/// The type, with its functions.
pub(super) fn tokens(parts: &Parts<'_>) -> TokenStream {
    let model = parts.model;
    let Place::Free { companion } = &model.place else { return TokenStream::new() };
    let (vis, everywhere) = (&model.vis, &model.attributes.everywhere);
    let name = model.original.ident.to_string();
    let doc = format!("What is cached of [`{name}`](fn@{name}): asked for, evicted, primed, counted, call by call.");
    let (functions, uncached, allowed, used) = (functions(parts), uncached(parts), allowed(), parts.companion());
    quote! {
        #[doc = #doc]
        #(#everywhere)*
        #[allow(non_camel_case_types, dead_code, missing_debug_implementations)]
        #vis struct #companion {}

        #(#everywhere)*
        #allowed
        impl #used {
            #functions
        }

        #(#everywhere)*
        #[allow(dead_code)]
        impl #used {
            #uncached
        }
    }
}

/// For the `impl` that the functions stand in.
pub(crate) fn allowed() -> TokenStream {
    let lints: TokenStream = ALLOWED.parse().unwrap_or_default();
    quote!(#[allow(#lints)])
}

/// The functions alone, but for `uncached`: what the user wrote is not for our lints to be quiet about.
pub(super) fn functions(parts: &Parts<'_>) -> TokenStream {
    let functions = [
        policy::function(parts),
        policy::recompute(parts),
        store::function(parts),
        at::function(parts),
        in_cache(parts),
        evict(parts),
        peek(parts),
        prime(parts),
        key_of(parts),
        refresh(parts),
        clear(parts),
        stats(parts),
    ];
    let everywhere = everywhere(parts);
    functions
        .into_iter()
        .filter(|function| !function.is_empty())
        .map(|function| quote!(#everywhere #function))
        .collect()
}

/// What stands at a method, to stand at each of its companions.
fn everywhere(parts: &Parts<'_>) -> Option<TokenStream> {
    let everywhere = &parts.model.attributes.everywhere;
    parts.model.method().map(|_| quote!(#(#everywhere)*))
}

/// A companion that asks `__at`: the runtime's function `ask`, with what it takes more.
fn asks_at(
    parts: &Parts<'_>,
    doc: &str,
    (name, ask): (&str, &str),
    value: Option<&TokenStream>,
    more: Option<&TokenStream>,
    output: &TokenStream,
) -> TokenStream {
    let (model, private) = (parts.model, &parts.private);
    let (vis, asyncness, wait) = (parts.vis(), &parts.asyncness, &parts.wait);
    let (generics, where_clause) = (&model.generics, &model.generics.where_clause);
    let params = parts.signature(model.key_params());
    let comma = model.key_params().next().map(|_| quote!(,));
    let (at, primed) = (at::call(parts), value.map(|_| hidden("value")));
    let extra = value.map(|value| quote!(#primed: &#value));
    let ask = if model.is_async() {
        let ask = quote::format_ident!("{ask}_at");
        quote!(#private::#ask(#at, #primed #more)#wait)
    } else {
        let ask = Ident::new(ask, Span::call_site());
        parts.about_kept(quote!(#private::At::#ask(#at, #primed #more)))
    };
    let name = parts.name(name);
    quote! {
        #[doc = #doc]
        #[inline]
        #vis #asyncness fn #name #generics (#params #comma #extra) -> #output #where_clause {
            #ask
        }
    }
}

fn in_cache(parts: &Parts<'_>) -> TokenStream {
    let krate = &parts.model.krate;
    let (with, policy) = policy::of_lookup(parts);
    let doc = "Whether a call with these arguments would be a hit.\n\n# Errors\n\nWhen the cache fails.";
    let ask = format!("in_cache{with}");
    asks_at(parts, doc, ("in_cache", &ask), None, policy.as_ref(), &quote!(#krate::Result<bool>))
}

fn evict(parts: &Parts<'_>) -> TokenStream {
    let krate = &parts.model.krate;
    let doc = "Forgets the result of a call with these arguments, and tells whether it was there.\n\n# Errors\n\nWhen the \
               cache fails: the result may still be there.";
    asks_at(parts, doc, ("evict", "evict"), None, None, &quote!(#krate::Result<bool>))
}

fn peek(parts: &Parts<'_>) -> TokenStream {
    let (krate, value) = (&parts.model.krate, &parts.value);
    let doc = "The cached value of a call with these arguments, never computed.\n\n# Errors\n\nWhen the cache fails.";
    let (with, policy) = policy::of_lookup(parts);
    let (ask, output) = (format!("peek{with}"), quote!(#krate::Result<::core::option::Option<#value>>));
    asks_at(parts, doc, ("peek", &ask), None, policy.as_ref(), &output)
}

fn prime(parts: &Parts<'_>) -> TokenStream {
    let krate = &parts.model.krate;
    let doc = "Stores a value as that of a call with these arguments.\n\n# Errors\n\nWhen the cache fails, or the arguments \
               or the value have no exact form in it.";
    asks_at(parts, doc, ("prime", "prime"), Some(&parts.value), None, &quote!(#krate::Result<()>))
}

/// `key`, where its type has a name.
fn key_of(parts: &Parts<'_>) -> TokenStream {
    let Some(ty) = key::public(parts) else { return TokenStream::new() };
    let (model, private, krate) = (parts.model, &parts.private, &parts.model.krate);
    let (vis, generics, where_clause) = (parts.vis(), &model.generics, &model.generics.where_clause);
    let (params, at, name) = (parts.signature(model.key_params()), at::call(parts), parts.name("key"));
    let doc = "The key under which the result of a call with these arguments is stored.\n\n# Errors\n\nWhen the arguments \
               have no exact form in the key's format.";
    let ask = if model.is_async() { quote!(key_at) } else { quote!(At::key) };
    quote! {
        #[doc = #doc]
        #[allow(unused_qualifications)]
        #[inline]
        #vis fn #name #generics (#params) -> #krate::Result<#ty> #where_clause {
            #private::#ask(#at)
        }
    }
}

fn refresh(parts: &Parts<'_>) -> TokenStream {
    let model = parts.model;
    let (vis, output, asyncness) = (parts.vis(), &model.output, &parts.asyncness);
    let name = parts.name("refresh");
    let (generics, where_clause) = (&model.generics, &model.generics.where_clause);
    let params = parts.signature(model.params.iter());
    let call = leasing::call(parts, "refresh");
    let doc = "Computes the result of a call with these arguments anew, stores it over what is cached, and returns it.";
    quote! {
        #[doc = #doc]
        #[inline]
        #vis #asyncness fn #name #generics (#params) -> #output #where_clause {
            #call
        }
    }
}

/// Of a function's own store: what else is in one that was given is not the function's to forget.
fn clear(parts: &Parts<'_>) -> TokenStream {
    if matches!(parts.model.store, Store::Given(_)) {
        return TokenStream::new();
    }
    let (krate, vis, name, site) = (&parts.model.krate, parts.vis(), parts.name("clear"), parts.path("__site"));
    let (asyncness, wait) = (&parts.asyncness, &parts.wait);
    let clear = Ident::new(if parts.model.is_async() { "clear_async" } else { "clear" }, Span::call_site());
    let cleared = parts.about_kept(quote!(#site().#clear()#wait));
    let doc = "Forgets the results of all calls.\n\n# Errors\n\nWhen an older result is still being stored after ten seconds: it \
               is removed as soon as it is.";
    quote! {
        #[doc = #doc]
        #[inline]
        #vis #asyncness fn #name() -> #krate::Result<()> {
            #cleared
        }
    }
}

fn stats(parts: &Parts<'_>) -> TokenStream {
    let (private, vis, name, site) = (&parts.private, parts.vis(), parts.name("stats"), parts.path("__site"));
    let stats = parts.about_kept(quote!(#site().stats()));
    quote! {
        #[doc = "What was counted of the function's calls."]
        #[must_use]
        #[inline]
        #vis fn #name() -> #private::Stats {
            #stats
        }
    }
}

/// The body that was written, under the signature that was written.
pub(super) fn uncached(parts: &Parts<'_>) -> TokenStream {
    let (model, everywhere) = (parts.model, everywhere(parts));
    let vis = parts.vis();
    let (docs, calls, about_body) = (&model.attributes.docs, &model.attributes.calls, &model.attributes.body);
    let (mut signature, body) = (model.original.clone(), &model.body);
    let name = signature.ident.to_string();
    signature.ident = parts.name("uncached");
    let link = if model.method().is_some() { format!("Self::{name}") } else { format!("fn@{name}") };
    let doc = format!("The original [`{name}`]({link}), without the cache.");
    quote! {
        #everywhere
        #[doc = #doc]
        #[doc = ""]
        #(#docs)*
        #(#calls)*
        #(#about_body)*
        #vis #signature #body
    }
}
