//! The grammar of the arguments about other processes.

use syn::parse::ParseStream;
use syn::{Ident, LitBool, LitStr, Path, Token};

use crate::args::{Given, set, value};
use crate::duration;
use crate::faults::Faults;

/// As written, each at most once, each readable by itself.
#[derive(Default, Clone)]
pub(crate) struct LeasingArgs {
    pub(crate) coalesce: Option<Given<Coalesce>>,
    /// Of one kind only: strict.
    pub(crate) invalidation: Option<Given<()>>,
    /// In milliseconds.
    pub(crate) lease: Option<Given<u64>>,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Coalesce {
    Never,
    Process,
    Cluster,
}

impl LeasingArgs {
    /// These, and for what is not given, the block's.
    pub(crate) fn or(self, block: &Self) -> Self {
        Self {
            coalesce: self.coalesce.or_else(|| block.coalesce.clone()),
            invalidation: self.invalidation.or_else(|| block.invalidation.clone()),
            lease: self.lease.or_else(|| block.lease.clone()),
        }
    }

    /// Reads the argument, if it is one of these.
    pub(crate) fn parse_one(&mut self, name: &Ident, input: ParseStream<'_>, faults: &mut Faults) -> syn::Result<bool> {
        let own = name.clone();
        match name.to_string().as_str() {
            "coalesce" => set(&mut self.coalesce, coalesce(own, input)?, faults),
            "invalidation" => set(&mut self.invalidation, value(own, input, "\"strict\"", invalidation)?, faults),
            "lease" => set(&mut self.lease, value(own, input, "\"5s\"", millis)?, faults),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// `coalesce`, or `coalesce = true | false | cluster`.
fn coalesce(name: Ident, input: ParseStream<'_>) -> syn::Result<Given<Coalesce>> {
    if !input.peek(Token![=]) {
        return Ok(Given { name, value: Coalesce::Process });
    }
    value(name, input, "false", |input| {
        let start = input.span();
        if input.peek(LitBool) {
            let is_on = input.parse::<LitBool>()?.value;
            return Ok(if is_on { Coalesce::Process } else { Coalesce::Never });
        }
        match input.call(Path::parse_mod_style) {
            Ok(path) if path.is_ident("cluster") => Ok(Coalesce::Cluster),
            _ => Err(syn::Error::new(
                start,
                "callers of one key compute once in a process (`true`), in all processes (`cluster`), or each (`false`)",
            )),
        }
    })
}

fn invalidation(input: ParseStream<'_>) -> syn::Result<()> {
    let start = input.span();
    match input.parse::<LitStr>() {
        Ok(text) if text.value() == "strict" => Ok(()),
        _ => Err(syn::Error::new(
            start,
            "what is evicted stays so in all processes with `invalidation = \"strict\"`; in one it always does",
        )),
    }
}

fn millis(input: ParseStream<'_>) -> syn::Result<u64> {
    const FORM: &str = "a lease has a length such as `lease = \"5s\"`";
    let start = input.span();
    let text: LitStr = input.parse().map_err(|_| syn::Error::new(start, FORM))?;
    let length = duration::parse(&text.value()).map_err(|_| syn::Error::new(text.span(), FORM))?;
    Ok(u64::try_from(length.as_millis()).unwrap_or(u64::MAX))
}
