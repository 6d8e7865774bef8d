//! `__at`: from the arguments in the key to what all the others ask, prime, evict and call.
//!
//! It is the one place that names the store, makes the key and asks anything of the user's types. What it returns is
//! opaque, so that the rest compiles quickly and a trait that a type lacks is missed once.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprClosure, GenericParam, Ident, Lifetime, Type};

use super::{Parts, hidden, key, lifetime, ours_at, store};
use crate::cached::model::{Key, Param, Returns, Store};

/// What a store that was given is called where the user's names can be seen, too.
const GIVEN_STORE: &str = "__ctu_store";

/// `fn __at(s: &str, n: &usize) -> impl At<Value = String, Returned = String>`
pub(super) fn function(parts: &Parts<'_>) -> TokenStream {
    let (name, where_clause) = (parts.name("__at"), &parts.model.generics.where_clause);
    let (params, lifetimes) = params(parts);
    let generics = {
        let own = &parts.model.generics.params;
        let (regions, types): (Vec<_>, Vec<_>) =
            own.iter().partition(|param| matches!(param, GenericParam::Lifetime(_)));
        quote!(<#(#lifetimes,)* #(#regions,)* #(#types,)*>)
    };
    let (returned, alias) = (returned(parts, &lifetimes), check_alias(parts));
    let called = match &parts.model.store {
        Store::Own { .. } => called_in_own(parts),
        Store::Given(cache) => called_in_given(parts, cache),
    };
    quote! {
        #[doc(hidden)]
        #[allow(unused_braces, unused_parens, unused_qualifications, clippy::all, clippy::pedantic)]
        #[inline]
        fn #name #generics (#params) -> #returned
        #where_clause
        {
            #alias
            #called
        }
    }
}

/// `impl At<Value = String, Returned = String, Key = (String, usize)>`
fn returned(parts: &Parts<'_>, lifetimes: &[Lifetime]) -> TokenStream {
    let (model, value) = (parts.model, &parts.value);
    let at = match (model.is_async(), model.leasing.is_some()) {
        (false, false) => quote!(At),
        (false, true) => quote!(LeasedAt),
        (true, false) => quote!(AsyncAt),
        (true, true) => quote!(AsyncLeasedAt),
    };
    let name_of_key = if model.is_async() { quote!(Public) } else { quote!(Key) };
    let public = key::public(parts).map(|ty| quote!(, #name_of_key = #ty));
    let span = match &model.store {
        Store::Given(cache) => cache.span(),
        Store::Own { .. } => key::named_part(parts).map_or_else(Span::call_site, |param| param.key_type.span()),
    };
    let (known, captured) = (parts.private_at(span), captured(parts, lifetimes, span));
    // What says nothing of lifetimes is of our edition, whichever the user's is: in older ones it would capture none.
    let ours = if captured.is_none() { ours_at(span) } else { span };
    let output = &model.output;
    quote_spanned!(ours=> impl #known::#at<Value = #value, Returned = #output #public> #captured)
}

/// `values::<String, _>().called::<Whole, String, ..>(repeat::__site(), Ok(Args((s, n))), ShareAll, Lasts(Ttl::Default))`
fn called_in_own(parts: &Parts<'_>) -> TokenStream {
    let (output, returns) = (&parts.model.output, &parts.returns);
    let (prelude, key) = key::expr(parts);
    let (share, lifetime) = (share(parts), lifetime::tokens(parts));
    let site = parts.call_of_kept("__site", &TokenStream::new());
    let capacity = store::capacity_of_nameless(parts);
    let asked = {
        let (values, asyncness) = (store::values(parts), parts.model.is_async().then_some("_async"));
        let nameless = capacity.as_ref().map(|_| "_nameless");
        let called = quote::format_ident!("called{}{}", nameless.unwrap_or_default(), asyncness.unwrap_or_default());
        parts.about_kept(quote!(#values.#called))
    };
    let args = parts.about_kept(quote!((#site, #capacity #key, #share, #lifetime)));
    // What can be found by itself: the types of the store, unless it has none, of the key, and of the last two.
    let found = if capacity.is_some() { quote!(_, _, _) } else { quote!(_, _, _, _) };
    quote! {
        #prelude
        #asked::<#returns, #output, #found>#args
    }
}

/// `called::<Whole, String, Text, ..>(site, Borrowed(&CACHE), key, ShareAll, Lasts(Ttl::Default))`
fn called_in_given(parts: &Parts<'_>, cache: &Expr) -> TokenStream {
    let (output, returns) = (&parts.model.output, &parts.returns);
    let (prelude, key_expr) = key::expr(parts);
    let (share, lifetime) = (share(parts), lifetime::tokens(parts));
    let (site, key) = (hidden("site"), hidden("key"));
    let site_expr = parts.call_of_kept("__site", &TokenStream::new());
    // Of the user's own place: else the compiler shows the whole attribute for what is wrong with it.
    let (store, store_expr) = (given_store(cache, parts), store::given(cache, parts));
    let span = store.span();
    let called = match (parts.model.is_async(), parts.model.leasing.is_some()) {
        (false, false) => "called",
        (false, true) => "called_leased",
        (true, false) => "called_async",
        (true, true) => "called_leased_async",
    };
    let (private, called) = (parts.private_at(span), Ident::new(called, span));
    // Named where it can be, so that the compiler can name it, too.
    let lookup = if matches!(parts.model.key, Key::Typed) { quote!(_) } else { quote!(#private::Text) };
    let called = quote_spanned! {span=>
        #private::#called::<#returns, #output, #lookup, _, _, _>(#site, #store, #key, #share, #lifetime)
    };
    quote! {
        #prelude
        let #site = #site_expr;
        let #key = #key_expr;
        let #store = #store_expr;
        #called
    }
}

/// The store that was given, at its own place; and as what is returned is, so that what both lack is said once.
fn given_store(cache: &Expr, parts: &Parts<'_>) -> Ident {
    let span = cache.span();
    Ident::new(GIVEN_STORE, if matches!(parts.model.key, Key::Typed) { ours_at(span) } else { span })
}

/// A call of it.
pub(super) fn call(parts: &Parts<'_>) -> TokenStream {
    let turbofish = super::turbofish(parts.model);
    let receiver = parts.receiver().map(|this| quote!(#this,));
    let args = parts.model.key_params().map(Param::borrowed);
    let args = quote!(#receiver #(#args),*);
    if turbofish.is_none() {
        return parts.call_of_kept("__at", &args);
    }
    let function = parts.path("__at");
    quote!(#function #turbofish(#args))
}

/// The arguments in the key, each as a reference, and the lifetimes that are given a name: those that a call's key may
/// borrow for.
fn params(parts: &Parts<'_>) -> (TokenStream, Vec<Lifetime>) {
    let mut lifetimes = Vec::new();
    let receiver = parts.receiver().map(|this| {
        let lifetime = named("self");
        let receiver = quote!(&#lifetime #this,);
        lifetimes.push(lifetime);
        receiver
    });
    let params: Vec<_> = parts
        .model
        .key_params()
        .enumerate()
        .map(|(index, param)| {
            let (name, key_type) = (&param.name, &param.key_type);
            let lifetime = match &param.ty {
                Type::Reference(reference) if param.is_ref => reference.lifetime.clone().unwrap_or_else(|| {
                    let lifetime = named(&index.to_string());
                    lifetimes.push(lifetime.clone());
                    lifetime
                }),
                // A text does not borrow from what the body is to get.
                _ => return quote!(#name: &#key_type),
            };
            quote!(#name: &#lifetime #key_type)
        })
        .collect();
    (quote!(#receiver #(#params),*), lifetimes)
}

fn named(what: &str) -> Lifetime {
    Lifetime::new(&format!("'ctu_{what}"), Span::call_site())
}

/// `+ use<..>`: a typed key borrows from all arguments; any other leaves those that are taken by value to the body.
fn captured(parts: &Parts<'_>, lifetimes: &[Lifetime], span: Span) -> Option<TokenStream> {
    if matches!(parts.model.key, Key::Typed) {
        return None;
    }
    let block = parts.model.block().map(|block| &block.generics);
    let all = || block.into_iter().chain([&parts.model.generics]).flat_map(|generics| &generics.params);
    let regions = all().filter_map(|param| match param {
        GenericParam::Lifetime(param) => Some(&param.lifetime),
        _ => None,
    });
    let types = all().filter_map(|param| match param {
        GenericParam::Lifetime(_) => None,
        GenericParam::Type(param) => Some(&param.ident),
        GenericParam::Const(param) => Some(&param.ident),
    });
    Some(quote_spanned!(span=> + use<#(#lifetimes,)* #(#regions,)* #(#types,)*>))
}

/// What of a result is handed to other callers who wait for it: as much as its type allows.
fn share(parts: &Parts<'_>) -> TokenStream {
    let (private, returns, output) = (&parts.private, &parts.returns, &parts.model.output);
    if !parts.model.is_coalescing {
        return quote!(#private::ShareNothing);
    }
    if let (Returns::Whole { .. }, Store::Own { .. }) = (&parts.model.returns, &parts.model.store) {
        // What a store in memory takes can be shared.
        return quote!(#private::ShareAll);
    }
    quote! {{
        #[allow(unused_imports)]
        use #private::{SharesAll as _, SharesNothing as _, SharesValue as _};
        (&&&#private::Sharing::<#returns, #output>::new()).share()
    }}
}

/// A statement that does nothing but fail to compile where the return type is a `Result` under another name.
fn check_alias(parts: &Parts<'_>) -> Option<TokenStream> {
    let (private, output) = (&parts.private, &parts.model.output);
    match &parts.model.returns {
        Returns::Whole { is_sure: false } => Some(quote_spanned! {output.span()=> {
            #[allow(unused_imports)]
            use #private::{IsPlain as _, IsResult as _};
            #private::check_plain(&(&#private::Returned::<#output>::new()).kind());
        }}),
        _ => None,
    }
}

/// A user's expression, where arguments taken by value are at hand as references: `n` becomes `(*n)`.
pub(super) fn by_reference(expr: &Expr, parts: &Parts<'_>) -> Expr {
    let mut expr = expr.clone();
    Dereference::of(parts).visit_expr_mut(&mut expr);
    expr
}

/// The same for a closure: what it calls its own parameters stays.
pub(super) fn closure_by_reference(closure: &ExprClosure, parts: &Parts<'_>) -> ExprClosure {
    let mut closure = closure.clone();
    Dereference::of(parts).visit_expr_closure_mut(&mut closure);
    closure
}

struct Dereference<'p>(Vec<&'p syn::Ident>);

impl<'p> Dereference<'p> {
    fn of(parts: &Parts<'p>) -> Self {
        Self(parts.model.key_params().filter(|param| !param.is_ref).map(|param| &param.name).collect())
    }
}

impl VisitMut for Dereference<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Path(path) = expr
            && let Some(name) = path.path.get_ident()
            && self.0.contains(&name)
        {
            *expr = syn::parse_quote!((*#name));
            return;
        }
        visit_mut::visit_expr_mut(self, expr);
    }

    fn visit_expr_closure_mut(&mut self, closure: &mut ExprClosure) {
        struct Bound(Vec<syn::Ident>);
        impl syn::visit::Visit<'_> for Bound {
            fn visit_pat_ident(&mut self, pat: &syn::PatIdent) {
                self.0.push(pat.ident.clone());
            }
        }
        let mut bound = Bound(Vec::new());
        closure.inputs.iter().for_each(|pat| syn::visit::Visit::visit_pat(&mut bound, pat));
        let free = self.0.iter().filter(|name| !bound.0.contains(name)).copied().collect();
        Dereference(free).visit_expr_mut(&mut closure.body);
    }

    fn visit_field_value_mut(&mut self, field: &mut syn::FieldValue) {
        // `Point { x }`
        if field.colon_token.is_none() {
            field.colon_token = Some(syn::Token![:](field.span()));
        }
        visit_mut::visit_field_value_mut(self, field);
    }
}
