//! Leases of the store.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Parts, compute_call};

/// A call of the runtime's `call` or `refresh`, with leases where the function takes them.
pub(super) fn call(parts: &Parts<'_>, function: &str) -> TokenStream {
    let Some(leasing) = &parts.model.leasing else { return compute_call(parts, ("At", function), None) };
    let private = &parts.private;
    let kind = if leasing.is_cluster { quote!(cluster) } else { quote!(strict) };
    let lasting = leasing.length.map(|millis| quote!(.lasting(#millis)));
    let leasing = quote!(#private::Leasing::#kind() #lasting);
    compute_call(parts, ("LeasedAt", &format!("{function}_leased")), Some(&leasing))
}
