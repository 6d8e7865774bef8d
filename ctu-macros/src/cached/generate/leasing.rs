//! Leases of the store.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::spanned::Spanned;

use super::{Parts, hidden};
use crate::cached::model::Store;

/// What the name of a runtime's function ends with, and its argument more, where the function takes leases.
pub(super) fn of_call(parts: &Parts<'_>) -> (&'static str, Option<TokenStream>) {
    let Some(leasing) = &parts.model.leasing else { return ("", None) };
    let private = &parts.private;
    let kind = if leasing.is_cluster { quote!(cluster) } else { quote!(strict) };
    let lasting = leasing.length.map(|millis| quote!(.lasting(#millis)));
    ("_leased", Some(quote!(#private::Leasing::#kind() #lasting,)))
}

/// The store in a call; where it has to have leases, written as the cache is, so that a message that it has none points
/// there.
pub(super) fn store(parts: &Parts<'_>) -> Ident {
    let mut store = hidden("store");
    if let (Some(_), Store::Given(cache)) = (&parts.model.leasing, &parts.model.store) {
        store.set_span(store.span().located_at(cache.span()));
    }
    store
}
