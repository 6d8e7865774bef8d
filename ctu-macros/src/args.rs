//! The grammar of the attribute's arguments, declared once.

use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Expr, ExprClosure, ExprLit, Ident, Lit, LitInt, LitStr, Path, Token, parenthesized};

use crate::faults::Faults;
use crate::template::Template;

/// The arguments as written, each at most once, each readable by itself.
#[derive(Default, Clone)]
pub(crate) struct Args {
    pub(crate) cache: Option<Given<Expr>>,
    pub(crate) key: Option<Given<Key>>,
    pub(crate) ttl: Option<Given<Lifetime>>,
    pub(crate) capacity: Option<Given<Expr>>,
    pub(crate) prefix: Option<Given<LitStr>>,
    pub(crate) version: Option<Given<LitInt>>,
    pub(crate) self_key: Option<Given<SelfKey>>,
    pub(crate) skip: Option<Given<Vec<Ident>>>,
    pub(crate) cache_if: Option<Given<Expr>>,
    pub(crate) coalesce: Option<Given<bool>>,
    pub(crate) result: Option<Given<bool>>,
    pub(crate) companion: Option<Given<Ident>>,
    pub(crate) krate: Option<Given<Path>>,
}

/// An argument and the name it was given under, for messages about the two together.
#[derive(Clone)]
pub(crate) struct Given<T> {
    pub(crate) name: Ident,
    pub(crate) value: T,
}

/// `key = ..`
#[derive(Clone)]
pub(crate) enum Key {
    Typed,
    Json,
    Hash,
    Template(Template),
    Closure(ExprClosure),
}

/// `self_key = ..`
#[derive(Clone)]
pub(crate) enum SelfKey {
    /// The result does not depend on the object.
    None,
    /// What tells objects apart.
    Expr(Expr),
}

/// `ttl = ..`
#[derive(Clone)]
pub(crate) enum Lifetime {
    /// `"10m"`, in milliseconds.
    Millis(u64),
    /// Anything that `Ttl` can be made from.
    Expr(Expr),
    /// Asked with the value.
    Closure(ExprClosure),
}

const NAMES: &str = "`cache`, `key`, `ttl`, `capacity`, `prefix`, `version`, `self_key`, `skip`, `cache_if`, \
                     `coalesce`, `result`, `companion`, `crate`";

impl Args {
    /// Reads what can be read, and reports the rest.
    pub(crate) fn parse(tokens: proc_macro2::TokenStream, faults: &mut Faults) -> Self {
        let mut args = Self::default();
        let parser = |input: ParseStream<'_>| {
            while !input.is_empty() {
                args.parse_one(input, faults)?;
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        };
        let outcome = syn::parse::Parser::parse2(parser, tokens);
        faults.take(outcome);
        args
    }

    /// These, and for what is not given, the block's.
    ///
    /// What goes with a function's own choice of a store is not taken from a block that chose the other kind.
    pub(crate) fn or(self, block: &Self) -> Self {
        let has_store = self.cache.is_some() || self.capacity.is_some();
        let (cache, capacity) = if has_store { (None, None) } else { (block.cache.clone(), block.capacity.clone()) };
        // A prefix of the function's own has its version in it.
        let version = if self.prefix.is_some() { None } else { block.version.clone() };
        Self {
            cache: self.cache.or(cache),
            key: self.key.or_else(|| block.key.clone()),
            ttl: self.ttl.or_else(|| block.ttl.clone()),
            capacity: self.capacity.or(capacity),
            prefix: self.prefix,
            version: self.version.or(version),
            self_key: self.self_key.or_else(|| block.self_key.clone()),
            skip: self.skip,
            cache_if: self.cache_if,
            coalesce: self.coalesce.or_else(|| block.coalesce.clone()),
            result: self.result,
            companion: self.companion,
            krate: self.krate.or_else(|| block.krate.clone()),
        }
    }

    /// Reports what can't be said of several functions at once.
    pub(crate) fn check_block(&self, faults: &mut Faults) {
        let names = [
            self.prefix.as_ref().map(|given| &given.name),
            self.skip.as_ref().map(|given| &given.name),
            self.cache_if.as_ref().map(|given| &given.name),
            self.result.as_ref().map(|given| &given.name),
            self.companion.as_ref().map(|given| &given.name),
        ];
        for name in names.into_iter().flatten() {
            faults.at(name, format!("`{name}` is about one function: say it on that one, `#[cached({name} ..)]`"));
        }
        if let Some(Given { name, value: Key::Template(_) | Key::Closure(_) }) = &self.key {
            faults
                .at(name, "this key is about the arguments of one function: say it on that one, `#[cached(key = ..)]`");
        }
    }

    /// Reads one argument. An error is one after which the next argument can't be found.
    fn parse_one(&mut self, input: ParseStream<'_>, faults: &mut Faults) -> syn::Result<()> {
        let name = input.call(Ident::parse_any)?;
        match name.to_string().as_str() {
            "cache" => set(&mut self.cache, name, value(input, expr_not_text)?, faults),
            "key" => set(&mut self.key, name, value(input, key)?, faults),
            "ttl" => set(&mut self.ttl, name, value(input, lifetime)?, faults),
            "capacity" => set(&mut self.capacity, name, value(input, capacity)?, faults),
            "prefix" => set(&mut self.prefix, name, value(input, prefix)?, faults),
            "version" => set(&mut self.version, name, value(input, version)?, faults),
            "self_key" => set(&mut self.self_key, name, value(input, self_key)?, faults),
            "skip" => set(&mut self.skip, name, skip(input)?, faults),
            "cache_if" => set(&mut self.cache_if, name, value(input, expr_not_text)?, faults),
            "coalesce" => set(&mut self.coalesce, name, flag(input)?, faults),
            "result" => set(&mut self.result, name, flag(input)?, faults),
            "companion" => set(&mut self.companion, name, value(input, Ident::parse)?, faults),
            "crate" => set(&mut self.krate, name, value(input, Path::parse_mod_style)?, faults),
            other => return Err(syn::Error::new(name.span(), unknown(other))),
        }
        Ok(())
    }
}

fn unknown(name: &str) -> String {
    let hint = match name {
        "size" | "max_size" | "max_entries" | "limit" => " (`capacity` bounds the entries)",
        "time" | "expire" | "expires" | "lifetime" | "timeout" | "expiry" => " (`ttl` is the lifetime)",
        "convert" => " (`key = |a, b| ..` makes the key)",
        "option" => " (`cache_if = Option::is_some` leaves `None` out)",
        _ => "",
    };
    format!("`#[cached]` has no argument `{name}`{hint}; it has {NAMES}")
}

fn set<T>(place: &mut Option<Given<T>>, name: Ident, value: T, faults: &mut Faults) {
    if place.is_some() {
        faults.at(&name, format!("`{name}` is given twice: leave one out"));
    } else {
        *place = Some(Given { name, value });
    }
}

fn value<T>(input: ParseStream<'_>, parse: impl FnOnce(ParseStream<'_>) -> syn::Result<T>) -> syn::Result<T> {
    input.parse::<Token![=]>()?;
    parse(input)
}

fn text_of(expr: &Expr) -> Option<&LitStr> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text),
        _ => None,
    }
}

fn expr_not_text(input: ParseStream<'_>) -> syn::Result<Expr> {
    let expr: Expr = input.parse()?;
    match text_of(&expr) {
        Some(text) => Err(syn::Error::new(
            text.span(),
            format!("Rust is written as Rust here: leave the quotes out, `{}`", text.value()),
        )),
        None => Ok(expr),
    }
}

fn key(input: ParseStream<'_>) -> syn::Result<Key> {
    if input.peek(LitStr) {
        return Template::parse(input.parse()?).map(Key::Template);
    }
    let expr: Expr = input.parse()?;
    let span = expr.span();
    match expr {
        Expr::Closure(closure) => Ok(Key::Closure(closure)),
        Expr::Path(path) if path.path.is_ident("typed") => Ok(Key::Typed),
        Expr::Path(path) if path.path.is_ident("json") => Ok(Key::Json),
        Expr::Path(path) if path.path.is_ident("hash") => Ok(Key::Hash),
        _ => Err(syn::Error::new(
            span,
            "a key is `typed`, `json`, `hash`, a template such as \"user:{id}\", or a closure over the arguments such as \
             `|user, _| user.id`",
        )),
    }
}

fn lifetime(input: ParseStream<'_>) -> syn::Result<Lifetime> {
    let expr: Expr = input.parse()?;
    if let Some(text) = text_of(&expr) {
        let duration =
            crate::duration::parse(&text.value()).map_err(|message| syn::Error::new(text.span(), message))?;
        return Ok(Lifetime::Millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)));
    }
    match expr {
        Expr::Lit(literal) => Err(syn::Error::new(
            literal.span(),
            "a ttl needs a unit: `ttl = \"60s\"`, or an expression such as `ttl = Duration::from_secs(60)`",
        )),
        Expr::Closure(closure) => Ok(Lifetime::Closure(closure)),
        expr => Ok(Lifetime::Expr(expr)),
    }
}

fn self_key(input: ParseStream<'_>) -> syn::Result<SelfKey> {
    let expr = expr_not_text(input)?;
    match &expr {
        Expr::Path(path) if path.path.is_ident("none") => Ok(SelfKey::None),
        _ => Ok(SelfKey::Expr(expr)),
    }
}

fn capacity(input: ParseStream<'_>) -> syn::Result<Expr> {
    let expr = expr_not_text(input)?;
    if let Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) = &expr
        && number.base10_parse::<u64>().is_ok_and(|number| number == 0)
    {
        return Err(syn::Error::new(
            number.span(),
            "a cache for no entries stores nothing: leave `#[cached]` out, or give a capacity",
        ));
    }
    Ok(expr)
}

fn prefix(input: ParseStream<'_>) -> syn::Result<LitStr> {
    input.parse().map_err(|error| {
        syn::Error::new(
            error.span(),
            "a prefix is a string literal, put before each key as it is: `prefix = \"user.\"`",
        )
    })
}

fn version(input: ParseStream<'_>) -> syn::Result<LitInt> {
    input.parse().map_err(|error| {
        syn::Error::new(error.span(), "a version is a number, raised when the function's results change: `version = 2`")
    })
}

fn skip(input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    let inside;
    parenthesized!(inside in input);
    let names = inside.parse_terminated(Ident::parse_any, Token![,])?;
    if names.is_empty() {
        return Err(syn::Error::new(
            inside.span(),
            "name the arguments that the result does not depend on: `skip(db, span)`",
        ));
    }
    Ok(names.into_iter().collect())
}

/// `result`, or `result = true | false`; `coalesce` alike.
fn flag(input: ParseStream<'_>) -> syn::Result<bool> {
    if !input.peek(Token![=]) {
        return Ok(true);
    }
    value(input, |input| Ok(input.parse::<syn::LitBool>()?.value))
}
