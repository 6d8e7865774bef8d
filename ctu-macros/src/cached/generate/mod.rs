//! From the model to Rust.
//!
//! `#[cached] pub fn repeat(s: &str, n: usize) -> String { .. }` becomes, in outline:
//!
//! ```text
//! pub fn repeat(s: &str, n: usize) -> String {
//!     At::call(repeat::__at(s, &n), (s, &n), |(s, n)| repeat::uncached(s, n.clone()))
//! }
//! pub struct repeat {}
//! impl repeat {
//!     fn __site() -> &'static Own<MemoryCache<(String, usize), String>> { .. }
//!     fn __at(s: &str, n: &usize) -> impl At<Value = String, Returned = String> { .. }
//!     pub fn in_cache(s: &str, n: usize) -> Result<bool> { At::in_cache(repeat::__at(s, &n)) }
//!     pub fn evict(s: &str, n: usize) -> Result<bool> { At::evict(repeat::__at(s, &n)) }
//!     ..
//!     pub fn uncached(s: &str, n: usize) -> String { /* the body */ }
//! }
//! ```
//!
//! How long this takes to compile is measured in `benches/COMPILE_TIME.md`. What is not called is not compiled to code
//! (`#[inline]`), and what is called is compiled once for all functions of the same types, but for a few lines.
//!
//! Names of ours in scopes with the user's are hygienic (`Span::mixed_site`), and every path starts at the crate.

mod at;
mod companion;
mod key;
mod leasing;
mod lifetime;
mod policy;
mod store;

pub(crate) use companion::allowed;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{GenericArgument, GenericParam, PathArguments, Type};

use super::model::{Key, Model, Param, Place, Returns};

/// A free function and its companions' type.
pub(crate) fn tokens(model: &Model) -> TokenStream {
    let parts = Parts::new(model);
    let (wrapper, companion) = (wrapper(&parts), companion::tokens(&parts));
    quote! { #wrapper #companion }
}

/// A method, its companions, and what computes without the cache: in the `impl` of a trait there is no place for them.
pub(crate) fn method_tokens(model: &Model) -> Method {
    let parts = Parts::new(model);
    Method { wrapper: wrapper(&parts), companions: companion::functions(&parts), uncached: companion::uncached(&parts) }
}

/// A method, each part for an `impl` of its own.
pub(crate) struct Method {
    pub(crate) wrapper: TokenStream,
    pub(crate) companions: TokenStream,
    pub(crate) uncached: TokenStream,
}

/// The same with the place of what the user wrote.
fn hidden_at(name: &str, span: Span) -> Ident {
    Ident::new(name, ours_at(span))
}

/// Ours, and of our edition, at the place of what the user wrote.
fn ours_at(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

/// A name of ours that no name of the user's can be mistaken for.
fn hidden(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

fn placed(mut token: TokenTree, span: Span) -> TokenTree {
    token.set_span(span);
    token
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

    /// The crate's path with the place of what the user wrote: an error in a call through it is shown there.
    fn private_at(&self, span: Span) -> TokenStream {
        self.private.clone().into_iter().map(|token| placed(token, span)).collect()
    }

    /// The name of a companion, at the place to which an editor goes from there.
    ///
    /// A method's companion is named after it, and an editor that renames it renames them. The names of others have nothing
    /// to do with the function's, and so they are beside it, at `fn`.
    fn name(&self, companion: &str) -> Ident {
        match (&self.model.place, companion.strip_prefix("__")) {
            (Place::Free { .. }, Some(_)) => Ident::new(companion, Span::call_site()),
            (Place::Free { .. }, None) => Ident::new(companion, self.model.original.fn_token.span),
            (Place::Method(method), Some(ours)) => {
                let method = method.companion.unraw();
                quote::format_ident!("__{method}_{ours}", span = Span::call_site())
            }
            (Place::Method(method), None) => quote::format_ident!("{}_{companion}", method.companion.unraw()),
        }
    }

    /// The companions' type where it is not defined: not at the place of its name, of which an editor tells all there is.
    fn companion(&self) -> Option<Ident> {
        let Place::Free { companion } = &self.model.place else { return None };
        let mut companion = companion.clone();
        companion.set_span(companion.span().located_at(Span::call_site()));
        Some(companion)
    }

    /// A companion, as it is called from the function and from its other companions.
    fn path(&self, companion: &str) -> TokenStream {
        let mut name = self.name(companion);
        name.set_span(Span::call_site());
        match &self.model.place {
            Place::Free { .. } => {
                let companion = self.companion();
                quote!(#companion::#name)
            }
            Place::Method(_) => quote!(Self::#name),
        }
    }

    /// A call of a companion in whose signature there is what a typed key keeps of an argument.
    fn call_of_kept(&self, companion: &str, args: &TokenStream) -> TokenStream {
        let path = self.path(companion);
        self.about_kept(quote!(#path(#args)))
    }

    /// What has to do with what a typed key keeps of an argument: a fault of that argument's type is said in each such
    /// place, in the same words. All are of the type's own place, and so it is shown once.
    fn about_kept(&self, call: TokenStream) -> TokenStream {
        match key::named_part(self) {
            Some(param) => call.into_iter().map(|token| placed(token, ours_at(param.key_type.span()))).collect(),
            None => call,
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
    let call = if model.policy.changes_call() { policy::call(parts) } else { leasing::call(parts, "call") };
    let call = match &model.refresh_if {
        None => call,
        Some(condition) => {
            let (refresh, wait) = (parts.path("refresh"), &parts.wait);
            let (turbofish, receiver) = (turbofish(model), parts.receiver().map(|this| quote!(#this,)));
            let args = model.params.iter().map(|param| &param.name);
            let (is_asked, value) = (hidden("is_asked"), quote_spanned!(condition.span()=> #condition));
            quote! {
                let #is_asked: bool = #value;
                if #is_asked { #refresh #turbofish(#receiver #(#args),*)#wait } else { #call }
            }
        }
    };
    quote! {
        #(#docs)* #(#everywhere)* #(#calls)* #(#about_name)*
        #vis #asyncness fn #name #generics (#params) -> #output #where_clause {
            #call
        }
    }
}

/// A call of the runtime's `call`, `refresh` or the like, with what it takes besides the computation.
fn compute_call(parts: &Parts<'_>, (at, function): (&str, &str), more: Option<&TokenStream>) -> TokenStream {
    let (private, at, of) = (&parts.private, at::call(parts), Ident::new(at, Span::call_site()));
    if parts.model.is_async() {
        let compute = compute_async(parts);
        if function == "call" {
            let (value, open) = (hidden("value"), hidden("open"));
            return quote! {
                let #open = match #private::call_at(#at) {
                    ::core::result::Result::Ok(#value) => return #value,
                    ::core::result::Result::Err(#open) => #open,
                };
                #private::finish_at(#open, #compute).await
            };
        }
        let function = quote::format_ident!("{function}_at");
        return quote!(#private::#function(#at, #compute, #more).await);
    }
    let (function, compute) = (Ident::new(function, Span::call_site()), compute(parts));
    let function = parts.about_kept(quote!(#private::#of::#function));
    let args = parts.about_kept(quote!((#at, #compute, #more)));
    quote!(#function #args)
}

/// The future that computes.
fn compute_async(parts: &Parts<'_>) -> TokenStream {
    let (model, uncached, turbofish) = (parts.model, parts.path("uncached"), turbofish(parts.model));
    let receiver = parts.receiver().map(|this| quote!(#this,));
    let args = model.params.iter().map(|param| {
        let (name, mention) = (&param.name, &param.mention);
        match body_gets(model, param) {
            Gets::Itself => quote!(#mention),
            Gets::Clone => clone(parts, param, &quote!(&#name)),
            Gets::Copy => policy::own_param(parts, param, &param.borrowed()),
        }
    });
    quote!(async { #uncached #turbofish(#receiver #(#args),*).await })
}

/// What the computation takes, as one, and the computation.
fn compute(parts: &Parts<'_>) -> TokenStream {
    let (model, uncached, turbofish) = (parts.model, parts.path("uncached"), turbofish(parts.model));
    let receiver = parts.receiver().map(|this| quote!(#this,));
    let (taken, given): (Vec<_>, Vec<_>) = model
        .params
        .iter()
        .map(|param| {
            let (name, mention) = (&param.name, &param.mention);
            match body_gets(model, param) {
                Gets::Itself => (quote!(#mention), quote!(#name)),
                Gets::Clone => (quote!(&#name), clone(parts, param, &quote!(#name))),
                Gets::Copy => (quote!(&#mention), policy::own_param(parts, param, &quote!(#name))),
            }
        })
        .unzip();
    let names = model.params.iter().map(|param| &param.name);
    let this = parts.receiver().map(|_| hidden("this")).map(|this| quote!(#this,));
    quote!((#receiver #(#taken,)*), |(#this #(#names,)*)| #uncached #turbofish(#this #(#given),*))
}

/// A copy of an argument in a typed key, from a reference to it.
fn clone(parts: &Parts<'_>, param: &Param, reference: &TokenStream) -> TokenStream {
    // Said in the words that the key's part is asked for in, so that the compiler says it once.
    key::checked_part(parts, param, reference).map_or_else(
        || quote!(::core::clone::Clone::clone(#reference)),
        |part| quote_spanned!(param.key_type.span()=> #part.copy()),
    )
}

/// How the body gets an argument.
enum Gets {
    Itself,
    /// As a typed key goes on borrowing it.
    Clone,
    /// As a computation in the background needs it, too.
    Copy,
}

fn body_gets(model: &Model, param: &Param) -> Gets {
    if param.is_ref {
        Gets::Itself
    } else if matches!(model.key, Key::Typed) && !param.skipped {
        Gets::Clone
    } else if model.policy.goes_on() {
        Gets::Copy
    } else {
        Gets::Itself
    }
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
