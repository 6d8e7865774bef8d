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
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{GenericArgument, GenericParam, PathArguments, Type};

use super::model::{Key, Model, Param, Place, Returns, Store};

/// A free function and its companions' type.
pub(crate) fn tokens(model: &Model) -> TokenStream {
    let parts = Parts::new(model);
    let (wrapper, companion) = (wrapper(&parts), companion::tokens(&parts));
    quote! { #wrapper #companion }
}

/// A method, and its companions apart: in the `impl` of a trait there is no place for them.
pub(crate) fn method_tokens(model: &Model) -> (TokenStream, TokenStream) {
    let parts = Parts::new(model);
    (wrapper(&parts), companion::functions(&parts))
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

    /// The name of a companion.
    fn name(&self, companion: &str) -> Ident {
        match &self.model.place {
            Place::Free { .. } => Ident::new(companion, Span::call_site()),
            Place::Method(method) => match companion.strip_prefix("__") {
                Some(ours) => quote::format_ident!("__{}_{ours}", method.companion.unraw()),
                None => quote::format_ident!("{}_{companion}", method.companion.unraw()),
            },
        }
    }

    /// A companion, as it is called from the function and from its other companions.
    fn path(&self, companion: &str) -> TokenStream {
        let name = self.name(companion);
        match &self.model.place {
            Place::Free { companion } => quote!(#companion::#name),
            Place::Method(_) => quote!(Self::#name),
        }
    }

    /// `self`, where the function has it.
    fn receiver(&self) -> Option<TokenStream> {
        self.model.method().filter(|method| method.has_self).map(|_| quote!(self))
    }

    /// `&self, name: Type, ..`
    fn signature<'p>(&self, params: impl Iterator<Item = &'p Param>) -> TokenStream {
        let receiver = self.receiver().map(|this| quote!(&#this,));
        let params = params.map(|param| {
            let (name, ty) = (&param.name, &param.ty);
            quote!(#name: #ty)
        });
        quote!(#receiver #(#params),*)
    }

    /// The visibility of the companions: a trait's method has none to go by.
    fn vis(&self) -> TokenStream {
        let vis = &self.model.vis;
        if self.model.block().is_some_and(|block| block.of_trait.is_some()) { quote!(pub) } else { quote!(#vis) }
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

/// The function that takes the place of the one that was written.
fn wrapper(parts: &Parts<'_>) -> TokenStream {
    let model = parts.model;
    let attributes = &model.attributes;
    let (docs, everywhere) = (&attributes.docs, &attributes.everywhere);
    let (calls, about_name) = (&attributes.calls, &attributes.name);
    let (vis, name, output) = (&model.vis, &model.original.ident, &model.output);
    let (generics, where_clause) = (&model.generics, &model.generics.where_clause);
    let asyncness = &parts.asyncness;
    let params = parts.signature(model.params.iter());
    // Where the store is the function's own, and of one type, its function has the checks.
    let has_checks = matches!(model.store, Store::Own { .. }) && !model.is_generic() && !store::is_erased(parts);
    let checks = (!has_checks).then(|| checks(parts));
    let key_and_store = parts.key_and_store();
    let call = compute_call(parts, "call");
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
    let (returns, wait) = (&parts.returns, &parts.wait);
    let (site, uncached) = (parts.path("__site"), parts.path("uncached"));
    let turbofish = turbofish(parts.model);
    let receiver = parts.receiver().map(|this| quote!(#this,));
    let (key, store) = (hidden("key"), hidden("store"));
    let runtime = parts.runtime(function);
    let lifetime = lifetime::closure(parts);
    let args = parts.model.params.iter().map(|param| owned_arg(parts.model, param));
    let compute = if parts.model.is_async() {
        quote!(async { #uncached #turbofish(#receiver #(#args),*).await })
    } else {
        quote!(|| #uncached #turbofish(#receiver #(#args),*))
    };
    let share = share(parts);
    quote!(#runtime::<#returns, _, _, _>(#site(), #store, #key, #share, #lifetime, #compute)#wait)
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

/// The function's own types, named, as they may be in no argument. Lifetimes are found by themselves.
fn turbofish(model: &Model) -> Option<TokenStream> {
    let names: Vec<_> = model
        .generics
        .params
        .iter()
        .filter_map(|param| match param {
            GenericParam::Lifetime(_) => None,
            GenericParam::Type(ty) => Some(&ty.ident),
            GenericParam::Const(constant) => Some(&constant.ident),
        })
        .collect();
    (!names.is_empty()).then(|| quote!(::<#(#names),*>))
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
