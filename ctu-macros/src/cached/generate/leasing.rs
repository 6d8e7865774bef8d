//! Leases of the store.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Parts, compute_call};

/// The leases that the function takes, if it does.
pub(super) fn leasing(parts: &Parts<'_>) -> Option<TokenStream> {
    let leasing = parts.model.leasing.as_ref()?;
    let private = &parts.private;
    let kind = if leasing.is_cluster { quote!(cluster) } else { quote!(strict) };
    let lasting = leasing.length.map(|millis| quote!(.lasting(#millis)));
    Some(quote!(#private::Leasing::#kind() #lasting))
}

/// A call of the runtime's `call` or `refresh`, with leases where the function takes them.
pub(super) fn call(parts: &Parts<'_>, function: &str) -> TokenStream {
    match leasing(parts) {
        None => compute_call(parts, ("At", function), None),
        Some(leasing) => compute_call(parts, ("LeasedAt", &format!("{function}_leased")), Some(&leasing)),
    }
}
