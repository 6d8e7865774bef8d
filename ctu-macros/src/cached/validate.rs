//! The rules between arguments and function. Each is one function, and reports on the token that is wrong.

use quote::quote;
use syn::{Attribute, Expr, ExprClosure, Ident, ItemFn, Signature, Type};

use super::attributes::Attributes;
use super::block::Block;
use super::model::{Key, Method, Model, Param, Place, Prefix, Returns, Store};
use super::{leasing, policy, prefix, self_key, signature};
use crate::args::{self, Args};
use crate::cache_functions::is_called;
use crate::faults::Faults;
use crate::leasing::Coalesce;
use crate::template::Template;

/// The model; or every fault that was found, in the arguments before (`faults`) and here.
///
/// A method comes with its `impl`.
pub(crate) fn model(args: Args, function: &ItemFn, block: Option<&Block>, mut faults: Faults) -> syn::Result<Model> {
    let sig = &function.sig;
    check_marked_once(&function.attrs, &mut faults);
    signature::check_form(sig, &mut faults);
    signature::check_receiver(sig, block.is_some(), &mut faults);
    let self_key = self_key::expr(&args, block.map(|_| sig), &mut faults);
    let skip = args.skip.as_ref().map_or(&[][..], |skip| &skip.value);
    let params = signature::params(sig, skip, &mut faults);
    signature::check_params(&params, &mut faults);
    let output = signature::output(sig, &mut faults);

    check_own_store(&args, &mut faults);
    check_prefix(&args, &mut faults);
    check_closures(&args, &params, &mut faults);
    let prefix = stable_prefix(&args, function, block);
    let returns = returns(&args, &output, &mut faults);
    let leasing = leasing::leasing(&args, sig, &mut faults);
    let policy =
        policy::policy(&args, &policy::Function { signature: sig, params: &params, returns: &returns }, &mut faults);
    let key = key(args.key, args.cache.is_some());
    if matches!(key, Key::Typed | Key::Json | Key::Hash) {
        signature::check_count(&params, self_key.is_some(), &mut faults);
    }
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
        refresh_if: args.refresh_if.map(|condition| condition.value),
        is_coalescing: args.leasing.coalesce.is_none_or(|coalesce| coalesce.value != Coalesce::Never),
        leasing,
        prefix,
        policy,
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

/// A second `#[cached]` would cache what stands beside the function.
fn check_marked_once(attributes: &[Attribute], faults: &mut Faults) {
    for again in attributes.iter().filter(|attribute| is_called(attribute, "cached")) {
        faults.at(again, "this function is marked `#[cached]` twice: leave one out");
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
        let (open, inputs, close) = (&closure.inputs_begin, &closure.inputs, &closure.inputs_end);
        if let Some(asyncness) = &closure.asyncness {
            faults.at(asyncness, "nothing waits for this closure: leave `async` out");
        } else if expected == 0 && !inputs.is_empty() {
            faults.at(inputs, "this closure gets the arguments that are in the key, and there are none: write `||`");
        } else if inputs.len() != expected {
            faults.at(
                &quote!(#open #inputs #close),
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
    let literal = &template.literal;
    for field in template.fields().filter(|field| field.name != "self" || !has_self) {
        match params.iter().find(|param| param.is_named && param.name == field.name) {
            Some(Param { name, skipped: true, .. }) => faults
                .at(literal, format!("the key template names `{name}`, which is skipped: leave it out of one of them")),
            Some(_) => {}
            None => faults.at(literal, no_argument(&field.name, params)),
        }
    }
    for param in params.iter().filter(|param| !param.skipped) {
        let name = &param.name;
        if !param.is_named {
            faults.at(
                literal,
                "the key template leaves an argument out, which it can't name, as it is a pattern: give it a name, and take \
                 it apart in the body",
            );
        } else if !template.fields().any(|field| field.name == *name) {
            faults.at(
                literal,
                format!(
                    "the key template leaves `{name}` out, so calls that differ in it would share an answer: add `{{{name}}}`, \
                     or say that the result does not depend on it with `skip({name})`"
                ),
            );
        }
    }
}

fn no_argument(name: &Ident, params: &[Param]) -> String {
    if name == "self" {
        return "the key template names `self`, which is there in methods only: leave it out".to_owned();
    }
    let names: Vec<_> = params.iter().filter(|param| param.is_named).map(|param| format!("`{}`", param.name)).collect();
    let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    format!("the key template names `{name}`, which is no argument; there are: {names}")
}

fn stable_prefix(args: &Args, function: &ItemFn, block: Option<&Block>) -> Prefix {
    if let Some(prefix) = &args.prefix {
        return Prefix::Literal(prefix.value.clone());
    }
    let version = args.version.as_ref().map_or(0, |version| version.value);
    let name = syn::ext::IdentExt::unraw(&function.sig.ident).to_string();
    let name = block.map_or(name.clone(), |block| format!("{}::{name}", block.name()));
    Prefix::Stable { name, digits: prefix::digits(&function.sig, block.map(Block::identity), version) }
}

/// `Result` is known by its name or by the argument `result`.
fn returns(args: &Args, output: &Type, faults: &mut Faults) -> Returns {
    if let Some(result) = &args.result {
        if result.value && signature::is_of_std(output) {
            faults.at(&result.name, "this function returns no `Result`: leave `result` out");
        }
        return if result.value { Returns::OkOnly } else { Returns::Whole { is_sure: true } };
    }
    let Type::Path(path) = output else { return Returns::Whole { is_sure: true } };
    if signature::is_plain(output) {
        return Returns::Whole { is_sure: true };
    }
    if path.path.segments.last().is_some_and(|last| last.ident == "Result") {
        Returns::OkOnly
    } else {
        Returns::Whole { is_sure: false }
    }
}
