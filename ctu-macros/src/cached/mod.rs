//! `#[cached]` on a function: parse, validate, generate.

mod attributes;
mod block;
mod generate;
mod leasing;
mod model;
mod policy;
mod prefix;
mod self_key;
mod signature;
mod validate;

pub(crate) use block::Block;
pub(crate) use generate::{allowed, method_tokens};
pub(crate) use validate::model;

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemFn;
use syn::visit_mut::VisitMut as _;

use crate::args::Args;
use crate::faults::Faults;
use crate::unfinished::{self, Bodies};

/// The expansion; or the faults, beside the function as it was, so that nothing else goes wrong for lack of it.
pub(crate) fn expand(args: TokenStream, item: &TokenStream) -> TokenStream {
    let function = match unfinished::parse(item, Bodies::visit_item_fn_mut) {
        Ok(function) => function,
        Err(error) => return not_a_function(error, item),
    };
    let mut faults = Faults::default();
    let args = Args::parse(args, &mut faults);
    function_tokens(args, &function, faults)
}

/// Of an `impl`'s attributes, those that hold for its companions too.
pub(crate) fn everywhere(attributes: &[syn::Attribute]) -> Vec<syn::Attribute> {
    attributes::Attributes::everywhere(attributes)
}

/// The same for a function and arguments that were read.
pub(crate) fn function_tokens(args: Args, function: &ItemFn, faults: Faults) -> TokenStream {
    match validate::model(args, function, None, faults) {
        Ok(model) => generate::tokens(&model),
        Err(error) => {
            let error = error.into_compile_error();
            quote! { #error #function }
        }
    }
}

fn not_a_function(error: syn::Error, item: &TokenStream) -> TokenStream {
    let message = if syn::parse2::<syn::ItemImpl>(item.clone()).is_ok() {
        "`#[cached]` goes on a function: in an `impl` marked `#[cache_methods]`, on each method to cache"
    } else if syn::parse2::<syn::ItemMod>(item.clone()).is_ok() {
        "`#[cached]` goes on a function: `#[cache_functions]` is for all functions of a module"
    } else if syn::parse2::<syn::TraitItemFn>(item.clone()).is_ok() {
        "`#[cached]` needs a function with a body: put it on the implementation"
    } else if unfinished::is_a("fn", item) {
        return with_error(error, item);
    } else {
        "`#[cached]` goes on a function"
    };
    with_error(syn::Error::new(proc_macro2::Span::call_site(), message), item)
}

fn with_error(error: syn::Error, item: &TokenStream) -> TokenStream {
    let error = error.into_compile_error();
    quote! { #error #item }
}
