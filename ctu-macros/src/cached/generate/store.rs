//! Where the results are stored.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, Type};

use super::{Parts, at, key};
use crate::cached::model::{Key, Place, Prefix, Store};

/// Entries that a function's own store has room for, unless `capacity` says otherwise.
const DEFAULT_CAPACITY: usize = 10_000;

/// An expression for the values of a function with a store of its own, if they and the parts of its key will do for it.
pub(super) fn values(parts: &Parts<'_>) -> TokenStream {
    let (private, value) = (&parts.private, &parts.value);
    key::with_parts(quote!(#private::values::<#value, _>()), parts)
}

/// For how many entries a store is whose type has no name, such as that of a closure's value or of a `self_key`.
pub(super) fn capacity_of_nameless(parts: &Parts<'_>) -> Option<TokenStream> {
    let Store::Own { capacity } = &parts.model.store else { return None };
    let capacity = capacity.as_ref().map_or_else(|| quote!(#DEFAULT_CAPACITY), |capacity| quote!(#capacity));
    is_nameless(parts).then(|| quote!(|| #capacity,))
}

/// The cache that was given: borrowed, so that its address says which one it is, unless it is made for the call.
pub(super) fn given(cache: &Expr, parts: &Parts<'_>) -> TokenStream {
    let (private, cache) = (&parts.private, &at::by_reference(cache, parts));
    match cache {
        Expr::Reference(reference) if is_place(&reference.expr) => quote!(#private::Borrowed(#cache)),
        cache if is_place(cache) => quote!(#private::Borrowed(&#cache)),
        cache => quote!(#private::Made(#cache)),
    }
}

/// Whether the expression names something that is there already.
pub(super) fn is_place(expr: &Expr) -> bool {
    match expr {
        Expr::Path(_) => true,
        Expr::Field(field) => is_place(&field.base),
        Expr::Index(index) => is_place(&index.expr),
        Expr::Paren(paren) => is_place(&paren.expr),
        Expr::Group(group) => is_place(&group.expr),
        Expr::Unary(unary) => matches!(unary.op, syn::UnOp::Deref(_)),
        _ => false,
    }
}

/// `fn __site`: of the function's site alone, or together with its own store.
pub(super) fn function(parts: &Parts<'_>) -> TokenStream {
    let (private, about, function) = (&parts.private, about(parts), parts.name("__site"));
    let (shown, ty, init) = match &parts.model.store {
        Store::Own { .. } if is_nameless(parts) => {
            let ty = quote!(#private::Own<#private::Nameless>);
            (ty.clone(), ty, quote!(#private::Own::nameless(#about)))
        }
        Store::Own { capacity } => {
            let store = own_type(parts);
            let (new, capacity) = match capacity {
                None => (quote!(new), quote!(#DEFAULT_CAPACITY)),
                Some(number @ Expr::Lit(ExprLit { lit: Lit::Int(_), .. })) => (quote!(new), quote!(#number)),
                Some(expr) => (quote!(asked), quote_spanned!(expr.span()=> || #expr)),
            };
            let ty = quote!(#private::Own<#store>);
            (ty.clone(), ty, quote!(#private::Own::#new(#about, #capacity)))
        }
        Store::Given(_) => {
            (quote!(#private::Site), quote!(#private::SiteCell), quote!(#private::SiteCell::new(#about)))
        }
    };
    quote! {
        #[doc(hidden)]
        #[allow(unused_qualifications)]
        #[inline]
        fn #function() -> &'static #shown {
            static SITE: #ty = #init;
            &SITE
        }
    }
}

/// What is known of the function when it is compiled.
fn about(parts: &Parts<'_>) -> TokenStream {
    let private = &parts.private;
    let about = match &parts.model.prefix {
        Prefix::Literal(prefix) => quote!(prefixed(#prefix)),
        Prefix::Stable { name, digits } => match &parts.model.place {
            Place::Free { .. } => {
                let companion = parts.companion();
                let name = format!("#{digits}.");
                quote!(of(::core::any::type_name::<#companion>, #name))
            }
            Place::Method(_) => {
                let name = format!("::{name}#{digits}.");
                quote!(at(::core::concat!(::core::module_path!(), #name)))
            }
        },
    };
    let uncoalesced = (!parts.model.is_coalescing).then(|| quote!(.uncoalesced()));
    quote!(#private::About::#about #uncoalesced)
}

/// The type of the function's own store.
fn own_type(parts: &Parts<'_>) -> TokenStream {
    let (model, private) = (parts.model, &parts.private);
    if model.is_generic() {
        // A static can't name the types, so there is one store for all of them, in which they never meet.
        return quote!(#private::SharedMemory);
    }
    let value = outside(&parts.value, parts);
    if !matches!(model.key, Key::Typed) {
        return quote!(#private::NearCache<#private::String, #value>);
    }
    let owned = model.key_params().map(|param| {
        let key_type = &param.key_type;
        let ty = outside(&quote!(#key_type), parts);
        if param.is_ref { key::kept(parts, key_type, &ty) } else { ty }
    });
    quote!(#private::NearCache<(#(#owned,)*), #value>)
}

/// Whether the store is found by the key's type, which has no name.
pub(super) fn is_nameless(parts: &Parts<'_>) -> bool {
    let has_nameless_key = match &parts.model.key {
        Key::Closure(_) => true,
        Key::Typed => parts.model.self_key.is_some(),
        _ => false,
    };
    has_nameless_key && matches!(parts.model.store, Store::Own { .. }) && !parts.model.is_generic()
}

/// A type, as it can be written in a static of a method.
fn outside(ty: &TokenStream, parts: &Parts<'_>) -> TokenStream {
    match (parts.model.block(), syn::parse2::<Type>(ty.clone())) {
        (Some(block), Ok(ty)) => block.without_self(&ty).into_token_stream(),
        _ => ty.clone(),
    }
}
