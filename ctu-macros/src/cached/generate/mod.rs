//! From the model to Rust.
//!
//! `#[cached] pub fn repeat(s: &str, n: usize) -> String { .. }` becomes, in outline:
//!
//! ```text
//! pub fn repeat(s: &str, n: usize) -> String {
//!     let key = Ok(Args((s, &n)));
//!     let store = repeat::__store();
//!     call::<Whole, _, _, _>(repeat::__site(), store, key, ShareAll, |_| Some(Ttl::Default), || repeat::uncached(s, n.clone()))
//! }
//! pub struct repeat {}
//! impl repeat {
//!     fn __site() -> &'static Site { .. }
//!     fn __store() -> &'static MemoryCache<(String, usize), String> { .. }
//!     pub fn in_cache(s: &str, n: usize) -> Result<bool> { .. }
//!     pub fn evict(s: &str, n: usize) -> Result<bool> { .. }
//!     ..
//!     pub fn uncached(s: &str, n: usize) -> String { /* the body */ }
//! }
//! ```
//!
//! Names of ours in scopes with the user's are hygienic (`Span::mixed_site`), and every path starts at the crate.

mod companion;
mod key;
mod lifetime;
mod store;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{GenericArgument, PathArguments, Type};

use super::model::{Key, Model, Param, Returns, Store};

pub(crate) fn tokens(model: &Model) -> TokenStream {
    let wrapper = wrapper(model);
    let companion = companion::tokens(model);
    quote! { #wrapper #companion }
}

/// A name of ours that no name of the user's can be mistaken for.
fn hidden(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The names and pieces that the generators share.
struct Parts<'m> {
    model: &'m Model,
    /// `::ctu::__private`
    private: TokenStream,
    /// The stored type.
    value: TokenStream,
    /// The type that says what of the return value is stored.
    returns: TokenStream,
    /// `async`, `.await` and `_async`, where the function is.
    asyncness: Option<TokenStream>,
    wait: Option<TokenStream>,
}

impl<'m> Parts<'m> {
    fn new(model: &'m Model) -> Self {
        let krate = &model.krate;
        let private = quote!(#krate::__private);
        let (returns, value) = match &model.returns {
            Returns::Whole { .. } => (quote!(#private::Whole), {
                let output = &model.output;
                quote!(#output)
            }),
            Returns::OkOnly => {
                let returns = quote!(#private::OkOnly);
                let value = ok_type(model, &returns, &private);
                (returns, value)
            }
        };
        let is_async = model.is_async();
        Self {
            model,
            private,
            value,
            returns,
            asyncness: is_async.then(|| quote!(async)),
            wait: is_async.then(|| quote!(.await)),
        }
    }

    /// The runtime's function of this name, in the form for this function.
    fn runtime(&self, name: &str) -> TokenStream {
        let private = &self.private;
        let name = if self.model.is_async() { format!("{name}_async") } else { name.to_owned() };
        let name = Ident::new(&name, Span::call_site());
        quote!(#private::#name)
    }

    /// `key` and `store`, as the first statements of a function.
    fn key_and_store(&self) -> TokenStream {
        let (key, store) = (hidden("key"), hidden("store"));
        let (key_expr, store_expr) = (key::expr(self), store::expr(self));
        quote! {
            let #key = #key_expr;
            let #store = #store_expr;
        }
    }
}

/// `Ok`'s type: the first argument of a type called `Result`, so that it reads well in the docs; otherwise, asked for.
fn ok_type(model: &Model, returns: &TokenStream, private: &TokenStream) -> TokenStream {
    if let Type::Path(path) = &model.output
        && let Some(last) = path.path.segments.last()
        && last.ident == "Result"
        && let PathArguments::AngleBracketed(arguments) = &last.arguments
        && let Some(GenericArgument::Type(ok)) = arguments.args.first()
    {
        return quote!(#ok);
    }
    let output = &model.output;
    quote_spanned!(output.span()=> <#returns as #private::Returns<#output>>::Value)
}

/// `name: Type`, for each.
fn signature<'p>(params: impl Iterator<Item = &'p Param>) -> TokenStream {
    let params = params.map(|param| {
        let (name, ty) = (&param.name, &param.ty);
        quote!(#name: #ty)
    });
    quote!(#(#params),*)
}

/// The function that takes the place of the one that was written.
fn wrapper(model: &Model) -> TokenStream {
    let parts = Parts::new(model);
    let attributes = &model.attributes;
    let (docs, everywhere) = (&attributes.docs, &attributes.everywhere);
    let (calls, about_name) = (&attributes.calls, &attributes.name);
    let (vis, name, output) = (&model.vis, &model.original.ident, &model.output);
    let (generics, where_clause) = (&model.generics, &model.generics.where_clause);
    let asyncness = &parts.asyncness;
    let params = signature(model.params.iter());
    let checks = checks(&parts);
    let key_and_store = parts.key_and_store();
    let call = compute_call(&parts, "call");
    quote! {
        #(#docs)* #(#everywhere)* #(#calls)* #(#about_name)*
        #vis #asyncness fn #name #generics (#params) -> #output #where_clause {
            #checks
            #key_and_store
            #call
        }
    }
}

/// A call of the runtime's `call` or `refresh`.
fn compute_call(parts: &Parts<'_>, function: &str) -> TokenStream {
    let (returns, wait, companion) = (&parts.returns, &parts.wait, &parts.model.companion);
    let (key, store) = (hidden("key"), hidden("store"));
    let runtime = parts.runtime(function);
    let lifetime = lifetime::closure(parts);
    let args = parts.model.params.iter().map(|param| owned_arg(parts.model, param));
    let compute = if parts.model.is_async() {
        quote!(async { #companion::uncached(#(#args),*).await })
    } else {
        quote!(|| #companion::uncached(#(#args),*))
    };
    let share = share(parts);
    quote!(#runtime::<#returns, _, _, _>(#companion::__site(), #store, #key, #share, #lifetime, #compute)#wait)
}

/// What of a result is handed to other callers who wait for it: as much as its type allows.
fn share(parts: &Parts<'_>) -> TokenStream {
    let (private, returns, output) = (&parts.private, &parts.returns, &parts.model.output);
    if !parts.model.is_coalescing {
        return quote!(#private::ShareNothing);
    }
    quote! {{
        #[allow(unused_imports)]
        use #private::{SharesAll as _, SharesNothing as _, SharesValue as _};
        (&&&#private::Sharing::<#returns, #output>::new()).share()
    }}
}

/// An argument for the body. A typed key goes on borrowing what is in it, so the body gets a clone.
fn owned_arg(model: &Model, param: &Param) -> TokenStream {
    let name = &param.name;
    if matches!(model.key, Key::Typed) && !param.skipped && !param.is_ref {
        quote!(::core::clone::Clone::clone(&#name))
    } else {
        quote!(#name)
    }
}

/// Calls that do nothing but fail to compile, at the user's own type, where it lacks a trait.
fn checks(parts: &Parts<'_>) -> TokenStream {
    let private = &parts.private;
    let model = parts.model;
    let keys = model.key_params().map(|param| {
        let ty = &param.key_type;
        match model.key {
            Key::Typed => quote_spanned!(ty.span()=> #private::check_key::<#ty>();),
            Key::Json | Key::Hash => quote_spanned!(ty.span()=> #private::check_json_key::<#ty>();),
            Key::Template(_) | Key::Closure(_) => TokenStream::new(),
        }
    });
    let output = &model.output;
    let value = &parts.value;
    let value = match model.store {
        Store::Own { .. } => quote_spanned!(output.span()=> #private::check_value::<#value>();),
        Store::Given(_) => TokenStream::new(),
    };
    let alias = match &model.returns {
        Returns::Whole { is_sure: false } => {
            quote_spanned! {output.span()=> {
                #[allow(unused_imports)]
                use #private::{IsPlain as _, IsResult as _};
                #private::check_plain(&(&#private::Returned::<#output>::new()).kind());
            }}
        }
        _ => TokenStream::new(),
    };
    quote!(#(#keys)* #value #alias)
}
