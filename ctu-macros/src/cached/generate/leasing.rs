//! Leases of the store.

use proc_macro2::TokenStream;
use quote::quote;

use super::Parts;

/// What the name of a runtime's function ends with, and its argument more, where the function takes leases.
pub(super) fn of_call(parts: &Parts<'_>) -> (&'static str, Option<TokenStream>) {
    let Some(leasing) = &parts.model.leasing else { return ("", None) };
    let private = &parts.private;
    let kind = if leasing.is_cluster { quote!(cluster) } else { quote!(strict) };
    let lasting = leasing.length.map(|millis| quote!(.lasting(#millis)));
    ("_leased", Some(quote!(#private::Leasing::#kind() #lasting,)))
}
