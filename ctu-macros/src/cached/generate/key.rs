//! The key of a call.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ExprClosure, GenericParam};

use super::{Parts, hidden};
use crate::cached::model::{Key, Param, Store};
use crate::template::{Field, Part, Template};

/// An expression over the arguments, of type `Result<impl Lookup>`.
pub(super) fn expr(parts: &Parts<'_>) -> TokenStream {
    let private = &parts.private;
    match &parts.model.key {
        Key::Typed => typed(&args(parts), parts),
        Key::Json => {
            let args = args(parts);
            text(parts, |prefix| quote!(#private::json_text(#prefix, &#args)))
        }
        Key::Hash => {
            let args = args(parts);
            text(parts, |prefix| quote!(#private::hash_text(#prefix, &#args)))
        }
        Key::Template(template) => text(parts, |prefix| template_expr(template, &prefix, private)),
        Key::Closure(closure) => {
            let value = closure_value(closure, parts);
            match parts.model.store {
                Store::Own { .. } if parts.model.is_generic() => typed(&value, parts),
                Store::Own { .. } => quote!(::core::result::Result::Ok(#private::Typed(#value))),
                Store::Given(_) => text(parts, |prefix| quote!(#private::value_text(#prefix, #value))),
            }
        }
    }
}

/// A text key, made behind a prefix; in a store of one's own there needs to be none.
fn text(parts: &Parts<'_>, make: impl FnOnce(TokenStream) -> TokenStream) -> TokenStream {
    let (private, site, prefix) = (&parts.private, parts.path("__site"), hidden("prefix"));
    let is_generic = parts.model.is_generic();
    match parts.model.store {
        Store::Own { .. } if is_generic => {
            let (text, key) = (make(quote!("")), hidden("text"));
            let scoped = scoped(&quote!(#site().name()), &quote!(#key.into_string()), parts);
            quote!(#text.map(|#key| #scoped))
        }
        Store::Own { .. } => make(quote!("")),
        Store::Given(_) => {
            let whole = if is_generic {
                let types = types(parts);
                quote!(&#private::prefix_of_types::<#types>(#prefix))
            } else {
                quote!(#prefix)
            };
            let text = make(whole);
            quote!(#site().prefix().and_then(|#prefix| #text))
        }
    }
}

/// All that is in the key, borrowed.
fn args(parts: &Parts<'_>) -> TokenStream {
    let private = &parts.private;
    let self_key = parts.model.self_key.as_ref().map(|expr| quote!(&(#expr),));
    let args = parts.model.key_params().map(Param::borrowed);
    quote!(#private::Args((#self_key #(#args,)*)))
}

/// A typed key; one of several functions in a store says whose it is.
fn typed(key: &TokenStream, parts: &Parts<'_>) -> TokenStream {
    let (site, prefix) = (parts.path("__site"), hidden("prefix"));
    match parts.model.store {
        Store::Own { .. } if parts.model.is_generic() => {
            let key = scoped(&quote!(#site().name()), key, parts);
            quote!(::core::result::Result::Ok(#key))
        }
        Store::Own { .. } => quote!(::core::result::Result::Ok(#key)),
        Store::Given(_) => {
            let key = scoped(&quote!(#prefix), key, parts);
            quote!(#site().prefix().map(|#prefix| #key))
        }
    }
}

fn scoped(scope: &TokenStream, key: &TokenStream, parts: &Parts<'_>) -> TokenStream {
    let private = &parts.private;
    if !parts.model.is_generic() {
        return quote!(#private::Scoped::new(#scope, #key));
    }
    let types = types(parts);
    quote!(#private::Scoped::of_types::<#types>(#scope, #key))
}

/// The types that make functions of their own of a generic one, as one type.
fn types(parts: &Parts<'_>) -> TokenStream {
    let private = &parts.private;
    let own = parts.model.generics.params.iter().filter_map(|param| match param {
        GenericParam::Lifetime(_) => None,
        GenericParam::Type(ty) => {
            let name = &ty.ident;
            Some(quote!(#private::PhantomData<#name>))
        }
        GenericParam::Const(constant) => {
            let name = &constant.ident;
            Some(quote!([(); #name]))
        }
    });
    let of_impl = parts.model.block().map(|_| quote!(#private::PhantomData<Self>,));
    quote!((#of_impl #(#own,)*))
}

/// The type of the `key` companion, where it can be named, and how to get there from a key.
pub(super) fn public(parts: &Parts<'_>) -> Option<(TokenStream, TokenStream)> {
    let private = &parts.private;
    let model = parts.model;
    let is_own = matches!(model.store, Store::Own { .. });
    match &model.key {
        _ if is_own && model.is_generic() => None,
        Key::Typed if is_own && model.self_key.is_none() => {
            let owned = owned_tuple(parts);
            Some((owned, quote!(.map(|key| #private::CacheKey::to_key(&key)))))
        }
        Key::Typed => None,
        Key::Closure(_) if is_own => None,
        _ => Some((quote!(#private::String), quote!(.map(#private::Text::into_string)))),
    }
}

/// The owned form of a typed key.
pub(super) fn owned_tuple(parts: &Parts<'_>) -> TokenStream {
    let private = &parts.private;
    let owned = parts.model.key_params().map(|param| {
        let ty = &param.key_type;
        quote!(<#ty as #private::ToOwned>::Owned)
    });
    quote!((#(#owned,)*))
}

fn template_expr(template: &Template, prefix: &TokenStream, private: &TokenStream) -> TokenStream {
    let steps = template.parts.iter().enumerate().map(|(index, part)| match part {
        Part::Text(text) => quote!(.literal(#text)),
        Part::Field(field) => {
            let value = field_expr(field);
            if let Some(Part::Text(text)) = template.parts.get(index + 1) {
                let end = text.chars().next().unwrap_or_default();
                quote!(.field(#value, #end))
            } else {
                quote!(.last(#value))
            }
        }
    });
    quote!(#private::Template::new(#prefix)#(#steps)*.finish())
}

fn field_expr(field: &Field) -> TokenStream {
    let (name, members) = (&field.name, &field.members);
    quote!(&#name #(.#members)*)
}

/// The closure's body, its parameters bound to references to the arguments, whose types are thereby known in it.
fn closure_value(closure: &ExprClosure, parts: &Parts<'_>) -> TokenStream {
    let patterns = closure.inputs.iter().map(|pat| match pat {
        syn::Pat::Type(typed) => (&*typed.pat, Some(&*typed.ty)),
        pat => (pat, None),
    });
    let (patterns, types): (Vec<_>, Vec<_>) = patterns.unzip();
    let types = types.into_iter().zip(parts.model.key_params()).map(|(ty, param)| {
        let key_type = &param.key_type;
        ty.map_or_else(|| quote!(&#key_type), |ty| quote!(#ty))
    });
    let values = parts.model.key_params().map(Param::borrowed);
    let body = &closure.body;
    // In a closure of its own, so that `return` and `?` in it are about the key.
    quote!((|| { let (#(#patterns,)*): (#(#types,)*) = (#(#values,)*); #body })())
}
