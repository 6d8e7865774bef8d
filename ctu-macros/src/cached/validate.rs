//! The rules between arguments and function. Each is one function, and reports on the token that is wrong.

use syn::{Expr, ExprClosure, Ident, ItemFn, Signature, Type};

use super::attributes::Attributes;
use super::block::Block;
use super::model::{Key, Method, Model, Param, Place, Prefix, Returns, Store};
use super::{prefix, self_key, signature};
use crate::args::{self, Args};
use crate::faults::Faults;
use crate::template::Template;

/// The model; or every fault that was found, in the arguments before (`faults`) and here.
///
/// A method comes with its `impl`.
pub(crate) fn model(args: Args, function: &ItemFn, block: Option<&Block>, mut faults: Faults) -> syn::Result<Model> {
    let sig = &function.sig;
    signature::check_form(sig, &mut faults);
    signature::check_receiver(sig, block.is_some(), &mut faults);
    let self_key = self_key::expr(&args, block.map(|_| sig), &mut faults);
    let skip = args.skip.as_ref().map_or(&[][..], |skip| &skip.value);
    let params = signature::params(sig, skip, &mut faults);
    signature::check_params(&params, self_key.is_some(), &mut faults);
    let output = signature::output(sig, &mut faults);

    check_own_store(&args, &mut faults);
    check_prefix(&args, &mut faults);
    check_closures(&args, &params, &mut faults);
    let prefix = stable_prefix(&args, function, block, &mut faults);
    let returns = returns(&args, &output);
    let key = key(args.key, args.cache.is_some());
    match &key {
        Key::Typed => signature::check_typed(&params, &mut faults),
        Key::Template(template) => check_template(template, &params, sig.receiver().is_some(), &mut faults),
        Key::Json | Key::Hash | Key::Closure(_) => {}
    }

    faults.or(Model {
        krate: args.krate.map_or_else(|| syn::parse_quote!(::ctu), |krate| krate.value),
        attributes: Attributes::sort(&function.attrs),
        vis: function.vis.clone(),
        original: sig.clone(),
        body: (*function.block).clone(),
        generics: sig.generics.clone(),
        place: place(args.companion.map_or_else(|| sig.ident.clone(), |companion| companion.value), sig, block),
        self_key,
        params,
        output,
        returns,
        store: match args.cache {
            Some(cache) => Store::Given(cache.value),
            None => Store::Own { capacity: args.capacity.map(|capacity| capacity.value) },
        },
        key,
        lifetime: args.ttl.map(|ttl| ttl.value),
        cache_if: args.cache_if.map(|predicate| predicate.value),
        is_coalescing: args.coalesce.is_none_or(|coalesce| coalesce.value),
        prefix,
    })
}

fn place(companion: Ident, signature: &Signature, block: Option<&Block>) -> Place {
    match block {
        None => Place::Free { companion },
        Some(block) => {
            let has_self = signature.receiver().is_some();
            Place::Method(Box::new(Method { block: block.clone(), has_self, companion }))
        }
    }
}

/// In a store of one's own typed keys are best; one that others use holds texts.
fn key(given: Option<args::Given<args::Key>>, is_shared: bool) -> Key {
    match given.map(|key| key.value) {
        None if is_shared => Key::Json,
        None | Some(args::Key::Typed) => Key::Typed,
        Some(args::Key::Json) => Key::Json,
        Some(args::Key::Hash) => Key::Hash,
        Some(args::Key::Template(template)) => Key::Template(template),
        Some(args::Key::Closure(closure)) => Key::Closure(closure),
    }
}

fn check_own_store(args: &Args, faults: &mut Faults) {
    match (&args.cache, &args.capacity) {
        (Some(_), Some(capacity)) => faults.at(
            &capacity.name,
            "`capacity` is that of the function's own store: set it where the cache is built, or leave `cache` out",
        ),
        (None, _) if !cfg!(feature = "memory") => faults.add(syn::Error::new(
            proc_macro2::Span::call_site(),
            "without `cache = ..` the results go to an in-memory store: turn on the feature `memory` of ctu, or give a cache",
        )),
        _ => {}
    }
}

fn check_prefix(args: &Args, faults: &mut Faults) {
    let Some(prefix) = &args.prefix else { return };
    if args.cache.is_none() {
        faults.at(
            &prefix.name,
            "a function's own store needs no prefix: leave it out, or give the cache that it is for with `cache = ..`",
        );
    }
    if let Some(version) = &args.version {
        faults.at(
            &version.name,
            "`version` is part of the stable prefix, which `prefix` replaces: leave one out, or put the version into the \
             prefix",
        );
    }
    if let Some(args::Given { value: args::Key::Typed, name }) = &args.key {
        faults.at(name, "a typed key has no prefix: leave `prefix` out, or make the key a text with `key = json`");
    }
}

/// Closures must have the right number of arguments, to which the expansion gives their types.
fn check_closures(args: &Args, params: &[Param], faults: &mut Faults) {
    let mut check = |closure: &ExprClosure, expected: usize, what: &str| {
        if closure.inputs.len() != expected {
            faults.at(
                &closure.inputs,
                format!("this closure gets {what}: write {expected} of them, `_` for what it does not need"),
            );
        }
    };
    if let Some(args::Given { value: args::Key::Closure(closure), .. }) = &args.key {
        let count = params.iter().filter(|param| !param.skipped).count();
        check(closure, count, "a reference to each of the function's arguments, as parameters");
    }
    if let Some(args::Given { value: args::Lifetime::Closure(closure), .. }) = &args.ttl {
        check(closure, 1, "a reference to the value, as parameter");
    }
    if let Some(args::Given { value: Expr::Closure(closure), .. }) = &args.cache_if {
        check(closure, 1, "a reference to the value, as parameter");
    }
}

/// A template names arguments, and all of them: one left out would make different calls look alike.
fn check_template(template: &Template, params: &[Param], has_self: bool, faults: &mut Faults) {
    let list = |names: Vec<String>| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    for field in template.fields() {
        if field.name == "self" && has_self {
            continue;
        }
        if !params.iter().any(|param| param.name == field.name) {
            let names = list(params.iter().map(|param| format!("`{}`", param.name)).collect());
            faults.at(
                &template.literal,
                format!("the key template names `{}`, which is no argument; there are: {names}", field.name),
            );
        }
    }
    for param in params.iter().filter(|param| !param.skipped) {
        let name = &param.name;
        if !template.fields().any(|field| field.name == *name) {
            faults.at(
                &template.literal,
                format!(
                    "the key template leaves `{name}` out, so calls that differ in it would share an answer: add `{{{name}}}`, \
                     or say that the result does not depend on it with `skip({name})`"
                ),
            );
        }
    }
}

fn stable_prefix(args: &Args, function: &ItemFn, block: Option<&Block>, faults: &mut Faults) -> Prefix {
    if let Some(prefix) = &args.prefix {
        return Prefix::Literal(prefix.value.clone());
    }
    let version = args.version.as_ref().map(|version| version.value.base10_parse::<u64>());
    let version = version.and_then(|version| faults.take(version)).unwrap_or(0);
    let name = syn::ext::IdentExt::unraw(&function.sig.ident).to_string();
    let name = block.map_or(name.clone(), |block| format!("{}::{name}", block.name()));
    Prefix::Stable { name, digits: prefix::digits(&function.sig, block.map(Block::identity), version) }
}

/// `Result` is known by its name or by the argument `result`.
fn returns(args: &Args, output: &Type) -> Returns {
    if let Some(result) = &args.result {
        return if result.value { Returns::OkOnly } else { Returns::Whole { is_sure: true } };
    }
    let Type::Path(path) = output else { return Returns::Whole { is_sure: true } };
    if path.path.segments.last().is_some_and(|last| last.ident == "Result") {
        Returns::OkOnly
    } else {
        Returns::Whole { is_sure: false }
    }
}
