//! The grammar of the attribute's arguments, declared once.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Expr, ExprClosure, ExprLit, Ident, Lit, LitInt, LitStr, Path, Token, parenthesized, token};

use crate::faults::Faults;
use crate::leasing::LeasingArgs;
use crate::policy::PolicyArgs;
use crate::template::Template;

/// The arguments as written, each at most once, each readable by itself.
#[derive(Default, Clone)]
pub(crate) struct Args {
    pub(crate) cache: Option<Given<Expr>>,
    pub(crate) key: Option<Given<Key>>,
    pub(crate) ttl: Option<Given<Lifetime>>,
    pub(crate) capacity: Option<Given<Expr>>,
    pub(crate) prefix: Option<Given<LitStr>>,
    pub(crate) version: Option<Given<u64>>,
    pub(crate) self_key: Option<Given<SelfKey>>,
    pub(crate) skip: Option<Given<Vec<Ident>>>,
    pub(crate) cache_if: Option<Given<Expr>>,
    pub(crate) refresh_if: Option<Given<Expr>>,
    pub(crate) leasing: LeasingArgs,
    pub(crate) result: Option<Given<bool>>,
    pub(crate) companion: Option<Given<Ident>>,
    pub(crate) krate: Option<Given<Path>>,
    pub(crate) policy: PolicyArgs,
    /// Reading stopped at a fault: what seems to be missing may be there.
    pub(crate) is_partial: bool,
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
                     `refresh_if`, `coalesce`, `invalidation`, `lease`, `result`, `stale`, `stale_on`, `refresh_ahead`, \
                     `jitter`, `timeout`, `on_error`, `companion`, `crate`";

impl Args {
    /// Reads what can be read, and reports the rest.
    pub(crate) fn parse(tokens: proc_macro2::TokenStream, faults: &mut Faults) -> Self {
        let mut args = Self::default();
        let parser = |input: ParseStream<'_>| {
            while !input.is_empty() {
                args.parse_one(input, faults)?;
                if !input.is_empty() && input.parse::<Token![,]>().is_err() {
                    return Err(input.error("arguments are separated by commas: write one before this"));
                }
            }
            Ok(())
        };
        let outcome = syn::parse::Parser::parse2(parser, tokens);
        args.is_partial = faults.take(outcome).is_none();
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
            refresh_if: self.refresh_if,
            leasing: self.leasing.or(&block.leasing),
            result: self.result,
            companion: self.companion,
            krate: self.krate.or_else(|| block.krate.clone()),
            policy: self.policy.or(&block.policy),
            is_partial: self.is_partial || block.is_partial,
        }
    }

    /// Reports what can't be said of several functions at once.
    pub(crate) fn check_block(&self, faults: &mut Faults) {
        let names = [
            self.prefix.as_ref().map(|given| &given.name),
            self.skip.as_ref().map(|given| &given.name),
            self.cache_if.as_ref().map(|given| &given.name),
            self.refresh_if.as_ref().map(|given| &given.name),
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
        let name = input.call(Ident::parse_any).map_err(|error| {
            syn::Error::new(error.span(), format!("arguments are written `name = value`; the names are {NAMES}"))
        })?;
        if self.leasing.parse_one(&name, input, faults)? || self.policy.parse_one(&name, input, faults)? {
            return Ok(());
        }
        match name.to_string().as_str() {
            "cache" => set(&mut self.cache, value(name, input, "CACHE", expr_not_text)?, faults),
            "key" => set(&mut self.key, value(name, input, "json", key)?, faults),
            "ttl" => set(&mut self.ttl, value(name, input, "\"10m\"", lifetime)?, faults),
            "capacity" => set(&mut self.capacity, value(name, input, "1_000", capacity)?, faults),
            "prefix" => set(&mut self.prefix, value(name, input, "\"user.\"", prefix)?, faults),
            "version" => set(&mut self.version, value(name, input, "2", version)?, faults),
            "self_key" => set(&mut self.self_key, value(name, input, "self.id", self_key)?, faults),
            "skip" => set(&mut self.skip, skip(name, input, faults)?, faults),
            "cache_if" => set(&mut self.cache_if, value(name, input, "Option::is_some", expr_not_text)?, faults),
            "refresh_if" => set(&mut self.refresh_if, value(name, input, "force", expr_not_text)?, faults),
            "result" => set(&mut self.result, flag(name, input)?, faults),
            "companion" => set(&mut self.companion, value(name, input, "f_cache", companion)?, faults),
            "crate" => set(&mut self.krate, value(name, input, "::path", krate)?, faults),
            other => return Err(syn::Error::new(name.span(), unknown(other))),
        }
        Ok(())
    }
}

/// Whoever comes from another library finds here what it is called.
fn unknown(name: &str) -> String {
    let hint = match name {
        "size" | "max_size" | "max_entries" | "limit" | "Capacity" => " (`capacity` bounds the entries)",
        "time" | "expire" | "expires" | "lifetime" | "expiry" | "ttl_secs" | "ttl_millis" | "TimeToLive" => {
            " (`ttl` is the lifetime)"
        }
        "convert" => " (`key = |a, b| ..` makes the key)",
        "option" => " (`cache_if = Option::is_some` leaves `None` out)",
        "ignore" | "Ignore" | "exclude" => " (`skip(..)` leaves arguments out of the key)",
        "ty" | "create" | "redis" | "disk" | "policy" | "unbound" => " (`cache = ..` takes any expression for a store)",
        "SharedCache" | "scope" => " (all threads share the store as it is)",
        "name" => " (`companion` names what stands beside the function)",
        "with_cached_flag" => " (`f::in_cache(..)` tells whether a call would be a hit)",
        "map_error" => {
            " (a cache that fails does not fail the function, unless `on_error = fail` says so, by `From<ctu::Error>`)"
        }
        _ => "",
    };
    format!("`#[cached]` has no argument `{name}`{hint}; it has {NAMES}")
}

pub(crate) fn set<T>(place: &mut Option<Given<T>>, given: Given<T>, faults: &mut Faults) {
    if place.is_some() {
        let name = &given.name;
        faults.at(name, format!("`{name}` is given twice: leave one out"));
    } else {
        *place = Some(given);
    }
}

/// `= value`; where that is not what is there, the `example` says how it would be.
pub(crate) fn value<T>(
    name: Ident,
    input: ParseStream<'_>,
    example: &str,
    parse: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<Given<T>> {
    let has_value = input.peek(Token![=]) && !input.peek2(Token![,]) && {
        input.parse::<Token![=]>()?;
        !input.is_empty()
    };
    if !has_value {
        return Err(syn::Error::new(name.span(), format!("`{name}` needs a value: `{name} = {example}`")));
    }
    Ok(Given { name, value: parse(input)? })
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
            crate::duration::parse(&text.value()).map_err(|fault| syn::Error::new(text.span(), fault.of_a_ttl()))?;
        return Ok(Lifetime::Millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)));
    }
    match expr {
        number if is_number(&number) => Err(syn::Error::new_spanned(
            number,
            "a ttl needs a unit: `ttl = \"60s\"`, or an expression such as `ttl = Duration::from_secs(60)`",
        )),
        Expr::Closure(closure) => Ok(Lifetime::Closure(closure)),
        expr => Ok(Lifetime::Expr(expr)),
    }
}

/// Whether it is made of numbers alone, which can't be a duration.
fn is_number(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) => true,
        Expr::Unary(unary) => is_number(&unary.expr),
        Expr::Binary(binary) => is_number(&binary.left) && is_number(&binary.right),
        Expr::Paren(paren) => is_number(&paren.expr),
        _ => false,
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

fn version(input: ParseStream<'_>) -> syn::Result<u64> {
    let start = input.span();
    input.parse::<LitInt>().and_then(|number| number.base10_parse()).map_err(|_| {
        syn::Error::new(
            start,
            "a version is a number of 64 bits, raised when the function's results change: `version = 2`",
        )
    })
}

fn companion(input: ParseStream<'_>) -> syn::Result<Ident> {
    let start = input.span();
    let path = input.call(Path::parse_mod_style).ok();
    path.and_then(|path| path.get_ident().cloned()).ok_or_else(|| {
        syn::Error::new(start, "a companion is a name for the type beside the function: `companion = f_cache`")
    })
}

fn krate(input: ParseStream<'_>) -> syn::Result<Path> {
    let start = input.span();
    input
        .call(Path::parse_mod_style)
        .map_err(|_| syn::Error::new(start, "a crate is a path, without quotes: `crate = ::path`"))
}

fn skip(name: Ident, input: ParseStream<'_>, faults: &mut Faults) -> syn::Result<Given<Vec<Ident>>> {
    const FORM: &str = "name the arguments that the result does not depend on: `skip(db, span)`";
    if !input.peek(token::Paren) {
        return Err(syn::Error::new(name.span(), FORM));
    }
    let inside;
    let parentheses = parenthesized!(inside in input);
    let names =
        inside.parse_terminated(Ident::parse_any, Token![,]).map_err(|error| syn::Error::new(error.span(), FORM))?;
    if names.is_empty() {
        return Err(syn::Error::new(parentheses.span.join(), FORM));
    }
    let value: Vec<_> = names.into_iter().collect();
    for (_, again) in value.iter().enumerate().filter(|(index, name)| value[..*index].contains(name)) {
        faults.at(again, format!("`{again}` is given twice: leave one out"));
    }
    Ok(Given { name, value })
}

/// `result`, or `result = true | false`.
fn flag(name: Ident, input: ParseStream<'_>) -> syn::Result<Given<bool>> {
    if !input.peek(Token![=]) {
        return Ok(Given { name, value: true });
    }
    let what = name.to_string();
    value(name, input, "false", |input| match input.parse::<syn::LitBool>() {
        Ok(flag) => Ok(flag.value),
        Err(error) => Err(syn::Error::new(
            error.span(),
            format!("`{what}` is said alone or as `{what} = true`, and taken back as `{what} = false`"),
        )),
    })
}
