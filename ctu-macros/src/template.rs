//! Key templates: `"user:{id}:{self.lang}"`, read and checked when compiling.

use syn::{Ident, LitStr, Member};

/// A template: literal texts and fields in turn.
#[derive(Clone)]
pub(crate) struct Template {
    pub(crate) parts: Vec<Part>,
    pub(crate) literal: LitStr,
}

#[derive(Clone)]
pub(crate) enum Part {
    Text(String),
    Field(Field),
}

/// `{name}` or `{name.member.0}`.
#[derive(Clone)]
pub(crate) struct Field {
    pub(crate) name: Ident,
    pub(crate) members: Vec<Member>,
}

impl Template {
    pub(crate) fn parse(literal: LitStr) -> syn::Result<Self> {
        let text = literal.value();
        let fault = |message: &str| Err(syn::Error::new(literal.span(), message));
        let mut parts = Vec::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '{' | '}' if chars.peek() == Some(&c) => {
                    chars.next();
                    push_text(&mut parts, c);
                }
                '}' => return fault("a `}` without `{` in a key template: write `}}` for the character"),
                '{' => {
                    let mut inside = String::new();
                    let closed = loop {
                        match chars.next() {
                            Some('}') => break true,
                            Some(c) => inside.push(c),
                            None => break false,
                        }
                    };
                    if !closed {
                        return fault("a `{` without `}` in a key template: write `{{` for the character");
                    }
                    if matches!(parts.last(), Some(Part::Field(_))) {
                        return fault(
                            "two fields side by side in a key template can't be told apart: put a text between them, \
                             such as `{a}:{b}`",
                        );
                    }
                    parts.push(Part::Field(field(&inside, &literal)?));
                }
                c => push_text(&mut parts, c),
            }
        }
        Ok(Self { parts, literal })
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = &Field> {
        self.parts.iter().filter_map(|part| match part {
            Part::Field(field) => Some(field),
            Part::Text(_) => None,
        })
    }
}

fn push_text(parts: &mut Vec<Part>, c: char) {
    match parts.last_mut() {
        Some(Part::Text(text)) => text.push(c),
        _ => parts.push(Part::Text(c.to_string())),
    }
}

fn field(inside: &str, literal: &LitStr) -> syn::Result<Field> {
    let fault = |message: String| syn::Error::new(literal.span(), message);
    if inside.contains(':') {
        return Err(fault(format!(
            "`{{{inside}}}` has a format, which may make two arguments look alike: name the argument alone, or build the \
             key with a closure, `key = |..| format!(..)`"
        )));
    }
    let mut names = inside.trim().split('.');
    let name = names.next().unwrap_or_default();
    let name = match name {
        "self" => Ok(Ident::new("self", literal.span())),
        // Of an argument whose name is a keyword, `{type}` as well as `{r#type}`.
        name => syn::parse_str::<Ident>(name).or_else(|_| syn::parse_str(&format!("r#{name}"))),
    };
    let member = |name: &str| {
        let mut member = syn::parse_str::<Member>(name)?;
        match &mut member {
            Member::Named(name) => name.set_span(literal.span()),
            Member::Unnamed(index) => index.span = literal.span(),
        }
        Ok(member)
    };
    let members = names.map(member).collect::<syn::Result<Vec<_>>>();
    match (name, members) {
        (Ok(mut name), Ok(members)) => {
            name.set_span(literal.span());
            Ok(Field { name, members })
        }
        _ => Err(fault(format!(
            "`{{{inside}}}` does not name an argument: a field of a key template is `{{argument}}` or \
             `{{argument.member}}`; build anything else with a closure, `key = |..| format!(..)`"
        ))),
    }
}
