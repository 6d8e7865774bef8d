//! The grammar of the arguments about old answers and late ones.

use syn::parse::ParseStream;
use syn::{Ident, Lit, LitStr, Path, Token};

use crate::args::{Given, set, value};
use crate::duration;
use crate::faults::Faults;

/// As written, each at most once, each readable by itself.
#[derive(Default, Clone)]
pub(crate) struct PolicyArgs {
    /// In milliseconds.
    pub(crate) stale: Option<Given<u64>>,
    pub(crate) stale_on: Option<Given<StaleOn>>,
    /// The beta of `XFetch`.
    pub(crate) refresh_ahead: Option<Given<f64>>,
    /// 0 to 1.
    pub(crate) jitter: Option<Given<f64>>,
    /// In milliseconds.
    pub(crate) timeout: Option<Given<u64>>,
    pub(crate) on_error: Option<Given<OnError>>,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum StaleOn {
    Error,
    Expiry,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum OnError {
    Compute,
    Fail,
}

impl PolicyArgs {
    /// These, and for what is not given, the block's.
    pub(crate) fn or(self, block: &Self) -> Self {
        Self {
            stale: self.stale.or_else(|| block.stale.clone()),
            stale_on: self.stale_on.or_else(|| block.stale_on.clone()),
            refresh_ahead: self.refresh_ahead.or_else(|| block.refresh_ahead.clone()),
            jitter: self.jitter.or_else(|| block.jitter.clone()),
            timeout: self.timeout.or_else(|| block.timeout.clone()),
            on_error: self.on_error.or_else(|| block.on_error.clone()),
        }
    }

    /// Reads the argument, if it is one of these.
    pub(crate) fn parse_one(&mut self, name: &Ident, input: ParseStream<'_>, faults: &mut Faults) -> syn::Result<bool> {
        let own = name.clone();
        match name.to_string().as_str() {
            "stale" => set(&mut self.stale, value(own, input, "\"1h\"", millis)?, faults),
            "stale_on" => set(&mut self.stale_on, value(own, input, "error", stale_on)?, faults),
            "refresh_ahead" => set(&mut self.refresh_ahead, refresh_ahead(own, input)?, faults),
            "jitter" => set(&mut self.jitter, value(own, input, "0.1", jitter)?, faults),
            "timeout" => set(&mut self.timeout, value(own, input, "\"2s\"", millis)?, faults),
            "on_error" => set(&mut self.on_error, value(own, input, "fail", on_error)?, faults),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn millis(input: ParseStream<'_>) -> syn::Result<u64> {
    let start = input.span();
    let text: LitStr = input.parse().map_err(|_| syn::Error::new(start, duration::FORM))?;
    let duration = duration::parse(&text.value()).map_err(|fault| syn::Error::new(text.span(), fault.of_a_wait()))?;
    Ok(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

/// One of two names.
fn one_of<T>(input: ParseStream<'_>, names: [(&str, T); 2], message: &str) -> syn::Result<T> {
    let start = input.span();
    let path = input.call(Path::parse_mod_style).ok();
    let found = path.and_then(|path| names.into_iter().find(|(name, _)| path.is_ident(name)));
    found.map(|(_, found)| found).ok_or_else(|| syn::Error::new(start, message))
}

fn stale_on(input: ParseStream<'_>) -> syn::Result<StaleOn> {
    one_of(
        input,
        [("error", StaleOn::Error), ("expiry", StaleOn::Expiry)],
        "an expired value is served on `error`, when the function fails, or on `expiry`, while it is computed again in the \
         background",
    )
}

fn on_error(input: ParseStream<'_>) -> syn::Result<OnError> {
    one_of(
        input,
        [("compute", OnError::Compute), ("fail", OnError::Fail)],
        "when the cache fails, a call can `compute`, or `fail` with the cache's error",
    )
}

/// `refresh_ahead`, or with a number.
fn refresh_ahead(name: Ident, input: ParseStream<'_>) -> syn::Result<Given<f64>> {
    if !input.peek(Token![=]) {
        return Ok(Given { name, value: 1.0 });
    }
    value(name, input, "1.0", |input| {
        let start = input.span();
        let beta = number(input).filter(|beta| beta.is_finite() && *beta > 0.0);
        beta.ok_or_else(|| {
            syn::Error::new(
                start,
                "`refresh_ahead` is said alone, or with a number above 0: more than 1.0 computes earlier, less later",
            )
        })
    })
}

fn jitter(input: ParseStream<'_>) -> syn::Result<f64> {
    let start = input.span();
    let share = if input.peek(LitStr) {
        let text: LitStr = input.parse()?;
        let number = text.value();
        number
            .trim()
            .strip_suffix('%')
            .and_then(|percent| percent.trim_end().parse().ok())
            .map(|percent: f64| percent / 100.0)
    } else {
        number(input)
    };
    share.filter(|share| *share > 0.0 && *share < 1.0).ok_or_else(|| {
        syn::Error::new(
            start,
            "`jitter` is the share of a ttl that chance may take away, between 0 and 1: `jitter = 0.1` or `jitter = \"10%\"`",
        )
    })
}

/// A number, with a point or without.
fn number(input: ParseStream<'_>) -> Option<f64> {
    match input.parse().ok()? {
        Lit::Int(number) => number.base10_parse().ok(),
        Lit::Float(number) => number.base10_parse().ok(),
        _ => None,
    }
}
