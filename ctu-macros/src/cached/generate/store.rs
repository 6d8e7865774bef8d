//! Where the results are stored.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Lifetime, Type};

use super::{Parts, hidden, key};
use crate::cached::model::{Key, Store};

/// Entries that a function's own store has room for, unless `capacity` says otherwise.
const DEFAULT_CAPACITY: usize = 10_000;

/// An expression for the store: a reference. Behind `let key`, which an erased store is found by.
pub(super) fn expr(parts: &Parts<'_>) -> TokenStream {
    let function = parts.path("__store");
    match &parts.model.store {
        Store::Given(cache) => quote!(&#cache),
        Store::Own { .. } if is_erased(parts) => {
            let key = hidden("key");
            quote!(#function(&#key))
        }
        Store::Own { .. } => quote!(#function()),
    }
}

/// `fn __store`, where the store is the function's own.
pub(super) fn function(parts: &Parts<'_>) -> TokenStream {
    let Store::Own { capacity } = &parts.model.store else { return TokenStream::new() };
    let (private, function) = (&parts.private, parts.name("__store"));
    let value = outside(&parts.value, parts);
    let capacity = capacity.as_ref().map_or_else(|| quote!(#DEFAULT_CAPACITY), |capacity| quote!(#capacity));
    let build = quote!(#private::MemoryCache::builder().capacity(#capacity).stats(false).private().build());
    if parts.model.is_generic() {
        // A static can't name the types, so there is one store for all of them, in which they never meet.
        return quote! {
            #[doc(hidden)]
            fn #function() -> &'static #private::SharedMemory {
                static STORE: #private::LazyLock<#private::SharedMemory> = #private::LazyLock::new(|| {
                    #private::SharedMemory::builder().capacity(#capacity).stats(false).private().build()
                });
                &STORE
            }
        };
    }
    if is_erased(parts) {
        // The type of a closure's value or of a `self_key` has no name, so the one store is kept without it.
        return quote! {
            #[doc(hidden)]
            fn #function<L>(
                _: &#private::Result<L>,
            ) -> &'static #private::MemoryCache<<L::Key as #private::CacheKey>::Owned, #value>
            where
                L: #private::Lookup<
                    Key: #private::CacheKey<Owned: ::core::marker::Send + ::core::marker::Sync + 'static>,
                >,
            {
                static STORE: #private::ErasedCell = #private::ErasedCell::new();
                STORE.get_or_init(|| #build)
            }
        };
    }
    let is_typed = matches!(parts.model.key, Key::Typed);
    let key = if is_typed { outside(&key::owned_tuple(parts), parts) } else { quote!(#private::String) };
    let store = quote!(#private::MemoryCache<#key, #value>);
    let interface = interface(parts);
    let checks = super::checks(parts);
    quote! {
        #[doc(hidden)]
        fn #function() -> &'static (#interface) {
            #checks
            static STORE: #private::LazyLock<#store> = #private::LazyLock::new(|| #build);
            &STORE
        }
    }
}

/// What the other functions see of the store: an opaque type, so that a trait that the user's types lack is missed in
/// one place and not in each of them.
fn interface(parts: &Parts<'_>) -> TokenStream {
    let private = &parts.private;
    let value = outside(&parts.value, parts);
    let (lifetimes, key) = match &parts.model.key {
        Key::Typed => {
            let (lifetimes, types): (Vec<_>, Vec<_>) = parts
                .model
                .key_params()
                .enumerate()
                .map(|(index, param)| {
                    let lifetime = Lifetime::new(&format!("'k{index}"), Span::call_site());
                    let key_type = &param.key_type;
                    let ty = outside(&quote!(#key_type), parts);
                    (lifetime.clone(), quote!(&#lifetime #ty))
                })
                .unzip();
            (quote!(for<#(#lifetimes),*>), quote!(#private::Args<(#(#types,)*)>))
        }
        _ => (TokenStream::new(), quote!(::core::primitive::str)),
    };
    let cache = if parts.model.is_async() { quote!(AsyncCache) } else { quote!(Cache) };
    quote!(impl #lifetimes #private::#cache<#key, #value> + #private::Store)
}

/// Whether `__store` is found by the key's type.
pub(super) fn is_erased(parts: &Parts<'_>) -> bool {
    let is_nameless = match &parts.model.key {
        Key::Closure(_) => true,
        Key::Typed => parts.model.self_key.is_some(),
        _ => false,
    };
    is_nameless && matches!(parts.model.store, Store::Own { .. }) && !parts.model.is_generic()
}

/// A type, as it can be written in a static of a method.
fn outside(ty: &TokenStream, parts: &Parts<'_>) -> TokenStream {
    match (parts.model.block(), syn::parse2::<Type>(ty.clone())) {
        (Some(block), Ok(ty)) => block.without_self(&ty).into_token_stream(),
        _ => ty.clone(),
    }
}
