//! Where the results are stored.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Parts, hidden, key};
use crate::cached::model::{Key, Store};

/// Entries that a function's own store has room for, unless `capacity` says otherwise.
const DEFAULT_CAPACITY: usize = 10_000;

/// An expression for the store: a reference. Behind `let key`, which an erased store is found by.
pub(super) fn expr(parts: &Parts<'_>) -> TokenStream {
    let companion = &parts.model.companion;
    match &parts.model.store {
        Store::Given(cache) => quote!(&#cache),
        Store::Own { .. } if is_erased(parts) => {
            let key = hidden("key");
            quote!(#companion::__store(&#key))
        }
        Store::Own { .. } => quote!(#companion::__store()),
    }
}

/// `fn __store`, where the store is the function's own.
pub(super) fn function(parts: &Parts<'_>) -> TokenStream {
    let Store::Own { capacity } = &parts.model.store else { return TokenStream::new() };
    let (private, value) = (&parts.private, &parts.value);
    let capacity = capacity.as_ref().map_or_else(|| quote!(#DEFAULT_CAPACITY), |capacity| quote!(#capacity));
    let build = quote!(#private::MemoryCache::builder().capacity(#capacity).stats(false).build());
    if is_erased(parts) {
        // The type of the closure's key has no name, so the one store is kept without it.
        return quote! {
            #[doc(hidden)]
            fn __store<K>(_: &#private::Result<#private::Typed<K>>) -> &'static #private::MemoryCache<K::Owned, #value>
            where
                K: #private::CacheKey<Owned: ::core::marker::Send + ::core::marker::Sync + 'static>,
            {
                static STORE: #private::ErasedCell = #private::ErasedCell::new();
                STORE.get_or_init(|| #build)
            }
        };
    }
    let is_typed = matches!(parts.model.key, Key::Typed);
    let key = if is_typed { key::owned_tuple(parts) } else { quote!(#private::String) };
    let store = quote!(#private::MemoryCache<#key, #value>);
    quote! {
        #[doc(hidden)]
        fn __store() -> &'static #store {
            static STORE: #private::LazyLock<#store> = #private::LazyLock::new(|| #build);
            &STORE
        }
    }
}

/// Whether `__store` is found by the key's type.
pub(super) fn is_erased(parts: &Parts<'_>) -> bool {
    matches!((&parts.model.key, &parts.model.store), (Key::Closure(_), Store::Own { .. }))
}
