//! `#[cache_methods]` on an `impl`: each of its functions that is marked `#[cached]`, with the arguments of both.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::visit_mut::VisitMut as _;
use syn::{Attribute, ImplItem, ImplItemFn, ItemFn, ItemImpl};

use crate::args::Args;
use crate::cache_functions::{args_of, take};
use crate::cached::{self, Block};
use crate::faults::Faults;
use crate::unfinished::{self, Bodies};

pub(crate) fn expand(args: TokenStream, item: &TokenStream) -> TokenStream {
    let item_impl = match unfinished::parse(item, Bodies::visit_item_impl_mut) {
        Ok(item_impl) => item_impl,
        Err(error) if unfinished::is_a("impl", item) => return unfinished::with_error(&error, item),
        Err(_) => {
            let message =
                "`#[cache_methods]` goes on an `impl`: functions take `#[cached]`, modules `#[cache_functions]`";
            let error = syn::Error::new(Span::call_site(), message).into_compile_error();
            return quote! { #error #item };
        }
    };
    let mut faults = Faults::default();
    let defaults = Args::parse(args, &mut faults);
    defaults.check_block(&mut faults);
    let block = Block {
        self_type: (*item_impl.self_ty).clone(),
        generics: item_impl.generics.clone(),
        of_trait: item_impl.trait_.as_ref().map(|(path, ..)| path.clone()),
    };

    let mut items = TokenStream::new();
    let mut companions = TokenStream::new();
    let mut uncached = TokenStream::new();
    let mut marked = 0;
    for item in &item_impl.items {
        let mut item = item.clone();
        let mut own_faults = Faults::default();
        let attribute = match &mut item {
            ImplItem::Fn(function) => mark(function, &mut own_faults),
            _ => None,
        };
        let (ImplItem::Fn(function), Some(attribute)) = (&item, attribute) else {
            item.to_tokens(&mut items);
            companions.extend(own_faults.or(()).err().map(syn::Error::into_compile_error));
            continue;
        };
        marked += 1;
        let own = args_of(attribute, &mut own_faults);
        if let Some(self_key) = own.self_key.as_ref().filter(|_| function.sig.receiver().is_none()) {
            faults.at(&self_key.name, "this function has no `self`: leave `self_key` out");
        }
        let args = own.or(&defaults);
        let mut method = as_function(function);
        block.qualify(&mut method);
        match cached::model(args, &method, Some(&block), own_faults) {
            Ok(model) => {
                let method = cached::method_tokens(&model);
                items.extend(method.wrapper);
                companions.extend(method.companions);
                uncached.extend(method.uncached);
            }
            Err(error) => {
                items.extend(function.to_token_stream());
                companions.extend(error.into_compile_error());
            }
        }
    }
    if marked == 0 {
        faults.add(syn::Error::new(
            Span::call_site(),
            "no method here is marked: `#[cached]` on those to cache, with arguments of their own or none",
        ));
    }
    let error = faults.or(()).err().map(syn::Error::into_compile_error);
    let expanded = assemble(&item_impl, &items, &companions, &uncached);
    quote!(#error #expanded)
}

/// A method, as free functions are parsed: the same, but for what only an `impl` has.
fn as_function(method: &ImplItemFn) -> ItemFn {
    ItemFn {
        attrs: method.attrs.clone(),
        vis: method.vis.clone(),
        modifiers: method.modifiers.clone(),
        sig: method.sig.clone(),
        block: Box::new(method.block.clone()),
    }
}

/// Takes the mark of a method to cache; reports others.
fn mark(method: &mut ImplItemFn, faults: &mut Faults) -> Option<Attribute> {
    let mark = take(&mut method.attrs, "cached");
    if let Some(again) = take(&mut method.attrs, "cached") {
        faults.at(&again, "this method is marked `#[cached]` twice: leave one out");
    }
    if let Some(uncached) = take(&mut method.attrs, "uncached") {
        faults.at(&uncached, "only methods marked `#[cached]` are cached: leave `#[uncached]` out");
    }
    mark
}

/// The `impl` as it was, and beside it one for the companions: there is no place for them in that of a trait, and in any
/// other they read better by themselves. Then one for the bodies that the user wrote, and wants to hear of.
fn assemble(
    item_impl: &ItemImpl,
    items: &TokenStream,
    companions: &TokenStream,
    uncached: &TokenStream,
) -> TokenStream {
    let ItemImpl { attrs, unsafety, impl_token, generics, trait_, self_ty, .. } = item_impl;
    let where_clause = &generics.where_clause;
    let of_trait = trait_.as_ref().map(|(path, for_token)| quote!(#path #for_token));
    let lints = trait_.as_ref().map(|_| quote!(#[allow(unreachable_pub, missing_docs)]));
    let everywhere = cached::everywhere(attrs);
    let beside = |allowed: TokenStream, functions: &TokenStream| {
        (!functions.is_empty()).then(|| {
            quote! {
                #(#everywhere)*
                #lints
                #allowed
                #impl_token #generics #self_ty #where_clause {
                    #functions
                }
            }
        })
    };
    let companions = beside(cached::allowed(), companions);
    // Of what a trait asks for, clippy does not say that it could be otherwise; nor is it to say so of the same elsewhere.
    let of_trait_only = of_trait.as_ref().map(|_| {
        quote! {
            clippy::fn_params_excessive_bools, clippy::needless_pass_by_value, clippy::ptr_arg, clippy::too_many_arguments,
            clippy::trivially_copy_pass_by_ref, clippy::unnecessary_wraps, clippy::unused_async, clippy::unused_self,
            clippy::wrong_self_convention
        }
    });
    let uncached = beside(quote!(#[allow(dead_code, #of_trait_only)]), uncached);
    quote! {
        #(#attrs)*
        #unsafety #impl_token #generics #of_trait #self_ty #where_clause {
            #items
        }
        #companions
        #uncached
    }
}
