//! The key of a call.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ExprClosure;

use super::Parts;
use crate::cached::model::{Key, Param, Store};
use crate::template::{Field, Part, Template};

/// An expression over the arguments, of type `Result<impl Lookup>`.
pub(super) fn expr(parts: &Parts<'_>) -> TokenStream {
    let private = &parts.private;
    let args = || {
        let args = parts.model.key_params().map(Param::borrowed);
        quote!(#private::Args((#(#args,)*)))
    };
    let prefix = prefix(parts);
    match &parts.model.key {
        Key::Typed => match parts.model.store {
            Store::Own { .. } => {
                let args = args();
                quote!(::core::result::Result::Ok(#args))
            }
            Store::Given(_) => {
                let (args, companion) = (args(), &parts.model.companion);
                quote!(::core::result::Result::Ok(#private::Scoped::new(#companion::__site().name(), #args)))
            }
        },
        Key::Json => {
            let args = args();
            quote!(#private::json_text(#prefix, &#args))
        }
        Key::Hash => {
            let args = args();
            quote!(#private::hash_text(#prefix, &#args))
        }
        Key::Template(template) => template_expr(template, &prefix, private),
        Key::Closure(closure) => {
            let value = closure_value(closure, parts);
            match parts.model.store {
                Store::Own { .. } => quote!(::core::result::Result::Ok(#private::Typed(#value))),
                Store::Given(_) => quote!(#private::value_text(#prefix, #value)),
            }
        }
    }
}

/// The type of the `key` companion, where it can be named, and how to get there from a key.
pub(super) fn public(parts: &Parts<'_>) -> Option<(TokenStream, TokenStream)> {
    let private = &parts.private;
    let is_own = matches!(parts.model.store, Store::Own { .. });
    match &parts.model.key {
        Key::Typed if is_own => {
            let owned = owned_tuple(parts);
            Some((owned, quote!(.map(|key| #private::CacheKey::to_key(&key)))))
        }
        Key::Typed | Key::Closure(_) if is_own || matches!(parts.model.key, Key::Typed) => None,
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

/// A store of one's own needs no prefix.
fn prefix(parts: &Parts<'_>) -> TokenStream {
    let companion = &parts.model.companion;
    match parts.model.store {
        Store::Own { .. } => quote!(""),
        Store::Given(_) => quote!(#companion::__site().name()),
    }
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
