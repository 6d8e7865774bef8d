//! A function that can be memoized, and how: whatever is in here can be expanded.

use proc_macro2::TokenStream;
use syn::{Expr, ExprClosure, Generics, Ident, LitStr, Path, Signature, Type, Visibility};

use super::attributes::Attributes;
use super::block::Block;
use super::leasing::Leasing;
use super::policy::Policy;
use crate::args::Lifetime;
use crate::template::Template;

pub(crate) struct Model {
    /// Where the generated code finds the library: `::ctu`, unless `crate = ..` says otherwise.
    pub(crate) krate: Path,
    pub(crate) attributes: Attributes,
    pub(crate) vis: Visibility,
    /// As written; for the original body.
    pub(crate) original: Signature,
    pub(crate) body: syn::Block,
    pub(crate) generics: Generics,
    pub(crate) place: Place,
    /// What tells objects apart, first in the key.
    pub(crate) self_key: Option<Expr>,
    pub(crate) params: Vec<Param>,
    /// What the function returns; `()` where it says nothing.
    pub(crate) output: Type,
    pub(crate) returns: Returns,
    pub(crate) store: Store,
    pub(crate) key: Key,
    pub(crate) lifetime: Option<Lifetime>,
    pub(crate) cache_if: Option<Expr>,
    /// Whether to compute anew, asked of the arguments.
    pub(crate) refresh_if: Option<Expr>,
    /// Whether callers of one key at the same time compute once.
    pub(crate) is_coalescing: bool,
    pub(crate) leasing: Option<Leasing>,
    pub(crate) prefix: Prefix,
    pub(crate) policy: Policy,
}

/// Where the function stands, and so where its companions go.
pub(crate) enum Place {
    /// At module level or in a function's body: companions are functions of a type.
    Free { companion: Ident },
    /// In an `impl`: companions are functions of the same type, their names made of the method's.
    Method(Box<Method>),
}

pub(crate) struct Method {
    pub(crate) block: Block,
    /// Whether it has `&self`.
    pub(crate) has_self: bool,
    /// How companions' names begin.
    pub(crate) companion: Ident,
}

/// An argument.
pub(crate) struct Param {
    /// Its name in the generated functions: as written, or one of ours where it was a pattern.
    pub(crate) name: Ident,
    /// Whether the name is the user's.
    pub(crate) is_named: bool,
    /// As written.
    pub(crate) ty: Type,
    /// What a key borrows: the type itself, or what it refers to.
    pub(crate) key_type: Type,
    /// Whether it is a reference already.
    pub(crate) is_ref: bool,
    /// Whether the key leaves it out.
    pub(crate) skipped: bool,
    /// The name at the place where the attribute says so, if it does: what renames the one finds the other.
    pub(crate) mention: Ident,
}

/// What of the return value is stored.
pub(crate) enum Returns {
    /// It is known to be all of it.
    Whole { is_sure: bool },
    /// Only `Ok`.
    OkOnly,
}

pub(crate) enum Store {
    /// The function's own, in memory, for this many entries.
    Own { capacity: Option<Expr> },
    /// One that others may use too.
    Given(Expr),
}

pub(crate) enum Key {
    Typed,
    Json,
    Hash,
    Template(Template),
    Closure(ExprClosure),
}

/// What is put before the keys in a store that others use too.
pub(crate) enum Prefix {
    /// The path of the function's module, its name, and eight digits that change with its types and version.
    Stable {
        name: String,
        digits: String,
    },
    Literal(LitStr),
}

impl Model {
    pub(crate) fn is_async(&self) -> bool {
        self.original.asyncness.is_some()
    }

    /// Whether there are types, of the function or the `impl`, that make functions of their own of it.
    pub(crate) fn is_generic(&self) -> bool {
        let has_types =
            |generics: &Generics| generics.params.iter().any(|param| !matches!(param, syn::GenericParam::Lifetime(_)));
        has_types(&self.generics) || self.block().is_some_and(|block| has_types(&block.generics))
    }

    pub(crate) fn method(&self) -> Option<&Method> {
        match &self.place {
            Place::Free { .. } => None,
            Place::Method(method) => Some(method),
        }
    }

    pub(crate) fn block(&self) -> Option<&Block> {
        self.method().map(|method| &method.block)
    }

    /// The arguments that are in the key.
    pub(crate) fn key_params(&self) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(|param| !param.skipped)
    }
}

impl Param {
    /// Whether it refers to what is there for good.
    pub(crate) fn is_static(&self) -> bool {
        let is_static =
            |reference: &syn::TypeReference| reference.lifetime.as_ref().is_some_and(|at| at.ident == "static");
        matches!(&self.ty, Type::Reference(reference) if is_static(reference))
    }

    /// The argument as a reference.
    pub(crate) fn borrowed(&self) -> TokenStream {
        let name = &self.name;
        if self.is_ref { quote::quote!(#name) } else { quote::quote!(&#name) }
    }
}
