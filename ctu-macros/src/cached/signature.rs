//! What of a signature can be memoized.

use quote::format_ident;
use syn::visit::Visit;
use syn::{
    FnArg, GenericArgument, Ident, Lifetime, Pat, PatIdent, PathArguments, ReceiverKind, ReturnType, Safety, Signature,
    Type, TypeImplTrait, TypeParamBound, parse_quote,
};

use super::model::Param;
use crate::faults::Faults;

/// As many as `Args` has room for.
const MAX_KEY_ARGS: usize = 12;

/// Reports what no cached function may be.
pub(crate) fn check_form(signature: &Signature, faults: &mut Faults) {
    if let Some(token) = &signature.constness {
        faults.at(token, "a `const fn` can't be cached, as a cache is not const: leave `const` out, or `#[cached]`");
    }
    if let Safety::Unsafe(token) = &signature.safety {
        faults.at(
            token,
            "an `unsafe fn` can't be cached: a hit would skip what its caller promises; cache a safe function around it",
        );
    }
    if let Some(abi) = &signature.abi {
        faults.at(abi, "a function with a foreign ABI can't be cached: cache a Rust function that it calls");
    }
    if let Some(variadic) = &signature.variadic {
        faults.at(variadic, "a variadic function can't be cached: its arguments can't be named in a key");
    }
}

/// Reports `self` where it can't be, or can't be as it is.
pub(crate) fn check_receiver(signature: &Signature, is_method: bool, faults: &mut Faults) {
    let Some(receiver) = signature.receiver() else {
        if !is_method && let Some(self_type) = find_self_type(signature) {
            faults.at(
                &self_type,
                "to cache an associated function, mark its `impl` with `#[cache_methods]`, and the function with `#[cached]`",
            );
        }
        return;
    };
    if !is_method {
        faults.at(
            receiver,
            "to cache a method, mark its `impl` with `#[cache_methods]`, and the method with `#[cached]`",
        );
        return;
    }
    let message = match &receiver.kind {
        ReceiverKind::Reference(_, _, None) => return,
        ReceiverKind::Reference(..) => {
            "a hit would not change the object: take `&self`, or leave the method out, without `#[cached]`"
        }
        _ => "a cached method takes `&self`: a key borrows from the object while the method runs",
    };
    faults.at(receiver, message);
}

/// `Self`, which there is in an `impl` only.
fn find_self_type(signature: &Signature) -> Option<Ident> {
    struct Finder(Option<Ident>);
    impl Visit<'_> for Finder {
        fn visit_ident(&mut self, found: &Ident) {
            if found == "Self" {
                self.0.get_or_insert_with(|| found.clone());
            }
        }
    }
    let mut finder = Finder(None);
    finder.visit_signature(signature);
    finder.0
}

/// The arguments, with a name for each.
pub(crate) fn params(signature: &Signature, skip: &[Ident], faults: &mut Faults) -> Vec<Param> {
    let mut params = Vec::new();
    for (index, input) in signature.inputs.iter().enumerate() {
        match input {
            FnArg::Receiver(_) => {}
            FnArg::Typed(typed) => {
                let (name, is_named) = name(&typed.pat, index);
                let skip = skip.iter().find(|skip| **skip == name);
                let mut mention = name.clone();
                mention.set_span(skip.map_or(name.span(), |skip| name.span().located_at(skip.span())));
                let (key_type, is_ref) = match &*typed.ty {
                    Type::Reference(reference) if reference.mutability.is_none() => ((*reference.elem).clone(), true),
                    ty => (ty.clone(), false),
                };
                let skipped = skip.is_some();
                params.push(Param { name, is_named, ty: (*typed.ty).clone(), key_type, is_ref, skipped, mention });
            }
        }
    }
    for unknown in skip.iter().filter(|name| !params.iter().any(|param| param.name == **name)) {
        faults.at(unknown, format!("there is no argument `{unknown}` to skip"));
    }
    params
}

/// The argument's name, and whether it has one: a pattern gets one of ours.
fn name(pat: &Pat, index: usize) -> (Ident, bool) {
    if let Pat::Ident(PatIdent { ident, subpat: None, .. }) = pat {
        return (ident.clone(), true);
    }
    let mut name = format_ident!("arg{index}");
    name.set_span(proc_macro2::Span::mixed_site());
    (name, false)
}

/// Reports arguments that can't be in a key, of whatever kind.
pub(crate) fn check_params(params: &[Param], faults: &mut Faults) {
    for param in params {
        if let Some(impl_trait) = find_impl_trait(&param.ty) {
            faults.at(
                &impl_trait,
                "an `impl Trait` argument can't be cached yet: name the type, such as `&str` for `impl AsRef<str>`",
            );
        } else if let Type::Reference(reference) = &param.ty
            && reference.mutability.is_some()
            && !param.skipped
        {
            faults.at(
                &param.ty,
                format!(
                    "a hit would not change what `&mut` refers to: return the change instead, or, if the result does not \
                     depend on it, `skip({})`",
                    param.name
                ),
            );
        }
    }
}

/// Reports the argument that is one too many for a key made of all of them.
pub(crate) fn check_count(params: &[Param], with_self_key: bool, faults: &mut Faults) {
    if let Some(param) = params.iter().filter(|param| !param.skipped).nth(MAX_KEY_ARGS - usize::from(with_self_key)) {
        faults.at(
            &param.ty,
            format!("a key has room for {MAX_KEY_ARGS} arguments: take a struct, or make the key with `key = |..| ..`"),
        );
    }
}

/// Reports arguments that borrow in a way that an owned key can't.
pub(crate) fn check_typed(params: &[Param], faults: &mut Faults) {
    let is_changed = |param: &Param| matches!(&param.ty, Type::Reference(reference) if reference.mutability.is_some());
    for param in params.iter().filter(|param| !param.skipped && !is_changed(param)) {
        if let Some(borrow) = find_borrow(&param.key_type) {
            let name = &param.name;
            faults.add(syn::Error::new(
                borrow,
                format!(
                    "a typed key has to outlive the call, and this borrows inside `{name}`: take an owned type, or make \
                     the key a text with `key = json`, or leave the argument out of it with `skip({name})`"
                ),
            ));
        }
    }
}

/// The return type; reports one that can't be stored.
pub(crate) fn output(signature: &Signature, faults: &mut Faults) -> Type {
    let ReturnType::Type(_, ty) = &signature.output else { return parse_quote!(()) };
    if let Some(impl_trait) = find_impl_trait(ty) {
        let is_future = |bound: &TypeParamBound| matches!(bound, TypeParamBound::Trait(bound) if bound.path.segments.last().is_some_and(|last| last.ident == "Future"));
        let message = if impl_trait.bounds.iter().any(is_future) {
            "a future can't be cached, but what comes of it: make this an `async fn`"
        } else {
            "a cached value needs a type that can be named: return that, or a `Vec` of what an iterator yields"
        };
        faults.at(&impl_trait, message);
    } else if let Some(borrow) = find_borrow(ty) {
        faults.add(syn::Error::new(
            borrow,
            "a cached value outlives the call, so it can't borrow: return an owned type (`String` or `Arc<str>` for `&str`)",
        ));
    } else if matches!(&**ty, Type::Never(_)) {
        faults.at(&**ty, "a function that never returns has no result to cache");
    }
    (**ty).clone()
}

/// Whether it is, by its name, a type of the language or of the standard library that lacks nothing to be cached or to be
/// in a key, so that nothing needs to be asked of it.
pub(crate) fn is_plain(ty: &Type) -> bool {
    const NAMES: [&str; 16] = [
        "String", "bool", "char", "i128", "i16", "i32", "i64", "i8", "isize", "str", "u128", "u16", "u32", "u64", "u8",
        "usize",
    ];
    let Type::Path(path) = ty else { return false };
    let (None, None, [only]) =
        (&path.qself, &path.path.leading_colon, &path.path.segments.iter().collect::<Vec<_>>()[..])
    else {
        return false;
    };
    match &only.arguments {
        PathArguments::None => NAMES.iter().any(|name| only.ident == name),
        PathArguments::AngleBracketed(arguments) => {
            (only.ident == "Option" || only.ident == "Vec")
                && arguments.args.iter().all(|argument| matches!(argument, GenericArgument::Type(ty) if is_plain(ty)))
        }
        PathArguments::Parenthesized(_) => false,
    }
}

/// Whether it is surely a type of the language or of the standard library, and no `Result`.
pub(crate) fn is_of_std(ty: &Type) -> bool {
    const NAMES: [&str; 26] = [
        "Arc", "BTreeMap", "BTreeSet", "Box", "HashMap", "HashSet", "Option", "Rc", "String", "Vec", "bool", "char",
        "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "u128", "u16", "u32", "u64", "u8", "usize",
    ];
    match ty {
        Type::Path(path) => path.path.segments.last().is_some_and(|last| NAMES.iter().any(|name| last.ident == name)),
        Type::Array(_) | Type::Reference(_) | Type::Slice(_) | Type::Tuple(_) => true,
        _ => false,
    }
}

fn find_impl_trait(ty: &Type) -> Option<TypeImplTrait> {
    struct Finder(Option<TypeImplTrait>);
    impl Visit<'_> for Finder {
        fn visit_type_impl_trait(&mut self, found: &TypeImplTrait) {
            self.0.get_or_insert_with(|| found.clone());
        }
    }
    let mut finder = Finder(None);
    finder.visit_type(ty);
    finder.0
}

/// The place of the first reference or lifetime in `ty` that is not `'static`.
pub(crate) fn find_borrow(ty: &Type) -> Option<proc_macro2::Span> {
    struct Finder(Option<proc_macro2::Span>);
    impl<'a> Visit<'a> for Finder {
        fn visit_type_reference(&mut self, found: &'a syn::TypeReference) {
            if found.lifetime.is_none() {
                self.0.get_or_insert(found.and_token.span);
            }
            syn::visit::visit_type_reference(self, found);
        }
        // Of those that borrow without saying so, the one in common use.
        fn visit_path_segment(&mut self, found: &'a syn::PathSegment) {
            let is_lifetime = |argument: &GenericArgument| matches!(argument, GenericArgument::Lifetime(_));
            if let PathArguments::AngleBracketed(arguments) = &found.arguments
                && found.ident == "Cow"
                && !arguments.args.iter().any(is_lifetime)
            {
                self.0.get_or_insert(found.ident.span());
            }
            syn::visit::visit_path_segment(self, found);
        }
        fn visit_lifetime(&mut self, found: &'a Lifetime) {
            if found.ident != "static" {
                self.0.get_or_insert(found.span());
            }
        }
        // `for<'a> fn(&'a str)` and `Fn(&str)` borrow nothing.
        fn visit_type_fn_ptr(&mut self, _: &'a syn::TypeFnPtr) {}
        fn visit_parenthesized_generic_arguments(&mut self, _: &'a syn::ParenthesizedGenericArguments) {}
    }
    let mut finder = Finder(None);
    finder.visit_type(ty);
    finder.0
}
