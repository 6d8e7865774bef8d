//! The type of the function's own name, and what is called through it.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Parts, compute_call, hidden, key, lifetime, store};
use crate::cached::model::{Place, Prefix, Store};

/// The type, with its functions.
pub(super) fn tokens(parts: &Parts<'_>) -> TokenStream {
    let model = parts.model;
    let Place::Free { companion } = &model.place else { return TokenStream::new() };
    let (vis, everywhere) = (&model.vis, &model.attributes.everywhere);
    let name = model.original.ident.to_string();
    let doc = format!("What is cached of [`{name}`](fn@{name}): asked for, evicted, primed, counted, call by call.");
    let functions = functions(parts);
    quote! {
        #[doc = #doc]
        #(#everywhere)*
        #[allow(non_camel_case_types, dead_code, missing_debug_implementations)]
        #vis struct #companion {}

        #(#everywhere)*
        #[allow(dead_code)]
        impl #companion {
            #functions
        }
    }
}

/// The functions alone.
pub(super) fn functions(parts: &Parts<'_>) -> TokenStream {
    let functions = [
        site(parts),
        store::function(parts),
        in_cache(parts),
        evict(parts),
        peek(parts),
        prime(parts),
        key_of(parts),
        refresh(parts),
        stats(parts),
        uncached(parts),
    ];
    let everywhere = parts.model.method().map(|_| {
        let everywhere = &parts.model.attributes.everywhere;
        quote!(#(#everywhere)* #[allow(dead_code)])
    });
    functions
        .into_iter()
        .filter(|function| !function.is_empty())
        .map(|function| quote!(#everywhere #function))
        .collect()
}

/// A companion that looks the key up: everything but what it does with it.
fn by_key(
    parts: &Parts<'_>,
    doc: &str,
    name: &str,
    extra: &TokenStream,
    output: &TokenStream,
    body: &TokenStream,
) -> TokenStream {
    let model = parts.model;
    let (vis, asyncness) = (parts.vis(), &parts.asyncness);
    let name = parts.name(name);
    let (generics, where_clause) = (&model.generics, &model.generics.where_clause);
    let params = parts.signature(model.key_params());
    let comma = model.key_params().next().map(|_| quote!(,));
    let key_and_store = parts.key_and_store();
    quote! {
        #[doc = #doc]
        #[allow(clippy::needless_pass_by_value)]
        #vis #asyncness fn #name #generics (#params #comma #extra) -> #output #where_clause {
            #key_and_store
            #body
        }
    }
}

fn in_cache(parts: &Parts<'_>) -> TokenStream {
    let (private, value, wait) = (&parts.private, &parts.value, &parts.wait);
    let site = parts.path("__site");
    let (key, store, runtime) = (hidden("key"), hidden("store"), parts.runtime("in_cache"));
    by_key(
        parts,
        "Whether a call with these arguments would be a hit.\n\n# Errors\n\nWhen the cache fails.",
        "in_cache",
        &TokenStream::new(),
        &quote!(#private::Result<bool>),
        &quote!(#runtime::<#value, _, _>(#site(), #store, #key)#wait),
    )
}

fn evict(parts: &Parts<'_>) -> TokenStream {
    let (private, value, wait) = (&parts.private, &parts.value, &parts.wait);
    let site = parts.path("__site");
    let (key, store, runtime) = (hidden("key"), hidden("store"), parts.runtime("evict"));
    by_key(
        parts,
        "Forgets the result of a call with these arguments, and tells whether it was there.\n\n# Errors\n\nWhen the cache \
         fails: the result may still be there.",
        "evict",
        &TokenStream::new(),
        &quote!(#private::Result<bool>),
        &quote!(#runtime::<#value, _, _>(#site(), #store, #key)#wait),
    )
}

fn peek(parts: &Parts<'_>) -> TokenStream {
    let (private, value, wait) = (&parts.private, &parts.value, &parts.wait);
    let (key, store, runtime) = (hidden("key"), hidden("store"), parts.runtime("peek"));
    by_key(
        parts,
        "The cached value of a call with these arguments, never computed.\n\n# Errors\n\nWhen the cache fails.",
        "peek",
        &TokenStream::new(),
        &quote!(#private::Result<::core::option::Option<#value>>),
        &quote!(#runtime::<#value, _, _>(#store, #key)#wait),
    )
}

fn prime(parts: &Parts<'_>) -> TokenStream {
    let (private, value, wait) = (&parts.private, &parts.value, &parts.wait);
    let site = parts.path("__site");
    let (key, store, runtime) = (hidden("key"), hidden("store"), parts.runtime("prime"));
    let primed = hidden("value");
    let lifetime = lifetime::closure(parts);
    by_key(
        parts,
        "Stores a value as that of a call with these arguments.\n\n# Errors\n\nWhen the cache fails, or the arguments or \
         the value have no exact form in it.",
        "prime",
        &quote!(#primed: &#value),
        &quote!(#private::Result<()>),
        &quote!(#runtime::<#value, _, _>(#site(), #store, #key, #lifetime, #primed)#wait),
    )
}

/// `key`, where its type has a name.
fn key_of(parts: &Parts<'_>) -> TokenStream {
    let Some((ty, convert)) = key::public(parts) else { return TokenStream::new() };
    let (model, private) = (parts.model, &parts.private);
    let (vis, generics, where_clause) = (parts.vis(), &model.generics, &model.generics.where_clause);
    let (params, key, name) = (parts.signature(model.key_params()), key::expr(parts), parts.name("key"));
    quote! {
        /// The key under which the result of a call with these arguments is stored.
        ///
        /// # Errors
        ///
        /// When the arguments have no exact form in the key's format.
        #[allow(clippy::needless_pass_by_value)]
        #vis fn #name #generics (#params) -> #private::Result<#ty> #where_clause {
            #key #convert
        }
    }
}

fn refresh(parts: &Parts<'_>) -> TokenStream {
    let model = parts.model;
    let (vis, output, asyncness) = (parts.vis(), &model.output, &parts.asyncness);
    let name = parts.name("refresh");
    let (generics, where_clause) = (&model.generics, &model.generics.where_clause);
    let params = parts.signature(model.params.iter());
    let key_and_store = parts.key_and_store();
    let call = compute_call(parts, "refresh");
    quote! {
        /// Computes the result of a call with these arguments anew, stores it over what is cached, and returns it.
        #[allow(clippy::missing_errors_doc, clippy::must_use_candidate, clippy::needless_pass_by_value)]
        #vis #asyncness fn #name #generics (#params) -> #output #where_clause {
            #key_and_store
            #call
        }
    }
}

fn stats(parts: &Parts<'_>) -> TokenStream {
    let (private, vis, name) = (&parts.private, parts.vis(), parts.name("stats"));
    let (site, store) = (parts.path("__site"), parts.path("__store"));
    let entries = match &parts.model.store {
        Store::Own { .. } if !store::is_erased(parts) => {
            quote!(stats.entries = #private::Store::len(#store()).ok().map(|entries| entries as u64);)
        }
        _ => TokenStream::new(),
    };
    quote! {
        /// What was counted of the function's calls.
        #[must_use]
        #vis fn #name() -> #private::Stats {
            #[allow(unused_mut)]
            let mut stats = #site().stats();
            #entries
            stats
        }
    }
}

fn site(parts: &Parts<'_>) -> TokenStream {
    let (private, function) = (&parts.private, parts.name("__site"));
    let (name, by_path) = match &parts.model.prefix {
        Prefix::Literal(prefix) => (quote!(#prefix), None),
        Prefix::Stable { name, digits } => match &parts.model.place {
            Place::Free { companion } => {
                let name = format!("#{digits}.");
                (quote!(#name), Some(quote!(.of(::core::any::type_name::<#companion>).named_by_path())))
            }
            Place::Method(_) => {
                let name = format!("::{name}#{digits}.");
                (quote!(::core::concat!(::core::module_path!(), #name)), Some(quote!(.named_by_path())))
            }
        },
    };
    let uncoalesced = (!parts.model.is_coalescing).then(|| quote!(.uncoalesced()));
    quote! {
        #[doc(hidden)]
        fn #function() -> &'static #private::Site {
            static SITE: #private::Site = #private::Site::new(#name)#by_path #uncoalesced;
            &SITE
        }
    }
}

/// The body that was written, under the signature that was written.
fn uncached(parts: &Parts<'_>) -> TokenStream {
    let model = parts.model;
    let vis = parts.vis();
    let (docs, calls, about_body) = (&model.attributes.docs, &model.attributes.calls, &model.attributes.body);
    let (mut signature, body) = (model.original.clone(), &model.body);
    let name = signature.ident.to_string();
    signature.ident = parts.name("uncached");
    let link = if model.method().is_some() { format!("Self::{name}") } else { format!("fn@{name}") };
    let doc = format!("The original [`{name}`]({link}), without the cache.");
    quote! {
        #[doc = #doc]
        #[doc = ""]
        #(#docs)*
        #(#calls)*
        #(#about_body)*
        #vis #signature #body
    }
}
