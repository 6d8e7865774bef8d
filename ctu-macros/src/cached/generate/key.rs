//! The key of a call.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{ExprClosure, GenericParam, Generics, Ident, Type};

use super::{Parts, at, hidden, ours_at, store};
use crate::cached::model::{Key, Param, Store};
use crate::cached::signature::is_plain;
use crate::template::{Field, Part, Template};

/// Statements, and behind them an expression over the arguments, of type `Result<impl Lookup>`.
pub(super) fn expr(parts: &Parts<'_>) -> (TokenStream, TokenStream) {
    let private = &parts.private;
    let this = self_key(parts);
    let key = match &parts.model.key {
        Key::Typed => typed(&typed_args(parts, this.as_ref()), parts),
        Key::Json => {
            let args = json_args(parts, this.as_ref());
            text(parts, |prefix| quote!(#private::json_text(#prefix, &#args)))
        }
        Key::Hash => {
            let args = json_args(parts, this.as_ref());
            text(parts, |prefix| quote!(#private::hash_text(#prefix, &#args)))
        }
        Key::Template(template) => text(parts, |prefix| template_expr(template, &prefix, parts)),
        Key::Closure(closure) => {
            let value = closure_value(closure, parts);
            match parts.model.store {
                Store::Own { .. } if parts.model.is_generic() => typed(&value, parts),
                Store::Own { .. } => {
                    let at = parts.private_at(closure.body.span());
                    let value = quote_spanned!(closure.body.span()=> #at::made_part(#value));
                    quote!(::core::result::Result::Ok(#private::Typed(#value)))
                }
                Store::Given(_) => text(parts, |prefix| {
                    let at = parts.private_at(closure.body.span());
                    let value = quote_spanned!(closure.body.span()=> #at::json_part(&#value));
                    quote!(#private::value_text(#prefix, #value))
                }),
            }
        }
    };
    let mut prelude = this.map(|this| this.bound).unwrap_or_default();
    if matches!(parts.model.key, Key::Typed) {
        prelude.extend(typed_parts(parts));
    }
    (prelude, key)
}

/// What tells objects apart, in a key.
struct This {
    /// Statements before.
    bound: TokenStream,
    /// A reference to it.
    reference: TokenStream,
    /// Itself, where it is made for the call.
    made: Option<TokenStream>,
    span: Span,
}

fn self_key(parts: &Parts<'_>) -> Option<This> {
    let expr = parts.model.self_key.as_ref()?;
    let span = expr.span();
    if store::is_place(expr) {
        return Some(This { bound: TokenStream::new(), reference: quote_spanned!(span=> &(#expr)), made: None, span });
    }
    // Of the user's own scope, too: else the compiler shows the whole attribute for what is wrong with it.
    let this = Ident::new("__ctu_this", span);
    Some(This { bound: quote!(let #this = #expr;), reference: quote!(&#this), made: Some(quote!(#this)), span })
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
            let (text, site) = (make(whole), hidden("site"));
            quote!(#site.prefix().and_then(|#prefix| #text))
        }
    }
}

/// All that is in a JSON key, borrowed.
fn json_args(parts: &Parts<'_>, this: Option<&This>) -> TokenStream {
    let private = &parts.private;
    let this = this.map(|This { reference, span, .. }| {
        let private = parts.private_at(*span);
        quote_spanned!(*span=> #private::json_part(#reference),)
    });
    let args = parts.model.key_params().map(|Param { name, key_type, .. }| {
        if is_plain(key_type) {
            quote!(#name)
        } else {
            let private = parts.private_at(key_type.span());
            quote_spanned!(key_type.span()=> #private::json_part::<#key_type, _>(#name))
        }
    });
    quote!(#private::Args((#this #(#args,)*)))
}

/// All that is in a typed key, borrowed; next to a value that is made for the call, copied.
fn typed_args(parts: &Parts<'_>, this: Option<&This>) -> TokenStream {
    let private = &parts.private;
    let args = parts.model.key_params().map(|param| match part(param) {
        None => param.name.to_token_stream(),
        Some(part) => quote!(#part.0),
    });
    match this {
        Some(This { made: Some(made), span, .. }) => {
            let at = parts.private_at(*span);
            let made = quote_spanned!(*span=> #at::made_part(#made));
            let tuple = quote!((#made, #(#private::ToOwned::to_owned(#args),)*));
            match parts.model.store {
                Store::Own { .. } if !parts.model.is_generic() => quote!(#private::Typed(#tuple)),
                _ => tuple,
            }
        }
        Some(This { reference, span, .. }) => {
            let at = parts.private_at(*span);
            let this = quote_spanned!(*span=> #at::typed_part(#reference).0);
            quote!(#private::Args((#this, #(#args,)*)))
        }
        None => quote!(#private::Args((#(#args,)*))),
    }
}

/// The name of an argument as a part of a typed key that it first has to be fit for.
fn part(param: &Param) -> Option<Ident> {
    (!is_plain(&param.key_type)).then(|| hidden(&format!("part_{}", param.name.unraw())))
}

/// A part of a typed key from a reference to an argument that may not be fit for it.
pub(super) fn checked_part(parts: &Parts<'_>, param: &Param, reference: &TokenStream) -> Option<TokenStream> {
    let key_type = &param.key_type;
    if is_plain(key_type) {
        return None;
    }
    let private = parts.private_at(key_type.span());
    Some(quote_spanned!(key_type.span()=> #private::typed_part::<#key_type, _>(#reference)))
}

/// Statements that ask of the arguments whether they are fit for a typed key.
fn typed_parts(parts: &Parts<'_>) -> TokenStream {
    let bind = |param: &Param| {
        let (part, name) = (part(param)?, &param.name);
        let checked = checked_part(parts, param, &quote!(#name))?;
        Some(quote!(let #part = #checked;))
    };
    parts.model.key_params().filter_map(bind).collect()
}

/// The store for a key whose parts are known to be fit for it.
pub(super) fn with_parts(store: TokenStream, parts: &Parts<'_>) -> TokenStream {
    if !matches!(parts.model.key, Key::Typed) {
        return store;
    }
    parts.model.key_params().filter_map(part).fold(store, |store, part| quote!(#part.and(#store)))
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
            let (key, site) = (scoped(&quote!(#prefix), key, parts), hidden("site"));
            quote!(#site.prefix().map(|#prefix| #key))
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
    let of = |generics: &Generics| -> Vec<TokenStream> {
        generics
            .params
            .iter()
            .filter_map(|param| match param {
                GenericParam::Lifetime(_) => None,
                GenericParam::Type(ty) => {
                    let name = &ty.ident;
                    Some(quote!(#private::PhantomData<#name>))
                }
                GenericParam::Const(constant) => {
                    let name = &constant.ident;
                    let of_const = const_type(&constant.ty);
                    Some(quote!(#private::#of_const<#name>))
                }
            })
            .collect()
    };
    let own = of(&parts.model.generics);
    let of_impl = parts.model.block().map(|block| {
        let this = block.lasting();
        quote!(#private::PhantomData<#this>,)
    });
    quote!((#of_impl #(#own,)*))
}

/// The runtime's type for a const parameter of this type: `ConstBool` for `bool`.
fn const_type(ty: &Type) -> Ident {
    let name = quote!(#ty).to_string();
    let (first, rest) = name.split_at(1);
    quote::format_ident!("Const{}{rest}", first.to_uppercase())
}

/// The type of the `key` companion, where it can be named.
pub(super) fn public(parts: &Parts<'_>) -> Option<TokenStream> {
    let model = parts.model;
    let is_own = matches!(model.store, Store::Own { .. });
    match &model.key {
        _ if is_own && model.is_generic() => None,
        Key::Typed if is_own && model.self_key.is_none() => {
            let owned = model.key_params().map(|param| owned(parts, param));
            Some(quote!((#(#owned,)*)))
        }
        Key::Typed => None,
        Key::Closure(_) if is_own => None,
        _ => Some(quote!(::std::string::String)),
    }
}

/// What a typed key keeps of an argument of type `&ty`.
pub(super) fn kept(parts: &Parts<'_>, ty: &Type, name: &TokenStream) -> TokenStream {
    if is_plain(ty) {
        let private = &parts.private;
        return quote!(<#name as #private::ToOwned>::Owned);
    }
    let (private, ours) = (&parts.private, ours_at(ty.span()));
    quote_spanned!(ours=> <#name as #private::ToOwned>::Owned)
}

/// An argument whose type is asked whether it will do wherever the key's owned form is named.
pub(super) fn named_part<'p>(parts: &Parts<'p>) -> Option<&'p Param> {
    let model = parts.model;
    let is_named = matches!(model.key, Key::Typed)
        && matches!(model.store, Store::Own { .. })
        && model.self_key.is_none()
        && !model.is_generic();
    model.key_params().find(|param| is_named && param.is_ref && !is_plain(&param.key_type))
}

/// The type that a typed key keeps of an argument, as it reads best.
fn owned(parts: &Parts<'_>, param: &Param) -> TokenStream {
    let ty = &param.key_type;
    match ty {
        ty if !param.is_ref => quote!(#ty),
        Type::Path(path) if path.path.is_ident("str") => quote!(::std::string::String),
        Type::Path(_) if is_plain(ty) => quote!(#ty),
        Type::Slice(slice) if is_plain(&slice.elem) => {
            let elem = &slice.elem;
            quote!(::std::vec::Vec<#elem>)
        }
        ty => kept(parts, ty, &quote!(#ty)),
    }
}

fn template_expr(template: &Template, prefix: &TokenStream, parts: &Parts<'_>) -> TokenStream {
    let span = template.literal.span();
    let (private, at) = (&parts.private, parts.private_at(span));
    let steps = template.parts.iter().enumerate().map(|(index, part)| match part {
        Part::Text(text) => quote!(.literal(#text)),
        Part::Field(field) => {
            let value = field_expr(field);
            let value = quote_spanned!(span=> #at::template_part(#value));
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
    if members.is_empty() { quote!(#name) } else { quote!(&#name #(.#members)*) }
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
    let values = parts.model.key_params().map(|param| &param.name);
    let closure = &at::closure_by_reference(closure, parts);
    let body = &closure.body;
    // In a closure of its own, so that `return` and `?` in it are about the key.
    quote_spanned!(closure.body.span()=> (|| { let (#(#patterns,)*): (#(#types,)*) = (#(#values,)*); #body })())
}
