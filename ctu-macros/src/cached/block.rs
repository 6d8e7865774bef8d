//! The `impl` that a method stands in.

use proc_macro2::TokenStream;
use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{Generics, Ident, ItemFn, Lifetime, Path, TraitBound, Type, TypeFnPtr, TypePath, TypeReference, parse_quote};

/// What a method's expansion needs to know of its `impl`.
#[derive(Clone)]
pub(crate) struct Block {
    pub(crate) self_type: Type,
    pub(crate) generics: Generics,
    /// The trait that it implements.
    pub(crate) of_trait: Option<Path>,
}

impl Block {
    /// How its methods are called in keys and logs: `Type` or `<Type as Trait>`, by last names.
    pub(crate) fn name(&self) -> String {
        let name = match &self.self_type {
            Type::Path(path) => last_name(&path.path),
            _ => String::from("impl"),
        };
        match &self.of_trait {
            Some(of_trait) => format!("<{name} as {}>", last_name(of_trait)),
            None => name,
        }
    }

    /// What tells this `impl` from another of the same name: its types, as tokens.
    pub(crate) fn identity(&self) -> TokenStream {
        let (self_type, of_trait) = (&self.self_type, &self.of_trait);
        quote!(#self_type #of_trait)
    }

    /// The type, as it can be written where `Self` can't, such as in a static.
    pub(crate) fn without_self(&self, ty: &Type) -> Type {
        let mut ty = ty.clone();
        WithoutSelf(self).visit_type_mut(&mut ty);
        Lasting.visit_type_mut(&mut ty);
        ty
    }

    /// The `impl`'s type without its lifetimes, which are no part of what tells types apart.
    pub(crate) fn lasting(&self) -> Type {
        let mut ty = self.self_type.clone();
        Lasting.visit_type_mut(&mut ty);
        ty
    }

    /// Makes each `Self::Item` in a method say of which trait, so that all of it can stand in an inherent `impl`, too.
    pub(crate) fn qualify(&self, method: &mut ItemFn) {
        if let Some(of_trait) = &self.of_trait {
            Qualify(of_trait).visit_item_fn_mut(method);
        }
    }
}

fn last_name(path: &Path) -> String {
    path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default()
}

fn begins_with_self(path: &TypePath) -> bool {
    path.qself.is_none() && path.path.leading_colon.is_none() && path.path.segments.first().is_some_and(is_self)
}

fn is_self(segment: &syn::PathSegment) -> bool {
    segment.ident == "Self"
}

struct WithoutSelf<'b>(&'b Block);

impl VisitMut for WithoutSelf<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Path(path) = ty
            && begins_with_self(path)
        {
            let self_type = &self.0.self_type;
            let rest: Vec<Ident> = path.path.segments.iter().skip(1).map(|segment| segment.ident.clone()).collect();
            *ty = match (&rest[..], &self.0.of_trait) {
                ([], _) => self_type.clone(),
                (rest, Some(of_trait)) => parse_quote!(<#self_type as #of_trait>::#(#rest)::*),
                (rest, None) => parse_quote!(<#self_type>::#(#rest)::*),
            };
            return;
        }
        visit_mut::visit_type_mut(self, ty);
    }
}

/// Has every lifetime be `'static`.
struct Lasting;

impl VisitMut for Lasting {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        lifetime.ident = Ident::new("static", lifetime.ident.span());
    }

    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        let and = reference.and_token.span;
        reference.lifetime.get_or_insert_with(|| Lifetime::new("'static", and));
        visit_mut::visit_type_reference_mut(self, reference);
    }

    // A lifetime of its own, such as `for<'a> fn(&'a str)`.
    fn visit_type_fn_ptr_mut(&mut self, _: &mut TypeFnPtr) {}

    fn visit_trait_bound_mut(&mut self, bound: &mut TraitBound) {
        if bound.lifetimes.is_none() {
            visit_mut::visit_trait_bound_mut(self, bound);
        }
    }
}

struct Qualify<'b>(&'b Path);

impl VisitMut for Qualify<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Path(path) = ty
            && begins_with_self(path)
            && path.path.segments.len() == 2
        {
            let of_trait = self.0;
            let item = &path.path.segments[1];
            *ty = parse_quote!(<Self as #of_trait>::#item);
            return;
        }
        visit_mut::visit_type_mut(self, ty);
    }
}
