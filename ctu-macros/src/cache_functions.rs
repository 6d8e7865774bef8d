//! `#[cache_functions]` on a module: each of its functions as if marked `#[cached]` with the same arguments.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::visit_mut::VisitMut as _;
use syn::{AttrStyle, Attribute, Item, ItemFn, ItemMod, Meta};

use crate::args::Args;
use crate::cached;
use crate::faults::Faults;
use crate::unfinished::{self, Bodies};

pub(crate) fn expand(args: TokenStream, item: &TokenStream) -> TokenStream {
    let module = match unfinished::parse(item, Bodies::visit_item_mod_mut) {
        Ok(module) if module.content.is_some() => module,
        Err(error) if unfinished::is_a("mod", item) => return unfinished::with_error(&error, item),
        _ => {
            let message = "`#[cache_functions]` goes on a module with its functions inline, `mod name { .. }`; in a file of \
                           its own, put `#[cached]` on each function";
            let error = syn::Error::new(Span::call_site(), message).into_compile_error();
            return quote! { #error #item };
        }
    };
    let mut faults = Faults::default();
    let block = Args::parse(args, &mut faults);
    block.check_block(&mut faults);
    let is_function = |item: &Item| matches!(item, Item::Fn(_));
    if !module.content.iter().flat_map(|(_, items)| items).any(is_function) {
        faults.add(syn::Error::new(
            module.ident.span(),
            "no function is directly in this module, so there is nothing to cache: leave `#[cache_functions]` out, or put it \
             on the module with the functions",
        ));
    }
    let error = faults.or(()).err().map(syn::Error::into_compile_error);

    let (inner, outer): (Vec<_>, Vec<_>) =
        module.attrs.iter().partition(|attribute| matches!(attribute.style, AttrStyle::Inner(_)));
    let ItemMod { vis, unsafety, mod_token, ident, content, .. } = &module;
    let items = content.iter().flat_map(|(_, items)| items).map(|item| match item {
        Item::Fn(function) => one(&block, function),
        other => other.to_token_stream(),
    });
    quote! {
        #error
        #(#outer)* #vis #unsafety #mod_token #ident { #(#inner)* #(#items)* }
    }
}

/// One function: left out, with arguments of its own, or with the block's alone.
fn one(block: &Args, function: &ItemFn) -> TokenStream {
    let mut function = function.clone();
    let mut faults = Faults::default();
    if let Some(uncached) = take(&mut function.attrs, "uncached") {
        if take(&mut function.attrs, "cached").is_some() {
            faults.at(&uncached, "this function is marked both `#[cached]` and `#[uncached]`: leave one out");
        }
        let error = faults.or(()).err().map(syn::Error::into_compile_error);
        return quote! { #error #function };
    }
    let own = take(&mut function.attrs, "cached").map_or_else(Args::default, |own| args_of(own, &mut faults));
    if let Some(again) = take(&mut function.attrs, "cached") {
        faults.at(&again, "this function is marked `#[cached]` twice: leave one out");
    }
    cached::function_tokens(own.or(block), &function, faults)
}

/// What is written in an attribute that was taken.
pub(crate) fn args_of(attribute: Attribute, faults: &mut Faults) -> Args {
    match attribute.meta {
        Meta::List(list) => Args::parse(list.tokens, faults),
        _ => Args::default(),
    }
}

/// Takes the attribute of this name.
pub(crate) fn take(attributes: &mut Vec<Attribute>, name: &str) -> Option<Attribute> {
    attributes.iter().position(|attribute| is_called(attribute, name)).map(|index| attributes.remove(index))
}

/// Whether the attribute has this name, however it is qualified.
pub(crate) fn is_called(attribute: &Attribute, name: &str) -> bool {
    attribute.path().segments.last().is_some_and(|last| last.ident == name)
}
